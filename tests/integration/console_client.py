"""A browser without scripts: keeps cookies, reads the CSRF token of the page it is on, posts forms."""

from __future__ import annotations

import re

import httpx
from fastapi import FastAPI

_TOKEN = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Visitor:
    """Somebody with a browser."""

    def __init__(self, app: FastAPI, **headers: str) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self.http = httpx.AsyncClient(
            transport=transport, base_url="http://test", headers=headers, follow_redirects=True
        )
        self.token = ""

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return self._seen(await self.http.get(path, headers=headers))

    async def post(
        self, path: str, *, token: str | None = None, headers: dict[str, str] | None = None, **fields
    ) -> httpx.Response:
        data = {"csrf": self.token if token is None else token, **{k.replace("__", "-"): v for k, v in fields.items()}}
        return self._seen(await self.http.post(path, data=data, headers=headers))

    async def sign_in(self, key: str, **fields: str) -> httpx.Response:
        await self.get("/console/sign-in")
        return await self.post("/console/sign-in", key=key, **fields)

    @property
    def cookie(self) -> str:
        return self.http.cookies.get("vierklang_session", "")

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if found := _TOKEN.search(answer.text):
            self.token = found[1]
        return answer
