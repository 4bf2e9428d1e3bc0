"""What a webhook is told of a build."""

import shutil
from collections.abc import Iterator

import dagster as dg
import pytest

from pipelines import automation, notify, parquet
from pipelines.build import main
from pipelines.stages.places import Paths
from tests.runs import build
from tests.webhook import Webhook


@pytest.fixture
def webhook(places: Paths, monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    running = Webhook()
    monkeypatch.setenv("VARIORUM_WEBHOOK", running.url)
    yield running
    running.close()


def test_a_published_build_is_told_with_what_it_changed(
    places: Paths, instance: dg.DagsterInstance, webhook: Webhook
) -> None:
    assert build(instance).success
    assert build(instance).success  # the same once more is no news
    [first] = webhook.received
    assert first["event"] == "published"
    assert first["former"] is None
    assert first["tables"]["sources"] == {"rows": 2, "added": 2, "removed": 0, "changed": 0}
    (places.seeds / "two.txt").unlink()
    (places.seeds / "three.txt").write_text("Lavrentiy Beria met Hruscsov.\n", encoding="utf-8")
    assert build(instance).success
    second = webhook.received[1]
    assert second["former"] == first["build"]
    assert second["tables"]["sources"] == {"rows": 2, "added": 1, "removed": 1, "changed": 0}
    assert "Lavrentiy Beria" in second["new_variants"]["first"]
    assert second["new_variants"]["number"] == len(second["new_variants"]["first"])
    assert set(second["review"]) == {"new", "settled", "growth"}
    assert "sources +1 −1" in second["text"]
    told = parquet.read(places.data / "changes.parquet").to_pylist()
    assert {row["key"]: row["n_added"] for row in told if row["change"] == "rows"} == {
        name: row["added"] for name, row in second["tables"].items()
    }


def test_a_failed_make_build_is_told_with_its_first_line(
    places: Paths, webhook: Webhook, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    shutil.rmtree(places.seeds)
    assert main() == 1
    [told] = webhook.received
    assert told["event"] == "failed"
    assert str(places.seeds) in told["reason"]
    assert told["reason"] in " ".join(capsys.readouterr().err.split())


def test_a_failed_run_is_told_by_the_sensor_unless_make_build_has_told_it(
    places: Paths, instance: dg.DagsterInstance, webhook: Webhook
) -> None:
    shutil.rmtree(places.seeds)
    result = build(instance)
    tell(instance, result)
    [told] = webhook.received
    assert told["event"] == "failed"
    assert str(places.seeds) in told["reason"]
    instance.add_run_tags(result.run_id, {automation.STARTED_BY: "make build"})
    tell(instance, result)
    assert len(webhook.received) == 1


def tell(instance: dg.DagsterInstance, result: dg.ExecuteInProcessResult) -> None:
    run = instance.get_run_by_id(result.run_id)
    assert run
    failure = next(event for event in result.all_events if event.event_type_value == "PIPELINE_FAILURE")
    context = dg.build_run_status_sensor_context("failure_notice", failure, instance, run)
    automation.tell_failure(context.for_run_failure())


def test_a_webhook_that_fails_fails_no_build(
    places: Paths, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = Webhook(status=500)
    try:
        for url in (refusing.url, "http://127.0.0.1:9/secret", "no address", "ftp://127.0.0.1/secret"):
            monkeypatch.setenv("VARIORUM_WEBHOOK", url)
            problem = notify.send(notify.failed("because"))
            assert "VARIORUM_WEBHOOK" in problem
            assert "secret" not in problem
        assert build(instance).success
    finally:
        refusing.close()


def test_nothing_is_sent_without_an_address(places: Paths) -> None:
    assert not notify.is_wanted()
    assert notify.send(notify.failed("because")) == ""


@pytest.mark.parametrize(
    ("reason", "first"),
    [("One.\nTwo.", "One."), ("\n  One.\n", "One."), ("", "no reason was given")],
)
def test_the_first_line_says_why(reason: str, first: str) -> None:
    assert notify.failed(reason)["reason"] == first
