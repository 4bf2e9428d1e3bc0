"""HTML pages: the main text without navigation, title, author, date.

Belongs here: choosing what of a page is its text.
Not here: fragments that are all text, the layout of blocks (`markup`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from pipelines.readers.cut import Piece, Place
from pipelines.readers.dates import iso_date
from pipelines.readers.markup import fragment_text
from pipelines.readers.records import Post

LONGEST_PAGE = 16 << 20
"""A page of more characters than this is no page but a data file, and is refused."""

_NEVER = (
    "script, style, noscript, template, iframe, object, embed, svg, canvas, form, button, select, input, textarea, "
    "nav, menu, dialog, [hidden], [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo], "
    "[role=search], [role=complementary], [role=menu]"
)
_CHROME = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|navigation|menu|sidebar|side-bar|breadcrumbs?|footer|masthead|toolbar|pager|pagination|"
    r"share|sharing|social|cookies?|consent|banner|advert|advertisement|ads?|sponsored|promo|related|recommended|"
    r"newsletter|subscribe|signup|login|search|skip-link|skip|widget|popup|modal|printfooter|editsection|"
    r"mw-editsection|catlinks|toc)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_NOT_LETTER = re.compile(r"[\W_]+")
_LINK_BLOCKS = ("ul", "ol", "div", "table", "td", "p", "dl")
_NOTICE = re.compile(r"(?:copyright\b|©|\(c\)\s*\d{4}|all rights reserved)", re.IGNORECASE)
_MAIN = (
    "article",
    "main",
    "[role=main]",
    "[itemprop=articleBody]",
    "#content",
    "#main",
    ".post-content",
    ".entry-content",
)


def read_page(html: str, locator: str) -> Post | None:
    """The page as one post, or None where it holds no text."""
    tree = LexborHTMLParser(html)
    title, author, date, url = _title(tree), _author(tree), _date(tree), _url(tree)
    body = tree.body
    if body is None:
        return None
    for node in tree.css(_NEVER):
        node.decompose()
    main = _main(tree, body)
    text = _text(main) or _text(body)
    return (
        Post("document", text, locator, key="1", title=title, author=author, created_at=date, url=url) if text else None
    )


def _text(node: LexborNode) -> str:
    return Piece(fragment_text(node.html or ""), Place()).trimmed().text


class _TooMuchError(Exception):
    """A page so deeply nested that measuring its parts would take too long."""


class _Scale:
    """Measures parts of a page, and stops where all that was measured is many times the page."""

    def __init__(self, body: LexborNode) -> None:
        self.whole = len(body.text(deep=True))
        self._left = 40 * self.whole + 100_000

    def text(self, node: LexborNode) -> str:
        """The node's text."""
        text = str(node.text(deep=True))
        self._left -= len(text) + 10
        if self._left < 0:
            raise _TooMuchError
        return text

    def letters(self, node: LexborNode) -> int:
        """Letters and digits in the node."""
        return len(_NOT_LETTER.sub("", self.text(node)))


def _main(tree: LexborHTMLParser, body: LexborNode) -> LexborNode:
    """The node that says it holds the page's text, if it holds much of it, else the body without its chrome."""
    scale = _Scale(body)
    try:
        _drop_chrome(body, scale)
        _drop_links(body, scale)
        whole = scale.letters(body)
        for selector in _MAIN:
            found = tree.css(selector)
            held = [scale.letters(node) for node in found]
            if len(found) == 1 and held[0] >= max(1, whole // 3):
                return found[0]
            if len(found) > 1 and selector == "article" and sum(held) >= whole // 2:
                return _common_parent(found, body)
    except _TooMuchError:
        return body
    return body


def _common_parent(nodes: list[LexborNode], body: LexborNode) -> LexborNode:
    parents = {node.parent.mem_id: node.parent for node in nodes if node.parent is not None}
    return next(iter(parents.values())) if len(parents) == 1 else body


def _drop_chrome(body: LexborNode, scale: _Scale) -> None:
    """Takes away headers, footers, asides and what its class or id calls chrome, unless most of the text lies in it."""
    for node in body.css("header, footer, aside, [class], [id]"):
        if node.tag in ("body", "html", "main", "article") or not _is_chrome(node):
            continue
        if len(scale.text(node)) <= scale.whole // 2:
            node.decompose()


def _is_chrome(node: LexborNode) -> bool:
    if node.tag == "header":
        return not any(one.tag in ("article", "main") for one in _ancestors(node))
    given = node.attributes
    return node.tag in ("footer", "aside") or _CHROME.search(f"{given.get('class')} {given.get('id')}") is not None


def _ancestors(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def _drop_links(body: LexborNode, scale: _Scale) -> None:
    """Takes away blocks that are lists of links with hardly a word outside, and notices of copyright."""
    linked: dict[int, list[LexborNode]] = {}
    for link in body.css("a"):
        block = next((one for one in _ancestors(link) if one.tag in _LINK_BLOCKS), None)
        if block is not None:
            linked.setdefault(block.mem_id, [block]).append(link)
    for block, *links in linked.values():
        if len(links) >= 3:
            letters = scale.letters(block)
            if letters < 4000 and sum(map(scale.letters, links)) >= 0.85 * letters:
                block.decompose()
    for node in body.css("p, div, small, td"):
        first = node.child
        opening = (first.text_content or "").lstrip() if first is not None and first.tag == "-text" else ""
        if _NOTICE.match(opening) and len(scale.text(node)) < 200:
            node.decompose()


def _meta(tree: LexborHTMLParser, *names: str) -> str | None:
    for name in names:
        for attribute in ("name", "property", "itemprop"):
            node = tree.css_first(f'meta[{attribute}="{name}"]')
            value = " ".join(((node.attributes.get("content") if node else None) or "").split())
            if value:
                return value
    return None


def _title(tree: LexborHTMLParser) -> str | None:
    headings = [" ".join(node.text(deep=True).split()) for node in tree.css("h1")]
    node = tree.css_first("title")
    title = " ".join(node.text(deep=True).split()) if node else ""
    if len(headings) == 1 and headings[0]:
        return headings[0]
    return _meta(tree, "og:title", "DC.title", "citation_title") or title or next(filter(None, headings), None)


def _author(tree: LexborHTMLParser) -> str | None:
    found = _meta(tree, "author", "DC.creator", "citation_author", "article:author", "byl")
    if found and not found.startswith("http"):
        return found
    node = tree.css_first("[rel=author], [itemprop=author], .author, .byline")
    text = " ".join(node.text(deep=True).split()) if node else ""
    return re.sub(r"^(?:by|von|par)\s+", "", text, flags=re.IGNORECASE) if 0 < len(text) <= 100 else None


def _date(tree: LexborHTMLParser) -> str | None:
    found = iso_date(
        _meta(
            tree, "article:published_time", "datePublished", "DC.date", "citation_publication_date", "date", "pubdate"
        )
    )
    if found:
        return found
    times = {node.attributes.get("datetime") or "" for node in tree.css("time[datetime]")}
    return iso_date(times.pop()) if len(times) == 1 else None


def _url(tree: LexborHTMLParser) -> str | None:
    node = tree.css_first("link[rel=canonical]")
    href = (node.attributes.get("href") if node else None) or _meta(tree, "og:url") or ""
    return href if href.startswith(("http://", "https://")) else None
