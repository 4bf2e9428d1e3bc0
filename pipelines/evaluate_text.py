"""How well text is cleaned, cut into sentences and spelt: against lists and prose that nobody in the project wrote.

Run as `python -m pipelines.evaluate_text FOLDER` with the folder that holds `eval/` and `corpus/`; with a second
argument every change that was made on the prose is printed, to be read by eye. What is measured here is the library as
the build uses it: each text is cleaned, its language told, its unknown words counted over the whole corpus and judged
once.
"""

import csv
import gzip
import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from pipelines.text import corrections, lexicon, sentences, spelling
from pipelines.text.clean import clean
from pipelines.text.edits import Edit, apply, invert
from pipelines.text.language import detect

# Sentences of our own, in which a wrong word is set; the word may be of any kind, so they only quote or discuss it.
FRAMES = (
    "The letter that he sent to the committee in March says {} on its first page.",
    "What the witnesses later called {} was never explained to anybody in the hall.",
    "Nobody at the meeting used the word {} more often than the old chairman himself.",
)


class Measure(NamedTuple):
    """One figure with its name."""

    name: str
    value: float


def corrected(texts: Sequence[str], settings: spelling.Settings | None = None) -> list[list[Edit]]:
    """The spelling edits of each (cleaned) text, judged over all of them."""
    languages = [detect(text) for text in texts]
    n: Counter[str] = Counter()
    n_posts: Counter[str] = Counter()
    for text, language in zip(texts, languages, strict=True):
        if language == "en":
            words = Counter(spelling.unknown_words(text))
            n.update(words)
            n_posts.update(words.keys())
    finder = corrections.Finder(
        spelling.judge({w: spelling.WordCount(n[w], n_posts[w]) for w in n}, (), settings), settings
    )
    return [finder.find(text, (), language) for text, language in zip(texts, languages, strict=True)]


def cleaned(text: str) -> str:
    """The text after clean-up."""
    return apply(text, clean(text))


def prose(path: Path) -> list[str]:
    """The texts of a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line)["text"] for line in file]


# --- spelling --------------------------------------------------------------------------------------------------------


def misspellings(path: Path) -> dict[str, set[str]]:
    """Lower-case alphabetic misspellings → the words they stand for; `$right` comes before its misspellings."""
    found: dict[str, set[str]] = defaultdict(set)
    right = ""
    for line in path.read_text(encoding="utf-8").split():
        if line.startswith("$"):
            right = line[1:].replace("_", " ")
        elif line.isalpha() and line.islower():
            found[line].add(right.lower())
    return dict(found)


def spelling_on_misspellings(path: Path, copies: int = 1) -> Iterator[Measure]:
    """How many wrong words set in sentences come out right, and how many of the changes are."""
    rights = misspellings(path)
    words = sorted(rights)
    texts = [FRAMES[i % len(FRAMES)].format(word) for word in words for i in range(copies)]
    targets = [word for word in words for _ in range(copies)]
    changed = right = elsewhere = 0
    for text, word, edits in zip(texts, targets, corrected(texts), strict=True):
        hits = [edit for edit in edits if text[edit.start : edit.end] == word]
        elsewhere += len(edits) - len(hits)
        changed += bool(hits)
        right += any(edit.after in rights[word] for edit in hits)
    yield Measure(f"misspellings, {copies} a word: corrected to the right word", right / len(texts))
    yield Measure(f"misspellings, {copies} a word: of the changes right", right / max(changed, 1))
    yield Measure(f"misspellings, {copies} a word: changes elsewhere", elsewhere)


def spelling_on_prose(texts: Sequence[str], show: bool) -> Iterator[Measure]:
    """How many changes well-edited prose gets: each is either a slip of its writers or one of ours."""
    n_changes = 0
    for text, edits in zip(texts, corrected(texts), strict=True):
        n_changes += len(edits)
        for edit in edits if show else ():
            context = " ".join(text[max(edit.start - 50, 0) : edit.end + 40].split())
            print(f"{text[edit.start : edit.end]} → {edit.after} ({edit.score}): {context}")
    n_words = sum(len(text.split()) for text in texts)
    yield Measure("prose: changes in 100,000 words, true and false", 1e5 * n_changes / n_words)


def spelling_on_names(folder: Path) -> Iterator[Measure]:
    """Changes that touch a name, though nothing protects it."""
    with gzip.open(folder / "news_people.jsonl.gz", "rt", encoding="utf-8") as file:
        articles = [json.loads(line) for line in file]
    people = [[tuple(p[:2]) if isinstance(p, list) else (p["start"], p["end"]) for p in a["people"]] for a in articles]
    changes = corrected([article["text"] for article in articles])
    touched = sum(
        e.start < b and a < e.end for edits, spans in zip(changes, people, strict=True) for e in edits for a, b in spans
    )
    yield Measure("news_people: changes to names", touched)
    for name in ("names_chess", "names_diplomacy"):
        texts = [path.read_text(encoding="utf-8") for path in sorted((folder / name / "seeds").glob("*.txt"))]
        with (folder / name / "expected.csv").open(encoding="utf-8", newline="") as stream:
            parts = {part for row in csv.DictReader(stream) for part in re.findall(r"\w+", row["surface"])}
        edits = zip(texts, corrected(texts), strict=True)
        yield Measure(f"{name}: changes to names", sum(t[e.start : e.end] in parts for t, es in edits for e in es))


def regional_spelling(path: Path) -> Iterator[Measure]:
    """How many of VarCon's British/American pairs are known, and how many of ours it agrees with."""
    gold: dict[str, set[str]] = defaultdict(set)
    for line in path.read_text(encoding="latin-1").splitlines():
        forms = [part.split(": ", 1) for part in line.partition("|")[0].strip().split(" / ") if ": " in part]
        american = {word.strip() for tags, word in forms if "A" in tags.split()}
        for tags, word in forms:
            if "B" in tags.split() and american and word.strip() not in american and word.strip().isalpha():
                gold[word.strip().lower()] |= {form.lower() for form in american}
    ours = lexicon.regional()
    common = {british for british in gold if british in lexicon.common()}
    yield Measure("VarCon pairs of common words that are known", sum(b in ours for b in common) / len(common))
    judged = [british for british in ours if british in gold]
    yield Measure("of known pairs VarCon agrees with", sum(ours[b] in gold[b] for b in judged) / len(judged))


# --- clean-up and speed ----------------------------------------------------------------------------------------------


def undone(texts: Sequence[str]) -> Iterator[Measure]:
    """Texts whose edits don't lead back, or whose second clean-up finds something."""
    lost = again = 0
    for text in texts:
        edits = clean(text)
        result = apply(text, edits)
        lost += apply(result, invert(text, edits)) != text
        again += bool(clean(result))
    yield Measure("clean-up: texts not undone", lost)
    yield Measure("clean-up: texts cleaned twice", again)


def speed(texts: Sequence[str]) -> Iterator[Measure]:
    """Millions of characters a CPU second."""
    for load in lexicon.LOADERS:
        load()
    size = sum(map(len, texts)) / 1e6
    done = [cleaned(text) for text in texts]
    finder = corrections.Finder({})
    jobs: tuple[tuple[str, Callable[[str], object], Sequence[str]], ...] = (
        ("clean, as written", clean, texts),
        ("clean, already clean", clean, done),
        ("detect", detect, done),
        ("split", sentences.split, done),
        ("unknown_words", lambda text: list(spelling.unknown_words(text)), done),
        ("find", finder.find, done),
    )
    for name, job, given in jobs:
        began = time.process_time()
        for text in given:
            job(text)
        yield Measure(f"MB/s: {name}", size / (time.process_time() - began))


def measures(shared: Path, show: bool = False) -> Iterator[Measure]:
    """Every figure on the evaluation data in `shared`."""
    texts = prose(shared / "corpus" / "encyclopaedia.jsonl.gz")
    yield from undone(texts)
    yield from speed(texts)
    yield from spelling_on_misspellings(shared / "eval" / "misspellings.dat")
    yield from spelling_on_misspellings(shared / "eval" / "misspellings.dat", copies=3)
    yield from spelling_on_prose([cleaned(text) for text in texts], show)
    yield from spelling_on_names(shared / "eval")
    yield from regional_spelling(shared / "eval" / "varcon.txt")


def main(shared: Path, show: bool = False) -> None:
    """Print every figure."""
    for measure in measures(shared, show):
        print(f"{measure.value:10.3f}  {measure.name}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), show=len(sys.argv) > 2)
