"""Why a ticket needs a person with more authority: stable reason keys, from `escalation.yaml`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from app.ticket import Customer
from app.triage.context import THREAT_REACH, happened, negated
from app.triage.lexicon import Scan
from app.triage.model import Sentiment

_RULES = Path(__file__).parent / "escalation.yaml"


@cache
def _rules() -> Any:  # noqa: ANN401 - the shape is stated in the file
    return yaml.load(_RULES.read_bytes(), yaml.CSafeLoader)


def reasons(scan: Scan, customer: Customer, *, contacts: int, sentiment: Sentiment, abusive: bool) -> tuple[str, ...]:
    """The reasons to escalate, most serious first; `contacts` is how often the customer had to write."""
    rules = _rules()
    threats = {h.key for h in scan.of("threats") if not negated(scan, h, reach=THREAT_REACH)}
    found = {reason for reason, rule in rules["reasons"].items() if threats & set(rule["threats"])}
    if any(h.key != "care" for h in happened(scan, "incidents")):
        found.add("safety_incident")
    if abusive:
        found.add("abuse")
    if any(h.key == "human" and not negated(scan, h) for h in scan.of("wishes")):
        found.add("wants_human")
    pleased = sentiment == "grateful"
    if contacts >= rules["thresholds"]["contacts"] and not pleased:
        found.add("repeated_contact")
    if customer.vip and not pleased:
        found.add("vip")
    return tuple(reason for reason in rules["order"] if reason in found)
