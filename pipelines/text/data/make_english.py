"""Make `english.txt.gz` and `british_american.csv` anew; run by hand when a source has a new version.

    python pipelines/text/data/make_english.py SCOWL_FOLDER

SCOWL_FOLDER is where a release of SCOWL keeps its lists (`english-words.10` and so on). The frequencies are those
that symspellpy ships. Both licences allow this use; they stand in `README.md` beside this file. Nothing here runs in a
build.
"""

import gzip
import math
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

HERE = Path(__file__).parent
_LIST = re.compile(r"(?P<spelling>[a-z]+(?:_(?:z|variant_\d))?|variant_\d)-(?P<kind>[a-z-]+)\.(?P<level>\d+)")
_KINDS = {"words", "upper", "proper-names", "abbreviations", "contractions"}
_WORD = re.compile(r"[a-z]{2,}")
# British ending or inner letters → American; each holds only where both forms stand in their lists.
_SPELLINGS = (
    (r"our", "or"), (r"is(?=e|ing|ation|er|able)", "iz"), (r"ys(?=e|ing|er)", "yz"), (r"re$", "er"),
    (r"res$", "ers"), (r"tre(?=p)", "ter"), (r"bre(?=[bg])", "ber"), (r"arte(?=f)", "arti"), (r"red$", "ered"),
    (r"ring$", "ering"), (r"ogue", "og"), (r"ae", "e"), (r"oe", "e"), (r"ll(?=ed|ing|er|or|ist|ous)", "l"),
    (r"l(?=s?$|ful|ment)", "ll"), (r"ence$", "ense"), (r"ences$", "enses"), (r"mme$", "m"), (r"mmes$", "ms"),
    (r"que", "ck"), (r"sulph", "sulf"), (r"inium", "inum"), (r"moult", "molt"), (r"gge", "ge"),
    (r"rouble", "ruble"), (r"aero(?=p)", "air"), (r"encel", "ensel"), (r"eable", "able"), (r"gement", "gment"),
    (r"grey", "gray"), (r"plough", "plow"), (r"mould", "mold"), (r"sceptic", "skeptic"), (r"tyre", "tire"),
    (r"c(?=e[ds]?$|ing$)", "s"), (r"pp(?=ed|ing|er)", "p"),
)  # fmt: skip
# American spellings that are British, too, in another sense.
_ALSO_DEVICES = {"meter", "meters"}


def words(folder: Path) -> Iterator[tuple[str, str, str, int]]:
    """Every entry of SCOWL: word as written, whose spelling, kind, level."""
    for path in sorted(folder.iterdir()):
        match = _LIST.fullmatch(path.name)
        if match and match["kind"] in _KINDS:
            for word in path.read_text(encoding="utf-8").split():
                yield word, match["spelling"], match["kind"], int(match["level"])


def main(folder: Path) -> None:
    """Write both files."""
    levels: dict[str, int] = {}
    standard: dict[str, int] = {}
    names: dict[str, int] = {}
    spellings: dict[str, set[str]] = defaultdict(set)
    for word, spelling, kind, level in words(folder):
        lower = unaccented(word.lower())
        if not _WORD.fullmatch(lower):
            continue
        if word.lower() != word:
            names[lower] = min(level, names.get(lower, 99))
        elif kind == "words":
            levels[lower] = min(level, levels.get(lower, 99))
            if "variant" not in spelling and word.isascii():
                standard[lower] = min(level, standard.get(lower, 99))
                if level <= 70:
                    spellings[spelling].add(lower)
    sections: dict[str, list[str]] = defaultdict(list)
    for word in sorted(levels):
        sections[f"{'standard' if word in standard else 'variant'} {standard.get(word, levels[word])}"].append(word)
    sections["names"] = sorted(word for word, level in names.items() if level <= 80 < levels.get(word, 99))
    for word, count in frequencies().items():
        if word in standard:
            sections[f"count {math.log10(count):.1f}"].append(word)
    text = "".join(f"= {name}\n{chr(10).join(sections[name])}\n" for name in sorted(sections))
    with gzip.GzipFile(HERE / "english.txt.gz", "wb", compresslevel=9, mtime=0) as stream:
        stream.write(text.encode("ascii"))
    pairs = "".join(f"{british},{american}\n" for british, american in sorted(regional(spellings)))
    (HERE / "british_american.csv").write_text(f"british,american\n{pairs}", encoding="ascii", newline="\n")


def unaccented(word: str) -> str:
    """The word as it is written without accents, which is no slip: `fiance`."""
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


def frequencies() -> dict[str, int]:
    """The count of each word in the corpus behind symspellpy's dictionary."""
    path = resources.files("symspellpy") / "frequency_dictionary_en_82_765.txt"
    pairs = (line.split() for line in path.read_text(encoding="utf-8-sig").splitlines() if line.strip())
    return {word: int(count) for word, count in pairs if _WORD.fullmatch(word)}


def regional(spellings: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Pairs of a British and an American spelling of one word."""
    american = spellings["american"]
    for british in (spellings["british"] | spellings["british_z"]) - american - spellings["english"]:
        found = {form for form in forms(british) if form in american or form in _ALSO_DEVICES}
        if len(found) == 1:
            yield british, found.pop()


def forms(british: str) -> Iterator[str]:
    """What a British spelling may be in American: one rule, or two, applied."""
    first = {form for pattern, to in _SPELLINGS for form in _each(pattern, to, british)}
    yield from first
    yield from (form for once in first for pattern, to in _SPELLINGS for form in _each(pattern, to, once))


def _each(pattern: str, to: str, word: str) -> Iterator[str]:
    for match in re.finditer(pattern, word):
        yield word[: match.start()] + to + word[match.end() :]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
