"""Rendering: one autoescaping Jinja environment for each language, and what every page knows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.console import wording
from app.console.i18n import catalogue, language_of, locale
from app.console.people import Person, sessions_of

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@cache
def environment(language: str) -> Environment:
    """The templates in one language."""
    env = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    translations = catalogue(language)
    env.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]
    words = wording.Words(translations.gettext, locale(language))
    env.globals.update(static=static_url, words=words, language=language)
    env.filters.update(words.filters())
    return env


@cache
def static_url(name: str) -> str:
    """Address of a file of ours; its fingerprint in it lets browsers keep it for good."""
    fingerprint = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/console/static/{name}?v={fingerprint}"


def page(
    request: Request, template: str, *, status: int = 200, headers: Mapping[str, str] | None = None,
    anonymous: bool = False, **values: Any,  # noqa: ANN401 - whatever the template shows
) -> HTMLResponse:  # fmt: skip
    """Render a template. `anonymous`: a page for somebody not signed in, whose forms need a session of their own."""
    keeper = sessions_of(request)
    person: Person | None = getattr(request.state, "person", None)
    response = HTMLResponse(status_code=status, headers=dict(headers or {}))
    session = person.session if person else keeper.read(request)
    if session is None and anonymous:
        session = keeper.begin(response, request)
    language = language_of(request)
    known = {
        "person": person, "path": request.url.path, "csrf": keeper.csrf(session) if session else "",
        "now": datetime.now(UTC), "settings": request.app.state.settings,
    }  # fmt: skip
    response.body = response.render(environment(language).get_template(template).render({**known, **values}))
    response.headers["content-length"] = str(len(response.body))
    response.headers["content-language"] = language
    response.headers["vary"] = "Cookie, Accept-Language, HX-Request"
    return response


def translated(request: Request, message: str) -> str:
    """A sentence in the visitor's language."""
    return catalogue(language_of(request)).gettext(message) if message else message
