"""Whole builds: every invariant holds on arbitrary input, the same input gives the same bytes, none is done twice."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines import parquet
from pipelines.stages import answers
from pipelines.stages.places import Paths
from tests.builds import ROOT, SHARED, build, inline, run_stages, tables, write_seeds

REFERENCE = ROOT / "seeds" / "reference"
NAMES = [
    "Krushchev",
    "Nikita Khrushchev",
    "Khrushchev's",
    "N. S. KRUSHCHEV",
    "Хрущёв",
    "Leo Trotsky",
    "Petrograd",
    "Rákosi",
]
WORDS = [
    "the speech",
    "was",
    "“closed”",
    "recieve",
    "Stalinist",
    "\u00a0",
    "\r\n\r\n",
    "  ",
    ".",
    "RÃ¡kosi",
    "e\u0301",
    "\u00ad",
    "&amp;",
]
PROSE = st.lists(st.sampled_from(NAMES + WORDS) | st.text(max_size=8), max_size=25).map(" ".join)
THREAD = st.lists(PROSE, min_size=1, max_size=4).map(lambda posts: "\nUpvote:3\n".join(posts))
FILE = st.one_of(THREAD.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=60))
NAME = st.sampled_from(["a.txt", "b/c.txt", "b/d.jsonl", "e.csv", "f.html", "g"])


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=st.dictionaries(NAME, FILE, min_size=1, max_size=4))
def test_every_invariant_holds_on_arbitrary_seeds(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]
) -> None:
    folder = tmp_path_factory.mktemp("arbitrary")
    found = run_stages(Paths(write_seeds(folder / "seeds", files), REFERENCE, folder / "data"))
    assert {name: offences.first for name, offences in found.items() if offences.number} == {}
    shutil.rmtree(folder)


def test_a_name_respelled_across_the_end_of_a_sentence_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "authority").mkdir()
    (tmp_path / "authority" / "people.csv").write_text("entity_id,kind,name\nq1,person,Wymberley De Rosset Coerr\n")
    seeds = write_seeds(tmp_path / "seeds", {"a.txt": "They agree that Wymberly DeR. Coerr was there. Nobody was."})
    made = tables(build(Paths(seeds, tmp_path, tmp_path / "data")))
    assert made["sentences"]["text"].str.contains("Coerr").tolist() == [True, False]
    assert made["mentions"]["surface"].tolist() == ["Wymberly DeR. Coerr"]


def contents(latest: Path) -> dict[str, bytes]:
    return {
        file.relative_to(latest).as_posix(): file.read_bytes() for file in sorted(latest.rglob("*")) if file.is_file()
    }


def test_the_same_seeds_give_the_same_bytes_wherever_they_lie(tmp_path: Path) -> None:
    first = build(Paths(ROOT / "seeds" / "raw", REFERENCE, tmp_path / "one"))
    shutil.copytree(ROOT / "seeds" / "raw", tmp_path / "elsewhere")
    second = build(Paths(tmp_path / "elsewhere", REFERENCE, tmp_path / "two"))
    assert contents(first) == contents(second)


def test_an_unchanged_build_does_no_work_again(tmp_path: Path) -> None:
    paths = Paths(ROOT / "seeds" / "raw", REFERENCE, tmp_path)
    before = contents(build(paths))
    calls: list[str] = []

    def counting(label: str, function: object, work: list[object], size: int) -> None:
        calls.extend(label for _ in work)

    run_stages(paths, run=counting)
    assert calls == []
    assert contents(build(paths)) == before


@pytest.fixture
def many(tmp_path: Path) -> Paths:
    prose = (ROOT / "seeds" / "raw" / "1956" / "1956_secret_speech.txt").read_text()
    files = {f"{n:03}.txt": f"Upvote:{n}\nNumber {n}. " + prose * 8 for n in range(60)}
    return Paths(write_seeds(tmp_path / "seeds", files), REFERENCE, tmp_path / "data")


def test_one_changed_file_does_only_its_group_again_with_the_bytes_of_a_full_build(many: Paths, tmp_path: Path) -> None:
    build(many)
    changed = many.seeds / "030.txt"
    changed.write_text(changed.read_text() + "\nUpvote:1\nKrushchev again.\n")
    calls: list[str] = []

    def counting(label: str, function: object, work: list[object], size: int) -> None:
        calls.extend(label for _ in work)
        inline(label, function, work, size)  # type: ignore[arg-type]

    run_stages(many, run=counting)
    assert calls.count("Reading") == 1
    assert calls.count("Cleaning and finding names") == 1
    assert 1 <= calls.count("Applying names and spelling") < len(many.read_manifest("parts")["parts"])
    scratch = Paths(many.seeds, REFERENCE, tmp_path / "scratch")
    assert contents(build(many)) == contents(build(scratch))


def test_a_surface_that_was_asked_about_is_not_asked_about_again(many: Paths, tmp_path: Path) -> None:
    build(many)
    for number, text in enumerate(("Krushchev and Velimir Okhotsimov.", "Krushchev alone, Okhotsimov again.")):
        changed = many.seeds / f"{number:03}.txt"
        changed.write_text(changed.read_text() + f"\nUpvote:1\nThere stood {text}\n")
        asked: list[str] = []

        def counting(label: str, function: object, work: list[Any], size: int, asked: list[str] = asked) -> None:
            for question, _ in work if label == "Asking the authority" else ():
                asked.extend(parquet.read(question.surfaces)["surface"].to_pylist())
            inline(label, function, work, size)  # type: ignore[arg-type]

        run_stages(many, run=counting)
        assert asked == (["Velimir Okhotsimov"] if number == 0 else ["Okhotsimov"])
    scratch = Paths(many.seeds, REFERENCE, tmp_path / "scratch")
    assert contents(build(many)) == contents(build(scratch))


def test_blocks_that_are_little_used_or_little_are_asked_about_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_SMALL", 2)
    paths = Paths(tmp_path / "seeds", REFERENCE, tmp_path / "data")
    numbers = []
    for number in range(4):
        write_seeds(paths.seeds, {f"{number}.txt": f"Upvote:1\nThere Krushchev met Okhotsim{'ov' * (number + 1)}.\n"})
        build(paths)
        numbers.append(len(paths.read_manifest("answers")["blocks"]))
    (paths.seeds / "3.txt").write_text("Upvote:1\nThere stood Velimir Starodubtsev.\n")
    build(paths)
    assert numbers == [1, 2, 3, 1]
    scratch = Paths(paths.seeds, REFERENCE, tmp_path / "scratch")
    assert contents(paths.data / "latest") == contents(build(scratch))


def test_answers_that_are_gone_are_asked_for_again(tmp_path: Path) -> None:
    paths = Paths(
        write_seeds(tmp_path / "seeds", {"a.txt": "Upvote:1\nKrushchev spoke.\n"}), REFERENCE, tmp_path / "data"
    )
    build(paths)
    shutil.rmtree(paths.store.root / "answers")
    (paths.seeds / "b.txt").write_text("Upvote:1\nThere stood Velimir Starodubtsev.\n")
    assert set(tables(build(paths))["variants"]["surface"]) == {"Krushchev", "Velimir Starodubtsev"}


def test_ids_stay_when_other_files_come_and_go(many: Paths, tmp_path: Path) -> None:
    alone = write_seeds(tmp_path / "alone", {"030.txt": (many.seeds / "030.txt").read_bytes()})
    one = tables(build(Paths(alone, REFERENCE, tmp_path / "alone-data")))
    all_of_them = tables(build(many))
    for name in ("sources", "posts", "sentences"):
        key = f"{name.removesuffix('s')}_id"
        assert set(one[name][key]) <= set(all_of_them[name][key])


def test_a_duplicate_is_recorded_once(tmp_path: Path) -> None:
    text = "Upvote:1\nKhrushchev spoke.\n"
    paths = Paths(write_seeds(tmp_path / "seeds", {"a.txt": text, "b.txt": text}), REFERENCE, tmp_path / "data")
    built = tables(build(paths))
    assert built["sources"]["status"].tolist() == ["ingested", "duplicate"]
    assert built["sources"]["n_posts"].tolist() == [1, 0]
    assert len(built["posts"]) == 1


def test_a_town_called_after_somebody_is_shown_for_review(tmp_path: Path) -> None:
    texts = {"a.txt": "Sakharov was exiled to Gorky in 1980.", "b.txt": "Gorky wrote a play. He met Mrs Gorbachev."}
    made = tables(build(Paths(write_seeds(tmp_path / "seeds", texts), REFERENCE, tmp_path / "data")))
    named = made["mentions"].merge(made["posts"][["post_id", "text"]], on="post_id")
    status = {(row.surface, row.text[:2]): row.status for row in named.itertuples()}
    assert status[("Gorky", "Sa")] == "review"
    assert status[("Gorky", "Go")] == "accepted"
    assert status[("Gorbachev", "Go")] == "review"


def test_a_decision_on_what_spans_the_end_of_a_sentence_breaks_nothing(tmp_path: Path) -> None:
    surface = "wymberly! 2nd coerr"
    seeds = write_seeds(tmp_path / "seeds", {"a.txt": f"They agree that {surface} was there. Nobody was."})
    authority = "entity_id,kind,name\nq1,person,Wymberley De Rosset Coerr\n"
    decisions = f"surface,post_id,entity_id,reason,decided_by,decided_on\n{surface},,q1,,A. N. Other,1999-01-01\n"
    reference = write_seeds(tmp_path / "reference", {"authority/people.csv": authority, "decisions.csv": decisions})
    made = tables(build(Paths(seeds, reference, tmp_path / "data")))
    assert made["mentions"]["entity_id"].tolist() == ["q1"]
    assert made["edits"]["before"].tolist() == [surface]


@pytest.mark.skipif(not (SHARED / "seeds").is_dir(), reason="The shared seeds are not beside this repository.")
def test_the_seed_that_was_given(tmp_path: Path) -> None:
    built = tables(build(Paths(SHARED / "seeds", REFERENCE, tmp_path)))
    assert built["posts"]["score"].tolist() == [2, 5]
    mentions = built["mentions"].set_index("surface")
    edited = built["edits"].set_index("mention_id")
    for written, expected in (("Zinovjev", "Zinoviev"), ("Krushchev", "Khrushchev"), ("Leo Trotsky", "Leon Trotsky")):
        for row in mentions.loc[[written]].itertuples():
            assert (row.normalized, row.status) == (expected, "accepted")
            assert edited.loc[row.mention_id, ["before", "after"]].tolist() == [written, expected]
    assert "Khrushchev's speech" in built["posts"]["text"][0]
    assert (
        mentions.loc["Krushchev", "entity_id"].unique().tolist()
        == mentions.loc[["Khrushchev"], "entity_id"].unique().tolist()
    )
    entities = built["entities"].set_index("entity_id")
    for written in ("Mátyás Rákosi", "Rákosi", "Ernő Gerő", "Stalin", "Lenin", "Kamenev", "Adolf Hitler"):
        rows = mentions.loc[[written]]
        assert (rows["normalized"] == written).all()
        assert (rows["status"] == "accepted").all()
        assert entities.loc[rows["entity_id"], "in_authority"].all()
    people = set(built["mentions"].loc[built["mentions"]["kind"] == "person", "surface"])
    assert not people & {"Communist", "Soviet", "Western", "Always"}
    assert not any(surface.endswith("'s") for surface in built["mentions"]["surface"])


def test_nothing_in_a_build_depends_on_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = write_seeds(tmp_path / "seeds", {"a.txt": "Upvote:1\nKrushchev met Tito in Belgrade.\n"})
    first = contents(build(Paths(seeds, REFERENCE, tmp_path / "one")))
    monkeypatch.setenv("TZ", "Asia/Vladivostok")
    monkeypatch.setenv("LC_ALL", "C")
    os.utime(seeds / "a.txt", (0, 0))
    assert contents(build(Paths(seeds, REFERENCE, tmp_path / "two"))) == first
