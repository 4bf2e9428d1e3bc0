"""Turns the concepts of a SKOS file into authority entries.

Needs the package rdflib, which nothing else does; so it is imported only when a file is read. Not here: other formats
(`importers`), or what becomes of the entries (`imported`).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax import SAXParseException

from pipelines.names.authority import ReferenceFileError
from pipelines.names.imported import Collector, Imported, kind_of, short_id

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node, URIRef

DATES = {
    "born": (
        "https://schema.org/birthDate", "http://schema.org/birthDate",
        "https://d-nb.info/standards/elementset/gnd#dateOfBirth",
    ),
    "died": (
        "https://schema.org/deathDate", "http://schema.org/deathDate",
        "https://d-nb.info/standards/elementset/gnd#dateOfDeath",
    ),
}  # fmt: skip
"""Properties of the vocabularies that SKOS authorities borrow for dates."""


def read(
    path: Path, *, kind: str = "", kinds: Mapping[str, str] | None = None, languages: Sequence[str] = ("en", ""),
    native_languages: Sequence[str] = (), syntax: str | None = None,
) -> Imported:  # fmt: skip
    """The concepts of a SKOS file (Turtle, RDF/XML, N-Triples, JSON-LD), one entity a concept.

    Args:
        path: The file; its ending tells the format unless `syntax` does.
        kind: Kind of the concepts for which `kinds` has no answer; without it they are an error.
        kinds: Address (or short id) of a type, scheme or broader concept → kind of all that is under it. The
            concepts named here only group others and become no entities.
        languages: Languages of the canonical name, best first; "" is no language given. Other labels become aliases.
        native_languages: Languages of the name in its own script, best first.
        syntax: Name of the format as rdflib calls it.

    Raises:
        ReferenceFileError: No RDF, no concepts, or a concept without a label in these languages, of no kind or of two.
    """
    graph = _parsed(path, syntax)
    from rdflib.namespace import RDF, SKOS

    groups = {short_id(address): meaning for address, meaning in (kinds or {}).items()}
    collected = Collector()
    concepts = sorted(str(concept) for concept in set(graph.subjects(RDF.type, SKOS.Concept)))
    if not concepts:
        raise ReferenceFileError(path, 1, "", "has no skos:Concept; is it a SKOS file?")
    for address in concepts:
        if short_id(address) not in groups:
            _add_concept(collected, graph, path, address, groups, kind, [*languages], [*native_languages])
    return collected.finished()


def _parsed(path: Path, syntax: str | None) -> "Graph":
    try:
        from rdflib import Graph
        from rdflib.exceptions import Error as RDFError
        from rdflib.plugin import PluginException
        from rdflib.util import guess_format
    except ImportError as error:
        raise ReferenceFileError(path, 1, "", "SKOS files need the package rdflib: pip install rdflib") from error
    kind = syntax or guess_format(path.name)
    if kind is None:
        raise ReferenceFileError(path, 1, "", "has an ending of no known RDF format; name it with --syntax")
    try:
        return Graph().parse(data=path.read_bytes(), format=kind)
    except (SyntaxError, ValueError, SAXParseException, RDFError, PluginException) as error:
        raise ReferenceFileError(path, _line(error), "", f"is no valid {kind}: {error}") from error


def _line(error: Exception) -> int:
    """The line a parser complains about: Turtle, JSON and XML each tell it in their own way; 1 if it is not told."""
    if isinstance(error, SAXParseException):
        return error.getLineNumber() or 1
    return int(getattr(error, "lines", 0) or getattr(error, "lineno", 0) or 1)


def _add_concept(
    collected: Collector, graph: "Graph", path: Path, address: str, groups: Mapping[str, str], default: str,
    languages: list[str], native_languages: list[str],
) -> None:  # fmt: skip
    from rdflib import URIRef
    from rdflib.namespace import SKOS

    concept = URIRef(address)
    names = _labels(graph, concept, "prefLabel")
    best = [name for language in languages for name, tag in names if tag == language]
    if not best:
        tags = ", ".join(sorted({tag or "no language" for _, tag in names})) or "none at all"
        raise ReferenceFileError(path, 1, "skos:prefLabel", f"of {address} is in {tags}; choose with --language")
    entry = collected.entry(short_id(address), _concept_kind(graph, path, concept, groups, default), best[0], address)
    native = [name for language in native_languages for name, tag in names if tag == language]
    entry.native_name = native[0] if native else ""
    notes = [(str(one), getattr(one, "language", None) or "") for one in graph.objects(concept, SKOS.definition)]
    described = [" ".join(note.split()) for language in languages for note, tag in sorted(notes) if tag == language]
    entry.description = described[0] if described else ""
    entry.add_names(name for name, _ in names + _labels(graph, concept, "altLabel"))
    for meaning, dates in _dates(graph, concept).items():
        for date in dates:
            entry.add_year(meaning, date, path, 1, f"{meaning} of {address}")


def _labels(graph: "Graph", concept: "URIRef", which: str) -> list[tuple[str, str]]:
    """The labels of a concept with their languages, sorted; those of SKOS-XL as well."""
    from rdflib.namespace import SKOS, Namespace

    xl = Namespace("http://www.w3.org/2008/05/skos-xl#")
    plain: list[Node] = [*graph.objects(concept, SKOS[which])]
    plain += [one for label in graph.objects(concept, xl[which]) for one in graph.objects(label, xl.literalForm)]
    return sorted((" ".join(str(one).split()), getattr(one, "language", None) or "") for one in plain)


def _concept_kind(graph: "Graph", path: Path, concept: "URIRef", groups: Mapping[str, str], default: str) -> str:
    """The kind of the nearest type, scheme or broader concept that has one."""
    from rdflib.namespace import RDF, SKOS

    links = (RDF.type, SKOS.inScheme, SKOS.broader)
    level: set[Node] = {concept}
    seen = set(level)
    while level:
        above = {one for node in level for link in links for one in graph.objects(node, link)}
        found = sorted({groups[key] for key in map(short_id, map(str, above)) if key in groups})
        if len(found) > 1:
            raise ReferenceFileError(path, 1, "", f"{concept} would be {' and '.join(found)}; make --kinds more exact")
        if found:
            return kind_of(path, 1, "", found[0], "", {})
        level = {one for node in level for one in graph.objects(node, SKOS.broader)} - seen
        seen |= level
    if default:
        return default
    problem = f"{concept} is of no kind; name its type, scheme or broader concept in --kinds, or give --kind"
    raise ReferenceFileError(path, 1, "", problem)


def _dates(graph: "Graph", concept: "URIRef") -> dict[str, list[str]]:
    from rdflib import URIRef

    return {
        meaning: sorted(str(date) for link in links for date in graph.objects(concept, URIRef(link)))
        for meaning, links in DATES.items()
    }
