"""Unknown words judged by the workers, a block at a time; what the build before found of a word is not asked again.

A worker that has judged takes its lexicons with it: a build's own process needs that room for names.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from pipelines import parquet, work
from pipelines.passes import judge as judging
from pipelines.passes.clean import WORDS
from pipelines.stages.places import Ahead, Paths, Run
from pipelines.text import spelling
from pipelines.text.spelling import Correction, WordCount

Counts = Mapping[str, WordCount]
LARGEST_BLOCK = 1 << 12
"""Words of a block: judging so many takes longer than loading the lexicons."""
TEXT_A_WORD = 300
"""Bytes of text whose cleaning takes as long as judging a word."""


def judged(
    paths: Paths, version: str, counts: Counts, settings: spelling.Settings, run: Run
) -> dict[str, Correction | None]:
    """What was found for each of the words: a correction, or none.

    Args:
        paths: The places of the build.
        version: A digest of all that a judgement is made by, but for the counts.
        counts: The words.
        settings: How much must be certain.
        run: Runs the pass.
    """
    found = _found_before(paths, version, counts)
    new = _without(counts, found)
    calls = _calls(paths, new, settings)
    run("Judging words", judging.judge, calls, len(new) * TEXT_A_WORD)
    slips = {word: slip for _, place in calls for word, slip in judging.slips_in(place).items()}
    return found | {word: slips.get(word) for word in new}


def begin(paths: Paths, version: str, counts: Counts, settings: spelling.Settings, ahead: Ahead) -> None:
    """Let words be judged that `judged` will be asked about, with the same arguments."""
    new = _without(counts, _found_before(paths, version, counts))
    calls = [call for call in _calls(paths, new, settings) if not call[1].is_dir()]
    ahead([(judging.judge, call) for call in calls], len(new) * TEXT_A_WORD)


def _without(counts: Counts, found: Collection[str]) -> Counts:
    return {word: count for word, count in counts.items() if word not in found}


def _calls(paths: Paths, counts: Counts, settings: spelling.Settings) -> list[tuple[judging.Words, Path]]:
    words = list(counts)
    blocks = [words[start : start + LARGEST_BLOCK] for start in range(0, len(words), LARGEST_BLOCK)]
    return [_call(paths, {word: counts[word] for word in block}, settings) for block in blocks]


def _found_before(paths: Paths, version: str, counts: Counts) -> dict[str, Correction | None]:
    """What the build before found, by the same rules, for the words that are counted as often now."""
    before = paths.read_manifest("judged") if paths.has_manifest("judged") else {}
    if before.get("version") != version or not paths.store.has("words", before["words"]):
        return {}
    place = paths.store.place("words", before["words"])
    slips = judging.slips_in(place)
    same = counts.items() & judging.counts_in(place / judging.WORDS).items()
    return {word: slips.get(word) for word, _ in same}


def _call(paths: Paths, counts: Counts, settings: spelling.Settings) -> tuple[judging.Words, Path]:
    """One block of words, and where its corrections will lie."""
    columns = {
        "word": list(counts),
        "n": [c.n for c in counts.values()],
        "n_posts": [c.n_posts for c in counts.values()],
    }
    key = work.digest(work.code_version("text", "passes/judge.py"), repr(settings), repr(columns))
    file = paths.work / "inputs" / f"{key}.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_columns(columns, WORDS, file)
    return judging.Words(file, replace(settings, dialect="keep")), paths.store.place("judge", key)
