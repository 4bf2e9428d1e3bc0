"""Records of named fields, as JSON and tables have them, to posts.

Belongs here: which names mean which field, values of each field, threads and parents among the records of a file.
Not here: parsing JSON or CSV.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pipelines.readers.cut import Piece, Place, has_damage
from pipelines.readers.dates import iso_date
from pipelines.readers.markup import fragment_text, looks_like_html, unescape
from pipelines.readers.prose import TITLE_LIMIT
from pipelines.readers.records import Post, Record, refuse
from pipelines.readers.settings import KINDS, Settings

NAMES: dict[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "post", "message", "comment", "selftext", "description", "article", "passage"),
    "answer": ("answer", "answer_text", "answer_body", "reply", "response", "completion", "output"),
    "question": ("question", "question_text", "question_body", "prompt", "instruction"),
    "title": ("title", "headline", "subject", "question_title", "heading"),
    "score": ("score", "upvotes", "upvote", "votes", "ups", "points", "likes", "vote_count"),
    "author": (
        "author", "user", "username", "user_name", "author_name", "creator", "owner", "display_name", "by", "writer",
    ),
    "created_at": (
        "created_at", "created", "date", "published", "published_at", "creation_date", "creationdate", "created_utc",
        "timestamp", "datetime", "time", "posted", "posted_at", "year",
    ),
    "id": ("id", "_id", "post_id", "uid", "guid", "answer_id", "record_id", "no"),
    "parent": ("parent_id", "parent", "in_reply_to", "reply_to", "question_id", "parentid"),
    "thread": ("thread_id", "thread", "topic_id", "conversation_id", "discussion_id"),
    "kind": ("kind", "type", "post_type", "record_type"),
    "tags": ("tags", "keywords", "categories", "category", "labels", "topics"),
    "url": ("url", "link", "permalink", "href", "source_url", "web_url", "uri"),
}  # fmt: skip
"""Field → names it goes by, compared in lower case with `_` for spaces and hyphens; the first that is there counts."""

CHILDREN = {"answers": "answer", "comments": "comment", "replies": "answer"}
"""Lists inside a record whose members are posts of their own."""

_KIND_WORDS = {"q": "question", "a": "answer", "reply": "answer", "article": "document", "1": "question", "2": "answer"}
_NOT_PLAIN = re.compile(r"[\s-]+")
_INTEGER = re.compile(r"[+-]?\d{1,18}|[+-]?\d{1,3}(?:,\d{3}){1,5}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d{0,18}\.?\d{1,18}(?:[eE][+-]?\d{1,2})?", re.ASCII)
_NO_VALUE = frozenset(("", "null", "none", "nan", "na", "n/a", "-", "\\n"))
_TAG_MARKS = re.compile(r"<([^<>]+)>")
_LIST_END = re.compile(r"\s*[;|,]\s*")


class BadRecordError(Exception):
    """A record that cannot be accepted: reason and detail."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def plain_name(name: str) -> str:
    """A field's name as it is compared."""
    return _NOT_PLAIN.sub("_", name.strip().lower())


@dataclass
class Columns:
    """Where each field of a record is found; names are looked up once for each set of keys."""

    settings: Settings
    _known: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def places(self, keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Field → path of keys, for records with these keys."""
        found = self._known.get(keys)
        if found is None:
            if len(self._known) > 10_000:
                self._known.clear()
            found = self._known[keys] = self._find(keys)
        return found

    def _find(self, keys: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        by_name: dict[str, str] = {}
        for key in keys:
            by_name.setdefault(plain_name(key), key)
        for name, given in self.settings.fields.items():
            paths = (tuple(one.split(".")) if one not in keys else (one,) for one in given)
            path = next((path for path in paths if path[0] in keys), None)
            if path:
                found[name] = path
        taken = {path[0] for path in found.values()}
        for name, usual in NAMES.items():
            if name not in found:
                free = [by_name[one] for one in usual if one in by_name and by_name[one] not in taken]
                if free:
                    found[name] = (free[0],)
                    taken.add(free[0])
        return found


def value_at(record: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """The value at a path of keys, or None."""
    value: Any = record
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


@dataclass(frozen=True, slots=True)
class Item:
    """One post of a record before it has its place in a thread."""

    post: Post
    own_id: str
    parent_id: str
    thread_id: str


class Reader:
    """Turns the records of one file into posts.

    Ids of the file are the keys where they are unique, else `id#number`; records without id have `#number`.

    Args:
        settings: How fields are named.
        prescan: Gives all records of the file anew; called once, where records refer to others that have not come yet.
    """

    def __init__(self, settings: Settings, prescan: Callable[[], Iterable[Mapping[str, Any]]]) -> None:
        self._columns = Columns(settings)
        self._settings = settings
        self._prescan = prescan
        self._keys: set[str] = set()
        self._later: set[str] | None = None
        self._thread_of: dict[str, str] = {}
        self._first_of: dict[str, str] = {}

    def posts(self, record: Mapping[str, Any], number: int, locator: str) -> list[Record]:
        """The posts of one record: one, or a question with its answers; a faulty answer in it is refused alone.

        Raises:
            BadRecordError: The record is to be refused.
        """
        if not isinstance(record, Mapping):
            raise BadRecordError("bad-record", f"It is {type(record).__name__}, not an object with fields.")
        items, refused = self._items(record, locator)
        own = items[0].own_id
        key = own or f"#{number}"
        key = f"{key}#{number}" if key in self._keys else key
        out: list[Record] = []
        for position, item in enumerate(items):
            post_key = key if not position else f"{key}/{position}"
            parent = key if position else self._parent(item.parent_id, own)
            thread = self._thread(item, post_key, parent) if not position else self._thread_of.get(key, key)
            out.append(_placed(item.post, post_key, thread, parent))
            self._keys.add(post_key)
            if thread != post_key:
                self._thread_of[post_key] = thread
        return out + refused

    def check_columns(self, names: Sequence[str]) -> None:
        """Nothing where one of these columns holds text.

        Raises:
            BadRecordError: None does; what was taken for a header may be a record itself.
        """
        places = self._columns.places(tuple(names))
        if not any(name in places for name in ("text", "answer", "question")):
            raise _no_text(places, dict.fromkeys(names))

    def _parent(self, parent: str, own: str) -> str:
        if not parent or parent == own:
            return ""
        if parent in self._keys:
            return parent
        if self._later is None:
            self._later = set(self._accepted_ids())
        return parent if parent in self._later else ""

    def _thread(self, item: Item, key: str, parent: str) -> str:
        if item.thread_id:
            return self._first_of.setdefault(item.thread_id, key)
        return self._thread_of.get(parent, parent) if parent else key

    def _accepted_ids(self) -> Iterator[str]:
        for record in self._prescan():
            try:
                if isinstance(record, Mapping):
                    yield self._items(record, "")[0][0].own_id
            except BadRecordError:
                continue

    def _items(self, record: Mapping[str, Any], locator: str) -> tuple[list[Item], list[Record]]:
        """The record's own posts, then those of the lists in it; and the refusals of faulty ones there."""
        places = self._columns.places(tuple(record))
        values = {name: value_at(record, path) for name, path in places.items()}
        children = [(one, kind) for name, kind in CHILDREN.items() for one in _listed(record.get(name))]
        title, bodies = self._bodies(values, bool(children))
        if not bodies:
            raise _no_text(places, record)
        last = len(bodies) - 1
        items = [
            self._item(kind, body, None if n else title, locator, {} if n else values, {} if n < last else values)
            for n, (kind, body) in enumerate(bodies)
        ]
        refused: list[Record] = []
        for child, child_kind in children:
            try:
                items.append(self._child(child, child_kind, locator))
            except BadRecordError as error:
                payload = json.dumps(child, ensure_ascii=False).encode("utf-8", "surrogatepass")
                refused.append(refuse(locator, error.reason, f"{locator}: {error.detail}", payload))
        return items, refused

    def _bodies(self, values: Mapping[str, Any], has_children: bool) -> tuple[str | None, list[tuple[str, str]]]:
        """The title, and one text with its kind, or a question and its answer."""
        title, kind = self._title(values), _kind(values.get("kind")) or self._settings.kind
        text, answer = self._body(values.get("text")), self._body(values.get("answer"))
        question = self._body(values.get("question"))
        if question and not title and len(question) <= TITLE_LIMIT and "\n" not in question and (answer or text):
            title, question = _line(question), ""
        if answer or (question and text):
            opening = "\n\n".join(filter(None, (question, text))) if answer else question
            closing = answer or text
            return title, [("question", opening), ("answer", closing)] if opening else [(kind or "answer", closing)]
        if text:
            usual = "question" if has_children else "answer" if values.get("parent") else "document"
            return title, [(kind or usual, text)]
        opening = question or (title or "" if has_children else "")
        if opening and not title and len(opening) <= TITLE_LIMIT and "\n" not in opening:
            title = _line(opening)
        return title, [(kind or "question", opening)] if opening else []

    def _title(self, values: Mapping[str, Any]) -> str | None:
        """The title, its character references resolved where the text beside it is HTML."""
        title = _line(values.get("title"))
        texts = [one for name in ("text", "answer", "question") if isinstance(one := values.get(name), str)]
        return unescape(title) if title and "&" in title and any(map(self._is_html, texts)) else title

    def _is_html(self, text: str) -> bool:
        return self._settings.markup == "html" or (self._settings.markup != "plain" and looks_like_html(text))

    def _child(self, child: Any, kind: str, locator: str) -> Item:
        if isinstance(child, str):
            child = {"text": child}
        if not isinstance(child, Mapping):
            raise BadRecordError("bad-record", f"An item of its list is {type(child).__name__}, not an object.")
        places = self._columns.places(tuple(child))
        values = {name: value_at(child, path) for name, path in places.items()}
        body = self._body(values.get("text")) or self._body(values.get("answer"))
        if not body:
            raise _no_text(places, child)
        return self._item(_kind(values.get("kind")) or kind, body, None, locator, values, values)

    def _item(
        self, kind: str, body: str, title: str | None, locator: str, head: Mapping[str, Any], tail: Mapping[str, Any]
    ) -> Item:
        """A post with tags, address and ids from `head`, and score, author and date from `tail`."""
        post = Post(
            kind,
            body,
            locator,
            title=title or None,
            author=_line(tail.get("author")),
            created_at=iso_date(tail.get("created_at")),
            tags=_tags(head.get("tags")),
            url=_line(head.get("url")),
            score=_score(tail.get("score")),
        )
        for value in (post.text, post.title, post.author, post.tags, post.url):
            if value and has_damage(value):
                raise BadRecordError("undecodable-record", "It holds half a character, or bytes its encoding lacks.")
        own, parent, thread = (_line(head.get(name)) or "" for name in ("id", "parent", "thread"))
        if not parent and not thread and kind == "answer" and title and head.get("question"):
            thread = f"question {title}"
        if has_damage(own + parent + thread):
            raise BadRecordError("undecodable-record", "Its id holds bytes that the file's encoding does not allow.")
        return Item(post, own, parent, thread)

    def _body(self, value: Any) -> str:
        if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
            value = "\n\n".join(value)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise BadRecordError("bad-record", f"Its text is {type(value).__name__}, not a text.")
        text = fragment_text(value) if self._is_html(value) else value
        return _outer_blank_lines(text)


def _no_text(places: Mapping[str, tuple[str, ...]], record: Mapping[str, Any]) -> BadRecordError:
    if any(name in places for name in ("text", "answer", "question")):
        return BadRecordError("empty-record", "Its text is empty.")
    names = ", ".join(repr(str(key)[:40]) for key in list(record)[:12])
    detail = (
        f"None of its fields ({names}) is known as text; name it under [fields] in a variorum.toml beside the file."
    )
    return BadRecordError("bad-record", detail)


def _listed(value: Any) -> list[Any]:
    """The items of a list of posts; a text or number under the same name is none."""
    return value if isinstance(value, list) else []


def _line(value: Any) -> str | None:
    """A value of one line; of a person or thing given as an object its name."""
    if isinstance(value, Mapping):
        value = next(
            (value[name] for name in ("display_name", "name", "username", "login", "title", "id") if name in value),
            None,
        )
    if isinstance(value, (list, tuple)):
        return "; ".join(filter(None, map(_line, value))) or None
    if value is None or isinstance(value, (bool, Mapping)):
        return None
    return " ".join(str(value).split()) or None


def _kind(value: Any) -> str:
    word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    word = _KIND_WORDS.get(word, word)
    return word if word in KINDS else ""


def _tags(value: Any) -> str:
    if isinstance(value, str):
        value = _TAG_MARKS.findall(value) if value.startswith("<") else _LIST_END.split(value)
    if not isinstance(value, list):
        return ""
    return ";".join(tag.replace(";", ",") for tag in map(_line, value) if tag)


def _score(value: Any) -> int | None:
    """A whole number; None where there is none, or one that is not whole."""
    if value is None or isinstance(value, bool) or value == "":
        return None
    if isinstance(value, int) and abs(value) < 1 << 63:
        return value
    if isinstance(value, float) or (isinstance(value, str) and _DECIMAL.fullmatch(value.strip()) and "." in value):
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 1 << 53 else None
    text = str(value).strip().replace("\u2212", "-")
    if text.lower() in _NO_VALUE:
        return None
    if not _INTEGER.fullmatch(text):
        raise BadRecordError("bad-score", f"Its score {text[:40]!r} is no whole number.")
    return int(text.replace(",", ""))


def _outer_blank_lines(text: str) -> str:
    return Piece(text, Place()).trimmed().text


def _placed(post: Post, key: str, thread: str, parent: str) -> Post:
    return replace(post, key=key, thread_key=thread, parent_key=parent)
