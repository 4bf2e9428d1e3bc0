"""Asset checks: the invariants of the dataset as the UI shows them, and what is worth a warning.

The invariants themselves are in `pipelines.invariants`. A broken one stops the release
in the asset `dataset`, whichever way that is started.
"""

from collections.abc import Iterator

import dagster as dg

from pipelines import invariants, parquet, preview, report
from pipelines.invariants import INVARIANTS
from pipelines.resources import Places, Workers
from pipelines.stages import out, verify
from schemas.tables import TABLES

ROWS_SHOWN = 20
LEAST_F1 = 0.9

HOME = {
    invariants.LOST: "sources",
    invariants.UNDO: "edits",
    invariants.SLICES: "mentions",
    invariants.KEYS: "entities",
    invariants.COUNTS: "variants",
    invariants.DOUBT: "mentions",
}


ALL_TABLES = [dg.AssetKey(["out", name]) for name in TABLES]


def _spec(name: str, description: str) -> dg.AssetCheckSpec:
    home = dg.AssetKey(["out", HOME[name]])
    others = [key for key in ALL_TABLES if key != home]
    return dg.AssetCheckSpec(name, asset=home, description=description, additional_deps=others)


@dg.multi_asset_check(
    specs=[_spec(name, text) for name, text in INVARIANTS.items()], name="invariants", can_subset=True
)
def check_invariants(
    context: dg.AssetCheckExecutionContext, places: Places, workers: Workers
) -> Iterator[dg.AssetCheckResult]:
    outdated = [stage for stage in places.paths().outdated() if stage != report.STAGE]  # which is made later
    wanted = {key.name for key in context.selected_asset_check_keys}
    for name, offences in verify.all_offences(places.paths(), workers.run).items():
        if name not in wanted:
            continue
        older = f"As {', '.join(outdated)} must be made again first: " if outdated else ""
        broken = (
            f"{older}{offences.number} rows break this: {INVARIANTS[name]} The first: {' '.join(offences.first[:3])}"
        )
        yield dg.AssetCheckResult(
            passed=not offences.number,
            check_name=name,
            asset_key=["out", HOME[name]],
            severity=dg.AssetCheckSeverity.WARN if outdated else dg.AssetCheckSeverity.ERROR,
            description=broken if offences.number else INVARIANTS[name],
            metadata={
                "offences": offences.number,
                "rows": dg.MetadataValue.md("\n".join(f"- {text}" for text in offences.first) or "None."),
            },
        )


@dg.asset_check(
    asset=["out", "quarantine"],
    description="Records that were refused; they are kept in `quarantine` with their bytes.",
)
def nothing_is_quarantined(places: Places) -> dg.AssetCheckResult:
    rows = parquet.read(out.whole_table(places.paths(), "quarantine"), ["path", "locator", "reason", "detail"])
    return dg.AssetCheckResult(
        passed=not rows.num_rows,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{rows.num_rows} records or files were quarantined."
        if rows.num_rows
        else "Nothing was quarantined.",
        metadata={"rows": dg.MetadataValue.md(preview.markdown(rows.slice(0, ROWS_SHOWN).to_pylist()))},
    )


@dg.asset_check(
    asset=["out", "mentions"],
    additional_deps=[["out", "sources"], ["reference", "gold"]],
    description="Agreement with the posts that people have annotated (`gold.csv` of the reference folder).",
)
def agrees_with_gold(places: Places) -> dg.AssetCheckResult:
    score = verify.gold_score(places.paths())
    if score is None:
        return dg.AssetCheckResult(passed=True, description="No annotated post is in this build.")
    rates = score.rates()
    errors = score.errors()[["post_id", "surface", "expected", "found", "outcome"]]
    return dg.AssetCheckResult(
        passed=rates["f1"][0] >= LEAST_F1,
        severity=dg.AssetCheckSeverity.WARN,
        description=score.sentence(),
        metadata={
            "rows": dg.MetadataValue.md(preview.markdown(errors.head(ROWS_SHOWN).astype(object).to_dict("records"))),
            **{name: p for name, (p, *_) in rates.items()},
        },
    )


CHECKS = [check_invariants, nothing_is_quarantined, agrees_with_gold]
