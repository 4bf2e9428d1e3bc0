"""Lone surnames: the bearer in the same post, else in the same thread, else the default; two bearers are a doubt."""

import pytest

from pipelines.names.context import Name, Reading, decide


def reading(entity: str, label: str, status: str = "context") -> Reading:
    return Reading(entity, "person", "Nagy", "exact", 0.6, status, "A bearer of the name.", False, label)


IMRE, FERENC = reading("nagy-imre", "Imre Nagy"), reading("nagy-ferenc", "Ferenc Nagy")
DEFAULT = reading("nagy-imre", "Imre Nagy", "review")
NAGY = Name(0, 4, "Nagy", DEFAULT, {"nagy-imre": IMRE, "nagy-ferenc": FERENC})


@pytest.mark.parametrize(
    ("in_post", "in_thread", "entity", "status", "says"),
    [
        (
            ["nagy-ferenc"],
            {"nagy-imre", "nagy-ferenc"},
            "nagy-ferenc",
            "accepted",
            "Ferenc Nagy is named in full in the same post",
        ),
        (["rajk", "nagy-imre"], set(), "nagy-imre", "accepted", "same post"),
        ([], {"nagy-ferenc", "rajk"}, "nagy-ferenc", "accepted", "same thread"),
        (["nagy-ferenc", "nagy-imre"], set(), "nagy-ferenc", "review", "Ferenc Nagy; Imre Nagy"),
        ([], {"nagy-ferenc", "nagy-imre"}, "nagy-ferenc", "review", "several bearers"),
        (["rajk"], {"rajk"}, "nagy-imre", "review", "A bearer of the name."),
    ],
)
def test_the_bearer_nearest_by_is_meant(
    in_post: list[str], in_thread: set[str], entity: str, status: str, says: str
) -> None:
    decided = decide(NAGY, in_post, in_thread)
    assert (decided.entity_id, decided.status) == (entity, status)
    assert says in decided.explanation


def test_what_is_in_doubt_is_left_as_written() -> None:
    name = NAGY._replace(surface="Nady")
    assert decide(name, ["nagy-ferenc", "nagy-imre"], set()).canonical == "Nady"


def test_a_persons_decision_is_not_overruled_by_context() -> None:
    decided = DEFAULT._replace(method="decision", status="accepted")
    assert decide(NAGY._replace(default=decided), ["nagy-ferenc"], set()) is decided


def test_a_full_name_needs_no_context() -> None:
    moscow = reading("moscow", "Moscow", "accepted")._replace(is_full=True)
    assert decide(NAGY._replace(default=moscow), ["nagy-ferenc"], set()) is moscow


def test_only_a_certain_full_name_decides_for_others() -> None:
    assert NAGY.full_entity() is None
    full = DEFAULT._replace(is_full=True, status="accepted")
    assert NAGY._replace(default=full).full_entity() == "nagy-imre"
    assert NAGY._replace(default=full._replace(status="review")).full_entity() is None
