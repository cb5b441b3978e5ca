"""`POST /v1/erasures`: forget a ticket or a customer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field, model_validator

from app.http.callers import Admin
from app.privacy.repository import Subject
from app.privacy.service import PrivacyService
from app.ticket import Frozen, ShortText

router = APIRouter(prefix="/v1/erasures", tags=["privacy"])


class ErasureRequest(Frozen):
    """Whose data: one of the two."""

    ticket_id: Annotated[ShortText, Field(min_length=1)] | None = None
    customer_email: Annotated[ShortText, Field(min_length=3, pattern=r"@")] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> ErasureRequest:
        if (self.ticket_id is None) == (self.customer_email is None):
            raise ValueError("name either ticket_id or customer_email")
        return self


class ErasureAnswer(Frozen):
    """How many rows of each kind are gone."""

    erased: dict[str, int]


@router.post("")
async def erase(request: Request, caller: Admin, body: ErasureRequest) -> ErasureAnswer:
    """Remove a person's or a ticket's drafts, outcomes, precedents, vectors, replays and waiting rows, for good."""
    privacy: PrivacyService = request.app.state.rooms.privacy
    return ErasureAnswer(erased=await privacy.erase(caller.tenant_id, Subject(body.ticket_id, body.customer_email)))
