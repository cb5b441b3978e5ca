"""Read every word list and phrase file once before the first request does."""

from __future__ import annotations

from datetime import UTC, datetime

from app.config import Settings
from app.drafts.casework import build_case
from app.drafts.composer import compose
from app.drafts.examples import DRAFT
from app.drafts.judge import judge
from app.drafts.rulebooks import Rulebook
from app.drafts.schemas import DraftRequest
from app.profile.schemas import Profile
from app.triage.service import triage


def warm_up(settings: Settings, rulebook: Rulebook) -> None:
    """Triage, compose and review an example in both languages."""
    example = DraftRequest.model_validate(DRAFT["damaged_parcel"]["value"])
    for language in ("de", "en"):
        request = example.model_copy(update={"ticket": example.ticket.model_copy(update={"language": language})})
        read = triage(request.ticket, now=datetime.now(UTC))
        case = build_case(request, read, Profile(), settings, rulebook)
        judge(case, compose(case))
