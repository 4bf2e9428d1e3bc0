"""The asset graph, read from top to bottom as the data flows: raw → core → out.

Assets say what there is and call the stage that makes it; the work itself is in `pipelines.stages` and below.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import dagster as dg

from pipelines import notify, preview, provenance, release, report, work
from pipelines.resources import Places, Rules, Workers, kept_builds
from pipelines.stages import core, counted, out, raw, verify
from pipelines.stages import surfaces as distinct

OWNERS = ["team:variorum"]
ABOUT = {
    "texts": ("files", "seeds", "records", "passages", "sources", "posts", "sentences"),
    "names": ("authority", "decisions", "surfaces", "readings", "mentions", "variants", "entities"),
    "spelling": ("spelling", "corrections", "edits"),
    "quality": ("gold", "quarantine", "report"),
    "release": ("provenance", "dataset"),
}
"""What an asset is about: a tag, by which the UI can be searched across the groups."""


def _tagged(spec: dg.AssetSpec) -> dg.AssetSpec:
    return spec.merge_attributes(
        tags={"about": next(tag for tag, names in ABOUT.items() if spec.key.path[-1] in names)}
    )


def _asset(
    layer: str, kinds: set[str], code: tuple[str, ...], **options: Any
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    return dg.asset(
        key_prefix=[layer],
        group_name=layer,
        kinds=kinds,
        owners=OWNERS,
        code_version=work.code_version("stages", *code),
        **options,
    )


# --- raw: what was given ---------------------------------------------------------------------------------------------

FILES = dg.AssetSpec(
    ["raw", "files"],
    group_name="raw",
    kinds={"file"},
    owners=OWNERS,
    description="The documents as they lie in the seeds folder: which there are, their sizes and times of change.",
)
REFERENCE = [
    dg.AssetSpec(["reference", name], group_name="reference", kinds={kind}, owners=OWNERS, description=description)
    for name, kind, description in (
        ("authority", "csv", "Known people, places, organisations and events: `authority/*.csv`."),
        ("spelling", "csv", "The project's own spelling rules: `spelling.csv`."),
        ("decisions", "csv", "What people decided, which wins over every rule: `decisions.csv`."),
        ("gold", "csv", "Posts that people have annotated; every build says how well it agrees with them: `gold.csv`."),
        ("provenance", "yaml", "Where texts and reference files come from, and under what licence: `SOURCES.yml`."),
    )
]


@_asset("raw", {"file"}, ("readers",), deps=[FILES], description="Every seed file with its size and SHA-256.")
def seeds(places: Places) -> dg.MaterializeResult[Any]:
    core.check_reference(places.paths())
    manifest = raw.list_sources(places.paths())
    return _made(manifest, dagster_row_count=len(manifest["seeds"]), files=preview.listing(list(manifest["seeds"])))


@_asset(
    "raw",
    {"python", "parquet"},
    ("readers", "passes/read.py"),
    deps=[seeds],
    description="The seed files' records as read: decoded, markup resolved, nothing changed.",
)
def records(places: Places, workers: Workers) -> dg.MaterializeResult[Any]:
    manifest = raw.read_records(places.paths(), workers.run)
    return _made(manifest, files=len(manifest["pieces"]))


# --- core: what is decided -------------------------------------------------------------------------------------------


@_asset(
    "core",
    {"python", "parquet"},
    ("text", "names", "passes/clean.py"),
    deps=[records],
    description="Groups of posts with their clean-up edits, sentences, and the runs of capitals that may be names.",
)
def passages(places: Places, workers: Workers) -> dg.MaterializeResult[Any]:
    manifest = core.prepare_groups(places.paths(), workers.run)
    return _made(manifest, groups=len(manifest["groups"]))


@_asset(
    "core",
    {"pyarrow"},
    (),
    deps=[passages],
    description="Each distinct surface and each distinct unknown word of the corpus, counted.",
)
def surfaces(places: Places, workers: Workers) -> dg.MaterializeResult[Any]:
    return _made(distinct.merge(places.paths(), workers.run))


@_asset(
    "core",
    {"python"},
    ("text",),
    deps=[surfaces, ["reference", "spelling"]],
    description="Each distinct unknown word judged once: a slip with one convincing correction, or left alone.",
)
def corrections(places: Places, rules: Rules, workers: Workers) -> dg.MaterializeResult[Any]:
    manifest = core.judge_words(places.paths(), rules.settings(), workers.run)
    return _made(manifest, dagster_row_count=manifest["n_corrections"])


@_asset(
    "core",
    {"python"},
    ("names",),
    deps=[surfaces, ["reference", "authority"], ["reference", "decisions"]],
    description="Each distinct surface resolved once: which entity, how certain, and why.",
    op_tags={"dagster/priority": "1"},  # before corrections: while it decides, workers judge the words for them
)
def readings(places: Places, rules: Rules, workers: Workers) -> dg.MaterializeResult[Any]:
    words_too = partial(core.begin_judging, places.paths(), rules.settings(), workers.ahead)
    manifest = core.resolve_names(places.paths(), rules.settings(), workers.run, meanwhile=words_too)
    return _made(manifest, dagster_row_count=core.resolved(places.paths()).n_readings)


# --- out: what is published ------------------------------------------------------------------------------------------


def _out_spec(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        ["out", name],
        deps=[passages, readings, corrections],
        group_name="out",
        kinds={"parquet", "pandera"},
        owners=OWNERS,
        description=preview.description(name),
        code_version=work.code_version("stages", "passes", "text", "names"),
        metadata=preview.column_schema(name),
    )


@dg.multi_asset(specs=[_out_spec(name) for name in out.PART_TABLES], name="texts")
def texts(places: Places, rules: Rules, workers: Workers) -> Iterator[dg.MaterializeResult[Any]]:
    paths = places.paths()
    manifest = out.apply_groups(paths, rules.settings(), workers.run)
    workers.ahead([*counted.tasks(paths), *verify.tasks(paths)], 0)
    for name in out.PART_TABLES:
        yield _made(manifest, ["out", name], **preview.table(name, out.part_files(paths, f"{name}.parquet")))


def _table_asset(
    name: str, make: Callable[[Any, Any], Any], *deps: Any, then: Callable[..., None] = lambda *_: None
) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        key_prefix=["out"],
        group_name="out",
        kinds={"parquet", "pandera"},
        owners=OWNERS,
        deps=list(deps),
        description=preview.description(name),
        metadata=preview.column_schema(name),
        code_version=work.code_version("stages"),
    )
    def table(places: Places, workers: Workers) -> dg.MaterializeResult[Any]:
        paths = places.paths()
        file = make(paths, workers.run)
        then(paths, workers.ahead)
        return _made(paths.read_manifest(name), **preview.table(name, [file]))

    return table


sources = _table_asset("sources", lambda paths, _: out.sources_table(paths), records)
quarantine = _table_asset("quarantine", lambda paths, _: out.quarantine_table(paths), records)
variants = _table_asset("variants", counted.variants_table, ["out", "mentions"])
entities = _table_asset("entities", counted.entities_table, ["out", "mentions"], variants, then=report.begin)
TABLE_ASSETS = [sources, quarantine, variants, entities]
TABLE_KEYS = [dg.AssetKey(["out", name]) for name in (*out.PART_TABLES, *out.WHOLE_TABLES)]


@_asset(
    "out",
    {"matplotlib"},
    ("report.py", "figures.py"),
    name="report",
    deps=[*TABLE_KEYS, ["reference", "gold"]],
    description="The build in figures: who is named most, spellings, edits, doubts; one page of HTML in the release.",
)
def quality_report(places: Places, workers: Workers) -> dg.MaterializeResult[Any]:
    paths = places.paths()
    manifest = report.make_report(paths, workers.run)
    pictures: dict[str, Any] = {
        name: dg.MetadataValue.md(picture) for name, picture in report.pictures_markdown(paths).items()
    }
    return _made(manifest, rows=dg.MetadataValue.md(preview.markdown(report.rows_against_last(paths))), **pictures)


@dg.asset(
    key_prefix=["out"],
    group_name="out",
    kinds={"parquet"},
    owners=OWNERS,
    deps=[*TABLE_KEYS, quality_report, ["reference", "provenance"]],
    description="One complete build, published at once under `latest`, with checksums and descriptions. "
    "While anything it is made of is older than what that is made of, nothing is published.",
    code_version=work.code_version("stages", "release.py", "describe.py", "card.py"),
    output_required=False,
)
def dataset(context: dg.AssetExecutionContext, places: Places, workers: Workers) -> Iterator[dg.MaterializeResult[Any]]:
    paths = places.paths()
    if outdated := paths.outdated():
        context.log.warning(f"Nothing is published yet: {', '.join(outdated)} must be made again first.")
        return
    verify.refuse_broken(verify.all_offences(paths, workers.run))
    latest = paths.data / "latest"
    former = latest.resolve() if latest.exists() else None
    beside = out.beside(paths) | report.report_files(paths)
    tables, statement = out.table_files(paths), provenance.read(paths.reference)
    copy = places.copy_release if places.publish else None
    build = release.publish(paths.data, tables, beside, statement, copy, kept_builds())
    paths.sweep()
    if problem := notify.tell_published(paths.data, former, build):
        context.log.warning(problem)
    yield dg.MaterializeResult(
        data_version=dg.DataVersion(build.name),
        metadata={
            "path": dg.MetadataValue.path(str(latest)),
            "build": build.name,
            "changes": dg.MetadataValue.md((paths.data / release.CHANGES_TEXT).read_text(encoding="utf-8")),
        },
    )


_ALL: list[dg.AssetsDefinition | dg.AssetSpec] = [
    FILES,
    *REFERENCE,
    seeds,
    records,
    passages,
    surfaces,
    corrections,
    readings,
    texts,
    *TABLE_ASSETS,
    quality_report,
    dataset,
]
ASSETS = [*dg.map_asset_specs(_tagged, _ALL)]


def _made(manifest: dict[str, Any], key: list[str] | None = None, **metadata: Any) -> dg.MaterializeResult[Any]:
    return dg.MaterializeResult(
        asset_key=key and dg.AssetKey(key),
        data_version=dg.DataVersion(manifest["key"]),
        metadata={name.replace("dagster_", "dagster/"): value for name, value in metadata.items()},
    )
