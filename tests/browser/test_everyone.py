"""Everyone: accessible pages, keys, small screens, no jumps, and tickets that try to get out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from tests.browser.conftest import Opener, Service
from tests.browser.test_day import make_draft, put_ticket
from tests.integration.test_console_desk import hostile_ticket

PAGES = ("/console/desk", "/console/macros", "/console/macros/new", "/console/rules", "/console/quality",
         "/console/quality/labels")  # fmt: skip
# WCAG 2.2 A and AA.
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


async def serious(page: Page) -> list[str]:
    """What axe finds wrong with a page, gravely."""
    result = await Axe().run(page, options=RULES)
    found: list[dict[str, Any]] = json.loads(json.dumps(result.response["violations"]))
    return [
        f"{page.url}: {v['id']}: {v['nodes'][0]['target']} {v['nodes'][0].get('failureSummary', '')[:300]}"
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_has_no_serious_finding_on_any_page(open_page: Opener, service: Service, scheme: str):
    """WCAG 2.2 AA, as far as a program can judge; a draft with findings and a gap included."""
    page = await open_page(None, color_scheme=scheme, reduced_motion="reduce")
    found = await serious(page)
    page = await open_page(
        await put_ticket(service, f"axe-{scheme}", "Die Tasse kam mit einem Kratzer an."),
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    await page.check("input[name=offer][value=partial_refund]")
    await make_draft(page)
    await page.fill("#step-own", "Mehr unter mein-shop punkt de.")
    await expect(page.locator("#verdict")).to_contain_text("links.disguised")
    found += await serious(page)
    await page.click("text=Compare side by side")
    found += await serious(page)
    for path in PAGES:
        await page.goto(service.url + path)
        found += await serious(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    found += await serious(page)
    assert found == []


@pytest.mark.parametrize("locale", ["de-DE", "en-GB"])
async def test_pages_fit_a_screen_of_320_pixels(open_page: Opener, service: Service, locale: str):
    """Nothing sticks out sideways."""
    page = await open_page("/console/desk", locale=locale, viewport={"width": 320, "height": 640})
    address = await put_ticket(service, f"small-{locale}", "Die Tasse kam kaputt an." + "x" * 200)
    for path in (*PAGES, address):
        await page.goto(service.url + path)
        if path == address:
            await make_draft(page)
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320, path


async def test_keys_lead_everywhere(open_page: Opener):
    """Go, move, open, draft, close; in a field they are letters; switched off they do nothing."""
    page = await open_page("/console/desk")
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.locator("#help")).to_be_hidden()
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/console/desk/*")
    await page.keyboard.press("n")
    await expect(page.locator("#reply")).to_be_visible()
    await page.keyboard.press("3")
    await expect(page.locator("#step-propose")).to_be_focused()
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_hidden()
    await page.keyboard.press("Escape")
    await page.keyboard.press("g")
    await page.keyboard.press("r")
    await page.wait_for_url("**/console/rules")
    await expect(page.locator("html.js")).to_have_count(1)
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_visible()
    await page.uncheck("#keys-on")
    await page.keyboard.press("Escape")
    await page.keyboard.press("?")
    await expect(page.locator("#help")).to_be_hidden()


async def test_nothing_jumps_when_steps_arrive(open_page: Opener, service: Service):
    """The sum of all layout shifts while a draft comes in stays below what one notices (0.1)."""
    page = await open_page(await put_ticket(service, "calm-1", "The mug arrived broken. I want my money back."))
    await page.evaluate(
        """window.shifts = 0; new PerformanceObserver((list) => list.getEntries().forEach((e) => {
        if (!e.hadRecentInput) window.shifts += e.value; })).observe({type: "layout-shift", buffered: false})"""
    )
    await make_draft(page)
    await page.wait_for_timeout(300)
    assert await page.evaluate("window.shifts") < 0.1


async def test_a_ticket_full_of_markup_stays_text(open_page: Opener, service: Service):
    """Nothing of it runs or loads, not in the queue, the thread, the streamed steps, the fields, the findings."""
    answer = service.api.post("/v1/desk/tickets", json={"ticket": hostile_ticket()})
    page = await open_page("/console/desk")
    await page.goto(f"{service.url}/console/desk/{answer.json()['id']}")
    await page.fill("#agent", "<img src=x onerror=alert(1)>", force=True)
    await page.click("#make")
    await expect(page.locator("#verdict")).to_be_visible()
    if await page.locator("#step-own").count():
        await page.fill(
            "#step-own", "<img src=https://evil.example/x onerror=alert(1)><script>window.stolen=1</script>"
        )
        await expect(page.locator("#verdict")).to_contain_text("style.html")
        await page.hover("#step-own")
    assert await page.evaluate("window.stolen") is None
    assert await page.locator("main img").count() == 0


async def test_a_streamed_step_full_of_markup_stays_text(open_page: Opener, service: Service):
    """Whatever a stream says is shown as text."""
    page = await open_page(await put_ticket(service, "stream-1", "The mug arrived broken."))
    text = "<img src=https://evil.example/x onerror=alert(1)>"
    events = f"event: step\ndata: {json.dumps({'name': 'acknowledge', 'text': text})}\n\n"
    await page.route("**/stream", lambda route: route.fulfill(body=events, content_type="text/event-stream"))
    await page.click("#make")
    await expect(page.locator(".step-acknowledge [data-text]")).to_have_text(text)
    await expect(page.locator("[data-lost]")).to_be_visible()


async def test_the_switch_changes_the_language(open_page: Opener):
    """And it stays."""
    page = await open_page("/console/rules")
    await page.click("text=Deutsch")
    await expect(page.locator("h1")).to_have_text("Regeln: Amazon")
    await page.reload()
    await expect(page.locator("h1")).to_have_text("Regeln: Amazon")
