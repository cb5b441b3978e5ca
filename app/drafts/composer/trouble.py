"""What happened, as a clause after "dass"/"that": from the defects the reading found, or from the cause."""

from __future__ import annotations

from functools import cache
from typing import Any

from app.drafts.composer.bank import load
from app.drafts.composer.burden import contacts
from app.drafts.composer.scene import Scene

_MOST_DEFECTS = 2
_THINGS = frozenset(
    {"damaged_in_transit", "product_defect", "product_dissatisfaction", "wrong_item", "other", "no_response"}
)


def trouble_clause(scene: Scene) -> str:
    """Return what the cause says happened, with product and dates where they are known."""
    product, clauses = scene.naming.product, scene.phrases("trouble")
    known = scene.facts.days_late or scene.speaks or scene.matter != scene.case.triage.cause
    tiers = scene.narrowest(clauses) if known else clauses["other"]  # else too little for a statement
    extra = {"since": _since(scene)}
    return scene.say(f"trouble/{scene.matter}", tiers, extra, plural=bool(product and product.plural)) or ""


def _since(scene: Scene) -> str | None:
    """How long the trouble lasts: a time said of the silence is none of the trouble, and the other way round."""
    silence = contacts(scene).wait
    if scene.case.triage.cause == "no_response":
        return silence
    return None if silence else scene.values["since"]


@cache
def _defects() -> dict[str, dict[str, Any]]:
    return load("defects")


def is_dangerous(scene: Scene) -> bool:
    """Whether the thing should not be used: by what is wrong with it, or because something happened already."""
    if is_incident(scene):
        return True  # whatever the customer writes about it: a late answer, the money, a refusal
    if scene.case.triage.cause not in _THINGS:
        return False
    return any(_defects().get(key, {}).get("danger") for key in scene.reading.defects)


def is_incident(scene: Scene) -> bool:
    """Whether somebody was or could have been hurt: no macro for everyday trouble finds the tone for that."""
    return "safety_incident" in scene.case.triage.reasons


def defect_clause(scene: Scene) -> str | None:
    """Return up to two defects as a clause ("bei Ihrer Tasse der Henkel abgebrochen ist"), None if none can be said."""
    keys = scene.reading.defects
    if only := _defects()["only"].get(scene.case.triage.cause):
        keys = tuple(key for key in keys if key in only)
    known = [(key, entry) for key in keys if (entry := _defects().get(key))]
    clear = [pair for pair in known if not pair[1].get("vague") and not _may_be_the_box(scene, pair[1])] or known
    out: list[str] = []
    for _, entry in clear:
        text = _said(scene, entry, first=not out)
        if text and len(out) < _MOST_DEFECTS:
            out.append(text)
    return {"de": " und ", "en": " and "}[scene.language].join(out) or None


def _may_be_the_box(scene: Scene, entry: dict[str, Any]) -> bool:
    """Whether a defect that boxes have too may be the box's, as the message speaks of one."""
    words = load("small_words")["box"][scene.language] if entry.get("box") else ()
    return any(word in " ".join(scene.reading.sentences).lower() for word in words)


def _said(scene: Scene, entry: dict[str, Any], *, first: bool) -> str | None:
    """Return one defect; a further one only where it needs no subject or shares the product's."""
    part, product = scene.naming.part, scene.naming.product
    if "clause" in entry:
        return str(entry["clause"][scene.language]) if first else None
    predicate, of = entry[scene.language], entry.get("of")
    if part and of != "product":
        return _of_part(scene, predicate) if first else None
    if product and first and "whole" in entry:
        return scene.pen.render(entry["whole"][scene.language], scene.values)
    if product is None or of == "part":
        return None
    return _predicate(scene, f"{product.nom} " if first else "", predicate, plural=product.plural)


def _of_part(scene: Scene, predicate: str) -> str:
    part, product = scene.naming.part, scene.naming.product
    assert part is not None
    if scene.language == "de":
        before = f"bei {product.dat} " if product else ""
        return _predicate(scene, f"{before}{part.nom} ", predicate, plural=part.plural)
    of = f" of {product.nom}" if product else ""
    return _predicate(scene, f"{part.nom}{of} ", predicate, plural=part.plural)


def _predicate(scene: Scene, subject: str, predicate: str, *, plural: bool) -> str:
    return subject + (scene.pen.render(predicate, scene.values, plural=plural) or "")
