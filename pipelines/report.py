"""The quality report: what a build holds, in figures and tables, as one HTML page and as metadata for the UI.

Everything in it comes from the tables of the build itself; what changed since the build before, in
`pipelines.changes`. The figures are drawn in `pipelines.figures`, and not drawn again while the numbers are the same.
"""

import base64
import csv
import html
import io
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import figures, gold, parquet, work
from pipelines.stages import out, verify
from pipelines.stages.places import MADE_OF, Ahead, Manifest, Paths, Run
from schemas.fields import EDIT_KINDS, ENTITY_KINDS
from schemas.tables import TABLES

FILE, NUMBERS = "report.html", "numbers.json"
STAGE = "report"
MOST = 15
QUEUE = 20
MANY = 1_000_000
NUMBER = re.compile(r"[\d.,]+")
Rows = list[dict[str, str]]


@dataclass(frozen=True)
class Quality:
    """The numbers of a report.

    Attributes:
        rows: Table to number of rows.
        most_mentioned: People (without any: whatever is named) and their accepted mentions, most first.
        most_variants: People and the ways their name is written, as far as accepted, most first.
        edits: Kind of edit to number.
        certainty: Kind of entity, its accepted mentions, and those under review.
        posts: Sources and their posts, most first.
        queue: The first doubts, most mentions first.
        quarantine: Why records were refused, and how many.
        unmatched: Decisions that match nothing.
        gold: The first errors found by comparing with texts that were marked by hand.
        agreement: How well the build agrees with them, in a sentence; empty where none are in it.
    """

    rows: dict[str, int]
    most_mentioned: list[tuple[str, int]]
    most_variants: list[tuple[str, int]]
    edits: list[tuple[str, int]]
    certainty: list[tuple[str, int, int]]
    posts: list[tuple[str, int]]
    queue: Rows
    quarantine: list[tuple[str, int]]
    unmatched: Rows
    gold: Rows
    agreement: str


def measure(
    tables: Mapping[str, Sequence[Path]],
    review: str = "",
    unmatched: Rows | None = None,
    score: gold.Score | None = None,
) -> Quality:
    """The numbers of a report.

    Args:
        tables: Every table with the files of its parts.
        review: The review queue as CSV, as it lies in the release.
        unmatched: Decisions that match nothing, one dictionary a row.
        score: Agreement with texts that were marked by hand.
    """
    entities = _read(tables["entities"], ["entity_id", "kind", "name"])
    people = entities.filter(pc.equal(entities["kind"], "person"))
    named = _accepted(people if people.num_rows else entities, tables["variants"])
    by, edits = parquet.tally(tables["mentions"], ["kind", "status"]), parquet.tally(tables["edits"], ["kind"])
    certainty = [(kind, by[kind, "accepted"], by[kind, "review"]) for kind in ENTITY_KINDS]
    sources = _read(tables["sources"], ["path", "n_posts"]).to_pandas()
    return Quality(
        rows={name: sum(map(parquet.n_rows, tables[name])) for name in TABLES},
        most_mentioned=_most(named, "name", "n_mentions"),
        most_variants=_most(named, "name", "n_variants"),
        edits=[(kind, edits[(kind,)]) for kind in EDIT_KINDS],
        certainty=[row for row in certainty if row[1] + row[2]],
        posts=_most(sources, "path", "n_posts"),
        queue=_queue(review),
        quarantine=sorted((reason, n) for (reason,), n in parquet.tally(tables["quarantine"], ["reason"]).items()),
        unmatched=unmatched or [],
        gold=_disagreements(score, entities) if score else [],
        agreement=score.sentence() if score else "",
    )


def _accepted(entities: pa.Table, variants: Sequence[Path]) -> pd.DataFrame:
    """The entities' names with their mentions and surfaces, doubts left out: they may be anybody's."""
    ids = entities["entity_id"].combine_chunks()
    n_mentions, n_variants = np.zeros((2, len(ids)), np.int64)
    for file in variants:
        rows = parquet.read(file, ["entity_id", "status", "n_mentions"])
        rows = rows.filter(pc.equal(rows["status"], "accepted"))
        of = pc.fill_null(pc.index_in(rows["entity_id"], ids), len(ids)).to_numpy()
        n_variants += np.bincount(of, minlength=len(ids) + 1)[:-1]
        n_mentions += np.bincount(of, rows["n_mentions"].to_numpy(), len(ids) + 1)[:-1].astype(np.int64)
    return pd.DataFrame({"name": entities["name"].to_pandas(), "n_mentions": n_mentions, "n_variants": n_variants})


def _rows(frame: pd.DataFrame) -> Rows:
    return [{str(name): str(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _read(files: Sequence[Path], columns: list[str]) -> pa.Table:
    return pa.concat_tables([parquet.read(file, columns) for file in files])


def _most(frame: pd.DataFrame, label: str, number: str) -> list[tuple[str, int]]:
    rows = frame[frame[number] > 0].nlargest(MOST, number, keep="all")
    rows = rows.sort_values([number, label], ascending=[False, True], kind="stable").head(MOST)
    return [(str(name), int(n)) for name, n in zip(rows[label], rows[number], strict=True)]


def _queue(review: str) -> Rows:
    """The head of the review queue (review.csv), in the words that a person decides by."""
    head = islice(csv.DictReader(io.StringIO(review, newline="")), QUEUE)
    return [
        {
            "written": row["surface"],
            "where": row["post_id"] or "everywhere",
            "perhaps": row["suggested_name"] or row["suggested"],
            "certainty": f"{float(row['score']):.2f}" if row["score"] else "",
            "mentions": f"{int(row['n_mentions']):,}",
            "why": row["explanation"],
        }
        for row in head
    ]


def _disagreements(score: gold.Score, entities: pa.Table) -> Rows:
    """The first errors against gold annotations, entities by their names."""
    errors = score.errors().head(QUEUE)
    spoken_of = pa.array([*map(str, errors["expected"]), *map(str, errors["found"])], pa.string())
    met = entities.filter(pc.is_in(entities["entity_id"], spoken_of))
    names = dict(zip(met["entity_id"].to_pylist(), met["name"].to_pylist(), strict=True))
    return [
        {
            "written": str(row["surface"]),
            "in": str(row["post_id"]),
            "marked as": _named(str(row["expected"]), names),
            "read as": _named(str(row["found"]), names),
            "outcome": str(row["outcome"]),
        }
        for row in errors.to_dict("records")
    ]


def _named(entity_id: str, names: Mapping[str, str]) -> str:
    """An entity as people know it; annotators label those in no authority themselves."""
    return str(names.get(entity_id, entity_id.removeprefix("new:")))


# --- pictures --------------------------------------------------------------------------------------------------------

FIGURES: dict[str, tuple[str, str, Callable[[Any], bytes]]] = {
    "most_mentioned": (
        "The people named most often, whatever the spelling; doubts are not counted.",
        "most_mentioned",
        lambda rows: figures.bars("Most mentioned people", rows, "mentions"),
    ),
    "variants_a_person": (
        "In how many ways the name of a person is written, titles and possessive endings left out.",
        "most_variants",
        lambda rows: figures.bars("Variants a person", rows, "distinct surfaces"),
    ),
    "edits_by_kind": (
        "What was changed from the text as written to the cleaned text; every change can be undone.",
        "edits",
        lambda rows: figures.bars("Edits by kind", rows, "edits"),
    ),
    "share_of_review": (
        "How much of what was found waits for a person; such names are left as written.",
        "certainty",
        lambda rows: figures.shares("Share of review", rows, ("accepted", "under review")),
    ),
    "posts_a_source": (
        "The sources that most posts come from.",
        "posts",
        lambda rows: figures.bars("Posts a source", rows, "posts"),
    ),
}
"""What is said of each figure, the numbers of the report that it shows, and how it is drawn."""


def draw(quality: Quality, kept: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Every figure as a PNG, those that are kept as they are."""
    kept = kept or {}
    return {name: kept.get(name) or make(getattr(quality, of)) for name, (_, of, make) in FIGURES.items()}


def data_address(png: bytes) -> str:
    """A picture as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


# --- the page --------------------------------------------------------------------------------------------------------

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1c2126; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
table { border-collapse: collapse; font-size: .9rem; } .about { color: #5b6470; }
th, td { text-align: left; vertical-align: top; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #dfe3e6; }
.n { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1.5rem 0; } figcaption { color: #5b6470; font-size: .9rem; } img { max-width: 100%; height: auto; }
"""
HEAD = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Quality report</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>"""


ABOUT = (
    "What this build holds, how it was cleaned, and what is in doubt. A person is counted as one, "
    "however the name is written."
)
OUTCOMES = (
    "The brackets hold 95 % intervals. Below are the names where the build and the people who marked them disagree: "
    "missed (not found at all), wrong entity (found, but as somebody else), in review (found, but left to a person), "
    "no name (taken for a name that nobody marked)."
)


def page(quality: Quality, pictures: Mapping[str, bytes]) -> str:
    """The report as one HTML page that needs nothing else."""
    counts = [{"table": name, "rows": f"{n:,}"} for name, n in quality.rows.items()]
    refused = [{"reason": reason, "records": f"{n:,}"} for reason, n in quality.quarantine]
    shown = "\n".join(_figure(name, FIGURES[name][0], png) for name, png in pictures.items())
    sections = [
        _section("Tables", _table(counts, "How many rows each table has; README.md says what they are.")),
        _section("Figures", shown),
        _section("Waiting for a person", _table(quality.queue, _queue_words(len(quality.queue)))),
        _section("Refused", _table(refused, "What is in quarantine, by reason; data_dictionary.md explains each.")),
    ]
    if quality.unmatched:
        words = "Rows of decisions.csv whose surface stands nowhere in these texts: a slip, or texts that are gone."
        sections.append(_section("Decisions that match nothing", _table(quality.unmatched, words)))
    if quality.agreement:
        words = f"{quality.agreement} {OUTCOMES} At most {QUEUE} rows are shown."
        sections.append(_section("Agreement with the gold annotations", _table(quality.gold, words)))
    body = "\n".join(sections)
    return f"{HEAD}\n<body><h1>Quality report</h1>\n<p>{ABOUT}</p>\n{body}\n</body></html>\n"


def _queue_words(number: int) -> str:
    more = f" The first {number} of them." if number == QUEUE else ""
    return f"Names that are not certain enough, most mentions first.{more} All are in review.csv, ready to be decided."


def _section(title: str, content: str) -> str:
    return f"<section><h2>{html.escape(title)}</h2>{content}</section>"


def _figure(name: str, words: str, png: bytes) -> str:
    title = html.escape(name.replace("_", " "))
    return (
        f'<figure><img alt="{title}" src="{data_address(png)}"><figcaption>{html.escape(words)}</figcaption></figure>'
    )


def _table(rows: Sequence[Mapping[str, str]], about: str) -> str:
    told = f'<p class="about">{html.escape(about)}</p>'
    if not rows:
        return f"{told}<p>None.</p>"
    counted = {name for name in rows[0] if all(NUMBER.fullmatch(row[name]) for row in rows)}

    def line(tag: str, cells: Mapping[str, str]) -> str:
        return "<tr>" + "".join(_cell(tag, cell, name in counted) for name, cell in cells.items()) + "</tr>"

    body = "\n".join(line("td", row) for row in rows)
    return f"{told}<table><thead>{line('th', {name: name for name in rows[0]})}</thead>\n<tbody>{body}</tbody></table>"


def _cell(tag: str, text: str, is_counted: bool) -> str:
    return f"<{tag}{' class=n' * is_counted}>{html.escape(text)}</{tag}>"


# --- the stage -------------------------------------------------------------------------------------------------------


def make_report(paths: Paths, run: Run) -> Manifest:
    """The report on this build; where what it is made of is the same, that of the build before."""
    place = _place_of(paths)
    size = sum(file.stat().st_size for _, files in out.table_files(paths) for file in files)
    run("Reporting", write_report, [] if place.is_dir() else [(paths, place)], size)
    rows = json.loads((place / NUMBERS).read_text())["numbers"]["rows"]
    return paths.write_manifest(STAGE, {"report": place.name, "rows": rows})


def begin(paths: Paths, ahead: Ahead) -> None:
    """Let the report be made that `make_report` will want, if all tables are there that it tells of.

    What is done meanwhile looks at all tables, too: where entities are many, there is not memory enough for both.
    """
    if paths.outdated() not in ([], [STAGE]) or (place := _place_of(paths)).is_dir():
        return
    if parquet.n_rows(out.whole_table(paths, "entities")) < MANY:
        ahead([(write_report, (paths, place))], 0)


def _place_of(paths: Paths) -> Path:
    """Where the report on this build is or will be kept, by all that it is made of."""
    version = work.code_version("stages", "names/authority.py", "report.py", "figures.py", "gold.py", "parquet.py")
    stages = (paths.read_manifest(stage)["key"] for stage in (*MADE_OF[STAGE], "readings"))
    annotated = paths.reference / gold.FILE
    annotations = annotated.read_bytes() if annotated.is_file() else b""
    return paths.store.place(STAGE, work.digest(version, metadata.version("matplotlib"), *stages, annotations))


def write_report(paths: Paths, place: Path) -> Path:
    """Measure the tables of this build, draw what has other numbers than before, and write the page into `place`."""
    unmatched, score = _rows(out.unmatched_decisions(paths)), verify.gold_score(paths)
    quality = measure(dict(out.table_files(paths)), out.review_queue(paths), unmatched, score)
    version = work.digest(work.code_version("report.py", "figures.py"), metadata.version("matplotlib"))
    numbers = json.loads(json.dumps(asdict(quality)))

    def write(folder: Path) -> None:
        pictures = draw(quality, _kept_figures(paths, version, numbers))
        for name, png in pictures.items():
            (folder / f"{name}.png").write_bytes(png)
        (folder / NUMBERS).write_text(json.dumps({"version": version, "numbers": numbers}))
        (folder / FILE).write_text(page(quality, pictures), encoding="utf-8")

    return work.make(place, write)


def _kept_figures(paths: Paths, version: str, numbers: Mapping[str, Any]) -> dict[str, bytes]:
    """The figures of the build before that show the same numbers."""
    if not paths.has_manifest(STAGE):
        return {}
    place = _place(paths)
    if not (place / NUMBERS).is_file():
        return {}
    before = json.loads((place / NUMBERS).read_text())
    if before["version"] != version:
        return {}
    same = (name for name, (_, of, _) in FIGURES.items() if before["numbers"][of] == numbers[of])
    return {name: (place / f"{name}.png").read_bytes() for name in same}


def report_files(paths: Paths) -> dict[str, str]:
    """The report as a file of the release."""
    return {FILE: (_place(paths) / FILE).read_text(encoding="utf-8")}


def pictures_markdown(paths: Paths) -> dict[str, str]:
    """Every figure in Markdown, for the UI."""
    place = _place(paths)
    return {
        name: f"![{words}]({data_address((place / f'{name}.png').read_bytes())})"
        for name, (words, *_) in FIGURES.items()
    }


def rows_against_last(paths: Paths) -> Rows:
    """Row counts of this build beside those of the one that is published, which may be the same."""
    latest = paths.data / "latest"
    rows: dict[str, int] = paths.read_manifest(STAGE)["rows"]
    last = {name: _n_published(latest, name) for name in rows}
    return [
        {"table": n, "last build": f"{last[n]:,}", "now": f"{rows[n]:,}", "more": f"{rows[n] - last[n]:+,}"}
        for n in rows
    ]


def _n_published(latest: Path, name: str) -> int:
    place = latest / f"{name}.parquet"
    return sum(map(parquet.n_rows, parquet.parts(place))) if place.exists() else 0


def _place(paths: Paths) -> Path:
    return paths.store.place(STAGE, paths.read_manifest(STAGE)["report"])
