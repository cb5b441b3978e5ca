"""What was done, what the order shows, and what is done now. Completed actions come from `actions_done` alone."""

from __future__ import annotations

from app.drafts.composer.bank import load
from app.drafts.composer.formats import as_date, day
from app.drafts.composer.pen import sentence
from app.drafts.composer.scene import Scene
from app.drafts.composer.settled import deeds, settles
from app.drafts.composer.trouble import is_dangerous

_MOST_ACTIONS = 3
_REMEMBERED = 180  # days after which an earlier contact is not mentioned
_DELIVERY = frozenset(
    {
        "carrier_delay",
        "warehouse_delay",
        "lost_parcel",
        "no_response",
        "missing_item",
        "other",
        "cancellation",
        "address_change",
    }
)
_MONEY = frozenset({"refund_delayed", "refund_denied", "return_request", "no_response", "cancellation", "other"})


def done(scene: Scene) -> str:
    """Return sentences on actions, tracking and refund; a commitment where nothing was done yet."""
    acts = actions(scene)
    if scene.case.kind in ("follow_up", "closing"):
        return " ".join(acts)
    facts = [fact for fact in (tracking(scene), refund_state(scene)) if fact]
    short = scene.guidance.short
    commitment = None if acts or facts or short else now(scene)
    parts = [*acts, *facts, commitment, None if short else history(scene), caution(scene), threat(scene)]
    return " ".join(sentence(part) for part in parts if part)


def caution(scene: Scene) -> str | None:
    """Ask to leave a thing alone that may hurt somebody."""
    return scene.say("caution", scene.phrases("commit")["caution"]) if is_dangerous(scene) else None


def actions(scene: Scene) -> list[str]:
    """Return the completed actions in words; keys nobody knows are left out."""
    known = scene.phrases("actions")
    keys = [key for key in deeds(scene) if known.get(key)]
    first = sorted(keys, key=lambda key: not settles(key))[:_MOST_ACTIONS]  # a look at something can go unmentioned
    said = [scene.say(f"action/{key}", [known[key]]) for key in keys if key in first]
    return [text for text in said if text]


def tracking(scene: Scene) -> str | None:
    """Report what the carrier last said, where the parcel is what the ticket is about."""
    state = scene.facts.tracking
    if state is None or scene.matter not in _DELIVERY:
        return None
    if state == "delivered":
        return _tell(scene, "delivered_missing") if scene.matter in ("lost_parcel", "carrier_delay") else None
    return _tell(scene, state)


def _tell(scene: Scene, state: str) -> str | None:
    tiers = scene.phrases("tracking").get(state)
    return scene.say(f"tracking/{state}", tiers) if tiers else None


def refund_state(scene: Scene) -> str | None:
    """Report the state of the refund the ticket carries, where money is what the ticket is about."""
    refund = scene.facts.refund
    if refund is None or scene.case.triage.cause not in _MONEY or _claims_refund(scene):
        return None
    words = {"refund_reason": refusal_reason(scene)}
    return scene.say(f"refund/{refund.state}", scene.phrases("refund_state")[refund.state], words)


def history(scene: Scene) -> str | None:
    """Mention the last earlier contact, so that the customer knows it was read."""
    dated = [entry for entry in scene.case.ticket.history if entry.at and entry.cause]
    if not dated:
        return None
    last = max(dated, key=lambda entry: as_date(entry.at or scene.facts.today, scene.facts.tz))
    when = as_date(last.at or scene.facts.today, scene.facts.tz)
    words = scene.phrases("history")
    matter = words.get(last.cause or "")
    if matter is None or not 0 < (scene.facts.today - when).days <= _REMEMBERED:
        return None
    return scene.say(
        "history", [words["sentence"]], {"earlier": day(when, scene.language, scene.facts.today), "matter": matter}
    )


def _claims_refund(scene: Scene) -> bool:
    return any("refund" in key for key in scene.case.actions_done)


def refusal_reason(scene: Scene) -> str | None:
    """Return why a refund was declined, in words of ours; reasons we do not know are not repeated."""
    refund = scene.facts.refund
    folded = " ".join(
        (refund.reason if refund and refund.reason else "").lower().replace("_", " ").replace("-", " ").split()
    )
    if not folded:
        return None
    for entry in load("refund_state")["reasons"]:
        if any(word in folded for word in entry["words"]):
            return str(scene.pen.render(entry[scene.language], scene.values))
    return None


def now(scene: Scene) -> str | None:
    """Return what is done now, by the group of causes."""
    return scene.say(f"now/{scene.group}", [scene.phrases("commit")[scene.group]["now"]])


def threat(scene: Scene) -> str | None:
    """Answer an announced step calmly: heard, no legal talk, no begging. A threatened review goes unmentioned."""
    words = scene.phrases("threats")
    named = next((step for step in words["order"] if step in scene.reading.threats), None)
    return scene.say(f"threat/{named}", [words[named]]) if named else None
