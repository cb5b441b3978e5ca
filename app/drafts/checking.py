"""`POST /v1/checks`: review any text, with as much of its circumstances as the caller knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.drafts.answer import findings_out, score_out
from app.drafts.context import case_context, offers, shop, ticket_context
from app.drafts.revision import load_stored
from app.drafts.rulebooks import Rulebook
from app.drafts.schemas import CheckAnswer, CheckRequest
from app.profile.repository import load_profile
from app.profile.schemas import Profile
from app.triage.language import detect_language
from app.triage.service import triage
from reply_guards.model import Context, Verdict
from reply_guards.review import review


async def check_text(
    session: AsyncSession, request: CheckRequest, settings: Settings, rulebook: Rulebook
) -> CheckAnswer:
    """Review a text. Raises NotFound where `draft_id` names no draft of the tenant."""
    if request.draft_id:
        stored = await load_stored(session, request.draft_id, settings, rulebook)
        context = _narrowed(case_context(stored.case, None, more_facts=stored.filled_values.values()), request)
    else:
        context = check_context(request, await load_profile(session))
    policy = rulebook.policy(request.channel)
    return check_answer(review(request.text, context, parts=request.parts, policy=policy))


def check_context(request: CheckRequest, profile: Profile) -> Context:
    """The context of a text that belongs to no stored draft."""
    register = request.register_ or profile.registers.get("de")
    if request.ticket is None:
        language = request.language or detect_language(request.text)
        return Context(
            channel=request.channel, marketplace=request.marketplace, language=request.language, kind=request.kind,
            register=register if language == "de" else None,
            offers=None if request.resolutions is None else offers(request.resolutions),
            actions_done=request.actions_done, shop=shop(profile), review_consent=request.review_consent,
            agent_language=language if language in {"de", "en"} else "en",
        )  # fmt: skip
    read = triage(request.ticket, now=datetime.now(UTC))
    context = ticket_context(
        request.ticket, read, profile, kind=request.kind, language=request.language or read.language,
        register=register, resolutions=request.resolutions, actions_done=request.actions_done,
        review_consent=request.review_consent,
    )  # fmt: skip
    return replace(context, channel=request.channel, marketplace=request.marketplace or request.ticket.marketplace)


def _narrowed(context: Context, request: CheckRequest) -> Context:
    """A draft's circumstances, as far as the request does not state its own."""
    return replace(
        context,
        channel=request.channel,
        marketplace=request.marketplace or context.marketplace,
        language=request.language or context.language,
        register=request.register_ or context.register,
        offers=context.offers if request.resolutions is None else offers(request.resolutions),
        actions_done=context.actions_done if request.actions_done is None else request.actions_done,
        review_consent=request.review_consent or context.review_consent,
    )


def check_answer(verdict: Verdict) -> CheckAnswer:
    """A verdict as the contract has it."""
    return CheckAnswer(
        compliant=verdict.compliant,
        sendable=verdict.sendable,
        findings=findings_out(verdict.findings),
        score=score_out(verdict.score),
        coaching=verdict.coaching,
        skipped=verdict.skipped,
        fixed_text=verdict.fixed_text,
        accepted_risks=verdict.accepted_risks,
    )
