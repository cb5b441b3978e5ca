"""When an answer is due on a channel, and when it should be out: the hours of `due.yaml`."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Self, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.triage.model import Sentiment

TIMES = Path(__file__).parent / "due.yaml"
Hours = Annotated[float, Field(gt=0)]


class Times(BaseModel):
    """The hours a channel gives, and those we aim for."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    limits: dict[str, Hours]
    targets: dict[Sentiment, Hours]
    furious_from: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if "default" not in self.limits or set(self.targets) != set(get_args(Sentiment)):
            msg = "`limits` needs `default`, `targets` every sentiment"
            raise ValueError(msg)
        return self


def read_times(path: Path) -> Times:
    """The hours of a file. Raises pydantic's ValidationError where it is not complete."""
    return Times.model_validate(yaml.load(path.read_bytes(), yaml.CSafeLoader))


@cache
def _times() -> Times:
    return read_times(TIMES)


def due(channel: str, sentiment: Sentiment, intensity: float, start: datetime) -> tuple[datetime, datetime]:
    """(the channel's limit, the earlier aim), both counted from `start`."""
    times = _times()
    limit = start + timedelta(hours=times.limits.get(channel.lower(), times.limits["default"]))
    felt: Sentiment = "furious" if sentiment == "angry" and intensity >= times.furious_from else sentiment
    return limit, min(limit, start + timedelta(hours=times.targets[felt]))
