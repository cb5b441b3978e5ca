"""The day of an agent and of a lead, in a real browser."""

from __future__ import annotations

from playwright.async_api import Page, expect

from tests.browser.conftest import Opener, Service


async def make_draft(page: Page) -> None:
    await page.click("#make")
    await expect(page.locator("#reply")).to_be_visible()


async def put_ticket(service: Service, name: str, text: str, **more: object) -> str:
    body = {"ticket": {"id": name, "channel": "amazon", "messages": [{"author": "customer", "text": text}], **more}}
    answer = service.api.post("/v1/desk/tickets", json=body)
    assert answer.status_code == 201, answer.text
    return f"/console/desk/{answer.json()['id']}"


async def test_an_agents_day(open_page: Opener, service: Service):
    """Sign in, open a ticket, watch the steps arrive, break a rule and see it caught, fill what is open, offer something
    else, copy, mark as sent, find it in Quality."""
    page = await open_page("/console/desk")
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=service.url)
    await page.click("text=Tasse kaputt")
    await page.check("input[name=offer][value=partial_refund]")
    arrived = await page.evaluate_handle(
        """() => { const seen = []; new MutationObserver(() => document.querySelectorAll('.step.here').forEach((s) => {
        if (!seen.includes(s.dataset.step)) seen.push(s.dataset.step); })).observe(document.body,
        {subtree: true, attributes: true, childList: true}); return seen; }"""
    )
    await make_draft(page)
    assert await arrived.json_value() == ["acknowledge", "own", "propose", "ask"]

    # A disguised link, typed: caught, underlined exactly, explained where the caret stands; gone when it is taken back.
    own = page.locator("#step-own")
    before = await own.input_value()
    await own.press("Control+End")
    await page.keyboard.type(" 😀 Mehr unter mein-shop punkt de.")
    await expect(page.locator("#verdict")).to_contain_text("links.disguised")
    assert "mein-shop punkt de" in await page.locator(".step-own mark.block").all_text_contents()
    await page.keyboard.press("ArrowLeft")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#hint")).to_be_visible()
    await own.fill(before)
    await expect(page.locator("#verdict")).not_to_contain_text("links.disguised")

    # What is open is filled.
    await page.fill("input[name^=fill-]", "5,00 €")
    await page.click("text=Fill in")
    await expect(page.locator(".gaps")).to_have_count(0)
    assert "5,00 €" in await page.input_value("#step-propose")

    # Another resolution, drafted again.
    await page.click("summary")
    await page.uncheck("input[name=offer][value=partial_refund]")
    await page.check("input[name=offer][value=replacement]")
    await make_draft(page)
    await expect(page.locator("#verdict-summary")).to_contain_text("Ready to send")
    assert "5,00 €" not in await page.input_value("#step-propose")

    await page.click("#copy")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(await page.input_value("#step-acknowledge"))
    assert copied.endswith(await page.input_value("#step-ask"))

    await page.click("#sent")
    await expect(page.locator(".notice.good")).to_contain_text("Sent as drafted")
    await page.click("text=See it in Quality")
    await expect(page.locator("#recent-title + div")).to_contain_text("demo-cup")


async def test_a_lead_writes_and_approves_a_macro(open_page: Opener):
    """The review speaks while one types; what breaks a rule is not approved, what is mended is."""
    page = await open_page("/console/macros/new")
    await page.fill("#title", "Eigene Zusage")
    await page.fill("#step-own", "Ich kümmere mich selbst darum. Bitte geben Sie uns 5 Sterne!")
    await expect(page.locator("#reviewed")).to_contain_text("feedback.")
    await page.click("text=Keep as a draft")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator(".notice.bad")).to_contain_text("feedback.")
    await page.get_by_role("link", name="Edit").click()
    await page.fill("#step-own", "Ich kümmere mich selbst darum.")
    await expect(page.locator("#reviewed")).to_contain_text("Passes on every channel")
    await page.click("text=Keep as a draft")
    await expect(page.locator(".diff del")).to_contain_text("Sterne")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator(".notice.good")).to_contain_text("Approved")


async def test_without_scripts_a_draft_can_be_made_and_sent(open_page: Opener):
    """Plain forms: paste, draft, check, mark as sent."""
    page = await open_page("/console/desk", java_script_enabled=False)
    await page.fill("#text", "My lamp arrived broken. I want my money back!")
    await page.click("text=Draft the reply")
    await page.check("input[name=offer][value=refund]")
    await page.click("#make")
    await page.fill("#step-own", "I will see to it myself. Write to me at me@my-shop.com!")
    await page.click("text=Check again")
    assert "contact.email" in await page.inner_text("#verdict")
    await page.fill("#step-own", "I will see to it myself today.")
    await page.click("text=Mark as sent")
    assert "Sent after edits" in await page.inner_text(".notice.good")


async def test_a_pasted_message_is_drafted_at_once(open_page: Opener):
    """One click from the landing page to the first step."""
    page = await open_page("/console/desk")
    await page.fill("#text", "Wo bleibt mein Paket? Ich warte seit Tagen!")
    await page.click("text=Draft the reply")
    await expect(page.locator("#reply")).to_be_visible()
    assert await page.input_value("#step-acknowledge")
    assert "begin" not in page.url


async def test_a_lost_stream_says_so_and_goes_on(open_page: Opener, service: Service):
    """The connection breaks before the draft is done: a sentence, and a button that tries again."""
    page = await open_page(await put_ticket(service, "lost-1", "The mug arrived broken."))
    await page.route("**/stream", lambda route: route.abort())
    await page.click("#make")
    await expect(page.locator("[data-lost]")).to_be_visible()
    await expect(page.locator("[data-lost]")).to_contain_text("connection was lost")
    await page.unroute("**/stream")
    await page.click("[data-again]")
    await expect(page.locator("#reply")).to_be_visible()


async def test_an_ended_session_keeps_the_typed_text(open_page: Opener, service: Service):
    """A window asks for the key; then the check that was refused is repeated and the text stands as it was."""
    page = await open_page(await put_ticket(service, "ended-1", "Die Tasse ist kaputt."))
    await make_draft(page)
    await page.context.clear_cookies()
    text = "Mehr unter mein-shop punkt de."
    await page.fill("#step-own", text)
    await expect(page.locator("#again")).to_be_visible()
    await page.fill("#again-key", "wrong")
    await page.click("#again button.main")
    await expect(page.locator("#again-problem")).to_contain_text("unknown or revoked")
    await page.fill("#again-key", "vk_process-test-process-test")
    await page.click("#again button.main")
    await expect(page.locator("#again")).to_be_hidden()
    await expect(page.locator("#verdict")).to_contain_text("links.disguised")
    assert await page.input_value("#step-own") == text
