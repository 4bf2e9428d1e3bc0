"""Says in a sentence why a name was taken for a known one, for people who want to trust or contest it."""

from collections.abc import Sequence

from pipelines.names.align import ALIKE, BEGINNING, EQUAL, INITIALS, NOTHING, SAME_NAME, SOUND
from pipelines.names.known import Compared

_SAID = {
    INITIALS: "{0} as the initial of {1}", BEGINNING: "{0} as short for {1}", ALIKE: "{0} as a near spelling of {1}",
    SAME_NAME: "{0} as a form of the same name as {1}", SOUND: "{0} as a transliteration of {1}", EQUAL: "{0}",
}  # fmt: skip


def method(compared: Compared, pair: int) -> str:
    """By what kind of likeness the pair was found: exact, transliteration or fuzzy."""
    used = [int(how) for how in compared.pairs.how[pair] if how != NOTHING]
    if min(used) == EQUAL:
        return "exact"
    return "fuzzy" if ALIKE in used or BEGINNING in used else "transliteration"


def full(compared: Compared, pair: int, label: str) -> str:
    """Which part answers to which, and what is left over; a sentence without its end."""
    pairs, query, known = compared.pairs, compared.query, compared.known.names
    row, name = pairs.query[pair], pairs.known[pair]
    said, left = [], []
    for column in range(int(query.grid.size[row])):
        token = query.parts.tokens[query.grid.token[row, column]]
        how, to = int(pairs.how[pair, column]), int(pairs.to[pair, column])
        if how == NOTHING:
            left.append(token)
        else:
            said.append(_SAID[how].format(token, known.parts.tokens[known.grid.token[name, to]]))
    answered = {int(one) for one in pairs.to[pair] if one >= 0}
    missing = [
        known.parts.tokens[known.grid.token[name, column]]
        for column in range(int(known.grid.size[name])) if column not in answered
    ]  # fmt: skip
    text = f"Read as {label}: {', '.join(said)}"
    text += f"; {', '.join(left)} answers to nothing there" if left else ""
    return text + (f"; {', '.join(missing)} is left out" if missing else "")


def with_rivals(said: str, rivals: Sequence[str]) -> str:
    """What `full` says with its end: who else it might be."""
    return said + (f". It might also be {'; '.join(rivals[:5])}" if rivals else "") + "."
