"""Signing in with an API key, out again, and the switch of language."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.console.forms import Form, Posted
from app.console.gate import SIGN_IN, ConsoleRoute, by_script
from app.console.i18n import COOKIE as LANGUAGE_COOKIE
from app.console.i18n import mark
from app.console.pages import page
from app.console.people import Anybody, sessions_of
from app.errors import Unauthorized

router = APIRouter(prefix="/console", route_class=ConsoleRoute, include_in_schema=False)
HOME = "/console"
_ONE_YEAR = 31_536_000
_SEE_OTHER = 303
_UNKNOWN = mark("This API key is unknown or revoked. The first start printed it; it is kept in the data folder.")
_LONGEST_KEY = 200


def local_path(wanted: str) -> str:
    """The wanted address if it is one of the console's own, else its front door."""
    inside = wanted == HOME or wanted.startswith((HOME + "/", HOME + "?"))
    return wanted if inside and "\\" not in wanted and "//" not in wanted and wanted.isprintable() else HOME


@router.get("/sign-in")
async def ask_for_key(request: Request, next: Annotated[str, Query(max_length=500)] = HOME) -> Response:  # noqa: A002
    """The sign-in page."""
    return page(request, "sign_in.html", anonymous=True, next=local_path(next), kept=[], ended=False)


@router.post("/sign-in")
async def sign_in(request: Request, form: Posted) -> Response:
    """Begin a session for the key; then on to where the person was going, with what had been typed."""
    kept = [(name, value) for name, values in form.fields.items() if name.startswith("kept.") for value in values]
    fields = [(name.removeprefix("kept."), value) for name, value in kept]
    onward = local_path(form.get("next", HOME))
    try:
        principal = await request.app.state.rooms.keys.principal(_key(form))
    except Unauthorized:
        if by_script(request):
            return page(request, "_signed_out.html", status=401, error=Unauthorized(_UNKNOWN))
        return page(request, "sign_in.html", status=401, anonymous=True, next=onward, kept=fields, ended=bool(fields),
                    problem=_UNKNOWN)  # fmt: skip
    keeper = sessions_of(request)
    if by_script(request):
        response = Response(status_code=204)
        response.headers["X-CSRF-Token"] = keeper.csrf(keeper.begin(response, request, principal))
        return response
    if fields:
        answer = Response()
        session = keeper.begin(answer, request, principal)
        cookie = {"set-cookie": answer.headers["set-cookie"]}
        return page(request, "resume.html", headers=cookie, onward=onward, kept=fields, token=keeper.csrf(session))
    response = RedirectResponse(onward, _SEE_OTHER)
    keeper.begin(response, request, principal)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, _person: Anybody) -> Response:
    """End the session."""
    response = RedirectResponse(SIGN_IN, _SEE_OTHER)
    sessions_of(request).end(response)
    return response


@router.get("/language/{language}")
async def switch_language(
    language: Annotated[Literal["de", "en"], Path()], next: Annotated[str, Query(max_length=500)] = HOME  # noqa: A002
) -> Response:  # fmt: skip
    """Remember a language in the browser."""
    response = RedirectResponse(local_path(next), _SEE_OTHER)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_ONE_YEAR, path=HOME, samesite="lax", httponly=True)
    return response


def _key(form: Form) -> str:
    key = form.get("key")
    if not key or len(key) > _LONGEST_KEY:
        raise Unauthorized
    return key.encode("utf-8", "replace").decode()
