"""What review found: compliance by rule, the four steps, grounding, language and register."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from eval.metrics.base import Measured, Scene, Sort
from reply_guards.language_id import identify

_COMPLIANCE = ("links", "contact", "offplatform", "promotion", "feedback", "style", "sensitive", "leak", "safety")
_SURE = 0.5


def _said(findings: list[dict[str, Any]]) -> str:
    return "; ".join(f"{f['rule']}: {f['excerpt'][:60]}" for f in findings[:5])


class _Share:
    """A yes or no; higher is better."""

    sort: ClassVar[Sort] = "share"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"


class Compliant(_Share):
    """No rule of the channel blocks the text, and there is one."""

    name, title = "compliance.clean", "Compliant"

    def measure(self, scene: Scene) -> Measured:
        """Blocked drafts have no text, so they count as not compliant."""
        found = scene.findings(least="block")
        return Measured(bool(scene.text) and not found, _said(found))


class Spotless(_Share):
    """No rule of the channel even warns."""

    name, title = "compliance.spotless", "No warning"

    def measure(self, scene: Scene) -> Measured:
        """An open placeholder is the business of `delivery.ready`."""
        found = scene.findings(*_COMPLIANCE)
        return Measured(bool(scene.text) and not found, _said(found))


class FirstTry(_Share):
    """The writer's first text passed review: what a prompt is to be praised for."""

    name, title = "compliance.first_try", "Passed at first try"

    def measure(self, scene: Scene) -> Measured:
        """A fall back to the composer is a failure of the model."""
        made = scene.draft["generation"]
        return Measured(
            made["attempts"] == 1 and not made["fell_back"],
            made["reason"] or f"{made['attempts']} attempts",
        )


class Ready(_Share):
    """It can be sent as it is."""

    name, title = "delivery.ready", "Ready to send"

    def measure(self, scene: Scene) -> Measured:
        """Neither blocked nor with a gap in it."""
        gaps = ", ".join(p["label"] for p in scene.draft["placeholders"])
        return Measured(scene.draft["status"] == "ready", gaps or scene.draft["status"])


class FourSteps(_Share):
    """All four steps are there, in order, each doing its work."""

    name, title = "structure.four_steps", "Four steps"

    def measure(self, scene: Scene) -> Measured:
        """Of replies only: other kinds have other shapes."""
        if scene.request.kind != "reply":
            return Measured(None, f"kind {scene.request.kind}")
        empty = [s["name"] for s in scene.draft["steps"] if not s["text"].strip()]
        found = scene.findings("structure")
        reason = _said(found) + (f" empty: {', '.join(empty)}" if empty else "")
        return Measured(bool(scene.text) and not found and not empty, reason.strip())


class Grounded(_Share):
    """Nothing is claimed or promised that ticket and offers do not bear."""

    name, title = "grounding.clean", "Grounded"

    def measure(self, scene: Scene) -> Measured:
        """Warnings count: an unfounded claim is no matter of taste."""
        found = scene.findings("grounding", "promise")
        return Measured(bool(scene.text) and not found, _said(found))


class RightLanguage(_Share):
    """It is written in the language of the case."""

    name, title = "language.right", "Right language"

    def measure(self, scene: Scene) -> Measured:
        """Asks the language identifier, not the draft's own word."""
        language, sure = identify(scene.text)
        if not scene.text or sure < _SURE:
            return Measured(None, "too little text to tell")
        return Measured(language == scene.case.language, f"{language} ({sure:.2f}), expected {scene.case.language}")


class OneRegister(_Share):
    """German is Sie or du as asked, never both."""

    name, title = "language.register", "Register kept"

    def measure(self, scene: Scene) -> Measured:
        """Of German texts only."""
        if scene.draft["language"] != "de" or not scene.text:
            return Measured(None, "no German text")
        found = scene.findings("register", least="info")
        return Measured(not found, _said(found) or str(scene.draft.get("register")))


class Calm(_Share):
    """No finding about the tone."""

    name, title = "tone.calm", "Tone"

    def measure(self, scene: Scene) -> Measured:
        """What inflames angry people, as the rules know it."""
        found = scene.findings("tone")
        return Measured(bool(scene.text) and not found, _said(found))
