"""Language: which one a post is written in, as far as that can be told. Translating or changing text does not belong here.

Most posts are English, and English is certain from its function words alone; the rest goes to a statistical identifier,
which sees only the beginning of a text and only the languages that sources on this subject are written in.
"""

import re
from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNDETERMINED = "und"
"""What stands for a language that can't be told (ISO 639-2)."""

_LANGUAGES = (
    "be", "bg", "ca", "cs", "da", "de", "el", "en", "es", "et", "fi", "fr", "ga", "he", "hr", "hu", "hy", "is", "it", "ja", "ka", "ko",
    "la", "lt", "lv", "mk", "nl", "no", "pl", "pt", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "tr", "uk", "zh", "ar", "fa",
)  # fmt: skip
_SAMPLE = 1000
_FEWEST_LETTERS = 20
_LEAST_CONFIDENCE = 0.8
_EXPECTED = {"en": 0.5, "ru": 0.35}
"""The languages most sources are in need less confidence."""
_LETTER_RUN = re.compile(r"[^\W\d_]+")

# Function words of English that are no words of its neighbours (so not: in, is, was, of, he, we, die).
_ENGLISH = frozenset(
    "the and that with which this these those his from were are they their there have has not but would could should what who when"
    " where been being into other than its it's don't didn't wasn't isn't you your about after before because between through does did"
    " how why while such only if she her them any more most some then".split(" ")
)
_LEAST_SHARE = 0.12


def detect(text: str) -> str:
    """The ISO 639-1 code of the text's language, `und` where it is too short or too mixed to tell."""
    sample = text[:_SAMPLE]
    words = _LETTER_RUN.findall(sample.lower()) if not sample.isascii() else sample.lower().split()
    hits = [word for word in words if word in _ENGLISH]
    if len(hits) >= 2 and len(hits) >= _LEAST_SHARE * len(words) and len(set(hits)) > 1:
        return "en"
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return UNDETERMINED
    code, confidence = _identifier().classify(sample)
    if confidence >= _EXPECTED.get(code, _LEAST_CONFIDENCE) or code == "en" and hits:
        return str(code)
    return "en" if len(set(hits)) > 1 else UNDETERMINED


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in _LANGUAGES if code in identifier.labels])
    return identifier
