"""When a macro may be used: review must pass it on every channel it is meant for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import Conflict, FieldError
from app.knowledge import macro_repository
from app.knowledge.model import MacroText
from app.models import Macro
from reply_guards.model import Context, Finding, Kind, Part
from reply_guards.policy import Policy, load_policies
from reply_guards.review import review

# What a macro is judged by before it is approved. Structure, grounding and language are the finished draft's matter.
_PARTS: tuple[Part, ...] = ("compliance", "tone")
_SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
EVERY = "*"


class MacroRefused(Conflict):
    """This macro breaks a rule on a channel it is meant for; see errors."""

    title, slug = "Macro fails review", "macro-refused"


async def approve(session: AsyncSession, ref: str, *, key_id: uuid.UUID, policy: Callable[[str], Policy]) -> Macro:
    """Approve a version; the one approved before is retired. Raises MacroRefused with each finding, Conflict, NotFound.

    `policy`: the tenant's rules of a channel.
    """
    macro = await macro_repository.load_macro(session, ref)
    if macro.state == "approved":
        return macro
    if findings := [*macro_findings(text_of(macro), policy)]:
        raise MacroRefused(errors=tuple(
            FieldError("/body", f"{channel}: {f.rule}: {f.message} ({f.excerpt})") for channel, f in findings
        ))  # fmt: skip
    await macro_repository.put_into_use(session, macro, key_id=key_id)
    return macro


def macro_findings(macro: MacroText, policy: Callable[[str], Policy]) -> Iterator[tuple[str, Finding]]:
    """What blocks a macro, by channel; a macro for every channel must pass on each."""
    body = shown(macro.body)
    told: set[tuple[str, int]] = set()
    for channel in load_policies() if EVERY in macro.channels else macro.channels:
        context = Context(channel=channel, language=macro.language, kind=cast("Kind", macro.kind), agent_language="en")
        for finding in review(body, context, parts=_PARTS, policy=policy(channel)).findings:
            if finding.severity == "block" and (finding.rule, finding.start) not in told:
                told.add((finding.rule, finding.start))
                yield channel, finding


def shown(body: str) -> str:
    """A macro's text with its slots as visible placeholders."""
    return _SLOT.sub(lambda m: f"[{m[1].replace('_', ' ')}]", body)


def text_of(macro: Macro) -> MacroText:
    """The wording of a stored macro."""
    return MacroText(
        external_id=macro.external_id, title=macro.title, language=macro.language, causes=tuple(macro.causes),
        kind=macro.kind, steps=macro.steps or {}, channels=tuple(macro.channels), register=macro.register,
        written=None if macro.steps else macro.body,
    )  # fmt: skip
