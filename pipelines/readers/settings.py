"""`variorum.toml`: how the files of a folder are to be read, where that cannot be known.

Belongs here: the settings, their checks, messages for people.
Not here: where the file lies (`neighbours`), what the settings do (the formats' modules).
"""

from __future__ import annotations

import codecs
import tomllib
from dataclasses import dataclass, field
from typing import Any

FIELD_NAMES = (
    "text",
    "title",
    "question",
    "answer",
    "score",
    "author",
    "created_at",
    "id",
    "parent",
    "thread",
    "kind",
    "tags",
    "url",
)
KINDS = ("question", "answer", "comment", "document")


class SettingsError(Exception):
    """A `variorum.toml` that does not say what it means."""


@dataclass(frozen=True)
class Settings:
    """How the files of a folder are read; what is empty or None is found out from the file itself.

    Attributes:
        encoding: Codec of text files without a BOM.
        fields: For JSON, JSON Lines, CSV and TSV: field → names that a record may have for it before the usual ones,
            with dots for nesting.
        records: For JSON: dotted path of the list of records.
        kind: Kind of records that do not say it.
        markup: `html` or `plain`, for texts inside records.
        delimiter: Of CSV files.
        header: Whether the first row of a CSV file names its columns; else `fields` gives column numbers from 1.
    """

    encoding: str = ""
    fields: dict[str, tuple[str, ...]] = field(default_factory=dict)
    records: str = ""
    kind: str = ""
    markup: str = ""
    delimiter: str = ""
    header: bool = True


def parse_settings(text: str) -> Settings:
    """The settings written in TOML.

    Raises:
        SettingsError: With a sentence that says what to change.
    """
    try:
        raw = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"It is no valid TOML: {error}") from error
    values: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in _CHECKS:
            raise SettingsError(f"{name!r} is no setting; there are {', '.join(_CHECKS)}.")
        values[name] = _CHECKS[name](name, value)
    return Settings(**values)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise SettingsError(f"{name} must be a text in quotes, not {value!r}.")
    return value


def _encoding(name: str, value: object) -> str:
    try:
        info = codecs.lookup(_text(name, value))
    except LookupError as error:
        raise SettingsError(f"{name} {value!r} is no encoding that Python knows.") from error
    if not getattr(info, "_is_text_encoding", True):
        raise SettingsError(f"{name} {value!r} is no encoding of text.")
    return info.name


def _choice(*allowed: str) -> Any:
    def check(name: str, value: object) -> str:
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}.")
        return str(value)

    return check


def _header(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise SettingsError(f"{name} must be true or false, not {value!r}.")
    return value


def _fields(name: str, value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise SettingsError(f'[{name}] must be a table such as text = "body".')
    out = {}
    for key, given in value.items():
        if key not in FIELD_NAMES:
            raise SettingsError(f"{key!r} is no field; there are {', '.join(FIELD_NAMES)}.")
        names = [given] if isinstance(given, (str, int)) and not isinstance(given, bool) else given
        if not isinstance(names, list) or not names or not all(isinstance(item, (str, int)) for item in names):
            raise SettingsError(f"{name}.{key} must be the name of a field, or a list of names, not {given!r}.")
        out[key] = tuple(str(item) for item in names)
    return out


_CHECKS: dict[str, Any] = {
    "encoding": _encoding,
    "fields": _fields,
    "records": _text,
    "kind": _choice(*KINDS),
    "markup": _choice("html", "plain"),
    "delimiter": _choice(",", ";", "\t", "|"),
    "header": _header,
}
