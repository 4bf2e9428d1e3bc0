"""One served UI and one browser for all tests in this folder; skipped where there is no Chromium."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.server import REPOSITORY, Served, served

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SCREENSHOTS = Path(__file__).parent / "screenshots"
SAMPLES = ("1956", "encodings", "damaged")


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The UI over some of the sample seeds, looking at the folders every two seconds."""
    if not CHROMIUM.exists():
        pytest.skip("The browser tests need Debian's chromium: sudo apt-get install chromium")
    root = tmp_path_factory.mktemp("ui")
    for name in SAMPLES:
        shutil.copytree(REPOSITORY / "seeds" / "raw" / name, root / "seeds" / name)
    shutil.copytree(REPOSITORY / "seeds" / "reference", root / "reference")
    with served(root, VARIORUM_SENSOR_SECONDS="2") as running:
        yield running


@pytest.fixture(scope="module")
def window(ui: Served) -> Iterator[Page]:
    """The browser's window; it ends with these tests, as its event loop keeps Dagster from running in this process."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        page = browser.new_context(viewport={"width": 1500, "height": 950}, base_url=ui.url).new_page()
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        yield page
        browser.close()


@pytest.fixture
def page(window: Page, request: pytest.FixtureRequest) -> Iterator[Page]:
    """The page; what it shows at the end of the test is kept as a picture."""
    yield window
    SCREENSHOTS.mkdir(exist_ok=True)
    window.wait_for_timeout(1000)  # windows and the graph move into their places
    name = re.sub(r"\W+", "_", request.node.name.removeprefix("test_"))
    window.screenshot(path=SCREENSHOTS / f"{name}.png")
