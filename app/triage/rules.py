"""The escalation rules of `escalation.yaml`, checked when they are read: a slip stops the start, not a ticket."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

RULES = Path(__file__).parent / "escalation.yaml"
LEAST_EXAMPLES = 3
Language = Literal["de", "en"]
Phrases = dict[Language, str]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Example(_Strict):
    """A message with what else is known of the ticket."""

    text: str
    vip: bool = False
    contacts: int | None = None
    amount: Decimal | None = None


def _as_example(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


class When(_Strict):
    """What makes a rule hold; one of these suffices."""

    lexicon: Literal["threats", "incidents", "wishes"] | None = None
    keys: frozenset[str] = frozenset()
    without: frozenset[str] = Field(frozenset(), alias="except")
    told: bool = False
    phrases: Phrases = Field(default_factory=dict)
    abusive: bool = False
    vip: bool = False
    contacts_at_least: Annotated[int, Field(ge=1)] | None = None
    amount_at_least: Annotated[Decimal, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set - {"told", "without", "keys"}:
            msg = "`when` names no condition"
            raise ValueError(msg)
        if self.lexicon and not (self.keys or self.without):
            msg = "a lexicon needs `keys` or `except`"
            raise ValueError(msg)
        return self


class Rule(_Strict):
    """One reason to escalate."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z_]+$")]
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    reason: dict[Language, str]
    when: When
    stays: bool = False
    unless: Phrases = Field(default_factory=dict)
    must: Annotated[tuple[Annotated[Example, BeforeValidator(_as_example)], ...], Field(min_length=LEAST_EXAMPLES)]
    must_not: Annotated[tuple[Annotated[Example, BeforeValidator(_as_example)], ...], Field(min_length=LEAST_EXAMPLES)]

    @model_validator(mode="after")
    def _speaks_its_languages(self) -> Self:
        for named, texts in (("reason", self.reason), ("phrases", self.when.phrases)):
            if texts and set(texts) != set(self.languages):
                msg = f"`{named}` must be written in exactly {', '.join(self.languages)}"
                raise ValueError(msg)
        return self


class Rules(_Strict):
    """All rules, most serious first."""

    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _tells_them_apart(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if twice := {name for name in ids if ids.count(name) > 1}:
            msg = f"rules with the same id: {', '.join(sorted(twice))}"
            raise ValueError(msg)
        return self


def read_rules(path: Path) -> tuple[Rule, ...]:
    """The rules of a file. Raises pydantic's ValidationError where they are not as the file's head says."""
    return Rules.model_validate(yaml.load(path.read_bytes(), yaml.CSafeLoader)).rules


@cache
def rules() -> tuple[Rule, ...]:
    """The rules in force."""
    return read_rules(RULES)


def reason_text(rule: str, language: str) -> str:
    """What a person is told about a reason; English where the language is not written, the id where it is unknown."""
    found = next((r.reason for r in rules() if r.id == rule), {})
    return found.get("de" if language == "de" else "en", rule)
