"""HTML pages: the main text without navigation, title, author, date.

Belongs here: choosing what of a page is its text.
Not here: fragments that are all text, the layout of blocks (`markup`).
"""

from __future__ import annotations

import re

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


def _main(tree: LexborHTMLParser, body: LexborNode) -> LexborNode:
    """The node that says it holds the page's text, if it holds much of it, else the body without its chrome."""
    _drop_chrome(body)
    whole = _size(body)
    for selector in _MAIN:
        found = tree.css(selector)
        if len(found) == 1 and _size(found[0]) >= max(1, whole // 3):
            return found[0]
        if len(found) > 1 and selector == "article" and sum(map(_size, found)) >= whole // 2:
            return _common_parent(found, body)
    return body


def _common_parent(nodes: list[LexborNode], body: LexborNode) -> LexborNode:
    parent = nodes[0].parent
    same = all(node.parent is not None and parent is not None and node.parent.mem_id == parent.mem_id for node in nodes)
    return parent if same and parent is not None else body


def _size(node: LexborNode) -> int:
    return len(node.text(deep=True))


def _drop_chrome(body: LexborNode) -> None:
    """Takes away headers, footers, asides and what its class or id calls chrome, unless most of the text lies in it."""
    limit = _size(body) // 2
    for node in body.css("header, footer, aside, [class], [id]"):
        if node.tag in ("body", "html", "main", "article"):
            continue
        named = " ".join(filter(None, (node.attributes.get("class"), node.attributes.get("id"))))
        is_chrome = (
            node.tag in ("footer", "aside") or (node.tag == "header" and not _in_article(node)) or _CHROME.search(named)
        )
        if is_chrome and _size(node) <= limit:
            node.decompose()
    for node in body.css("ul, ol, div, table, td, p"):
        if _is_links(node) or _is_notice(node):
            node.decompose()


def _in_article(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag in ("article", "main"):
            return True
        parent = parent.parent
    return False


def _is_links(node: LexborNode) -> bool:
    """Whether a block is a list of links: several of them, and hardly a word outside."""
    links = node.css("a")
    if len(links) < 3:
        return False
    linked, whole = sum(map(_letters, links)), _letters(node)
    return linked >= 0.85 * whole and whole < 4000


def _is_notice(node: LexborNode) -> bool:
    """Whether a short block is nothing but a notice of copyright."""
    return _size(node) < 200 and _NOTICE.match(node.text(deep=True).lstrip()) is not None


def _letters(node: LexborNode) -> int:
    return sum(map(str.isalnum, node.text(deep=True)))


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
