"""A reference in a source's markup decides for its mention, in a whole build; a decision by hand wins over it."""

from pathlib import Path

import pandas as pd

from pipelines.stages.places import Paths
from tests.builds import build, tables, write_seeds

PEOPLE = "entity_id,kind,name\nQ1,person,Nikita Khrushchev\nQ2,person,Joseph Stalin\nQ3,person,Anna Krustcheff\n"
LETTER = """<TEI><text><p>Yesterday <persName ref="#Q1">Comrade Krustcheff</persName> spoke to
<persName ref="https://example.org/wiki/Q2">Blue</persName> of <orgName ref="#none">Red Wheel Society</orgName>.
He was ill, and <rs type="person" ref="#Q2">he</rs> knew.</p></text></TEI>"""
PLAIN = "Later Krustcheff left for good, as they said."


def mentions(folder: Path, decisions: str = "surface,entity_id\n") -> pd.DataFrame:
    write_seeds(folder / "seeds", {"letter.xml": LETTER, "plain.txt": PLAIN})
    write_seeds(folder / "reference", {"authority/people.csv": PEOPLE, "decisions.csv": decisions})
    found = tables(build(Paths(folder / "seeds", folder / "reference", folder / "data")))
    explained = found["variants"][["surface", "entity_id", "explanation"]]
    return found["mentions"].merge(explained, on=["surface", "entity_id"]).sort_values(["post_id", "start"])


def test_a_reference_decides_and_one_to_nothing_known_loses_nothing(tmp_path: Path) -> None:
    found = mentions(tmp_path)
    in_letter = found[found["post_id"] == found.loc[found["surface"] == "Blue", "post_id"].iloc[0]]
    assert in_letter["surface"].tolist() == ["Krustcheff", "Blue", "Red Wheel Society"]
    marked = in_letter[in_letter["method"] == "exact"]
    assert marked[["surface", "normalized", "entity_id", "status"]].to_numpy().tolist() == [
        ["Krustcheff", "Khrushchev", "Q1", "accepted"],
        ["Blue", "Blue", "Q2", "accepted"],
    ]
    assert "“#Q1”" in marked["explanation"].iloc[0]
    society = in_letter[in_letter["surface"] == "Red Wheel Society"].iloc[0]
    assert (society["kind"], society["method"]) == ("organisation", "cluster")
    assert (
        found.loc[found["surface"] == "Krustcheff", "entity_id"] == "Q1"
    ).sum() == 1  # the plain text's is not decided


def test_a_decision_wins_over_a_reference(tmp_path: Path) -> None:
    decisions = "surface,post_id,entity_id,reason,decided_by,decided_on\nKrustcheff,,Q2,A test,,\nBlue,,not-a-name,,,\n"
    found = mentions(tmp_path, decisions)
    assert found.loc[
        found["surface"] == "Krustcheff", ["entity_id", "method"]
    ].drop_duplicates().to_numpy().tolist() == [["Q2", "decision"]]
    assert "Blue" not in set(found["surface"])
