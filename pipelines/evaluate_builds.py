"""Measures whole builds against gold data: the sample seeds' annotations, and folders of texts with expected links.

    python -m pipelines.evaluate_builds SHARED --errors FOLDER

Called by `make evaluate`. The pure functions are measured, beside other tools, in `pipelines.evaluate`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from pipelines import gold
from pipelines.evaluate import interval, scored

REPOSITORY = Path(__file__).parent.parent


def built(seeds: Path, reference: Path, data: Path) -> dict[str, pd.DataFrame]:
    """The tables that `make build` publishes for these seeds.

    Raises:
        subprocess.CalledProcessError: the build failed; its message was printed.
    """
    places = {"VARIORUM_SEEDS": str(seeds), "VARIORUM_REFERENCE": str(reference), "VARIORUM_DATA": str(data)}
    places["VARIORUM_PUBLISH"] = ""
    environment = {name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"} | places
    command = [sys.executable, "-m", "pipelines.build"]
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True, stdout=subprocess.DEVNULL)
    return {n: pd.read_parquet(data / "latest" / f"{n}.parquet") for n in ("sources", "posts", "mentions")}


def sample_score(errors: Path) -> Iterator[str]:
    """The sample seeds against their annotations."""
    reference = REPOSITORY / "seeds" / "reference"
    with tempfile.TemporaryDirectory() as data:
        score = gold.score(gold.read(reference), built(REPOSITORY / "seeds" / "raw", reference, Path(data)))
    assert score is not None, "The sample seeds hold annotated posts."
    score.errors().to_csv(errors / "gold.csv", index=False)
    told = ", ".join(f"{name} {p:.3f} [{low:.3f}, {high:.3f}]" for name, (p, low, high) in score.rates().items())
    yield f"sample seeds, {len(score.outcomes)} annotated names: {told}"
    yield f"  names in no authority: {len(score.split)} split in two, {len(score.merged)} made one wrongly"


def links(expected: pd.DataFrame, mentions: pd.DataFrame) -> pd.Series:
    """The known entity that each expected surface was linked to and accepted; empty where it was not.

    A surface that opens with a title is looked for without it, as mentions leave titles out.
    """
    accepted = mentions[(mentions["status"] == "accepted") & ~mentions["entity_id"].str.startswith("new:")]
    entity = dict(zip(accepted["surface"], accepted["entity_id"], strict=True))
    surfaces = set(mentions["surface"])

    def linked(surface: str) -> str:
        words = surface.split(" ")
        tails = (" ".join(words[start:]) for start in range(len(words)))
        return entity.get(next((tail for tail in tails if tail in surfaces), ""), "")

    return expected["surface"].map(linked)


def folder_score(folder: Path, errors: Path) -> Iterator[str]:
    """One folder of texts with the links that are expected of a build."""
    expected = pd.read_csv(folder / "expected.csv", dtype=str, keep_default_na=False)
    with tempfile.TemporaryDirectory() as data:
        mentions = built(folder / "seeds", folder / "reference", Path(data))["mentions"]
    found = links(expected, mentions)
    hard = expected["hard"] == "1"
    easy = expected[~hard]
    precision, recall, f1 = scored(easy, found[~hard])
    wrong = hard & (found != "") & (found != expected["entity_id"])
    away = found != expected["entity_id"]
    expected.assign(found=found)[away].to_csv(errors / f"{folder.name}.csv", index=False)
    yield f"{folder.name}, whole build: P {precision:.4f}  R {recall:.4f}  F1 {f1:.4f} {interval(easy, found[~hard])}"
    yield f"  hard cases: {wrong.sum()} of {hard.sum()} linked wrongly"


def main(arguments: Sequence[str]) -> int:
    """Print the figures and write the errors."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--errors", type=Path, required=True, help="folder for the errors (CSV)")
    given = parser.parse_args(arguments)
    given.errors.mkdir(parents=True, exist_ok=True)
    for line in sample_score(given.errors):
        print(line)
    for folder in sorted((given.shared / "eval").glob("names_*")):
        for line in folder_score(folder, given.errors):
            print(line)
    print(f"What was linked otherwise is in {given.errors}{os.sep}*.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
