"""Where texts and reference files come from, under what licence: the optional `SOURCES.yml` of the reference folder.

Read and checked here; how a release tells it is in `pipelines.card` and `pipelines.describe`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from pipelines.names.authority import ReferenceFileError

FILE = "SOURCES.yml"
DATASET_KEYS = ("title", "description", "licence", "creators")
DOCUMENT_KEYS = ("files", "title", "licence", "from", "note")


@dataclass(frozen=True)
class Documents:
    """What is said of the seed files whose path fits a pattern."""

    files: str
    title: str = ""
    licence: str = ""
    origin: str = ""
    note: str = ""

    def cover(self, path: str) -> bool:
        """Whether they are about this source; `*` stands for any characters, `/` too."""
        return fnmatchcase(path, self.files)


@dataclass(frozen=True)
class Statement:
    """What the keeper of the texts says of them; everything is empty where nothing is said."""

    title: str = ""
    description: str = ""
    licence: str = ""
    creators: tuple[str, ...] = ()
    documents: tuple[Documents, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)

    def uncovered(self, paths: Sequence[str]) -> list[str]:
        """The sources that nothing is said of."""
        return [path for path in paths if not any(documents.cover(path) for documents in self.documents)]


def read(reference: Path) -> Statement:
    """The statement in `SOURCES.yml` of a reference folder; an empty one if there is no such file.

    Raises:
        ReferenceFileError: The file is no YAML, or says something that would be passed over in silence.
    """
    import yaml  # only here: a build without this file need not load it

    file = reference / FILE
    if not file.is_file():
        return Statement()
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ReferenceFileError(file, line, "", f"this is no YAML: {error.problem}. Mend this line.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ReferenceFileError(file, 1, "", f"this is no YAML in UTF-8: {error}. Save it as UTF-8.") from error
    return _statement(file, {} if told is None else told)


def _statement(file: Path, told: Any) -> Statement:
    if not isinstance(told, dict):
        raise _problem(file, "the file", "must consist of `dataset:`, `documents:` and `sources:`, each optional")
    dataset = _mapping(file, "dataset", told.get("dataset"), DATASET_KEYS)
    documents = told.get("documents") or []
    if not isinstance(documents, list):
        raise _problem(file, "documents", "must be a list, each entry beginning with `- files:`")
    creators = dataset.get("creators") or []
    return Statement(
        title=_text(dataset.get("title")),
        description=_text(dataset.get("description")),
        licence=_text(dataset.get("licence")),
        creators=tuple(_text(name) for name in (creators if isinstance(creators, list) else [creators])),
        documents=tuple(_documents(file, entry) for entry in documents),
        references=_references(file, told.get("sources")),
    )


def _documents(file: Path, entry: Any) -> Documents:
    told = _mapping(file, "documents", entry, DOCUMENT_KEYS)
    if not told.get("files"):
        raise _problem(file, "documents", "every entry needs `files:`, a path or pattern such as `letters/*`")
    files, title, licence, origin, note = (_text(told.get(key)) for key in DOCUMENT_KEYS)
    return Documents(files, title, licence, origin, note)


def _references(file: Path, told: Any) -> dict[str, str]:
    """What the reference files cite: key to title and remarks."""
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise _problem(file, "sources", "must be a list of keys, each with `title:`")
    lines = {}
    for key, entry in told.items():
        parts = entry.values() if isinstance(entry, dict) else [entry]
        lines[str(key)] = ". ".join(_text(part).rstrip(".") for part in parts if part) + "."
    return lines


def _mapping(file: Path, section: str, told: Any, known: Sequence[str]) -> dict[str, Any]:
    if told is None:
        return {}
    if not isinstance(told, dict):
        raise _problem(file, section, f"must consist of {', '.join(f'`{key}:`' for key in known)}")
    unknown = [str(key) for key in told if key not in known]
    if unknown:
        raise _problem(file, section, f"`{unknown[0]}` is not known here; known are {', '.join(known)}")
    return told


def _problem(file: Path, section: str, problem: str) -> ReferenceFileError:
    return ReferenceFileError(file, 1, section, f"{problem}.")


def _text(value: Any) -> str:
    """One line of text."""
    return "" if value is None else " ".join(str(value).split())
