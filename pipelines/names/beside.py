"""What stands beside a lone name and speaks against its bearer: "exiled to Gorky" is a town, "Mrs Gorbachev" his wife.

Here: closed classes of words before one name in a text. Not here: who bears the name (`lone`), nor which reading holds.
"""

from functools import cache

import regex

from pipelines.names.lexicon import traits, words
from pipelines.names.traits import TERRITORY, TOWN

NAMESAKE = "namesake"
"""The hint that a town of this name is meant."""
WOMAN = "woman"
"""The hint that a woman of this name is meant."""
COUNTED = {NAMESAKE: "place", WOMAN: "person"}
"""As which kind of name these hints count."""
AGAINST = ("", NAMESAKE, WOMAN)
"""What may speak against the bearer of a lone name, each known by its number."""

_BEFORE = regex.compile(r"(?:([\p{L}\p{M}]+)[.]?\s)?([\p{L}\p{M}]+)[.]?\s$")
_IN = frozenset(("in", "near", "outside", "inside", "throughout", "around", "across"))
_TO = frozenset(("to", "from", "towards", "via"))


@cache
def triggers() -> frozenset[str]:
    """The words before a name for which it is worth asking `hint`, as they may be written."""
    titles = {word.capitalize() for word in words()["women_titles"]}
    small = _IN | _TO | {"of"}
    return frozenset(titles | {f"{title}." for title in titles} | small | {word.capitalize() for word in small})


def hint(text: str, start: int, end: int) -> str:
    """NAMESAKE, WOMAN or nothing, for the single word at this place."""
    match = _BEFORE.search(text, max(0, start - 40), start)
    if not match:
        return ""
    earlier, before = (match[1] or "").lower(), match[2].lower()
    if before in words()["women_titles"]:
        return WOMAN
    if before == "of":
        return NAMESAKE if earlier in words()["place_nouns"] else ""
    if not is_namesake(text[start:end]):
        return ""
    if before in _IN:
        return "" if earlier in words()["believing"] or text[end : end + 1] in ("'", "’") else NAMESAKE
    return NAMESAKE if before in _TO and earlier in words()["moving"] else ""


def is_namesake(name: str) -> bool:
    """Whether towns bear this surname as it stands."""
    known = traits(name.lower())
    return name.lower() in words()["namesakes"] or bool(known & TOWN and not known & TERRITORY)
