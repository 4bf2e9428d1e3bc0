"""Which reader reads a file.

Belongs here: recognising a format by content first, then by name; handing over to its module.
Not here: archives, the reading itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from pipelines.readers import prose
from pipelines.readers.encoding import Encoding, detect
from pipelines.readers.records import Record
from pipelines.readers.source import Source, Survey, blocks


def read(file: BinaryIO, seen: Survey, source: Source) -> Iterator[Record]:
    """The records of a file whose bytes were surveyed; sets the source's format and encoding."""
    if seen.is_blank:
        yield source.refuse("empty-file", "The file holds no text.", seen.head)
        return
    encoding = detect(seen, blocks(file))
    if encoding is None:
        is_binary = seen.n_nul or seen.n_controls
        reason = "binary-file" if is_binary else "undecodable-file"
        yield source.refuse(reason, "No text encoding fits its bytes; convert the file to UTF-8.", seen.head)
        return
    source.encoding = encoding.name
    try:
        yield from _read_text(file, encoding, source)
    except UnicodeDecodeError as error:
        detail = f"Its {encoding.name} ends or breaks off at byte {error.start} of a block; convert the file to UTF-8."
        yield source.refuse("undecodable-file", detail, seen.head)


def _read_text(file: BinaryIO, encoding: Encoding, source: Source) -> Iterator[Record]:
    is_thread = any(prose.has_marker(part) for part in encoding.decode(blocks(file)))
    source.format = "upvote-thread" if is_thread else "text"
    read = prose.read_thread if is_thread else prose.read_plain
    yield from read(encoding.decode(blocks(file)), encoding)
