"""The last stage before a release: every invariant, part by part and between the parts."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pipelines import invariants, parquet, work
from pipelines.invariants import INVARIANTS, Offences
from pipelines.stages import out
from pipelines.stages.places import Paths, Run


class BrokenInvariant(ValueError):
    """A build that must not be published; the message says which rows break what."""


def all_offences(paths: Paths, run: Run) -> dict[str, Offences]:
    """The offences against every invariant; a part that was checked before is not checked again."""
    version = work.code_version("invariants.py")
    parts = paths.read_manifest("parts")["parts"]
    places = [(paths.store.place("apply", p), paths.store.place("verify", work.digest(version, p))) for p in parts]
    calls = [pair for pair in places if not pair[1].is_dir()]
    run("Checking", invariants.verify_part, calls, sum((part / "posts.parquet").stat().st_size for part, _ in calls))
    paths.write_manifest("verified", {"verified": [verified.name for _, verified in places]})
    found = dict.fromkeys(INVARIANTS, Offences())
    for offences in (*(invariants.read_verified(verified) for _, verified in places), _between_parts(paths)):
        for name, offence in offences.items():
            found[name] += offence
    return found


def refuse_broken(found: dict[str, Offences]) -> None:
    """Let nothing broken be published.

    Raises:
        BrokenInvariant: an invariant has offences.
    """
    broken = {name: offences for name, offences in found.items() if offences.number}
    if broken:
        rows = "\n".join(f"  {text}" for offences in broken.values() for text in offences.first)
        what = "; ".join(f"{name} ({offences.number} rows)" for name, offences in broken.items())
        raise BrokenInvariant(f"The dataset breaks {what}. Nothing was published.\n{rows}")


def _between_parts(paths: Paths) -> dict[str, Offences]:
    files = dict(out.table_files(paths))
    tables = {name: parquet.read(out.whole_table(paths, name)).to_pandas() for name in out.WHOLE_TABLES}
    posts = _columns(files["posts"], ["post_id", "parent_id", "source_id"])
    mentions = _columns(files["mentions"], ["mention_id", "surface", "entity_id", "post_id"])
    return invariants.check_whole(tables, posts, mentions, paths.read_manifest("seeds")["seeds"])


def _columns(files: Sequence[Path], columns: list[str]) -> pd.DataFrame:
    frame: pd.DataFrame = pd.concat([parquet.read(f, columns).to_pandas() for f in files], ignore_index=True)
    return frame
