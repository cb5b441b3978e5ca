"""What happens to a draft after it was made: its placeholders are filled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.drafts import repository
from app.drafts.answer import judged_fields
from app.drafts.casework import build_case
from app.drafts.judge import judge_filled
from app.drafts.model import Case
from app.drafts.rulebooks import Rulebook
from app.drafts.schemas import DraftAnswer, DraftRequest
from app.drafts.slots import Filled, OpenSlot, refill
from app.errors import Conflict, FieldError, InvalidRequest
from app.models import Draft
from app.profile.repository import load_profile
from app.triage.service import triage
from reply_guards.model import StepSpan

_LONGEST_VALUE = 500
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_BRACKETS = re.compile(r"[\[\]{}]")


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored draft with its case rebuilt: the same request always gives the same case."""

    row: Draft
    answer: DraftAnswer
    case: Case

    @property
    def filled_values(self) -> dict[str, str]:
        """What agents filled in so far: facts they answer for."""
        values: dict[str, str] = self.row.trace.get("filled", {})
        return values

    @property
    def filled(self) -> Filled:
        """Its text with steps and open slots. Raises Conflict for a blocked draft, which has no text."""
        if self.answer.text is None:
            raise Conflict("this draft is blocked and has no text")
        return Filled(
            self.answer.text,
            tuple(StepSpan(s.name, s.start, s.end) for s in self.answer.steps),
            tuple(OpenSlot(p.name, p.label, p.start, p.end, p.step) for p in self.answer.placeholders),
        )


async def load_stored(session: AsyncSession, draft_id: str, settings: Settings, rulebook: Rulebook) -> Stored:
    """Load a draft and rebuild its case. Raises NotFound."""
    row = await repository.load_draft(session, draft_id)
    request = DraftRequest.model_validate(row.request)
    read = triage(request.ticket, now=row.created_at)
    case = build_case(request, read, await load_profile(session), settings, rulebook)
    return Stored(row, DraftAnswer.model_validate(row.answer), case)


async def fill_draft(
    session: AsyncSession, draft_id: str, values: dict[str, Any], settings: Settings, rulebook: Rulebook
) -> dict[str, Any]:
    """Fill placeholders and review again.

    A value that breaks a rule gives a `blocked` answer that names the finding, and the stored draft stays as it was:
    the agent corrects the value. Raises NotFound, Conflict (nothing to fill), InvalidRequest (unknown name, bad value).
    """
    stored = await load_stored(session, draft_id, settings, rulebook)
    clean = _clean_values(values, {p.name for p in stored.filled.placeholders})
    filled = refill(stored.filled, clean)
    known = {**stored.filled_values, **clean}
    judged = judge_filled(stored.case, filled, more_facts=known.values(), repair=False)
    answer = stored.answer.model_dump(mode="json", by_alias=True)
    fields = DraftAnswer.model_validate({**answer, **judged_fields(stored.case, judged)})
    answer = fields.model_dump(mode="json", by_alias=True)
    if judged.compliant:
        await repository.replace_answer(session, draft_id, answer, {**stored.row.trace, "filled": known})
    return answer


def _clean_values(values: dict[str, Any], open_names: set[str]) -> dict[str, str]:
    errors = []
    for name, value in values.items():
        if problem := _problem(name, value, open_names):
            errors.append(FieldError(f"/{name}", problem))
    if not values:
        errors.append(
            FieldError("", "name at least one open placeholder: " + (", ".join(sorted(open_names)) or "none"))
        )
    if errors:
        raise InvalidRequest(errors=tuple(errors))
    return {name: value.strip() for name, value in values.items()}


def _problem(name: str, value: object, open_names: set[str]) -> str | None:
    if name not in open_names:
        return "is not an open placeholder of this draft; open: " + (", ".join(sorted(open_names)) or "none")
    if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST_VALUE:
        return f"must be a text of 1 to {_LONGEST_VALUE} characters"
    if _CONTROL.search(value):
        return "must be one line without control characters"
    return "must not hold brackets or braces" if _BRACKETS.search(value) else None
