"""Readings: real spellings reach their entity, other people do not, doubt is shown, decisions win."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.names import resolve as resolving
from pipelines.names.authority import Authority, Decisions, load, load_decisions
from pipelines.names.resolve import COLUMNS, Readings, decided, resolve
from pipelines.names.settings import NameSettings

PEOPLE = """entity_id,kind,name,native_name,aliases
khrushchev,person,Nikita Khrushchev,Никита Сергеевич Хрущёв,
stalin,person,Joseph Stalin,Иосиф Виссарионович Сталин,Iosif Stalin;Djugashvili;Koba
trotsky,person,Leon Trotsky,Лев Давидович Троцкий,Lev Bronstein
zinoviev,person,Grigory Zinoviev,Григорий Евсеевич Зиновьев,
rakosi,person,Mátyás Rákosi,,
gero,person,Ernő Gerő,,
hitler,person,Adolf Hitler,,
karlov,person,Andrei Karlov,,
kharlov,person,Andrei Kharlov,,
hill-a,person,Robert A. Hill,,
hill-c,person,Robert C. Hill,,
hill-f,person,Robert F. Hill,,
qadhafi,person,Muammar al-Qadhafi,,
douglas-home,person,Alexander Frederick Douglas-Home,,
voznesensky-n,person,Nikolai Voznesensky,,
voznesensky-a,person,Aleksandr Voznesensky,,
petersburg,place,Saint Petersburg,Санкт-Петербург,Petrograd;Leningrad
krasnoyarsk,place,Krasnoyarsk,Красноярск,
nkvd,organisation,NKVD,,People's Commissariat for Internal Affairs
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("authority")
    (folder / "people.csv").write_text(PEOPLE, "utf-8")
    return load(folder)


def surfaces(names: list[str], **columns: int) -> pd.DataFrame:
    counts = {"n_mentions": 1, "n_posts": 1, "n_initial": 0, "n_lower": 0}
    hints = {"n_person": 0, "n_place": 0, "n_organisation": 0, "n_event": 0}
    return pd.DataFrame({"surface": names}).assign(**(counts | hints | columns))


def read(names: list[str], authority: Authority, decisions: Decisions | None = None, **columns: int) -> Readings:
    return resolve(surfaces(names, **columns), authority, decisions or Decisions(), NameSettings())


def default(name: str, authority: Authority) -> "pd.Series":  # type: ignore[type-arg]
    rows = read([name], authority).readings
    return rows[rows["is_default"]].iloc[0]


@pytest.mark.parametrize(
    ("surface", "entity", "written"),
    [
        ("Krushchev", "khrushchev", "Khrushchev"),
        ("Chruschtschow", "khrushchev", "Khrushchev"),
        ("Hruscsov", "khrushchev", "Khrushchev"),
        ("Хрущёв", "khrushchev", "Хрущёв"),
        ("N. S. KRUSHCHEV", "khrushchev", "N. S. KHRUSHCHEV"),
        ("Nikita Sergeyevich Khrushchov", "khrushchev", "Nikita Sergeyevich Khrushchev"),
        ("Nikita\nKruschtschow", "khrushchev", "Nikita\nKhrushchev"),
        ("Khruschev Nikita", "khrushchev", "Khrushchev Nikita"),
        ("Leo Trotsky", "trotsky", "Leon Trotsky"),
        ("Lew Trotzki", "trotsky", "Leon Trotsky"),
        ("Zinovjev", "zinoviev", "Zinoviev"),
        ("Grigorij Sinowjew", "zinoviev", "Grigory Zinoviev"),
        ("Matyas Rakosi", "rakosi", "Mátyás Rákosi"),
        ("Rákosi", "rakosi", "Rákosi"),
        ("Ernő Gerő", "gero", "Ernő Gerő"),
        ("Josef Stalin", "stalin", "Joseph Stalin"),
        ("Iosif Stalin", "stalin", "Joseph Stalin"),
        ("Djugashvili", "stalin", "Djugashvili"),
        ("Petrograd", "petersburg", "Petrograd"),
        ("Leningrad", "petersburg", "Leningrad"),
        ("Krasnojarsk", "krasnoyarsk", "Krasnoyarsk"),
        ("Andrei Karlov", "karlov", "Andrei Karlov"),
        ("Andrej Charlow", "kharlov", "Andrei Kharlov"),
        ("Robert C. Hill", "hill-c", "Robert C. Hill"),
        ("Muammar Qaddafi", "qadhafi", "Muammar Qadhafi"),
        ("Alexander Douglas-Home", "douglas-home", "Alexander Douglas-Home"),
        ("Nikolaj Wosnessenski", "voznesensky-n", "Nikolai Voznesensky"),
    ],
)
def test_spellings_reach_their_entity(surface: str, entity: str, written: str, authority: Authority) -> None:
    reading = default(surface, authority)
    assert (reading["entity_id"], reading["status"], reading["canonical"]) == (entity, "accepted", written)
    assert reading["explanation"].endswith(".")


@pytest.mark.parametrize(
    "surface",
    [
        "Vasily Stalin",
        "Svetlana Stalin",
        "Robert B. Hill",
        "Nikolai Karlov",
        "Anna Zinoviev",
        "Stalinsky",
        "Leninakan",
        "Trotter",
    ],
)
def test_other_people_are_not_linked(surface: str, authority: Authority) -> None:
    rows = read([surface], authority).readings
    linked = rows[rows["is_default"] & (rows["status"] == "accepted")]
    assert linked["entity_id"].str.startswith("new:").all()


def test_doubt_between_several_is_shown(authority: Authority) -> None:
    for surface in ("Robert Hill", "Hill", "Voznesensky", "Wosnessenski"):
        rows = read([surface], authority).readings
        first = rows[rows["is_default"]].iloc[0]
        assert (first["status"], first["canonical"]) == ("review", surface)
    bearers = read(["Wosnessenski"], authority).readings
    contexts = bearers[bearers["status"] == "context"]
    assert set(contexts["entity_id"]) == {"voznesensky-a", "voznesensky-n"}
    assert set(contexts["canonical"]) == {"Voznesensky"}
    assert not bearers["is_full"].any()


def test_lone_surname_of_unknown_people_too(authority: Authority) -> None:
    rows = read(["Stalin", "Vasily Stalin"], authority, n_person=1).readings
    lone = rows[rows["run"] == "Stalin"]
    vasily = rows.loc[rows["run"] == "Vasily Stalin", "entity_id"].item()
    assert lone.loc[lone["is_default"], "entity_id"].item() == "stalin"
    assert vasily in set(lone.loc[lone["status"] == "context", "entity_id"])


def test_surname_that_others_bear_more_often_is_a_doubt(authority: Authority) -> None:
    people = [f"{name} Hitler" for name in ("Anna", "Bruno", "Clara")]
    rows = read(["Hitler", *people], authority, n_person=1).readings
    assert rows[(rows["run"] == "Hitler") & rows["is_default"]]["status"].item() == "review"


@pytest.mark.parametrize("surface", ["Adolf-Hitler-Straße", "Leon-Trotsky-Platz"])
def test_streets_and_squares_are_nobody(surface: str, authority: Authority) -> None:
    assert not read([surface], authority, n_place=1).readings["entity_id"].isin(authority.entities["entity_id"]).any()


def test_what_is_called_after_its_head_is_not_the_head(authority: Authority) -> None:
    rows = read(["Cabinet of Trotsky"], authority, n_organisation=1).readings
    assert not (rows["entity_id"] == "trotsky").any()


def test_a_given_name_of_others_is_a_doubt(authority: Authority) -> None:
    def found(*names: str) -> pd.Series:  # type: ignore[type-arg]
        rows = read([*names], authority, n_person=1).readings
        return rows[(rows["surface"] == "Rakoshi") & rows["is_default"]].iloc[0]

    assert found("Rakoshi")["status"] == "accepted"
    assert found("Rakoshi", "Rakoshi Mátyás")["status"] == "accepted"
    doubt = found("Rakoshi", "Rakoshi Vasquez")
    assert doubt["status"] == "review"
    assert "given name" in doubt["explanation"]


def test_an_ordinary_word_before_a_common_surname_may_be_a_given_name(authority: Authority) -> None:
    rows = read(["Brook Hill", "Poor Hill", "Hardliner Trotsky"], authority, n_mentions=2).readings
    known = rows[~rows["entity_id"].str.startswith("new:")].groupby("run")["entity_id"].agg(set).to_dict()
    assert "Brook Hill" not in known
    assert known["Hardliner Trotsky"] == {"trotsky"}


def test_names_within_runs(authority: Authority) -> None:
    rows = read(["Yesterday Stalin", "Joseph Khrushchev Nikita"], authority).readings
    first = rows[rows["is_default"]].set_index("run")
    assert first.loc["Yesterday Stalin", ["start", "end", "surface", "entity_id"]].tolist() == [
        10,
        16,
        "Stalin",
        "stalin",
    ]
    assert first.loc["Joseph Khrushchev Nikita", ["start", "entity_id"]].tolist() == [7, "khrushchev"]


def test_ordinary_words_are_no_names(authority: Authority) -> None:
    rows = read(["Communist", "Western", "Always", "Soviet"], authority, n_initial=1, n_lower=5).readings
    assert rows.empty


def test_unknown_people_share_spellings_but_not_names(authority: Authority) -> None:
    names = ["Dmitri Ryumin", "Dmitrij Rjumin", "Dmitry Ryumin", "Sergei Ryumin", "DMITRI RYUMIN"]
    frame = surfaces(names, n_person=1)
    frame.loc[0, "n_mentions"] = 5
    rows = resolve(frame, authority, Decisions(), NameSettings()).readings.set_index("run")
    entity = rows.loc[rows["is_default"], "entity_id"]
    assert entity[names[0]] == entity[names[1]] == entity[names[2]] == entity[names[4]] != entity[names[3]]
    assert rows.loc["Dmitrij Rjumin", "canonical"] == "Dmitri Ryumin"


def test_without_any_authority(tmp_path: Path) -> None:
    found = read(["Nikita Khrushchev", "Moscow"], load(tmp_path), n_person=1)
    assert found.readings["entity_id"].str.startswith("new:").all()
    assert set(found.readings["entity_id"]) == set(found.entities["entity_id"])
    empty = read([], load(tmp_path))
    assert empty.readings.empty and empty.entities.empty


def test_decisions_win(authority: Authority, tmp_path: Path) -> None:
    path = tmp_path / "decisions.csv"
    path.write_text(
        "surface,post_id,entity_id,reason,decided_by,decided_on\nSteel,,stalin,translated,A.,2026-01-01\n"
        "Stalin,,not-a-name,,,\nKrushchev,p-1,khrushchev,,,\nKoba,,unknown-person,,,\n",
        "utf-8",
    )
    decisions = load_decisions(path, authority)
    rows = read(["Steel", "Stalin", "Koba", "Krushchev"], authority, decisions).readings
    assert "Stalin" not in set(rows["run"])
    assert rows.loc[rows["run"] == "Steel", ["entity_id", "method"]].to_numpy().tolist() == [["stalin", "decision"]]
    nobody = pd.DataFrame(columns=["entity_id", "kind", "name"])
    ready = decided(decisions, authority, nobody).set_index("surface")
    assert ready.loc["Krushchev", "canonical"] == "Khrushchev"
    assert ready.loc["Stalin", "entity_id"] is None or pd.isna(ready.loc["Stalin", "entity_id"])
    unknown = rows.loc[rows["run"] == "Koba", "entity_id"].item()
    assert unknown == ready.loc["Koba", "entity_id"]
    assert unknown in set(read(["Koba"], authority, decisions).entities["entity_id"])


def test_decisions_may_name_entities_that_the_build_found_itself(authority: Authority, tmp_path: Path) -> None:
    names = ["Dmitri Ryumin", "Sergei Ryumin", "Ryumin"]
    before = read(names, authority, n_person=1)
    sergei = before.entities.set_index("name").loc["Sergei Ryumin", "entity_id"]
    path = tmp_path / "decisions.csv"
    header = "surface,post_id,entity_id\n"
    path.write_text(f"{header}Ryumin,,{sergei}\nDmitri Ryumin,,new:0000\n", "utf-8")
    decisions = load_decisions(path, authority)
    after = read(names, authority, decisions, n_person=1)
    rows = after.readings.set_index("run")
    assert rows.loc["Ryumin", ["entity_id", "method", "status"]].tolist() == [sergei, "decision", "accepted"]
    assert rows.loc["Dmitri Ryumin", "method"] != "decision"  # there is no such entity: nothing is done
    assert sergei in set(after.entities["entity_id"])
    kinds = decided(decisions, authority, after.entities).set_index("surface")["kind"]
    assert kinds["Ryumin"] == "person" and pd.isna(kinds["Dmitri Ryumin"])


@pytest.mark.parametrize("size", [1, 2, 50])
def test_entities_are_the_same_in_slices_of_any_size(
    authority: Authority, tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "decisions.csv"
    rows = [f"{name},,unknown-person" for name in ("Koba", "Steel", "Winter", "Stone")]
    path.write_text("\n".join(["surface,post_id,entity_id", *rows, ""]), "utf-8")
    names = ["Koba", "Steel", "Winter", "Stone", "Dmitri Ryumin", "Sergei Ryumin", "Anna Ryumina", "Pavel Zubkovsky"]
    found = read(names, authority, load_decisions(path, authority), n_person=1)
    expected = found.entities
    assert expected["entity_id"].is_monotonic_increasing and len(expected) == len(names)
    monkeypatch.setattr(resolving, "SURFACES_AT_ONCE", size)
    slices = list(found.entity_slices())
    assert len(slices) == -(-4 // size)
    pd.testing.assert_frame_equal(pd.concat(slices, ignore_index=True), expected)
    some = found.named(expected["entity_id"][::3])
    assert set(expected["entity_id"][::3]) <= set(some["entity_id"]) <= set(expected["entity_id"])


NAMES = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(str.strip)
    | st.sampled_from(["Stalin", "Robert Hill", "N. Krushchev", "Leningrad", "Ivan Petrov", "al-", "Jr."]),
    unique=True, max_size=8,
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(names=NAMES)
def test_readings_keep_their_promises(names: list[str], authority: Authority) -> None:
    found = read(names, authority)
    rows = found.readings
    assert list(rows.columns) == COLUMNS
    assert set(rows["run"]) <= set(names)
    assert (rows.groupby(["run", "start"])["is_default"].sum() == 1).all()
    assert rows["score"].between(0, 1).all()
    assert rows["status"].isin(["accepted", "review", "context"]).all()
    assert not (rows["is_default"] & (rows["status"] == "context")).any()
    for row in rows.itertuples():
        assert row.run[row.start : row.end] == row.surface
        assert row.status != "review" or row.canonical == row.surface
    known = set(authority.entities["entity_id"]) | set(found.entities["entity_id"])
    assert set(rows["entity_id"]) <= known
    again = read(names[::-1], authority)
    pd.testing.assert_frame_equal(rows, again.readings)
    pd.testing.assert_frame_equal(found.entities, again.entities)


@pytest.mark.parametrize("surface", ["A ·", "· ·", "0 ·"])
def test_signs_that_fold_to_nothing_are_no_words(surface: str, authority: Authority) -> None:
    assert not read([surface], authority).readings["entity_id"].isin(authority.entities["entity_id"]).any()
