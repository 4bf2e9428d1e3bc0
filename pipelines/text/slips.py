"""Slips: which word a misspelt one stands for, and how convincing that is.

A slip of the pen or the keyboard turns a word into one that is no word: letters swapped, doubled or dropped, a vowel
taken for another, an ending spelt as it sounds. Each kind has its cost, and a candidate's score weighs it against how
common the candidate is. Whether a text's word may be changed at all belongs to `spelling`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from string import ascii_lowercase
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein

from pipelines.text import lexicon


class Slip(NamedTuple):
    """A candidate: the right word, the kinds of slip that lead from it to the written one, and its score."""

    right: str
    kinds: tuple[str, ...]
    score: float


_VOWELS = frozenset("aeiouy")
_PURE_VOWELS = frozenset("aeiou")
# Consonants that sound alike or are easily taken for each other.
_ALIKE = frozenset(map(frozenset, ("sc", "sz", "ck", "gj", "kq", "cz", "mn", "td", "bp", "vw", "fv", "xc", "lr")))
_COSTS = {
    "swapped": 1.0,
    "vowels swapped": 0.7,
    "undoubled": 0.7,
    "doubled": 0.8,
    "vowel": 1.0,
    "vowel lost": 1.1,
    "vowel added": 1.5,
    "consonant lost": 1.4,
    "consonant added": 1.9,
    "consonant alike": 1.4,
    "letter": 2.6,
    "ending": 0.8,
}
_FIRST_LETTER, _LAST_LETTER, _LAST_DOUBLED, _ANOTHER_SLIP = 1.8, 2.5, 1.0, 0.5
# Vowels that are seldom taken for each other: in any syllable, and in the first, which is heard well.
_UNLIKE = frozenset(map(frozenset, ("iu", "io")))
_UNLIKE_FIRST = _UNLIKE | frozenset(map(frozenset, ("ai", "au", "ae", "eo", "ou")))
_UNLIKE_VOWEL = 1.0
_WEIGHT = 1.6
# What a letter more than eight adds: by chance alone, long words hardly ever come near another.
_LENGTH = 0.35
_SKELETON_LENGTH = 6

# Endings that are confused: right → written.
_CONFUSED = (
    "ally>aly ically>icly ically>icaly ily>aly ful>full fully>fuly ence>ance ance>ence ences>ances ances>ences"
    " ent>ant ant>ent ents>ants ants>ents ency>ancy ancy>ency ible>able able>ible ibly>ably ably>ibly"
    " ibility>ability ability>ibility ely>ly eable>able able>eable er>or or>er ers>ors ors>ers ar>er er>ar ary>ery"
    " ery>ary ment>ement ement>ment ments>ements ements>ments ying>ing ies>ys ied>yed ieve>eive ieves>eives"
    " ieved>eived ieving>eiving eive>ieve eives>ieves eived>ieved eiving>ieving ity>ety ety>ity tain>tian"
    " tains>tians cede>ceed cedes>ceeds ceed>cede ceeds>cedes sede>cede ssion>sion sion>ssion tion>sion sion>tion"
    " cian>tian ous>us ious>ous eous>ious ious>eous uous>ous ise>ize yse>ize able>abel ible>ibel ories>orys"
    " ing>eing ed>eed ing>ieng tial>cial cial>tial le>el el>le al>el cal>cle acle>ical ery>ry ary>ry ory>ary"
    " ary>ory ness>nes less>les ism>sim gth>ght ght>gth"
)
_ENDINGS = tuple((right, written) for right, _, written in (pair.partition(">") for pair in _CONFUSED.split()))


def candidates(word: str) -> list[Slip]:
    """The words that `word` may stand for, best first."""
    found = lexicon.targets().keys() & _one_edit(word)
    if len(word) >= _SKELETON_LENGTH:
        found.update(_skeletons().get(_skeleton(word), ()))
    slips = (_slip(word, right) for right in found)
    return sorted(slips, key=lambda slip: (-slip.score, slip.right))


def _slip(word: str, right: str) -> Slip:
    cost, kinds = _cost(word, right)
    score = lexicon.targets()[right] - _WEIGHT * cost + _LENGTH * (len(word) - 8)
    return Slip(right, kinds, score)


# --- candidates ------------------------------------------------------------------------------------------------------


def _one_edit(word: str) -> Iterator[str]:
    """Every string that one insertion, deletion, replacement or swap of neighbours makes of the word."""
    for i, letter in enumerate(word):
        before, after = word[:i], word[i + 1 :]
        yield before + after
        for other in ascii_lowercase:
            yield before + other + after
            yield before + other + letter + after
        if i:
            yield word[: i - 1] + letter + word[i - 1] + after
    for other in ascii_lowercase:
        yield word + other


@cache
def _skeletons() -> dict[str, list[str]]:
    """Target words by their skeleton; all are made one text, which takes a fraction of the time."""
    found: dict[str, list[str]] = defaultdict(list)
    words = [word for word in lexicon.targets() if len(word) >= _SKELETON_LENGTH]
    for word, skeleton in zip(words, _skeleton("\n".join(words)).split("\n"), strict=True):
        found[skeleton].append(word)
    return dict(found)


_VOWEL_RUN = re.compile("[aeiouy]+")
_DOUBLED = re.compile(r"(.)\1+")


def _skeleton(word: str) -> str:
    """The word's consonants, doubled ones once, with a mark where vowels stand."""
    return _DOUBLED.sub(r"\1", _VOWEL_RUN.sub("a", word.replace("ph", "f")))


# --- costs -----------------------------------------------------------------------------------------------------------


def _cost(word: str, right: str) -> tuple[float, tuple[str, ...]]:
    """What the slips cost that make `word` of `right`, and their kinds."""
    if any(_has_ending(word, right, ending, written) for ending, written in _ENDINGS):
        return _COSTS["ending"], ("ending",)
    total = 0.0
    kinds = []
    for kind, position, is_last in _slips(word, right):
        total += _COSTS[kind]
        if position == 0:
            total += _FIRST_LETTER
        elif is_last and "swapped" not in kind:
            total += _LAST_DOUBLED if "doubled" in kind else _LAST_LETTER
        kinds.append(kind)
        if kind == "vowel" and _is_unlike(word, right, position):
            total += _UNLIKE_VOWEL
    return total + _ANOTHER_SLIP * max(len(kinds) - 1, 0), tuple(kinds)


def _is_unlike(word: str, right: str, position: int) -> bool:
    """Whether a vowel stands for one that it is hardly taken for. Of several slips none is looked at so closely."""
    if len(word) != len(right):
        return False
    unlike = _UNLIKE if _VOWELS & set(right[:position]) else _UNLIKE_FIRST
    return frozenset((word[position], right[position])) in unlike


def _has_ending(word: str, right: str, ending: str, written: str) -> bool:
    return (
        word.endswith(written)
        and right.endswith(ending)
        and len(right) - len(ending) >= 2
        and right[: -len(ending)] == word[: -len(written)]
    )


def _slips(word: str, right: str) -> Iterator[tuple[str, int, bool]]:
    """Each slip's kind, its place in the right word, and whether it touches the last letter."""
    last = len(right) - 1
    swap = _swap(word, right)
    if swap is not None:
        kind = "vowels swapped" if {right[swap], right[swap + 1]} <= _PURE_VOWELS else "swapped"
        yield kind, swap, False
        return
    for operation, i, j in _operations(word, right):
        if operation == "replace":
            yield _replacement(right[i], word[j]), i, i == last
        elif operation == "delete":
            yield _loss(right, i), i, i == last
        else:
            yield _addition(word, j), j, j == len(word) - 1


_RUN = re.compile("[aeiouy]+|[^aeiouy]+")


def _operations(word: str, right: str) -> Iterator[tuple[str, int, int]]:
    """The edits from `right` to `word`: of vowels to vowels and consonants to consonants, where their runs match."""
    rights, written = _RUN.findall(right), _RUN.findall(word)
    if len(rights) != len(written) or (right[0] in _VOWELS) != (word[0] in _VOWELS):
        rights, written = [right], [word]
    i = j = 0
    for a, b in zip(rights, written, strict=True):
        if a != b:
            for edit in Levenshtein.editops(a, b):
                yield edit.tag, i + edit.src_pos, j + edit.dest_pos
        i += len(a)
        j += len(b)


def _swap(word: str, right: str) -> int | None:
    """Where two neighbouring letters changed places, if that is all that happened."""
    if len(word) != len(right):
        return None
    differing = [i for i, (a, b) in enumerate(zip(word, right, strict=True)) if a != b]
    if len(differing) != 2 or differing[1] != differing[0] + 1:
        return None
    i = differing[0]
    return i if word[i] == right[i + 1] and word[i + 1] == right[i] else None


def _replacement(right: str, written: str) -> str:
    if right in _VOWELS and written in _VOWELS:
        return "vowel"
    return "consonant alike" if frozenset((right, written)) in _ALIKE else "letter"


def _loss(right: str, i: int) -> str:
    if right[i] in (right[i - 1 : i], right[i + 1 : i + 2]):
        return "undoubled"
    return "vowel lost" if right[i] in _VOWELS else "consonant lost"


def _addition(word: str, j: int) -> str:
    if word[j] in (word[j - 1 : j], word[j + 1 : j + 2]):
        return "doubled"
    return "vowel added" if word[j] in _VOWELS else "consonant added"


# --- words made of others --------------------------------------------------------------------------------------------

_PREFIX_LIST = (
    "un re non pre anti semi post over under inter sub super multi micro mega counter co dis mis out fore neo"
    " poly pseudo quasi hyper ultra trans electro bio geo hydro photo thermo tele auto infra intra extra mono"
    " macro nano para proto retro socio tri bi de"
)
_PREFIXES = tuple(_PREFIX_LIST.split())
# A suffix, and after `>` what the stem had in its place.
_SUFFIX_LIST = (
    "s es ed ed>e ing ing>e er er>e ers ers>e ist ist>e ists ists>e ism ism>e isms ness nesses like less ward"
    " wards fold wise able able>e ish ization izations isation ize ized izes izing ise ised ises ising ly ally ics ian"
    " ians hood dom ship ships"
)
_SUFFIXES = tuple((suffix, stem) for suffix, _, stem in (pair.partition(">") for pair in _SUFFIX_LIST.split()))
_OF_NAMES = ("is", "iz")
_SHUT = re.compile(r"[^aeiou][aeiou][bdgmnprt]")
_HISSING = ("s", "x", "z", "ch", "sh")
_JOINED, _JOINED_BASIC, _PREFIXED, _TWICE_MADE = 5, 3, 5, 8


def is_derived(word: str) -> bool:
    """Whether a word is regularly made of another, new rather than misspelt: `muralism`, `undecodable`."""
    stems = lexicon.stems()
    unprefixed = [word[len(p) :] for p in _PREFIXES if word.startswith(p) and len(word) - len(p) >= _PREFIXED]
    if any(rest in stems for rest in unprefixed):
        return True
    suffixed = (word, *(rest for rest in unprefixed if len(rest) >= _TWICE_MADE))
    if any(_is_suffixed(rest, suffix, stem) for rest in suffixed for suffix, stem in _SUFFIXES):
        return True
    splits = [(word[:i], word[i:]) for i in range(_JOINED_BASIC, len(word) - _JOINED_BASIC + 1)]
    basic = lexicon.basic()
    return any(a in basic and b in basic for a, b in splits) or any(
        a in stems and b in stems for a, b in splits if len(a) >= _JOINED and len(b) >= _JOINED
    )


_GLUED_BEFORE = ("no", "any", "every", "some", "each")
_GLUED = ("is", "of", "the", "and", "was", "are", "with", "from")


def is_run_together(word: str) -> bool:
    """Whether a space was forgotten: `policyis`, `noone`. What is missing is no letter."""
    if any(word.startswith(g) and word[len(g) :] in lexicon.basic() for g in _GLUED_BEFORE):
        return True
    return any(word.endswith(g) and len(word) - len(g) >= 4 and word[: -len(g)] in lexicon.stems() for g in _GLUED)


def _is_suffixed(word: str, suffix: str, restored: str) -> bool:
    """Whether the suffix was joined to a known word by the rules: `stop` + `ed` needs its double letter."""
    if not word.endswith(suffix):
        return False
    stem = word[: -len(suffix)] + restored
    if len(stem) < 4 or stem not in (lexicon.bases() if suffix.startswith(_OF_NAMES) else lexicon.stems()):
        return False
    if restored:
        return True
    if suffix == "ally":
        return stem.endswith("ic")
    begins_open = suffix[0] in _PURE_VOWELS and not suffix.startswith(_OF_NAMES)
    if (begins_open and _SHUT.search(stem[-3:])) or (suffix[0] in _PURE_VOWELS and stem.endswith("e")):
        return False
    if stem.endswith("y") and suffix not in {
        "ing",
        "like",
        "ish",
        "ist",
        "ism",
        "less",
        "hood",
        "dom",
        "ship",
        "ships",
    }:
        return False
    if suffix == "ly":
        return not stem.endswith(("ic", "le")) and (stem.endswith("al") or not stem.endswith("l"))
    if suffix == "es":
        return stem.endswith(_HISSING)
    return suffix != "s" or not stem.endswith(_HISSING)
