"""PDF with a text layer.

Belongs here: the text of the pages in order, title, author. A PDF's date is that of the file, so no post gets it.
Not here: pages that are pictures (no character recognition is done), page headers and hyphens (the text room).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2  # type: ignore[import-untyped]

from pipelines.readers.cut import LONGEST, Piece, Place
from pipelines.readers.records import Post

_HYPHEN = "-\n"
"""What stands for PDFium's sign of a hyphen at a line's end; whether it belongs to the word decides the text room."""


class BadPdfError(Exception):
    """A PDF that cannot be read: reason and detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def read_pdf(file: BinaryIO) -> Iterator[Post]:
    """The document as one post, or, where it is long, as several of whole pages; a form feed stands between pages.

    Raises:
        BadPdfError: It is damaged, encrypted, or has no text layer.
    """
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        reason = "encrypted" if "password" in str(error).lower() else "bad-markup"
        raise BadPdfError(reason, f"It cannot be opened: {error}") from error
    try:
        yield from _posts(document)
    finally:
        document.close()


def _posts(document: pypdfium2.PdfDocument) -> Iterator[Post]:
    try:
        meta = document.get_metadata_dict(skip_empty=True)
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        meta = {}
    title, author = (" ".join(_valid(meta.get(name, "")).split()) or None for name in ("Title", "Author"))
    waiting: list[str] = []
    first, number, size = 1, 0, 0
    for page in range(1, len(document) + 1):
        text = _page_text(document, page - 1)
        waiting.append(text)
        size += len(text)
        if size > LONGEST or page == len(document):
            text = Piece("\n\f\n".join(waiting), Place()).trimmed().text.strip("\n\f")
            if text.strip():
                number += 1
                locator = f"pages {first}-{page}"
                yield Post("document", text, locator, key=str(number), title=title, author=author)
            first, size, waiting = page + 1, 0, []
    if not number:
        raise BadPdfError("no-text-layer", "Its pages hold no text; run character recognition (OCR) over it first.")


def _page_text(document: pypdfium2.PdfDocument, index: int) -> str:
    try:
        page = document[index]
        text = page.get_textpage()
        found = text.get_text_range()
        text.close()
        page.close()
    except (pypdfium2.PdfiumError, UnicodeDecodeError):
        return ""
    return _valid(found).replace("\r\n", "\n").replace("\ufffe", _HYPHEN).replace("\x02", _HYPHEN)


def _valid(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore").replace("\0", "")
