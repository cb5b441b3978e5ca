"""A macro as its form shows it: fields, review for each channel, and the text filled with a sample ticket."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from app.console.forms import Form
from app.console.i18n import mark
from app.knowledge.macros import macro_findings
from app.knowledge.model import STEP_NAMES, MacroText
from app.models import Macro
from app.ticket import Ticket
from reply_guards.model import Finding
from reply_guards.policy import Policy

_SLOT = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")
# What the composer itself writes into a macro's slots; a preview can only say what will stand there.
_WRITTEN = {
    "complaint": mark("what the customer tells"), "options": mark("what may be offered"),
    "question": mark("the question for a decision"), "done": mark("what was already done"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MacroForm:
    """The fields of a macro."""

    title: str = ""
    language: str = "de"
    register: str = ""
    kind: str = "reply"
    channels: tuple[str, ...] = ("*",)
    causes: tuple[str, ...] = ()
    steps: dict[str, str] = field(default_factory=dict)
    body: str = ""

    @classmethod
    def of(cls, macro: Macro) -> MacroForm:
        """The form of a stored macro."""
        steps = macro.steps or {}
        return cls(
            macro.title, macro.language, macro.register or "", macro.kind, tuple(macro.channels), tuple(macro.causes),
            dict(steps), "" if steps else macro.body,
        )  # fmt: skip

    @classmethod
    def read(cls, form: Form) -> MacroForm:
        """The form as it was sent."""
        steps = {name: form.get(f"step-{name}") for name in STEP_NAMES}
        return cls(
            form.get("title"), form.get("language", "de"), form.get("register"), form.get("kind", "reply"),
            tuple(form.all("channels")) or ("*",), tuple(form.all("causes")),
            {name: text for name, text in steps.items() if text}, form.get("body"),
        )  # fmt: skip

    def raw(self) -> dict[str, Any]:
        """As the contract has it, still to be validated."""
        return {
            "title": self.title, "language": self.language, "register": self.register or None, "kind": self.kind,
            "channels": list(self.channels), "causes": list(self.causes), "steps": self.steps or None,
            "body": self.body or None,
        }  # fmt: skip

    def text(self) -> MacroText:
        """As the knowledge room has it."""
        return MacroText(
            external_id="preview", title=self.title, language=self.language, causes=self.causes, kind=self.kind,
            steps=self.steps, channels=self.channels, register=self.register or None,
            written=None if self.steps else self.body,
        )  # fmt: skip


def by_channel(form: MacroForm, policy: Callable[[str], Policy]) -> dict[str, list[Finding]]:
    """What stops the macro, by channel; nothing where it may be approved."""
    found: dict[str, list[Finding]] = {}
    if form.text().body.strip():
        for channel, finding in macro_findings(form.text(), policy):
            found.setdefault(channel, []).append(finding)
    return found


def preview(form: MacroForm, ticket: Ticket) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each part of the macro as pieces of ("text" | "fact" | "written", words), filled with the sample ticket."""
    parts = [(name, form.steps[name]) for name in STEP_NAMES if form.steps.get(name)] or [("", form.body)]
    facts = _facts(ticket)
    return [(name, list(_pieces(text, facts))) for name, text in parts if text]


def _pieces(text: str, facts: dict[str, str]) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    at = 0
    for slot in _SLOT.finditer(text):
        pieces.append(("text", text[at : slot.start()]))
        name = slot[1]
        if name in _WRITTEN:
            pieces.append(("written", _WRITTEN[name]))
        else:
            pieces.append(("fact", facts.get(name) or f"[{name.replace('_', ' ')}]"))
        at = slot.end()
    return [piece for piece in [*pieces, ("text", text[at:])] if piece[1]]


def _facts(ticket: Ticket) -> dict[str, str]:
    order = ticket.order
    known = {"customer_name": ticket.customer.name}
    if order:
        known |= {
            "order_id": order.id, "carrier": order.carrier, "tracking_number": order.tracking_number,
            "product": order.items[0].title if order.items else None,
            "location": order.tracking.location if order.tracking else None,
        }  # fmt: skip
    return {name: value for name, value in known.items() if value}
