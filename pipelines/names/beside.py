"""What stands beside a lone name and speaks against its bearer: "exiled to Gorky" is a town, "Mrs Gorbachev" his wife.

Here: closed classes of words before one name in a text. Not here: who bears the name (`lone`), nor which reading holds.
"""

from functools import cache, lru_cache

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

_IN, _TO = words()["place_before_namesake"], words()["way_before_namesake"]
_PLACE_NOUNS, _WOMEN = words()["place_nouns"], words()["women_titles"]


@cache
def triggers() -> frozenset[str]:
    """The words before a name for which it is worth asking `hint`, as they may be written."""
    titles = {word.capitalize() for word in _WOMEN}
    small = _IN | _TO | {"of"}
    return frozenset(titles | {f"{title}." for title in titles} | small | {word.capitalize() for word in small})


def hint(text: str, start: int, end: int, before: str) -> str:
    """NAMESAKE, WOMAN or nothing, for the single word at this place, with one of `triggers` right before it."""
    if before == "of":
        return NAMESAKE if _earlier(text, start - 3) in _PLACE_NOUNS else ""
    before = before.lower().rstrip(".")
    if before in _WOMEN:
        return WOMAN
    if not is_namesake(text[start:end]):
        return ""
    earlier = _earlier(text, start - len(before) - 1)
    if before in _IN:
        return "" if earlier in words()["believing"] or text[end : end + 1] in ("'", "’") else NAMESAKE
    return NAMESAKE if earlier in words()["moving"] else ""


def _earlier(text: str, end: int) -> str:
    """The word that ends before the space at `end - 1`, in lower case."""
    stop = max(0, end - 1)
    least = max(0, stop - 24)
    return text[max(text.rfind(" ", least, stop) + 1, least) : stop].rpartition("\n")[2].lower()


@lru_cache(maxsize=1 << 16)
def is_namesake(name: str) -> bool:
    """Whether towns bear this surname as it stands."""
    known = traits(name.lower())
    return name.lower() in words()["namesakes"] or bool(known & TOWN and not known & TERRITORY)
