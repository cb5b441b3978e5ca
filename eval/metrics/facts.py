"""What must and must not stand in a reply, how the ticket was read, what was found to stand on."""

from __future__ import annotations

import re
import unicodedata
from typing import ClassVar, Literal

from eval.metrics.base import Measured, Scene, Sort

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’‘`´", "'") | dict.fromkeys("„“”«»", '"'))
_TOP = 5
_DAY = re.compile(r"\d\.\d+$")
_ADDRESS = frozenset(
    [
        "sie",
        "ihnen",
        "ihr",
        "ihre",
        "ihren",
        "ihrem",
        "ihrer",
        "ihres",
        "du",
        "dir",
        "dich",
        "dein",
        "deine",
        "deinen",
        "deinem",
        "deiner",
    ]
)


def folded(text: str) -> str:
    """Case, kinds of space, dash and quote do not matter; a space at either end is kept."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
    inner = " ".join(plain.split())
    return " " * plain[:1].isspace() + inner + " " * plain[-1:].isspace() if inner else ""


def stands_in(wording: str, text: str) -> bool:
    """Whether folded words stand in a folded text, anywhere, but numbers whole: '9,90' does not stand in '19,90'."""
    before = r"(?<!\d)(?<!\d[.,])" if wording[:1].isdigit() else ""
    after = r"(?!\d)(?!,\d)" if wording[-1:].isdigit() else ""
    # "24.11" may go on as a date, "19" may not go on as an amount.
    after += r"(?!\.\d)" if wording[-1:].isdigit() and not _DAY.search(wording) else ""
    return re.search(before + re.escape(wording) + after, f" {text} ") is not None


def _another_register(scene: Scene) -> bool:
    """Whether the variant asks for another register than the labels were written for."""
    labelled = scene.case.request.register_
    return labelled is not None and labelled != scene.request.register_


def _is_said(wording: str, text: str, text_folded: str, *, skip_address: bool) -> bool:
    """Words of address tell by their capital: "Ihre" is the customer's, "ihre" somebody else's."""
    if wording.strip().casefold() in _ADDRESS:
        return not skip_address and re.search(rf"(?<!\w){re.escape(wording.strip())}(?!\w)", text) is not None
    return stands_in(folded(wording), text_folded)


class RequiredFacts:
    """Share of the facts that must appear and do."""

    name, title = "facts.required", "Required facts"
    sort: ClassVar[Sort] = "number"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """Any of a fact's wordings will do."""
        wanted = scene.case.gold.must_appear
        if not wanted:
            return Measured(None, "no fact is labelled")
        text = folded(scene.text)
        missing = [w[0] for w in wanted if not any(stands_in(folded(a), text) for a in w)]
        return Measured(1 - len(missing) / len(wanted), f"missing: {', '.join(missing)}" if missing else "all there")


class NothingForbidden:
    """Nothing appears that must not."""

    name, title = "facts.nothing_forbidden", "Nothing forbidden"
    sort: ClassVar[Sort] = "share"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """Each wording of a forbidden fact counts."""
        banned = scene.case.gold.must_not_appear
        if not banned:
            return Measured(None, "nothing is labelled")
        text, other = folded(scene.text), _another_register(scene)
        found = [a for w in banned for a in w if _is_said(a, scene.text, text, skip_address=other)]
        return Measured(not found, f"found: {', '.join(found)}" if found else "")


class RightCause:
    """Triage names the cause that was labelled."""

    name, title = "triage.cause", "Cause read right"
    sort: ClassVar[Sort] = "share"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """The drafting's own triage, not a second one."""
        expected, read = scene.case.gold.cause, scene.draft["triage"]["cause"]
        return Measured(None, "no label") if expected is None else Measured(read == expected, f"{read} for {expected}")


class RightEscalation:
    """Triage escalates where the label says so, and only there."""

    name, title = "triage.escalate", "Escalation right"
    sort: ClassVar[Sort] = "share"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """Both ways of being wrong count."""
        expected, read = scene.case.gold.escalate, scene.draft["triage"]
        if expected is None:
            return Measured(None, "no label")
        return Measured(read["escalate"] == expected, ", ".join(read["reasons"]) or f"expected {expected}")


class SourceRank:
    """Mean reciprocal rank of the first labelled source."""

    name, title = "retrieval.reciprocal_rank", "Source rank (MRR)"
    sort: ClassVar[Sort] = "number"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """0 where none was found."""
        rank = _rank(scene)
        return Measured(None, "no label") if rank is None else Measured(1 / rank if rank else 0.0, f"rank {rank}")


class SourceHit:
    """A labelled source is among the first five."""

    name, title = f"retrieval.hit@{_TOP}", f"Source hit@{_TOP}"
    sort: ClassVar[Sort] = "share"
    better: ClassVar[Literal["higher", "lower"] | None] = "higher"

    def measure(self, scene: Scene) -> Measured:
        """Macros and tickets alike."""
        rank = _rank(scene)
        return Measured(None, "no label") if rank is None else Measured(0 < rank <= _TOP, f"rank {rank}")


def _rank(scene: Scene) -> int | None:
    """Place of the first labelled source; 0 where none was found, None where none is labelled."""
    wanted = set(scene.case.gold.sources)
    if not wanted:
        return None
    found = [s["id"] for s in scene.draft["sources"]]
    return next((at for at, source in enumerate(found, 1) if source in wanted), 0)
