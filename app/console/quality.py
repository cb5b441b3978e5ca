"""Quality: are drafts accepted, what do agents change, which rules speak, why do customers write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.console import charts
from app.console.gate import ConsoleRoute
from app.console.i18n import catalogue, language_of, locale
from app.console.pages import page
from app.console.people import Database, Editor, House
from app.console.reports import list_reports, read_report
from app.console.wording import Words
from app.quality.service import read_quality

router = APIRouter(prefix="/console/quality", route_class=ConsoleRoute, include_in_schema=False)
# A report may hold anything: it is shown in a sandbox where nothing runs and nothing is loaded.
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
_KINDS = {".svg": "image/svg+xml", ".html": "text/html; charset=utf-8"}


@router.get("")
async def overview(
    request: Request, session: Database, person: Editor, weeks: Annotated[int, Query(ge=2, le=52)] = 12
) -> Response:
    """The last weeks."""
    quality = await read_quality(session, weeks=weeks, now=datetime.now(UTC))
    language = language_of(request)
    words = Words(catalogue(language).gettext, locale(language))
    days = [words.short_day(week.start) for week in quality.weeks]
    return page(
        request, "quality.html", quality=quality, weeks=weeks,
        outcomes=charts.weeks_chart(quality.weeks, dict(words.choices("outcome")), days),
        rules=charts.rules_chart(quality.rules),
        causes=charts.causes_chart(quality.causes, dict(words.choices("cause"))),
        reports=list_reports(request.app.state.settings.data_dir / "eval") if person.of_the_house else [],
    )  # fmt: skip


@router.get("/reports/{name:path}")
async def show_report(request: Request, _person: House, name: str) -> Response:
    """One report as it was written."""
    report, content = read_report(request.app.state.settings.data_dir / "eval", name)
    kind = _KINDS.get(report.suffix, "text/plain; charset=utf-8")
    return Response(content, media_type=kind, headers={"Content-Security-Policy": _SANDBOX})
