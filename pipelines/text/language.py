"""Language: which one a post is written in, as far as that can be told. Changing text does not belong here.

Most posts are English, and English is certain from its function words alone; Cyrillic is told by letters that only one
language has; the rest goes to a statistical identifier, which sees only the beginning of a text and only the languages
that sources on this subject are written in.
"""

import re
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"
"""What stands for a language that can't be told (ISO 639-2)."""

_LANGUAGES = (
    "ar be bg ca cs da de el en es et fa fi fr ga he hr hu hy is it ja ka ko la lt lv mk nl no pl pt ro ru sk sl sq sr"
    " sv tr uk zh"
)
_SAMPLE, _IDENTIFIED = 1000, 400
_FEWEST_LETTERS = 20
_LEAST_CONFIDENCE = 0.8
_ENGLISH_CONFIDENCE = 0.5
_LETTER_RUN = re.compile(r"[^\W\d_]+")

# Function words of English that are no words of its neighbours (so not: in, is, was, of, he, we, die).
_ENGLISH_WORDS = (
    "the and that with which this these those his from were are they their there have has not but would could should"
    " what who when where been being into other than its it's don't didn't wasn't isn't you your about after before"
    " because between through does did how why while such only if she her them any more most some then"
)
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_LIKELY_ENGLISH_WORDS = "a as at be by he i in is it me my no of on or so to was we"
_LIKELY_ENGLISH = frozenset(_LIKELY_ENGLISH_WORDS.split())
_ENGLISH_PAIRS = (" of the ", " in the ", " to the ", " on the ", " by the ", " at the ")
# They make up a fifth of English prose; of lists and references less, but then several different ones show it.
_LEAST_SHARE, _MANY, _LEAST_SHARE_OF_MANY = 0.12, 4, 0.05


# Letters of one Cyrillic alphabet alone, asked in this order; Russian is what has none of them.
_CYRILLIC = (
    ("be", "\u045e"),
    ("uk", "\u0456\u0457\u0454\u0491"),
    ("mk", "\u0453\u045c\u0455"),
    ("sr", "\u0452\u045b\u0458\u0459\u045a\u045f"),
)
_LEAST_CYRILLIC_CONFIDENCE = {"uk": 0.5, "bg": 0.9}
_CYRILLIC_LETTER = re.compile("[\u0400-\u045f\u0490\u0491]")
_RUSSIAN_LETTER = re.compile("[\u044b\u044d\u0451]")


def detect(text: str) -> str:
    """The ISO 639-1 code of the text's language, `und` where it is too short or too mixed to tell."""
    sample = text[:_SAMPLE]
    lower = sample.lower()
    words = lower.split() if sample.isascii() else _LETTER_RUN.findall(lower)
    hits = [*filter(_ENGLISH.__contains__, words)]
    n_varied = len(set(hits))
    is_varied = n_varied > 1 or (n_varied == 1 and any(pair in lower for pair in _ENGLISH_PAIRS))
    if is_varied and len(hits) >= (_LEAST_SHARE if n_varied < _MANY else _LEAST_SHARE_OF_MANY) * len(words):
        return "en"
    n_letters = sum(map(len, words))
    if n_letters < _FEWEST_LETTERS:
        n_likely = len(hits) + sum(word in _LIKELY_ENGLISH for word in words)
        return "en" if hits and n_likely > 1 and 2 * n_likely >= len(words) else UNDETERMINED
    if not sample.isascii() and len(_CYRILLIC_LETTER.findall(lower)) > n_letters / 2:
        return _cyrillic(lower)
    code, confidence = _identifier().classify(sample[:_IDENTIFIED])
    if code == "en":
        return "en" if confidence >= _ENGLISH_CONFIDENCE or hits else UNDETERMINED
    if confidence >= _LEAST_CONFIDENCE:
        return str(code)
    return "en" if is_varied else UNDETERMINED


def _cyrillic(lower: str) -> str:
    """The language of a text in Cyrillic letters."""
    for code, letters in _CYRILLIC:
        if any(letter in lower for letter in letters):
            return code
    if _RUSSIAN_LETTER.search(lower):
        return "ru"
    code, confidence = _identifier().classify(lower)
    return str(code) if confidence >= _LEAST_CYRILLIC_CONFIDENCE.get(code, 1.0) else "ru"


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in _LANGUAGES.split() if code in identifier.labels])
    identifier._full_model = None  # the other languages' part, a third of it: they are not asked about again
    return identifier
