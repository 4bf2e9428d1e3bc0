"""Decoded text line by line, each line bounded.

Belongs here: physical lines with their numbers.
Not here: what a line means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

LONGEST_LINE = 32 << 20
"""A line of more characters than this comes in pieces."""


def lines(parts: Iterable[str]) -> Iterator[str]:
    """Lines with their ends (LF, CR LF or CR); joined they give the text again."""
    rest: list[str] = []
    size = 0
    for part in parts:
        rest.append(part)
        size += len(part)
        if "\n" not in part and "\r" not in part and size <= LONGEST_LINE:
            continue
        text = "".join(rest)
        found = _split(text)
        keep = "" if size > LONGEST_LINE and len(found) == 1 else found.pop()
        yield from found
        rest, size = [keep], len(keep)
    yield from _split("".join(rest))


def _split(text: str) -> list[str]:
    """As `str.splitlines(True)`, at LF, CR LF and CR alone."""
    if "\r" not in text:
        found = text.split("\n")
        return [line + "\n" for line in found[:-1]] + ([found[-1]] if found[-1] else [])
    out = []
    for line in _split_lf(text):
        body = line[:-2] if line.endswith("\r\n") else line[:-1] if line.endswith(("\n", "\r")) else line
        if "\r" not in body:
            out.append(line)
            continue
        pieces = line.split("\r")
        if line.endswith("\r\n"):
            pieces[-2:] = ["\r".join(pieces[-2:])]
        out.extend(piece + "\r" for piece in pieces[:-1])
        if pieces[-1]:
            out.append(pieces[-1])
    return out


def _split_lf(text: str) -> list[str]:
    found = text.split("\n")
    return [line + "\n" for line in found[:-1]] + ([found[-1]] if found[-1] else [])
