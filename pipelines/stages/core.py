"""The core stages: sources told apart, groups prepared, and each distinct surface and word decided once."""

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import feather, gold, parquet, provenance, work
from pipelines.names import marked
from pipelines.names.authority import load, load_decisions
from pipelines.names.plausible import among
from pipelines.names.resolve import Readings, decide, decided
from pipelines.passes import clean as cleaning
from pipelines.passes import judge as judging
from pipelines.passes.clean import Group
from pipelines.passes.context import NAME_SCHEMA
from pipelines.settings import Settings
from pipelines.stages import words
from pipelines.stages.answers import all_answers
from pipelines.stages.places import Ahead, Manifest, Paths, Run
from pipelines.stages.told import told
from pipelines.text import rules, spelling

PARTS_WANTED = 40
SPELLING_FILE, DECISIONS_FILE = "spelling.csv", "decisions.csv"
IN_THREADS = pa.schema([("thread", pa.string()), ("entity_id", pa.string())])
ENTITIES = pa.schema(
    [(name, pa.string()) for name in ("entity_id", "kind", "name", "native_name", "aliases")]
    + [("born", pa.int32()), ("died", pa.int32()), ("description", pa.string()), ("in_authority", pa.bool_())]
)
DECISIONS = pa.schema(
    [("line", pa.int64())]
    + [(name, pa.string()) for name in ("surface", "post_id", "entity_id", "kind", "canonical", "explanation", "label")]
)
REFERENCES = pa.schema(
    [(name, pa.string()) for name in ("surface", "kind", "ref")]
    + [(name, pa.string()) for name in ("entity_id", "entity_kind", "canonical", "explanation", "label")]
)
SMALLEST_GROUP, LARGEST_GROUP = 1 << 17, 1 << 21  # bytes as stored: a third of the text


def sources_read(paths: Paths) -> pd.DataFrame:
    """All sources (members of archives too) in the order of their paths, with `status` and the key of their READ."""
    sources: pd.DataFrame = told(paths, "sources").to_pandas()
    repeated = sources[~sources["refused"]].duplicated("sha256").reindex(sources.index, fill_value=False)
    sources["status"] = "ingested"
    sources.loc[sources["refused"], "status"] = "quarantined"
    sources.loc[repeated, "status"] = "duplicate"
    sources.loc[repeated, ["n_posts", "n_quarantined"]] = 0
    return sources


def cut_groups(paths: Paths) -> list[tuple[str, Group]]:
    """The posts in groups of like size, each with its key; where they are cut depends on paths and sizes alone."""
    sources = sources_read(paths)
    left_out: dict[str, tuple[str, ...]] = {}
    repeated = sources[sources["status"] == "duplicate"]
    for key, path in zip(repeated["key"].tolist(), repeated["path"].tolist(), strict=True):
        left_out[key] = (*left_out.get(key, ()), path)
    chunks = told(paths, "chunks").to_pylist()
    wanted = _group_size(sum(chunk["size"] for chunk in chunks))
    store = paths.store
    groups, current, filled = [], [], 0
    for chunk in chunks:
        current.append((chunk, store.place("read", chunk["key"]) / chunk["chunk"]))
        filled += chunk["size"]
        if filled >= 2 * wanted or _falls(f"{chunk['path']} {chunk['chunk']}", chunk["size"] / wanted):
            groups.append(current)
            current, filled = [], 0
    if current or not groups:  # seeds without a post make empty tables
        groups.append(current)
    return [_group(members, left_out) for members in groups]


def _group_size(total: int) -> int:
    """A power of two near a fortieth of the whole, so that it rarely changes as a corpus grows."""
    wanted = 1 << max(total // PARTS_WANTED, 1).bit_length()
    return min(max(wanted, SMALLEST_GROUP), LARGEST_GROUP)


def _falls(name: str, share: float) -> bool:
    """Whether a cut falls after this chunk: by its name's hash, so that cuts stay when files come or go."""
    return int.from_bytes(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest()[:8], "big") / 2**64 < share


def _group(members: Sequence[tuple[dict[str, str], Path]], left_out: dict[str, tuple[str, ...]]) -> tuple[str, Group]:
    keys = dict.fromkeys(piece["key"] for piece, _ in members)
    omitted = tuple(path for key in keys for path in left_out.get(key, ()))
    chunks = tuple(chunk for _, chunk in members)
    named = [f"{piece['key']} {chunk.name}" for piece, chunk in members]
    return work.digest(*named, "without", *omitted), Group(chunks, omitted)


def prepare_groups(paths: Paths, run: Run) -> Manifest:
    """CLEAN for every group."""
    version = work.code_version("text", "names", "passes/clean.py", "feather.py")
    groups, calls = [], []
    for name, group in cut_groups(paths):
        key = work.digest(version, name)
        chunks = [chunk.relative_to(paths.store.root).as_posix() for chunk in group.chunks]
        groups.append({"key": key, "chunks": chunks, "left_out": list(group.left_out)})
        if not paths.store.has("clean", key):
            calls.append((group, paths.store.place("clean", key)))
    calls.sort(key=lambda call: -call[0].size())  # the largest first, so that no worker is left alone with it
    run("Cleaning and finding names", cleaning.clean, calls, sum(group.size() for group, _ in calls))
    return paths.write_manifest("passages", {"groups": groups})


def prepared_groups(paths: Paths) -> list[tuple[str, Group, Path]]:
    """The groups that `prepare_groups` made: key, posts, and where the preparation lies."""
    return [
        (
            g["key"],
            Group(tuple(paths.store.root / c for c in g["chunks"]), tuple(g["left_out"])),
            paths.store.place("clean", g["key"]),
        )
        for g in paths.read_manifest("passages")["groups"]
    ]


def check_reference(paths: Paths) -> None:
    """Read all reference files once, so that a slip in them shows before any long work begins.

    Raises:
        ReferenceFileError, SpellingFileError: a file cannot be used as it stands.
    """
    load_decisions(paths.reference / DECISIONS_FILE, load(paths.reference / "authority"))
    rules.load_rules(paths.reference / SPELLING_FILE)
    gold.read(paths.reference)
    provenance.read(paths.reference)


def judge_words(paths: Paths, settings: Settings, run: Run) -> Manifest:
    """Each distinct unknown word judged once, by lexicon, the project's rules and the corpus itself."""
    own_rules, version = _spelling_rules(paths, settings)
    counted = _surfaces(paths) / judging.WORDS
    key = work.digest(version, paths.read_manifest("surfaces")["surfaces"])

    def write(folder: Path) -> None:
        counts = judging.counts_in(counted)
        found = words.judged(paths, version, counts, settings.spelling, run)
        judging.write(spelling.judge(counts, own_rules, settings.spelling, found), folder)
        shutil.copyfile(counted, folder / judging.WORDS)

    place = work.make(paths.store.place("words", key), write)
    paths.write_manifest("judged", {"version": version, "words": place.name})
    n_corrections = parquet.read(place / judging.FILE).num_rows
    return paths.write_manifest("corrections", {"corrections": place.name, "n_corrections": n_corrections})


def begin_judging(paths: Paths, settings: Settings, ahead: Ahead) -> None:
    """Let the words be judged that `judge_words` will want, beside what is done until then."""
    _, version = _spelling_rules(paths, settings)
    words.begin(paths, version, judging.counts_in(_surfaces(paths) / judging.WORDS), settings.spelling, ahead)


def _spelling_rules(paths: Paths, settings: Settings) -> tuple[list[rules.Rule], str]:
    """The project's own rules, and a digest of all that words are judged by but their counts."""
    own = rules.load_rules(paths.reference / SPELLING_FILE)
    return own, work.digest(work.code_version("text", "stages", "passes"), repr(settings.spelling), repr(own))


@dataclass(frozen=True)
class Resolved:
    """Everything that is decided once for the whole corpus."""

    place: Path

    @property
    def n_readings(self) -> int:
        """How many readings surfaces have."""
        return parquet.n_rows(self.place / "names.parquet")

    @property
    def entities(self) -> Path:
        """The file of the authority's entities, with all their columns, and of the new ones."""
        return self.place / "entities.parquet"

    @cached_property
    def decisions(self) -> pa.Table:
        """What people decided, each with the way its surface is written; without `kind` if its entity is gone."""
        return parquet.read(self.place / "decisions.parquet")

    @cached_property
    def applicable_decisions(self) -> pa.Table:
        """Those whose entity there is, or that say that something is no name."""
        is_name, has_entity = pc.is_valid(self.decisions["entity_id"]), pc.is_valid(self.decisions["kind"])
        return self.decisions.filter(pc.or_(pc.invert(is_name), has_entity))

    def references_of(self, prepared: Path) -> pa.Table:
        """What the references mean that a prepared group holds."""
        file = prepared / cleaning.REFERENCES_FILE
        if not file.exists():
            return REFERENCES.empty_table()
        known = parquet.read(self.place / "references.parquet")
        return known.filter(pc.is_in(known["ref"], feather.read(file, ["ref"])["ref"]))

    def in_threads_of(self, group: str) -> pa.Table:
        """Entities fully named in threads that this group shares with others."""
        file = self.place / "threads" / f"{group}.parquet"
        return parquet.read(file) if file.exists() else IN_THREADS.empty_table()


def resolve_names(paths: Paths, settings: Settings, run: Run, meanwhile: Callable[[], None] = lambda: None) -> Manifest:
    """Each distinct surface read once, by authority, decisions and the corpus itself.

    Args:
        paths: The places of the build.
        settings: Thresholds.
        run: Runs the passes.
        meanwhile: Begins what workers may do while everything is decided here.
    """
    files = [file for file in reference_files(paths) if file.name != SPELLING_FILE]
    known = work.digest(*(file.read_bytes() for file in files if file.name != DECISIONS_FILE))
    reference = [file.read_bytes() for file in files]
    version = work.code_version("names", "stages")
    key = work.digest(version, repr(settings.names), paths.read_manifest("surfaces")["surfaces"], *reference)

    def write(folder: Path) -> None:
        authority = load(paths.reference / "authority")
        decisions = load_decisions(paths.reference / DECISIONS_FILE, authority)
        file = _surfaces(paths) / "surfaces.parquet"
        blocks = all_answers(paths, parquet.read(file, ["surface"])["surface"], authority, known, settings.names, run)
        meanwhile()
        found = decide(_counted(file), blocks, authority, decisions, settings.names)
        by_hand = decided(decisions, authority, found.named(decisions.rows["entity_id"]))
        tables = (rows.select(NAME_SCHEMA.names).cast(NAME_SCHEMA) for rows in found.slices())
        parquet.write_slices(tables, NAME_SCHEMA, folder / "names.parquet")
        _write_entities(authority.entities, found, by_hand, folder / "entities.parquet")
        _write_frame(by_hand, DECISIONS, folder / "decisions.parquet")
        prepared = prepared_groups(paths)
        references = marked.entities(_references(place for *_, place in prepared), authority)
        _write_frame(references, REFERENCES, folder / "references.parquet")
        _write_threads(prepared, folder / "names.parquet", folder / "threads")

    place = work.make(paths.store.place("resolve", key), write)
    return paths.write_manifest("readings", {"readings": place.name})


def _counted(file: Path) -> pd.DataFrame:
    """The distinct surfaces with their counts, in as little room as they need."""
    names = [name for name in parquet.schema(file).names if name not in ("surface", "n_posts")]
    columns = {"surface": parquet.read(file, ["surface"])["surface"]}
    columns |= {name: _short(parquet.read(file, [name])[name]) for name in names}
    text = pd.ArrowDtype(pa.string())
    frame: pd.DataFrame = pa.table(columns).to_pandas(split_blocks=True, types_mapper={pa.string(): text}.get)
    return frame


def _short(counts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Counts in half the room, where they fit."""
    most = pc.max(counts).as_py() or 0
    return counts.cast(pa.int32()) if most < 1 << 31 else counts


def _references(places: Iterable[Path]) -> pd.DataFrame:
    """The distinct references that sources give for the names they mark up: `surface`, `kind`, `ref`."""
    files = [place / cleaning.REFERENCES_FILE for place in places]
    tables = [feather.read(file, REFERENCES.names[:3]) for file in files if file.exists()]
    frame: pd.DataFrame = pa.concat_tables([pa.schema(list(REFERENCES)[:3]).empty_table(), *tables]).to_pandas()
    return frame.drop_duplicates().sort_values(REFERENCES.names[:3], ignore_index=True)


def _write_entities(known: pd.DataFrame, found: Readings, by_hand: pd.DataFrame, path: Path) -> None:
    """Write the authority's entities, the new ones, and the people whom decisions call unknown."""
    people = by_hand.dropna(subset="kind").rename(columns={"label": "name"})[["entity_id", "kind", "name"]]
    new = found.named(people["entity_id"])
    people = people[~people["entity_id"].isin(new["entity_id"])].drop_duplicates("entity_id")
    further = [pa.field(name, pa.string()) for name in known.columns if name not in ENTITIES.names]
    schema = pa.schema([*ENTITIES, *further])

    def tables() -> Iterator[pa.Table]:
        yield pa.Table.from_pandas(known.assign(in_authority=True), schema, preserve_index=False)
        for others in chain(found.entity_slices(), [people]):
            others = others[~among(others["entity_id"], known["entity_id"])].assign(in_authority=False)
            rows = pa.Table.from_pandas(others, preserve_index=False)
            columns = [rows[one.name] if one.name in others else pa.nulls(len(others), one.type) for one in schema]
            yield pa.table(columns, names=schema.names).cast(schema)

    parquet.write_slices(tables(), schema, path)


def resolved(paths: Paths) -> Resolved:
    """What `resolve_names` found."""
    return Resolved(paths.store.place("resolve", paths.read_manifest("readings")["readings"]))


def corrected(paths: Paths) -> pa.Table:
    """What `judge_words` found: one row a word that is corrected."""
    return parquet.read(
        paths.store.place("words", paths.read_manifest("corrections")["corrections"]) / "corrections.parquet"
    )


def reference_files(paths: Paths) -> list[Path]:
    """The reference files that there are, in a fixed order."""
    files = [*sorted((paths.reference / "authority").glob("*.csv")), paths.reference / SPELLING_FILE]
    return [file for file in [*files, paths.reference / DECISIONS_FILE] if file.is_file()]


def _surfaces(paths: Paths) -> Path:
    return paths.store.place("surfaces", paths.read_manifest("surfaces")["surfaces"])


def _write_frame(frame: pd.DataFrame, schema: pa.Schema, path: Path) -> None:
    """Write a frame with the columns of a schema; what it has besides is text."""
    further = [pa.field(name, pa.string()) for name in frame.columns if name not in schema.names]
    parquet.write(pa.Table.from_pandas(frame, pa.schema([*schema, *further]), preserve_index=False), path)


def _write_threads(prepared: Sequence[tuple[str, Group, Path]], names: Path, folder: Path) -> None:
    """For each group with a thread that goes on in another: who is fully named in that thread anywhere."""
    folder.mkdir()
    threads = {key: cleaning.threads_in(place) for key, _, place in prepared}
    places = pd.concat(
        [pd.DataFrame({"group": key, "thread": t.unique()}) for key, t in threads.items()], ignore_index=True
    )
    shared = places[places.duplicated("thread", keep=False)]
    full = _full_names(names) if len(shared) else pd.DataFrame()
    if full.empty:
        return
    found = []
    for key, _, place in prepared:
        if key in set(shared["group"]):
            surface = feather.read(place / "surfaces.arrow", ["surface"])["surface"].to_pandas()
            candidates = feather.read(place / "candidates.arrow", ["post", "surface"]).to_pandas()
            run = surface.to_numpy()[candidates["surface"]]
            stands = pd.DataFrame({"run": run, "thread": threads[key].to_numpy()[candidates["post"]]})
            stands = stands[stands["thread"].isin(shared["thread"])].drop_duplicates()
            found.append(stands.merge(full[["run", "entity_id"]], on="run")[["thread", "entity_id"]])
    everywhere = pd.concat(found).drop_duplicates()
    for group, mine in shared.groupby("group"):
        rows = everywhere[everywhere["thread"].isin(mine["thread"])].sort_values(["thread", "entity_id"])
        table = pa.table([rows["thread"].to_list(), rows["entity_id"].to_list()], schema=IN_THREADS)
        parquet.write(table, folder / f"{group}.parquet")


def _full_names(names: Path) -> pd.DataFrame:
    """The names that name somebody fully whom a lone surname may mean: `run`, `entity_id`."""
    rows = parquet.read(names, ["run", "entity_id", "status", "is_full", "is_default"], ["status"])
    bearers = pc.unique(rows["entity_id"].filter(pc.equal(rows["status"], "context")))
    full = pc.and_(pc.and_(rows["is_full"], rows["is_default"]), pc.equal(rows["status"], "accepted"))
    rows = rows.filter(full).select(["run", "entity_id"])
    found: pd.DataFrame = rows.filter(pc.is_in(rows["entity_id"], bearers)).to_pandas()
    return found
