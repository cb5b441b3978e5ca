"""Reported speech: the customer's sentence, told back to the customer."""

from __future__ import annotations

from app.drafts.composer import speech_de, speech_en
from app.drafts.composer.scene import Scene


def report(text: str, scene: Scene) -> str | None:
    """Return the sentence as the clause after "dass"/"that", or None where it may not come out right."""
    return (
        speech_en.report(text, to_shop=True) if scene.language == "en" else speech_de.report(text, scene.pen.register)
    )
