"""`make screenshots`: five pages, light, dark and on a phone, of a desk that was worked at for some weeks."""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
from playwright.async_api import Browser, Page, async_playwright

from app.config import Settings
from app.provision import provision
from tests.browser import chromium
from tests.integration.processes import KEY, serving

OUT = Path("build/screenshots")
README = Path("docs/screenshots")
PAGES = {
    "desk": "/console/desk",
    "ticket": "",
    "macros": "/console/macros",
    "rules": "/console/rules",
    "quality": "/console/quality",
}
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1360, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1360, "height": 900}},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}},
}
COMPLAINTS = (
    "Die Tasse kam mit abgebrochenem Henkel an. Ich will mein Geld zurück!",
    "Mein Paket ist seit einer Woche überfällig. Wo bleibt es?",
    "The lamp flickers and I want a refund.",
    "I received the wrong size. Please send the right one.",
    "Wo bleibt meine Erstattung? Ich warte seit drei Wochen.",
)


def work(api: httpx.Client, home: Path) -> None:
    """Some weeks at the desk: drafts sent as they were, edited, or thrown away."""
    dice = random.Random(7)
    for index in range(60):
        ticket = {
            "id": f"S-{index}",
            "channel": dice.choice(["amazon", "ebay", "otto"]),
            "messages": [{"author": "customer", "text": dice.choice(COMPLAINTS)}],
        }
        api.post("/v1/desk/tickets", json={"ticket": ticket}).raise_for_status()
        draft = api.post("/v1/drafts", json={"ticket": ticket, "resolutions": [{"type": "replacement"}]}).json()
        outcome = dice.choices(["sent", "edited", "discarded"], [6, 3, 1])[0]
        body = {"outcome": outcome}
        if outcome == "edited":
            body["sent_text"] = draft["text"] + dice.choice(
                [" Ich melde mich morgen wieder.", " Bitte 5 Sterne!", " Mehr unter mein-shop punkt de."]
            )
        api.post(f"/v1/drafts/{draft['id']}/outcome", json=body).raise_for_status()
    _backdate(home)


def _backdate(home: Path) -> None:
    """Spread what was just done over the last weeks; only pictures may do such a thing."""
    ready = provision(Settings(data_dir=home, api_key=KEY))
    try:
        with psycopg.connect(ready.owner_url) as owner:
            owner.execute("ALTER TABLE drafts NO FORCE ROW LEVEL SECURITY")
            for table in ("drafts", "draft_outcomes", "desk_tickets"):
                owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            back = "(hashtext({key}) & 1023) / 1024.0 * interval '70 days'"
            owner.execute(f"UPDATE draft_outcomes SET created_at = created_at - {back.format(key='draft_id')}")
            owner.execute(f"UPDATE drafts SET created_at = created_at - {back.format(key='id')}")
            moved = "UPDATE desk_tickets SET answered_at = now() - interval '1 day' + (hashtext(ticket_id) & 1023) / 1024.0 * interval '8 hours', target_at = now() - interval '20 hours' WHERE ticket_id LIKE 'S-%'"
            owner.execute(moved)
            for table in ("drafts", "draft_outcomes", "desk_tickets"):
                owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    finally:
        if ready.embedded:
            ready.embedded.release()


async def sign_in(page: Page, url: str) -> None:
    await page.goto(f"{url}/console/sign-in")
    await page.fill("#key", KEY)
    await page.click("main button.main")
    await page.wait_for_url("**/console/desk")


async def open_draft(page: Page, url: str) -> None:
    """A draft with an edit that breaks a rule, and its reason shown."""
    await page.goto(f"{url}/console/desk")
    await page.click("text=Tasse kaputt")
    await page.check("input[name=offer][value=refund]")
    await page.check("input[name=offer][value=replacement]")
    await page.click("#make")
    await page.wait_for_selector("#reply")
    own = page.locator("#step-own")
    await own.fill(await own.input_value() + " Mehr dazu unter mein-shop punkt de.")
    await page.wait_for_selector(".step-own mark.block")
    await page.wait_for_timeout(400)


async def shoot(browser: Browser, url: str) -> list[str]:
    wide = []
    for look, options in LOOKS.items():
        context = await browser.new_context(
            locale="de-DE" if look != "dark" else "en-GB", reduced_motion="reduce", **options
        )
        page = await context.new_page()
        await sign_in(page, url)
        for name, path in PAGES.items():
            await (open_draft(page, url) if name == "ticket" else page.goto(url + path))
            await page.wait_for_timeout(200)
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{name}-{look}")
            await page.screenshot(path=OUT / f"{name}-{look}.png")
            if (name, look) in {("ticket", "light"), ("quality", "dark")}:
                await page.set_viewport_size({"width": 1240, "height": 700})
                await page.screenshot(path=README / f"{name}.png")
                await page.set_viewport_size({"width": 1360, "height": 900})
        await context.close()
    return wide


async def shoot_all(url: str) -> list[str]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        wide = await shoot(browser, url)
        await browser.close()
    return wide


def main() -> None:
    """Make all pictures; say which page sticks out of its screen."""
    for folder in (OUT, README):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with serving(home) as (_, api):
            work(api, home)
            wide = asyncio.run(shoot_all(str(api.base_url).rstrip("/")))
    sys.stdout.write(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}, made {datetime.now(UTC):%d.%m. %H:%M}\n")
    if wide:
        sys.exit(f"wider than the screen: {', '.join(wide)}")


if __name__ == "__main__":
    main()
