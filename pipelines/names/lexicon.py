"""What is known about single words before any text is read: ordinary words, given names, titles, peoples, cue words.

Here: loading the closed classes of `words.toml` and the lexicons of packages, and one question about a word,
`traits(word)`. Not here: how words are put together to names (`find`), nor anything that knows the authority.

Sources: `words.toml` and `given_names.toml` (ours); mimesis (MIT): given names, surnames, cities and states of some
forty countries; the English lexicon of `pipelines.text` (SCOWL), for which words are written small; babel (CLDR): names
of languages, peoples and territories in English.
"""

import importlib.resources
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
from babel import Locale

from pipelines.names.traits import (
    EVENT,
    EVENT_NAME,
    FORENAME,
    GIVEN,
    LEADING_CUE,
    MODIFIER,
    MONTH,
    NEVER,
    OPENER,
    ORDINARY,
    ORGANISATION,
    ORGANISATION_NAME,
    PARTICLE,
    PEOPLE,
    PLACE,
    ROLE,
    SUFFIX,
    SURNAME,
    TERRITORY,
    TITLE,
    TOWN,
)
from pipelines.text import lexicon as english


@cache
def words() -> dict[str, Any]:
    """The closed classes of words.toml: name of the class → frozenset of words (or of phrases)."""
    return {
        name: frozenset(value.split() if isinstance(value, str) else value)
        for name, value in tomllib.loads(_read("words.toml")).items()
    }


def _read(name: str) -> str:
    return importlib.resources.files("pipelines.names").joinpath(name).read_text(encoding="utf-8")


def fold(word: str) -> str:
    """A rough key under which spellings of a given name meet (Dmitrij, Dmitriy, Dmitri): for look-up, not matching."""
    return _DOUBLED.sub(r"\1", _shortened(word).translate(_plain()))


def fold_all(words: Iterable[str]) -> list[str]:
    """The `fold` of many words, none with a newline, far faster; of no words there is one without letters."""
    signs = np.frombuffer(_shortened("\n".join(words)).encode("utf-32-le", "surrogatepass"), np.uint32)
    plain, is_known = signs.copy(), signs < len(_plain_codes())
    plain[is_known] = _plain_codes()[signs[is_known]]
    plain = plain[plain != _LEFT_OUT]
    kept = np.append(True, plain[1:] != plain[:-1])[: len(plain)] | (plain == ord("\n"))
    return plain[kept].tobytes().decode("utf-32-le", "surrogatepass").split("\n")


def _shortened(text: str) -> str:
    return text.replace("ph", "f").replace("kh", "h").replace("sch", "sh").replace("ck", "k")


_DOUBLED = re.compile(r"(.)\1+")


@cache
def _plain() -> dict[int, str]:
    """Latin letters without their marks, those that interchange in romanised names made one, apostrophes left out."""
    table = {code: unicodedata.normalize("NFKD", chr(code))[0] for code in range(0xC0, 0x250)}
    table |= {ord(a): b for a, b in zip("yjcwłøđı'’ʹʼ", [*"iikvloid", "", "", "", ""], strict=True)}
    return {code: {"y": "i", "j": "i", "c": "k", "w": "v"}.get(letter, letter) for code, letter in table.items()}


@cache
def _plain_codes() -> npt.NDArray[np.uint32]:
    """What `_plain` has of each letter up to its last, by their numbers."""
    codes = np.arange(max(_plain()) + 1, dtype=np.uint32)
    for code, letter in _plain().items():
        codes[code] = ord(letter) if letter else _LEFT_OUT
    return codes


_LEFT_OUT = 0xFFFFFFFF

# The usual English romanisation, to know Cyrillic given names in Latin letters too.
_ROMANISED = (
    "а:a б:b в:v г:g д:d е:e ё:e ж:zh з:z и:i й:i к:k л:l м:m н:n о:o п:p р:r с:s т:t у:u ф:f х:kh ц:ts ч:ch ш:sh "
    "щ:shch ъ: ы:y ь: э:e ю:iu я:ia і:i ї:i є:ie ґ:g"
)
_CYRILLIC = str.maketrans({pair[0]: pair[2:] for pair in _ROMANISED.split()})


def _flat(value: Any) -> list[str]:
    """The strings in lists and dictionaries of whatever depth."""
    found: list[str] = []
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            found += _flat(inner)
        else:
            found.append(str(inner))
    return found


def _mimesis(file: str, *fields: str) -> Iterator[tuple[str, list[str]]]:
    """The strings under a field of each of mimesis' data sets, with the data set's name, in order."""
    root = importlib.resources.files("mimesis.datasets")
    for folder in sorted(root.iterdir(), key=lambda entry: entry.name):
        path = folder.joinpath(file)
        if folder.is_dir() and path.is_file():
            found: Any = json.loads(path.read_text(encoding="utf-8"))
            for field in fields:
                found = found.get(field, []) if isinstance(found, dict) else []
            yield folder.name, _flat(found)


@cache
def given_names() -> frozenset[str]:
    """Given names, lower case, in the scripts of their countries and Cyrillic ones in Latin letters too."""
    groups = tomllib.loads(_read("given_names.toml"))["groups"].split()
    names = {name for name in _countries() if len(name) > 1} | words()["given"] | set(groups)
    latin = {name.translate(_CYRILLIC) for name in names if "а" <= name[0] <= "ґ"}
    return frozenset(names | latin)


@cache
def _of_one_sex() -> dict[str, frozenset[str]]:
    """The keys of given names that are those of women ("female") or men ("male") alone."""
    women, men = (
        _keys(name.lower().translate(_CYRILLIC) for _, names in _mimesis("person.json", "names", sex) for name in names)
        for sex in ("female", "male")
    )
    return {"female": women - men, "male": men - women}


def is_of(sex: str, given_name: str) -> bool:
    """Whether a given name is borne by one sex ("female", "male") alone."""
    return fold(given_name.lower()) in _of_one_sex()[sex]


@cache
def forenames() -> frozenset[str]:
    """The given names that are hardly anything else: in the groups of given names, or usual in three countries."""
    groups = tomllib.loads(_read("given_names.toml"))["groups"].split()
    return frozenset(groups) | words()["given"] | {name for name, n in _countries().items() if n >= 3 and len(name) > 2}


@cache
def _countries() -> Counter[str]:
    """In how many of mimesis' data sets a given name is."""
    counts: Counter[str] = Counter()
    for _, names in _mimesis("person.json", "names"):
        counts.update({name.lower() for name in names})
    return counts


@cache
def _given_keys() -> frozenset[str]:
    return _keys(given_names())


def _keys(names: Iterable[str]) -> frozenset[str]:
    """The keys of many names, which are folded as one text: several times as fast as one by one."""
    return frozenset(fold_all(names))


@cache
def surnames() -> frozenset[str]:
    """Surnames of some forty countries, lower case."""
    return frozenset(
        name.lower() for _, names in _mimesis("person.json", "surnames") for name in names if len(name) > 1
    )


@cache
def towns() -> frozenset[str]:
    """Names of one or more words, lower case, of towns, states and territories."""
    listed = (name for field in ("city", "state") for _, names in _mimesis("address.json", field) for name in names)
    return frozenset(name.lower() for name in listed if len(name) > 2 and not name.isupper()) | territories()


@cache
def territories() -> frozenset[str]:
    """Names of countries, American states and well-known towns, lower case: places before anything else."""
    states = dict(_mimesis("address.json", "state")).get("en", [])
    countries = (name for name in Locale("en").territories.values() if name[0].isalpha())
    return frozenset(name.lower() for name in (*states, *countries) if len(name) > 2) | words()["places_known"]


@cache
def _peoples() -> frozenset[str]:
    languages = {part for name in Locale("en").languages.values() for part in re.findall(r"\w+", name.lower())}
    ending = re.compile(r"(?:ian|ean|ish|ese|an)$")
    return words()["peoples"] | frozenset(name for name in languages if ending.search(name) and len(name) > 4)


_LONG = 7
"""Letters from which on a misspelled month or weekday is like no name."""


def _misspelled(listed: frozenset[str]) -> frozenset[str]:
    """Long words with two letters swapped or one left out: Feburary, Wendesday."""
    found: set[str] = set()
    for word in listed:
        for i in range(1, len(word) - 1) if len(word) >= _LONG else ():
            found |= {word[:i] + word[i + 1] + word[i] + word[i + 2 :], word[:i] + word[i + 1 :]}
    return frozenset(found)


@cache
def _classes() -> tuple[tuple[int, frozenset[str]], ...]:
    w = words()
    days = w["months"] | w["weekdays"]
    return (
        (OPENER, w["openers"]),
        (MONTH, days | _misspelled(days)),
        (TITLE, w["titles"]),
        (MODIFIER, w["title_modifiers"]),
        (ROLE, w["roles"]),
        (PEOPLE, _peoples() | w["adjectives"]),
        (ORGANISATION, w["organisation"]),
        (ORGANISATION | ORGANISATION_NAME, w["organisations_known"]),
        (EVENT, w["event"]),
        (EVENT | EVENT_NAME, w["events_known"]),
        (PLACE, w["place"]),
        (TOWN, w["places_known"]),
        (PARTICLE, w["particles"]),
        (NEVER, w["never"] | (w["foreign"] - w["event"] - w["place"] - w["organisation"]) | w["holidays"]),
        (LEADING_CUE, w["leading_cues"]),
        (SUFFIX, w["suffixes"]),
    )


@cache
def _table() -> dict[str, int]:
    table = dict.fromkeys(english.stems(), ORDINARY)
    lists = (
        *_classes(),
        (GIVEN, given_names()),
        (FORENAME, forenames()),
        (SURNAME, surnames()),
        (TOWN, towns()),
        (TERRITORY, territories()),
    )
    for trait, members in lists:
        for word in members:
            table[word] = table.get(word, 0) | trait
    return table


@cache
def _lookup() -> tuple[dict[str, int], frozenset[str]]:
    return _table(), _given_keys()


# Endings of words made from names (Trotskyist, Leninism, Khrushchevite, Sovietization).
_DERIVED = (
    "ism",
    "isms",
    "ist",
    "ists",
    "istic",
    "ization",
    "isation",
    "izations",
    "isations",
    "ized",
    "ised",
    "izing",
    "ising",
    "esque",
) + ("ovite", "ovites", "skyite", "skyites", "evite", "evites", "inite", "inites", "oviet", "oviets")
_NOT_DERIVED = ("qvist", "quist", "eist", "christ", "twist", "bist")


@lru_cache(maxsize=1 << 18)
def traits(word: str) -> int:
    """All that is known of a word (written in lower case, without a dot at its end), as an int of `traits` bits."""
    table, keys = _lookup()
    found = table.get(word, 0)
    if "-" in word:
        found |= _hyphenated(word)
    elif word[-1:] == "s" and not found & _NAMES:
        found |= table.get(word[:-1], 0) & _PLURALS
    elif not found:
        if _is_derived(word):
            return PEOPLE
        if fold(word) in keys:
            return GIVEN
    return found


def traits_of(words: Sequence[str]) -> list[int]:
    """The `traits` of many words, none with white space; those in no list are folded at once, which is far faster."""
    table, keys = _lookup()
    found, others = [*map(table.get, words, repeat(0))], []
    for number, word in enumerate(words):
        if "-" in word:
            found[number] = traits(word)
        elif word[-1:] == "s":
            if not found[number] & _NAMES:
                found[number] |= table.get(word[:-1], 0) & _PLURALS
        elif not found[number]:
            others.append(number)
    folded = fold_all([words[number] for number in others])
    for number, key in zip(others, folded, strict=False):  # of no words there is a key too
        found[number] = PEOPLE if _is_derived(words[number]) else GIVEN if key in keys else 0
    return found


def _is_derived(word: str) -> bool:
    return len(word) > 6 and word.endswith(_DERIVED) and not word.endswith(_NOT_DERIVED)


_NAMES = GIVEN | SURNAME | TOWN | ORGANISATION_NAME | EVENT_NAME
_PLURALS = PEOPLE | ORGANISATION | EVENT | PLACE | TITLE | ROLE


def _hyphenated(word: str) -> int:
    """What the parts of a hyphenated word say of the whole: Sino-Soviet, Vice-President, Jean-Paul."""
    parts = [traits(part) for part in word.split("-") if part]
    found = 0
    if parts and all(
        part & (PEOPLE | OPENER) or name in words()["combining"]
        for part, name in zip(parts, word.split("-"), strict=False)
    ):
        found |= PEOPLE
    if len(parts) > 1 and all(part & (TITLE | MODIFIER) for part in parts) and any(part & TITLE for part in parts):
        found |= TITLE
    if len(parts) > 1 and all(part & GIVEN and not part & ORDINARY for part in parts):
        found |= GIVEN
    return _institution(parts, word.rpartition("-")[2]) or found


def _institution(parts: list[int], tail: str) -> int:
    """The trait of what is named after somebody (Friedrich-Ebert-Stiftung), unless it may be a double surname."""
    is_name = len(parts) > 2 or (len(tail) > 4 and not parts[-1] & SURNAME)
    if not is_name or parts[0] & (PEOPLE | OPENER) or (parts[0] & ORDINARY and not parts[0] & _NAMES):
        return 0
    if tail in words()["hyphen_organisation"]:
        return ORGANISATION
    return PLACE if tail in words()["hyphen_place"] else 0


@cache
def phrases() -> dict[str, int]:
    """Names of several words that nothing is cut off, lower case, with the traits of their kind; NEVER for no names."""
    known = {phrase: TOWN for phrase in sorted(towns()) if " " in phrase}
    for phrase in sorted(words()["whole"]):
        cues = [traits(word) & (ORGANISATION | EVENT | PLACE) for word in phrase.split()]
        known[phrase] = next((cue for cue in reversed(cues) if cue), 0)
    known |= dict.fromkeys(sorted(words()["whole_places"]), TOWN)
    return known | dict.fromkeys(sorted(words()["no_names"]), NEVER)


@cache
def phrase_heads() -> frozenset[str]:
    """The first words of `phrases`."""
    return frozenset(phrase.partition(" ")[0] for phrase in phrases())
