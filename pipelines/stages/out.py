"""The out stages: readings applied to every group, and the tables that are added up from all groups."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import describe, feather, parquet, work
from pipelines.names.authority import REVIEW_COLUMNS
from pipelines.passes import apply as applying
from pipelines.passes.read import source_id
from pipelines.settings import Settings
from pipelines.stages.core import corrected, prepared_groups, resolved, sources_read
from pipelines.stages.inputs import Inputs
from pipelines.stages.places import Manifest, Paths, Run
from pipelines.stages.told import told
from pipelines.text import spelling
from schemas.export import arrow_schema, validated

PART_TABLES = ("posts", "sentences", "edits", "mentions")
WHOLE_TABLES = ("sources", "quarantine", "variants", "entities")
COUNTS = ["n_mentions", "n_posts"]
REVIEW_FILE = "review.csv"
ENTITY_COLUMNS = ("entity_id", "kind", "name", "native_name", "born", "died", "description")


def apply_groups(paths: Paths, settings: Settings, run: Run) -> Manifest:
    """APPLY for every group, with the readings of just its surfaces and the corrections of just its words."""
    version = work.code_version("passes", "text", "names", "parquet.py", "feather.py", "growing.py")
    made_of = ("readings", "corrections", "passages")
    everything = work.digest(version, repr(settings.spelling), *(paths.read_manifest(name)["key"] for name in made_of))
    if paths.has_manifest("parts"):
        manifest = paths.read_manifest("parts")
        if manifest.get("of") == everything and all(paths.store.has("apply", part) for part in manifest["parts"]):
            run("Applying names and spelling", applying.apply_readings, [], 0)
            return paths.write_manifest("parts", {"of": everything, "parts": manifest["parts"]})
    parts, calls = [], []
    inputs = Inputs(paths.work / "inputs")
    for key, task in _tasks(paths, settings, inputs):
        files = (task.readings, task.corrections, task.decisions, task.references, task.in_threads)
        part = work.digest(version, key, repr(settings.spelling), *(file.name for file in files))
        parts.append(part)
        if not paths.store.has("apply", part):
            calls.append((task, paths.store.place("apply", part)))
    calls.sort(key=lambda call: -call[0].group.size())  # the largest first, so that no worker is left alone with it
    run("Applying names and spelling", applying.apply_readings, calls, sum(task.group.size() for task, _ in calls))
    inputs.sweep()
    return paths.write_manifest("parts", {"of": everything, "parts": parts})


def _tasks(paths: Paths, settings: Settings, inputs: Inputs) -> Iterator[tuple[str, applying.Task]]:
    """Each group with what is applied to it."""
    readings, corrections = resolved(paths), corrected(paths)
    is_general = pc.not_equal(corrections["rule"], spelling.SLIP)  # a rule may be on words that a lexicon knows
    prepared_ones = prepared_groups(paths)
    surfaces = {key: prepared / "surfaces.arrow" for key, _, prepared in prepared_ones}
    in_threads = {key: inputs.put(readings.in_threads_of(key)) for key in surfaces}
    names = inputs.spread(readings.place / "names.parquet", surfaces, in_threads)
    decisions = inputs.put(readings.applicable_decisions)
    for key, group, prepared in prepared_ones:
        words = feather.read(prepared / "words.arrow", ["word"])["word"]
        yield (
            key,
            applying.Task(
                group,
                prepared,
                readings=names[key],
                corrections=inputs.put(corrections.filter(pc.or_(is_general, pc.is_in(corrections["word"], words)))),
                decisions=decisions,
                references=inputs.put(readings.references_of(prepared)),
                in_threads=in_threads[key],
                spelling=settings.spelling,
            ),
        )


def part_files(paths: Paths, file: str) -> list[Path]:
    """A file of every part: those of a table in the order of its rows."""
    return [paths.store.place("apply", part) / file for part in paths.read_manifest("parts")["parts"]]


def _counts(paths: Paths, name: str, by: list[str], status: str = "") -> pa.Table:
    """What all parts count, added up; where a status is given, of rows that have it."""
    tables = (feather.read(file) for file in part_files(paths, f"{name}.arrow"))
    if status:
        tables = (table.filter(pc.equal(table["status"], status)) for table in tables)
    return parquet.add_up(tables, by, COUNTS)


def whole_table(paths: Paths, name: str) -> Path:
    """The file of a table that is written in one piece."""
    return paths.work / "tables" / f"{name}.parquet"


def write_table(paths: Paths, name: str, slices: Iterable[pd.DataFrame | pa.Table]) -> Path:
    """Validate a whole table, which comes in slices, and keep it for the release."""
    place = whole_table(paths, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    unfinished = place.with_suffix(".tmp")
    valid = (validated(name, rows) for rows in slices)
    first = next(valid)
    parquet.write_slices(chain([first], valid), first.schema, unfinished)
    unfinished.replace(place)
    paths.write_manifest(name, {"sha256": describe.sha256(place)})
    return place


def sources_table(paths: Paths) -> Path:
    """The table `sources`."""
    sources = sources_read(paths).sort_values("path", kind="stable", ignore_index=True)
    sources["source_id"] = sources["path"].map(source_id)
    columns = ["source_id", "path", "format", "encoding", "size_bytes", "sha256", "n_posts", "n_quarantined", "status"]
    return write_table(paths, "sources", [sources[columns]])


def quarantine_table(paths: Paths) -> Path:
    """The table `quarantine`."""
    duplicates = set(sources_read(paths).query("status == 'duplicate'")["path"])
    frame = told(paths, "refusals").to_pandas()
    frame = frame[~frame["path"].isin(duplicates)].sort_values("path", kind="stable", ignore_index=True)
    return write_table(
        paths, "quarantine", [frame.assign(source_id=frame["path"].map(source_id))[_columns("quarantine")]]
    )


def _columns(name: str) -> list[str]:
    return list(arrow_schema(name).names)


def review_queue(paths: Paths) -> str:
    """The open doubts as `_review_queue` tells them, those of the build before where nothing changed."""
    place = _review_place(paths)

    def write(folder: Path) -> None:
        (folder / REVIEW_FILE).write_text(_review_queue(paths), encoding="utf-8", newline="")

    return (work.make(place, write) / REVIEW_FILE).read_bytes().decode()


def _review_place(paths: Paths) -> Path:
    version = work.code_version("stages", "names/authority.py", "parquet.py")
    key = work.digest(version, paths.read_manifest("parts")["key"], paths.read_manifest("readings")["key"])
    return paths.store.place("review", key)


def _review_queue(paths: Paths) -> str:
    """The open doubts, most mentions first, as a CSV that becomes decisions.csv when `entity_id` is filled in.

    `surface` is a name as it stands in the cleaned text. One that is also read in another way has a row for each post,
    as what is decided for one is not meant for all.
    """
    files = part_files(paths, "mentions.parquet")
    mentions = _doubtful_mentions(files)
    per_post = mentions["surface"].isin(_certain(files, mentions["surface"].unique()))
    per_post |= mentions.groupby("surface")["suggested"].transform("nunique") > 1
    mentions["post_id"] = mentions["post_id"].where(per_post, "")
    rows = mentions.groupby(["surface", "post_id", "suggested"], as_index=False)[COUNTS].sum()
    rows = rows.sort_values(["n_mentions", "surface", "post_id", "suggested"], ascending=[False, True, True, True])
    rows = rows.drop_duplicates(["surface", "post_id"])
    rows = rows.merge(_reasons_for_doubt(paths), on=["surface", "suggested"], how="left", validate="many_to_one")
    entities = parquet.read(resolved(paths).entities, ["entity_id", "name"])
    entities = entities.filter(pc.is_in(entities["entity_id"], pa.array(rows["suggested"].unique(), pa.string())))
    names = entities.to_pandas().set_index("entity_id")["name"]
    rows = rows.assign(
        suggested_name=rows["suggested"].map(names), entity_id="", reason="", decided_by="", decided_on=""
    )
    text: str = rows[list(REVIEW_COLUMNS)].to_csv(index=False, lineterminator="\n")
    return text


def _doubtful_mentions(files: list[Path]) -> pd.DataFrame:
    """A row a post, a surface as cleaned, and an entity that it was linked to in doubt."""
    found = []
    for file in files:
        table = parquet.read(file, ["normalized", "post_id", "entity_id", "status"])
        found.append(table.filter(pc.equal(table["status"], "review")).drop(["status"]))
    table = pa.concat_tables(found).rename_columns(["surface", "post_id", "suggested"])
    counted: pd.DataFrame = table.group_by(table.column_names).aggregate([([], "count_all")]).to_pandas()
    return counted.rename(columns={"count_all": "n_mentions"}).assign(n_posts=1)


def _reasons_for_doubt(paths: Paths) -> pd.DataFrame:
    """Why a surface, as cleaned, was linked to an entity in doubt: the most frequent reason."""
    by = ["normalized", "entity_id", "status", "score", "explanation"]
    rows: pd.DataFrame = _counts(paths, "variant_counts", by, status="review").to_pandas()
    rows = rows.sort_values(["n_mentions", *by], ascending=[False] + [True] * len(by), kind="stable")
    rows = rows.rename(columns={"normalized": "surface", "entity_id": "suggested"})
    return rows.drop_duplicates(["surface", "suggested"])[["surface", "suggested", "score", "explanation"]]


def _certain(files: list[Path], surfaces: Iterable[str]) -> set[str]:
    """Those of the surfaces, as cleaned, that are also read without doubt somewhere."""
    wanted, found = pa.array(surfaces, pa.string()), set()
    for file in files:
        table = parquet.read(file, ["surface", "normalized", "status"])
        table = table.filter(pc.not_equal(table["status"], "review"))
        for column in ("surface", "normalized"):  # as cleaned, it is one or the other, but where it was cleaned too
            found |= set(table[column].filter(pc.is_in(table[column], wanted)).to_pylist())
    return found


def unmatched_decisions(paths: Paths) -> pd.DataFrame:
    """The rows of decisions.csv that matched nothing in the build: `line`, `surface`, `post_id`."""
    decisions = resolved(paths).decisions.to_pandas()
    used = pa.concat_tables([feather.read(file) for file in part_files(paths, "decisions_used.arrow")])[
        "line"
    ].to_pandas()
    left: pd.DataFrame = decisions.loc[~decisions["line"].isin(used), ["line", "surface", "post_id"]]
    return left


def beside(paths: Paths) -> dict[str, str]:
    """The files that lie beside the tables in a release."""
    queue = review_queue(paths)
    paths.write_manifest("review", {"review": _review_place(paths).name})  # so that it is kept for the next build
    return {REVIEW_FILE: queue}


def table_files(paths: Paths) -> Iterator[tuple[str, list[Path]]]:
    """Every published table with the files it is made of."""
    for name in PART_TABLES:
        yield name, part_files(paths, f"{name}.parquet")
    for name in WHOLE_TABLES:
        yield name, [whole_table(paths, name)]
