"""The README.md of a release, its dataset card: what it is and holds, where it comes from, how to read and cite it.

What programs read is in `pipelines.describe`; the meaning of every column in the data dictionary.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from pipelines.describe import Published, Release
from pipelines.provenance import FILE, Documents

LISTED = 20
PROMISES = (
    "Every seed file is in `sources`, and every record of it in `posts` or in `quarantine`.",
    "Every change can be undone: `edits` lead from `text_raw` to `text` and back.",
    "Offsets are half-open and count Unicode code points: `text[start:end]` is what the row says it is.",
    "Spelling is unified, names are not replaced: another name of the same person is linked and left as written.",
    "What is doubtful has `status = review`, is left as written, and stands in `review.csv`, most frequent first.",
)


def card(release: Release) -> str:
    """The dataset card in Markdown, with the header by which dataset hubs find the tables."""
    sections = [
        _header(release),
        f"# {release.title}\n\n{release.description}\n",
        f"Version `{release.version}`, made of the tables' checksums: equal tables have it everywhere.\n",
        _tables(release.tables),
        _reading(release.tables),
        "## What always holds\n\n" + "\n".join(f"- {promise}" for promise in PROMISES) + "\n",
        _sources(release.sources),
        _provenance(release),
        _citing(release),
    ]
    return "\n".join(sections)


def _header(release: Release) -> str:
    lines = ["---", f"pretty_name: {_quoted(release.title)}", "configs:"]
    for table in release.tables:
        path = f"{table.path}/*.parquet" if table.is_folder else table.path
        lines += [f"- config_name: {table.name}", f"  data_files: {_quoted(path)}"]
    return "\n".join([*lines, "---\n"])


def _tables(tables: Sequence[Published]) -> str:
    rows = [(f"`{t.path}`", f"{t.n_rows:,}", t.description) for t in tables]
    told = _table(("table", "rows", "contents"), rows)
    columns = "Every column is explained in `data_dictionary.md` and in the Parquet files themselves."
    return f"## Tables\n\n{told}\n\n{columns}\n"


def _reading(tables: Sequence[Published]) -> str:
    folders = [f"`{table.path}`" for table in tables if table.is_folder]
    parts = (
        f" Here {', '.join(folders)} {'is a folder' if len(folders) == 1 else 'are folders'} of parts."
        if folders
        else ""
    )
    lines = [
        "## Reading it\n",
        "```python",
        "import pandas as pd",
        "from pathlib import Path",
        "",
        'release = Path("data/latest").resolve()  # once, so that a new build in between mixes nothing',
        'mentions = pd.read_parquet(release / "mentions.parquet")',
        "```\n",
        "A table is a file or, when it is large, a folder of parts; pandas, Polars (`scan_parquet`), `pyarrow.dataset` "
        f"and Spark read either by its one path, DuckDB a folder by `/*.parquet` behind it.{parts}\n",
        "`datapackage.json` (Frictionless) and `croissant.json` say the same to programs, `report.html` shows it in "
        "pictures, `checksums.sha256` proves that nothing was altered (`sha256sum -c checksums.sha256`).\n",
    ]
    return "\n".join(lines)


def _sources(sources: pd.DataFrame) -> str:
    counts = sources.assign(encoding=sources["encoding"].fillna("").replace("", "not decoded"))
    grouped = counts.groupby(["format", "encoding"], sort=True)
    sums = grouped.agg(files=("path", "size"), posts=("n_posts", "sum"), size=("size_bytes", "sum")).reset_index()
    rows = [
        (
            f"`{row['format'] or 'unknown'}`",
            str(row["encoding"]),
            *(f"{row[name]:,}" for name in ("files", "posts", "size")),
        )
        for row in sums.to_dict("records")
    ]
    status = sources["status"].value_counts().reindex(["ingested", "quarantined", "duplicate"], fill_value=0)
    told = (
        f"{status['ingested']:,} files were read, {status['quarantined']:,} refused whole (see `quarantine`), "
        f"{status['duplicate']:,} with the same bytes as another."
    )
    return f"## Sources\n\n{told}\n\n{_table(('format', 'encoding', 'files', 'posts', 'bytes'), rows)}\n"


def _provenance(release: Release) -> str:
    statement = release.statement
    licence = (
        f"Licence of the dataset, as its keeper states it: {statement.licence}."
        if statement.licence
        else "Nobody has stated a licence of the dataset as a whole: that of each source counts. "
        f"`dataset:` in `{FILE}` is the place to state it."
    )
    parts = ["## Licence and provenance\n", licence + "\n"]
    paths = release.sources["path"].tolist()
    if statement.documents:
        header = ("files", "how many", "what", "licence", "from", "note")
        parts.append(_table(header, [_document_row(d, paths) for d in statement.documents]) + "\n")
    open_ones = statement.uncovered(paths)
    if open_ones:
        parts.append(
            f"Of {len(open_ones):,} of {len(paths):,} sources nobody has stated origin or licence. Find them out "
            f"before you pass on their text, and state them under `documents:` in `{FILE}`, beside the reference "
            f"files:\n\n"
            f"{_listed(open_ones)}\n"
        )
    if statement.references:
        parts.append("The reference files cite:\n")
        parts.extend(f"- `{key}`: {_plain(told)}" for key, told in statement.references.items())
        parts.append("")
    return "\n".join(parts)


def _document_row(documents: Documents, paths: Sequence[str]) -> tuple[str, ...]:
    number = sum(documents.cover(path) for path in paths)
    return (f"`{documents.files}`", f"{number:,}", documents.title, documents.licence, documents.origin, documents.note)


def _citing(release: Release) -> str:
    commit = f", commit `{release.code.commit}`" if release.code.commit else ""
    return (
        "## Citing it\n\n"
        f"Name the dataset, its version `{release.version}` and the sources you used; `CITATION.cff` says it to "
        "programs.\n\n"
        f"Made with Variorum {release.code.version}{commit}, code `{release.code.key}`: the same seeds and reference "
        "files give the same tables with the same code.\n"
    )


def _listed(paths: Sequence[str]) -> str:
    more = [f"- and {len(paths) - LISTED:,} more"] if len(paths) > LISTED else []
    return "\n".join([*(f"- `{path}`" for path in paths[:LISTED]), *more])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    return "\n".join([*lines, *("| " + " | ".join(_plain(cell) for cell in row) + " |" for row in rows)])


def _plain(text: str) -> str:
    """Text that can't break a Markdown table or pass for HTML."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
