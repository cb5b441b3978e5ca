"""Labelling in a real browser: by keyboard alone, with and without scripts, legible to everyone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from eval.judge.labels import read_labels, read_preferences
from eval.runs.places import Places
from tests.browser.conftest import Opener, Service
from tests.browser.test_everyone import serious
from tests.unit.eval.build import DRAFT, GERMAN, draft, row, write_run

HOME = "/console/quality/labels"


@pytest.fixture
def places(service: Service) -> Iterator[Places]:
    """A run of two variants over four cases."""
    found = Places(service.home)
    rows = [
        row(v, i, {}, facts={"customer": GERMAN, "digest": "d"}, draft=draft(f"{DRAFT}\n\nPS {i}{v}"))
        for i in range(4)
        for v in ("a", "b")
    ]
    path = found.root / "runs" / "20261122-warmer.jsonl"
    write_run(path, *rows)
    yield found
    path.unlink()
    found.labels.unlink(missing_ok=True)


async def begin(page: Page, way: str) -> None:
    await page.fill("#who", "ann")
    await page.check(f"input[name=way][value={way}]")
    await page.click("text=Begin")
    await expect(page.locator("#task form")).to_be_visible()


async def test_drafts_are_labelled_by_keyboard_alone(open_page: Opener, places: Places) -> None:
    """The first question has the focus on every draft; arrows choose, Tab goes on, Ctrl+Enter keeps."""
    page = await open_page(HOME)
    await begin(page, "single")
    for number in range(1, 3):
        await expect(page.locator("input[name=good][value=yes]")).to_be_focused()
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Control+Enter")
        await expect(page.locator("#task")).to_contain_text(f"{number} of 8 said")
    assert [(la.good, la.marks) for la in read_labels(places.labels)] == [(False, {"acknowledge": True})] * 2


async def test_without_scripts_pairs_are_compared_all_the_same(open_page: Opener, places: Places) -> None:
    page = await open_page(HOME, java_script_enabled=False)
    await begin(page, "pair")
    await page.check("input[name=better][value=neither]")
    await page.click("text=Keep and go on")
    await expect(page.locator("#task")).to_contain_text("1 of 4 said")
    assert read_preferences(places.labels)[0].better is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("way", ["single", "pair"])
async def test_axe_finds_nothing_serious_and_a_phone_shows_all(
    open_page: Opener, places: Places, scheme: str, way: str
) -> None:
    page = await open_page(HOME, color_scheme=scheme, viewport={"width": 320, "height": 640})
    await begin(page, way)
    assert await serious(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
