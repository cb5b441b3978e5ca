"""Removes personal data from tickets, replies and macros before they are stored or embedded."""

from app.knowledge.redaction.macros import MacroText, macro_slots
from app.knowledge.redaction.model import Known, Redacted, Span
from app.knowledge.redaction.redact import redact

__all__ = ["Known", "MacroText", "Redacted", "Span", "macro_slots", "redact"]
