"""`POST /v1/drafts` with `Prefer: respond-async` (RFC 7240): a job instead of a draft."""

from __future__ import annotations

import re
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from app.drafts.async_drafts import AsyncDrafts
from app.drafts.schemas import DraftRequest
from app.jobs.endpoints import accepted
from app.security import Principal

RESPOND_ASYNC = "respond-async"
ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {"description": "With `Prefer: respond-async`: a `job`, whose address is in `Location`. It names the draft in "
                         "`draft_ids` once it has succeeded."}
}  # fmt: skip
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"')


def prefers_async(request: Request) -> bool:
    """Whether the client would rather have a job than wait. Other preferences are not ours, and are ignored."""
    wishes = _QUOTED.sub("", ",".join(request.headers.getlist("prefer"))).split(",")
    return RESPOND_ASYNC in {re.split(r"[;=]", wish, maxsplit=1)[0].strip().lower() for wish in wishes}


async def accept_draft(request: Request, caller: Principal, body: DraftRequest) -> JSONResponse:
    """Store the request for a worker and say where to ask for it."""
    async_drafts: AsyncDrafts = request.app.state.rooms.async_drafts
    job = await async_drafts.accept(caller, body)
    headers = {"Location": f"/v1/jobs/{job.id}", "Preference-Applied": RESPOND_ASYNC}
    return JSONResponse(accepted(job), 202, headers)
