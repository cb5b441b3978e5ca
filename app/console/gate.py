"""What every console request passes: where a post comes from, its CSRF token, and headers that keep the page to itself.

Errors become pages, or fragments where a script asked; an ended session keeps what was typed.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from app.config import Settings, origins
from app.console.forms import read_form
from app.console.i18n import mark
from app.console.pages import page
from app.console.people import SignedOut, sessions_of
from app.errors import AppError, Forbidden
from app.http.problems import translate

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
SIGN_IN = "/console/sign-in"
_SAFE = ("GET", "HEAD")
_FOREIGN = mark("This form came from another site and was not carried out.")
_STALE = mark("This page was open for too long. Load it anew and try again.")


def security_headers(settings: Settings) -> dict[str, str]:
    """Nothing from elsewhere, no inline script or style, no frame unless the settings name whose."""
    framers = " ".join(origins(settings.frame_ancestors)) or "'none'"
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self'; base-uri 'none'; frame-ancestors {framers}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return headers if settings.frame_ancestors else {**headers, "X-Frame-Options": "DENY"}


class ConsoleRoute(APIRoute):
    """A route of the console."""

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                await _guard(request)
                response = await handler(request)
            except SignedOut as error:
                response = await _signed_out(request, error)
            except Exception as error:  # noqa: BLE001 - whatever it is, a person gets a page that says what to do
                response = problem_page(request, translate(error))
            for name, value in security_headers(request.app.state.settings).items():
                response.headers.setdefault(name, value)
            return response

        return answer


def by_script(request: Request) -> bool:
    """Whether a script of ours asks, for a fragment or a stream."""
    return "hx-request" in request.headers


def problem_page(request: Request, error: AppError) -> Response:
    """An error as a page, or as a fragment where a script asked."""
    template = "_problem.html" if by_script(request) else "problem.html"
    return page(request, template, status=error.status, error=error)


async def _guard(request: Request) -> None:
    if request.method in _SAFE:
        return
    if not _from_here(request):
        raise Forbidden(_FOREIGN)
    session = sessions_of(request).read(request)
    if session is None:
        if request.url.path == SIGN_IN:
            raise Forbidden(_STALE)
        raise SignedOut
    token = request.headers.get("x-csrf-token") or (await read_form(request)).get("csrf")
    if not hmac.compare_digest(token.encode("utf-8", "replace"), sessions_of(request).csrf(session).encode()):
        raise Forbidden(_STALE)


def _from_here(request: Request) -> bool:
    """Whether a post was sent by a page of this very host; browsers say so in headers no page can forge."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _signed_out(request: Request, error: AppError) -> Response:
    ended = request.method not in _SAFE
    if by_script(request):
        # The page stays as it is, with all that was typed; its script asks for the key and repeats the request.
        return page(request, "_signed_out.html", status=error.status, error=error, headers={"X-Signed-Out": "1"})
    if not ended:
        return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': _here(request)})}", 303)
    kept = (await read_form(request)).fields
    fields = [(name, value) for name, values in kept.items() if name != "csrf" for value in values]
    return page(request, "sign_in.html", status=error.status, anonymous=True, ended=ended,
                next=_here(request), kept=fields)  # fmt: skip


def _here(request: Request) -> str:
    query = f"?{request.url.query}" if request.url.query else ""
    return request.url.path + query
