"""From a request to the case a reply is written for: language, register, offers, frames, references."""

from __future__ import annotations

from collections.abc import Sequence

from app.config import Settings
from app.drafts.model import Case, Frame, Steps
from app.drafts.rulebooks import Rulebook
from app.drafts.schemas import DraftRequest
from app.knowledge.model import Hit
from app.llm.drafting import Reference
from app.profile.schemas import Profile
from app.ticket import Register
from app.triage.model import Triage
from reply_guards.model import STEP_NAMES

LANGUAGES_WRITTEN = ("de", "en")


def build_case(
    request: DraftRequest, read: Triage, profile: Profile, settings: Settings, rulebook: Rulebook, *,
    frames: Sequence[Frame] = (),
) -> Case:  # fmt: skip
    """Decide what the request leaves open. The same request always gives the same case."""
    language = read.language if read.language in LANGUAGES_WRITTEN else "en"
    return Case(
        ticket=request.ticket,
        triage=read,
        language=language,
        kind=request.kind,
        register=choose_register(request, profile, language, settings),
        resolutions=profile.default_resolutions if request.resolutions is None else request.resolutions,
        actions_done=request.actions_done,
        agent_name=request.agent.name,
        instruction=request.instruction,
        review_consent=request.review_consent,
        profile=profile,
        own_policy=rulebook.policy(request.ticket.channel),
        frames=tuple(frames),
    )


def choose_register(request: DraftRequest, profile: Profile, language: str, settings: Settings) -> Register:
    """The request's register, else the house's, else the setting."""
    return request.register_ or profile.registers.get(language) or settings.register_de


def choose_frames(request: DraftRequest, read: Triage, hits: Sequence[Hit]) -> list[Frame]:
    """Approved macros that speak the reply's language about the same cause, best first."""
    language = read.language if read.language in LANGUAGES_WRITTEN else "en"
    return [
        Frame(
            id=str(hit.item.id), title=hit.item.title, language=hit.item.language, cause=read.cause,
            kind=request.kind, steps=_steps_of(hit), register=hit.item.register,
        )
        for hit in hits
        if hit.item.kind == "macro" and hit.item.steps and hit.item.language == language
        and (read.cause in hit.item.causes or not hit.item.causes)
    ]  # fmt: skip


def _steps_of(hit: Hit) -> Steps:
    """A macro's steps; those it leaves open are empty, and the composer's own words take their place."""
    worded = hit.item.steps or {}
    return Steps(**{name: worded.get(name, "") for name in STEP_NAMES})


def references(hits: Sequence[Hit]) -> list[Reference]:
    """What a model may look at: wording of macros and of replies that solved such a ticket (redacted at ingest)."""
    return [
        Reference(
            kind=h.item.kind, title=h.item.title, text=h.item.text if h.item.kind == "macro" else h.item.reply or ""
        )
        for h in hits
    ]
