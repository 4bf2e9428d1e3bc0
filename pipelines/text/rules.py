"""The project's own spellings: `spelling.csv`, read strictly. How they are applied belongs to `spelling`."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

COLUMNS = ("written", "preferred", "note")


class Rule(NamedTuple):
    """One rule of the project: what is found written, what is preferred, why, and the line of the file that says so."""

    written: str
    preferred: str
    note: str = ""
    line: int = 0


class SpellingFileError(ValueError):
    """A `spelling.csv` that can't be used; the message says where and what to do."""


def load_rules(path: Path) -> list[Rule]:
    """The rules of a `spelling.csv` in their order; none where the file does not exist.

    A word that is preferred as it is written is kept: it belongs to the project's vocabulary.

    Raises:
        SpellingFileError: the file is not UTF-8, a column is missing, a cell is empty, or two rules contradict.
    """
    if not path.exists():
        return []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rules = list(_rules(path, stream.read().splitlines()))
    except UnicodeDecodeError as error:
        raise SpellingFileError(f"{path}: not UTF-8 (byte {error.start}). Save the file as UTF-8.") from error
    _check_agreement(path, rules)
    return rules


def _rules(path: Path, lines: list[str]) -> Iterator[Rule]:
    reader = csv.reader(lines)
    header = [name.strip() for name in next(reader, [])]
    for column in COLUMNS[:2]:
        if column not in header:
            raise SpellingFileError(
                f"{path}, line 1: no column “{column}”. The header must name: written,preferred,note."
            )
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        for column in COLUMNS[:2]:
            if not row.get(column):
                raise SpellingFileError(
                    f"{path}, line {reader.line_num}, column “{column}”: empty. Fill it in or delete the line."
                )
        yield Rule(row["written"], row["preferred"], row.get("note", ""), reader.line_num)


def _check_agreement(path: Path, rules: list[Rule]) -> None:
    first: dict[str, Rule] = {}
    for rule in rules:
        other = first.setdefault(rule.written, rule)
        if other.preferred != rule.preferred:
            raise SpellingFileError(
                f"{path}, line {rule.line}, column “written”: “{rule.written}” is already “{other.preferred}” by line"
                f" {other.line}. Keep one of the two."
            )
    for rule in rules:
        following = first.get(rule.preferred)
        if following and following.preferred != following.written:
            raise SpellingFileError(
                f"{path}, line {rule.line}, column “preferred”: “{rule.preferred}” is itself replaced by line"
                f" {following.line}. Write “{following.preferred}” here."
            )
