"""What the terminal says at the end of a build, beside the tables that it speaks of."""

import io
from pathlib import Path

from rich.console import Console

from pipelines import summary
from pipelines.resources import Places
from tests.builds import ROOT, build, tables, write_seeds

POSTS = {
    "thread.txt": "Upvote:3\n\nNikita Khrushchev spoke; Krushchev said so, and so did N. S. Khrushchev.\n",
    "letters.txt": "Upvote:1\n\nKhruschev met Josip Broz Tito. Tito  waited.\n",
    "broken.jsonl": '{"text": "A record."}\n{"text": \n',
}


def test_the_summary_says_what_the_tables_hold(tmp_path: Path) -> None:
    seeds = write_seeds(tmp_path / "seeds", POSTS)
    places = Places(seeds=str(seeds), reference=str(ROOT / "seeds" / "reference"), data=str(tmp_path / "data"))
    held = tables(build(places.paths()))
    said = io.StringIO()
    summary.show(places, Console(file=said, width=200))
    lines = dict(line.strip().split(None, 1) for line in said.getvalue().splitlines() if line.startswith("  "))

    variants, mentions = held["variants"], held["mentions"]
    unified = variants[(variants["status"] == "accepted") & (variants["surface"] != variants["canonical"])]
    assert lines["Files"] == f"3 (3 ingested), {len(held['posts'])} posts"
    assert lines["Names"].startswith(f"{len(mentions)} mentions of {len(held['entities'])} entities (")
    assert f"{held['entities']['in_authority'].sum()} of them in the authority" in lines["Names"]
    assert lines["Spellings"].startswith(f"{len(variants)} variants, {len(unified)} unified, ")
    assert lines["Spellings"].endswith(", e.g. Khruschev, Krushchev → Khrushchev")
    assert lines["Edits"].startswith(f"{len(held['edits'])} (")
    assert lines["Review"].startswith(f"{(mentions['status'] == 'review').sum()} mentions wait")
    assert lines["Quarantine"].startswith(f"{len(held['quarantine'])} (")
