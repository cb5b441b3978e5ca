"""A reply about an incident wishes whoever was hurt well and asks to leave the thing alone, whatever the cause."""

from __future__ import annotations

from typing import get_args

import pytest

from app.drafts.composer import compose
from app.drafts.judge import judge
from app.drafts.model import Case
from app.ticket import Cause
from tests.unit.composer.builders import REFUND, make_case

WELL = {
    "Meiner vier Jahre alten Tochter ist von der Creme das Gesicht angeschwollen.": "dass es Ihrer Tochter wieder gut geht",
    "Mein Enkel saß am Tisch. Er hat sich an einer Schraube verschluckt.": "dass es Ihrem Enkel wieder gut geht",
    "Mama ist mit dem Rollator im Flur gestürzt.": "dass es Ihrer Mutter wieder gut geht",
    "Mein Bruder hat eine Glasscherbe im Müsli gefunden.": "dass es Ihrem Bruder gut geht",
    "Das Netzteil ist geschmolzen, meine Kinder schlafen im Zimmer darüber.": "dass es allen gut geht",
    "Meine Frau hat Ausschlag bekommen. Meine Tochter hat Quaddeln am Arm.": "dass es allen wieder gut geht",
    "Mein Mann war nicht da, ich habe mir die Hand verbrannt.": "dass es Ihnen",
    "Der Wasserkocher hat Feuer gefangen!": "dass es Ihnen",
    "My son swallowed a bead of the bracelet.": "I hope your son is all right again",
    "The kids were at the table when our children had hives all over.": "hope your children are all right again",
    "My mother sat on it. She has a red wound on the back, and the nurse is furious with me.": "hope your mother is",
    "I burned my hand on the kettle, my wife saw it.": "hope you are all right",
    "The charger melted the socket, my husband pulled the plug.": "hope everyone is all right",
}


def _reported(text: str, cause: str) -> Case:
    language = "en" if text.split(maxsplit=1)[0] in {"My", "The", "I"} else "de"
    given = {"language": language, "sentiment": "angry", "reasons": ("safety_incident",), "resolutions": [REFUND]}
    return make_case(text, cause, **given)


@pytest.mark.parametrize(("text", "wish"), WELL.items(), ids=[text[:40] for text in WELL])
def test_the_wish_is_for_whoever_was_hurt(text: str, wish: str) -> None:
    """A relative by name, several or somebody unnamed as everybody, else the customer."""
    assert wish in compose(_reported(text, "product_defect")).acknowledge


@pytest.mark.parametrize("text", ["Ich habe mir die Hand verbrannt.", "I burned my hand on it."])
@pytest.mark.parametrize("cause", get_args(Cause))
def test_the_thing_is_to_be_left_alone_whatever_the_cause(text: str, cause: str) -> None:
    """A late answer or a refused refund makes the thing no safer."""
    case = _reported(text, cause)
    steps = compose(case)
    assert any(words in steps.own for words in ("nicht weiter", "unbenutzt", "unused", "do not use")), steps.own
    assert not [f for f in judge(case, steps).verdict.findings if "safety" in f.rule or "admission" in f.rule]
