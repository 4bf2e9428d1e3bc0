"""What a person sees and does in the Dagster UI, by clicking. The tests tell one story, in the order they stand in."""

import re
import signal
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Page, expect

from tests.browser.server import Served, interrupted, wait_until

pytestmark = pytest.mark.browser

RUN_SECONDS = 180
NEW_SEED = "Did Krushchev tell Mátyás Rákosi?\n\nUpvote:4\n\nKhruschev did so in Moscow.\n"


def location(ui: Served) -> str:
    name: str = ui.query("{ workspaceOrError { ... on Workspace { locationEntries { name } } } }")["workspaceOrError"][
        "locationEntries"
    ][0]["name"]
    return name


def unsynced(ui: Served) -> set[str]:
    nodes = ui.query("{ assetNodes { assetKey { path } staleStatus isMaterializable } }")["assetNodes"]
    return {"/".join(n["assetKey"]["path"]) for n in nodes if n["isMaterializable"] and n["staleStatus"] != "FRESH"}


def published(ui: Served) -> str:
    latest = ui.data / "latest"
    return latest.readlink().name if latest.is_symlink() else ""


def posts(ui: Served) -> int:
    return int(pq.read_metadata(ui.data / "latest" / "posts.parquet").num_rows)


def outcome(page: Page, wanted: str) -> None:
    """Follow the run that was just launched until it has ended, and see that it ended so."""
    ended = page.get_by_text(re.compile("^(Success|Failure|Canceled)$")).first
    expect(ended).to_be_visible(timeout=RUN_SECONDS * 1000)
    expect(ended).to_have_text(wanted)


def switch(page: Page, name: str) -> None:
    """Switch on a schedule or sensor in the list of automations."""
    page.goto("/automation")
    row = page.locator(f"a[href$='/{name}']").locator("xpath=..")
    row.locator("label").nth(1).click()  # the first one selects the row


def test_everything_is_materialised_by_clicking(ui: Served, page: Page) -> None:
    page.goto("/asset-groups")
    for group in ("reference", "raw", "core", "out"):
        expect(page.get_by_text(group, exact=True).first).to_be_visible()
    page.get_by_role("button", name="Materialize all").click()
    page.get_by_role("link", name="View", exact=True).last.click()
    outcome(page, "Success")
    assert pq.read_table(ui.data / "latest" / "mentions.parquet").num_rows


def test_the_groups_tell_the_way_from_seeds_to_tables(page: Page) -> None:
    page.goto("/asset-groups")
    for group in ("reference", "raw", "core", "out"):
        expect(page.get_by_text(group, exact=True).first).to_be_visible()
    expect(page.get_by_text("fetching statuses")).to_have_count(0)


def test_the_graph_shows_what_is_made_of_what(page: Page) -> None:
    page.goto("/asset-groups")
    in_list, in_graph = (page.get_by_text("core", exact=True).filter(visible=True).nth(number) for number in (0, 1))
    expect(in_list).to_be_visible()
    in_graph.click()
    for asset in ("passages", "surfaces", "corrections"):
        expect(page.get_by_text(asset, exact=True).first).to_be_visible()
    expect(page.get_by_text("Materialized", exact=True).first).to_be_visible()
    expect(page.get_by_text("Loading...")).to_have_count(0)


def test_assets_are_found_by_what_they_are_about(page: Page) -> None:
    page.goto("/assets/out/variants")
    expect(page.get_by_text(re.compile("^about: ?names$")).first).to_be_visible()


def test_the_report_shows_its_figures(page: Page) -> None:
    page.goto("/assets/out/report")
    row = page.get_by_role("row", name=re.compile("^most_mentioned"))
    row.get_by_text("Show Markdown").click()
    picture = page.locator("img[src^='data:image/png']").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 500


def test_a_table_shows_its_columns_and_first_rows(page: Page) -> None:
    page.goto("/assets/out/mentions")
    expect(page.get_by_text("One row a name as it stands in a post.")).to_be_visible()
    expect(page.get_by_text("Where it starts in posts.text, in Unicode code points from 0.")).to_be_visible()
    expect(page.get_by_text("variorum", exact=True).first).to_be_visible()
    preview = page.get_by_role("row", name=re.compile("^preview"))
    preview.get_by_text("Show Markdown").click()
    expect(page.get_by_role("columnheader", name="row 1")).to_be_visible()
    expect(page.get_by_role("cell", name="surface", exact=True).last).to_be_visible()
    expect(page.get_by_role("cell", name="person").first).to_be_visible()
    expect(page.get_by_role("cell", name="status", exact=True).last).to_be_visible()


def test_a_table_that_is_wider_than_its_place_is_shown_in_a_window(page: Page) -> None:
    page.goto("/assets/out/quarantine")
    preview = page.get_by_role("row", name=re.compile("^preview"))
    preview.get_by_text("Show Markdown").click()
    expect(page.get_by_role("cell", name="payload", exact=True).last).to_be_visible()
    last = page.get_by_role("columnheader", name="row 2")
    expect(last).to_be_in_viewport(ratio=1)


def test_checks_passed(page: Page) -> None:
    page.goto("/assets/out/entities?view=checks")
    expect(page.get_by_text("Every id refers to a row that exists").first).to_be_visible()
    expect(page.get_by_text("Passed", exact=True).first).to_be_visible()


def test_quarantined_records_warn_with_their_rows(page: Page) -> None:
    page.goto("/assets/out/quarantine?view=checks")
    expect(page.get_by_text("records or files were quarantined").first).to_be_visible()
    page.get_by_text("Show Markdown").first.click()
    expect(page.get_by_role("cell", name="empty-file").first).to_be_visible()


def test_what_a_changed_file_makes_stale_is_shown_as_unsynced(ui: Served, page: Page) -> None:
    assert unsynced(ui) == set()
    with (ui.reference / "decisions.csv").open("a", encoding="utf-8") as file:
        file.write("Anchor Square,,not-a-name,It is a square.,test,2026-01-01\n")
    wait_until(lambda: unsynced(ui) == {"core/readings"}, 60, "the readings, and they alone, are unsynced")
    page.goto("/assets/core/readings")
    expect(page.get_by_text(re.compile("^Unsynced")).first).to_be_visible()


def test_what_is_unsynced_is_made_by_clicking_and_nothing_else(ui: Served, page: Page) -> None:
    before = published(ui)
    made = []
    while assets := unsynced(ui):
        page.goto("/asset-groups")
        page.get_by_role("button", name="Materialize all").locator("xpath=following::button[1]").click()
        page.get_by_text("Materialize unsynced").click()
        page.get_by_role("button", name=re.compile(f"^Materialize {len(assets)} ")).click()
        page.get_by_role("link", name="View", exact=True).last.click()
        outcome(page, "Success")
        made.append(assets)
    assert made[0] == {"core/readings"}
    assert "out/dataset" in made[-1]
    assert not set.union(*made) & {"raw/seeds", "raw/records", "core/passages", "core/surfaces", "core/corrections"}
    assert published(ui) != before


def test_a_broken_table_fails_its_check_and_shows_the_rows(ui: Served, page: Page) -> None:
    entities = ui.data / ".work" / "tables" / "entities.parquet"
    whole = entities.read_bytes()
    lose_a_row(entities)
    before = published(ui)
    page.goto("/assets/out/entities?view=checks")
    page.get_by_role("button", name="Execute all").click()
    expect(page.get_by_text("Failed", exact=True).first).to_be_visible(timeout=RUN_SECONDS * 1000)
    expect(page.get_by_text("rows break this: Every id refers to a row that exists").first).to_be_visible()
    page.get_by_text("Show Markdown").first.click()
    expect(page.get_by_role("listitem").filter(has_text="refers to no row").first).to_be_visible()
    assert published(ui) == before
    entities.unlink()
    entities.write_bytes(whole)


def lose_a_row(file: Path) -> None:
    """Tamper with a table; into a new file, as the published one shares the bytes of the old one."""
    rows = pq.read_table(file)
    file.unlink()
    pq.write_table(rows.slice(1), file)


def test_the_launchpad_refuses_a_value_that_is_none(ui: Served, page: Page) -> None:
    page.goto(f"/locations/{location(ui)}/jobs/build/playground")
    expect(page.get_by_role("button", name="Launch Run")).to_be_enabled()
    fill_in(page, "resources:\n  workers:\n    config:\n      engine: cloud\n")
    expect(page.get_by_text("not in enum type Engine got cloud").first).to_be_visible()
    expect(page.get_by_role("button", name="Launch Run")).to_be_disabled()


def test_a_setting_out_of_its_range_ends_the_run_before_any_step(ui: Served, page: Page) -> None:
    page.goto(f"/locations/{location(ui)}/jobs/build/playground")
    fill_in(page, "resources:\n  rules:\n    config:\n      accept: 3.0\n")
    expect(page.get_by_role("button", name="Launch Run")).to_be_enabled()
    page.get_by_role("button", name="Launch Run").click()
    outcome(page, "Failure")
    expect(page.get_by_text("accept must be at least 0.5 and at most 1, not 3.0").first).to_be_visible()
    expect(page.get_by_text("Succeeded (0)")).to_be_visible()


def fill_in(page: Page, text: str) -> None:
    page.locator(".CodeMirror").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    time.sleep(0.5)  # the editor checks what was typed after a moment


def test_the_schedule_is_switched_on_by_clicking(ui: Served, page: Page) -> None:
    switch(page, "nightly")
    wait_until(lambda: "nightly" in switched_on(ui), 30, "the schedule is on")


def test_the_sensor_publishes_a_new_build_when_a_seed_is_added(ui: Served, page: Page) -> None:
    switch(page, "seeds_and_reference")
    wait_until(lambda: "seeds_and_reference" in switched_on(ui), 30, "the sensor is on")
    before, rows = published(ui), posts(ui)
    (ui.seeds / "1956" / "new_question.txt").write_text(NEW_SEED, encoding="utf-8")
    wait_until(lambda: published(ui) != before and posts(ui) > rows, RUN_SECONDS, "the new seed is published")
    wait_until(lambda: unsynced(ui) == set(), 60, "nothing is unsynced any more")
    page.goto("/runs")
    expect(page.get_by_text("seeds_and_reference").first).to_be_visible()


def switched_on(ui: Served) -> set[str]:
    found = ui.query(
        """{ repositoriesOrError { ... on RepositoryConnection { nodes {
            schedules { name scheduleState { status } } sensors { name sensorState { status } } } } } }"""
    )["repositoriesOrError"]["nodes"]
    schedules = [(s["name"], s["scheduleState"]["status"]) for node in found for s in node["schedules"]]
    sensors = [(s["name"], s["sensorState"]["status"]) for node in found for s in node["sensors"]]
    return {name for name, status in schedules + sensors if status == "RUNNING"}


def test_ctrl_c_ends_it_with_one_sentence_and_leaves_nothing(ui: Served) -> None:
    """Pressed twice, as people do who wait; the last test, as it ends the story."""
    wait_until(lambda: not (ui.data / ".work" / "lock").read_text(), RUN_SECONDS, "no build is under way")
    before = published(ui)
    assert interrupted(ui, signal.SIGINT, signal.SIGINT) == []
    said = (ui.home.parent / "ui.log").read_text(encoding="utf-8").splitlines()
    assert said[:2] == ["Starting the Dagster UI ...", f"The Dagster UI is on {ui.url} (Ctrl+C ends it)."]
    assert said[-2:] == ["", "Ending the Dagster UI ... it has ended."]
    assert published(ui) == before
    assert [path for path in ui.data.rglob("*") if ".tmp" in path.name] == []
