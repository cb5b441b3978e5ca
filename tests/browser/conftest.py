"""A real Chromium before the real service. Without a browser these tests fail: they are never skipped."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import chromium
from tests.integration.processes import KEY, serving

# What a browser itself says of answers with 4xx and of requests a test cuts off.
_EXPECTED = re.compile(r"the server responded|ERR_FAILED|Response Status Error Code 401|\[object HTML")
expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Service:
    """The running service: its address, a client of its API, its data folder."""

    url: str
    api: httpx.Client
    home: Path


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    home = tmp_path_factory.mktemp("console") / "home"
    with serving(home) as (_, client):
        yield Service(str(client.base_url).rstrip("/"), client, home)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.fail("there is no Chromium; `python -m tests.browser.chromium` installs one")
    async with async_playwright() as playwright:
        # No sandbox of its own where tests run as root in a container.
        found = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield found
        with suppress(Exception):
            await found.close()


Opener = Callable[..., Awaitable[Page]]


@pytest.fixture
async def open_page(browser: Browser, service: Service) -> AsyncIterator[Opener]:
    """Open the console in a fresh browser profile; whatever a page complains of, or loads from elsewhere, fails the test."""
    contexts, wrong = [], []

    async def opened(path: str | None = "/console/desk", *, key: str = KEY, **options: Any) -> Page:
        size = {"width": 1360, "height": 900}
        context = await browser.new_context(**{"locale": "en-GB", "viewport": size, **options})
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "console", lambda m: wrong.append(m.text) if m.type == "error" and not _EXPECTED.search(m.text) else None
        )
        page.on(
            "request",
            lambda r: wrong.append(f"loads {r.url}") if not r.url.startswith((service.url, "data:")) else None,
        )
        page.on("dialog", lambda d: wrong.append(f"dialog: {d.message}"))
        await page.goto(service.url + "/console/sign-in")
        if path:
            await page.fill("#key", key)
            await page.click("main button.main")
            await page.wait_for_url("**/console/**")
            if not page.url.endswith(path):
                await page.goto(service.url + path)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert not wrong
