"""A reply about an incident opens with the well-being of whoever was hurt."""

from __future__ import annotations

from typing import get_args

import pytest

from app.drafts.composer import compose
from app.drafts.judge import judge
from app.ticket import Cause
from tests.unit.composer.builders import REFUND, make_case

HURT = {"de": "Ich habe mir daran die Hand verbrannt.", "en": "I burned my hand on it."}


@pytest.mark.parametrize("language", HURT)
@pytest.mark.parametrize("cause", get_args(Cause))
def test_the_well_being_comes_first(language: str, cause: str) -> None:
    """Whatever the cause; and nothing in the reply is found fault with."""
    given = {"language": language, "sentiment": "angry", "reasons": ("safety_incident",), "resolutions": [REFUND]}
    for at in range(4):
        case = make_case(HURT[language], cause, id=f"T-{at}", **given)
        opening = compose(case).acknowledge.split("\n\n", 1)[1]
        assert {"de": "hoffe sehr", "en": "hope you are"}[language] in opening.split(".")[0]
        assert judge(case, compose(case)).compliant
