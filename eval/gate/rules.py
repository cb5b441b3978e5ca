"""The gate's file: what a candidate must reach, and how far it may fall behind the baseline.

    alpha: 0.05               # false alarms in a hundred, over all rules and variants together
    max_failed: 0.02          # share of the candidate's rows without a usable draft
    rules:
      - {metric: compliance.clean, at_least: 1.0}
      - {metric: grounding.clean, may_fall: 0}
      - {metric: similarity.chrf, may_fall: 1.0}
      - {metric: cost.usd, at_most: 0.01}
      - {metric: effort.lz77, must_improve: true}

`may_fall` counts in the metric's own unit, towards what is bad: for a metric where less is better it is a rise.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.errors import FieldError, InvalidRequest


class Rule(BaseModel):
    """One demand on one metric."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str
    at_least: float | None = None
    at_most: float | None = None
    may_fall: Annotated[float, Field(ge=0)] | None = None
    must_improve: bool = False

    @model_validator(mode="after")
    def _one_demand(self) -> Self:
        asked = sum(v is not None for v in (self.at_least, self.at_most, self.may_fall)) + self.must_improve
        if asked != 1:
            raise ValueError("needs exactly one of at_least, at_most, may_fall, must_improve")
        return self

    @property
    def said(self) -> str:
        """The demand in words."""
        if self.at_least is not None:
            return f"{self.metric} at least {self.at_least:g}"
        if self.at_most is not None:
            return f"{self.metric} at most {self.at_most:g}"
        return f"{self.metric} improves" if self.must_improve else f"{self.metric} no worse than by {self.may_fall:g}"


class GateFile(BaseModel):
    """What a gate file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.05
    max_failed: Annotated[float, Field(ge=0, le=1)] = 0.02
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]


def read_gate(path: Path) -> GateFile:
    """Read a gate file. Raises InvalidRequest that names file and field."""
    try:
        return GateFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        fields = tuple(FieldError("/" + "/".join(map(str, e["loc"])), e["msg"]) for e in problems)
        raise InvalidRequest(f"{path} is no gate", errors=fields) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidRequest(f"{path}: {str(error).splitlines()[0]}") from None
