"""A mapping file: which columns or JSON paths of a foreign file are our fields (docs/import.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from app.knowledge.ingest.errors import BadMapping
from app.ticket import Frozen

TICKET_FIELDS = (
    "external_id", "channel", "language", "problem", "reply", "cause", "csat", "resolved_at", "customer.name",
    "customer.email", "customer.phone", "customer.address", "order_ids", "agent_names",
)  # fmt: skip
MACRO_FIELDS = ("external_id", "title", "body", "language", "causes", "channels")
_SIZE_LIMIT = 1024 * 1024
Scalar = str | int | float | bool


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        msg = "is no time zone such as Europe/Berlin"
        raise ValueError(msg) from None
    return name


def _short_form(value: object) -> object:
    """`reply: Antwort` is short for `reply: {column: Antwort}`."""
    return {"column": value} if isinstance(value, str) else value


class FieldRule(Frozen):
    """Where one field comes from."""

    column: str | None = None  # a CSV column, or a JSON path with dots: `thread.0.text`
    columns: tuple[str, ...] = ()  # several, joined by an empty line
    constant: Scalar | None = None
    values: dict[str, Scalar] = Field(default_factory=dict)  # their value, in any case → ours; others stay as they are
    default: Scalar | None = None  # where nothing else gives a value
    format: str | None = None  # of a date, as in Python's strptime: "%d.%m.%Y %H:%M"
    zone: Annotated[str, AfterValidator(_zone)] = "UTC"  # of dates without one

    @model_validator(mode="after")
    def _one_origin(self) -> FieldRule:
        if sum((self.column is not None, bool(self.columns), self.constant is not None)) != 1:
            raise ValueError("needs exactly one of `column`, `columns` and `constant`")
        return self

    @property
    def origins(self) -> tuple[str, ...]:
        """Every column it reads."""
        return self.columns or ((self.column,) if self.column is not None else ())


Rule = Annotated[FieldRule, BeforeValidator(_short_form)]


class Condition(Frozen):
    """Rows whose column holds one of these values are solved tickets; others are refused as `not_solved`."""

    column: str
    values: Annotated[tuple[str, ...], Field(min_length=1)]


class Mapping(Frozen):
    """The whole file."""

    kind: Literal["tickets", "macros"] = "tickets"
    rows: str | None = None  # JSON path of the array of rows: `data.tickets`
    separator: Literal[",", ";", "\t", "|"] | None = None
    encoding: Literal["utf-8", "utf-16-le", "utf-16-be", "cp1252"] | None = None
    solved_when: Condition | None = None
    fields: dict[str, Rule]

    @model_validator(mode="after")
    def _complete(self) -> Mapping:
        known, needed = (
            (TICKET_FIELDS, {"external_id", "problem", "reply"})
            if self.kind == "tickets"
            else (MACRO_FIELDS, {"external_id", "title", "body"})
        )
        if unknown := sorted(self.fields.keys() - set(known)):
            msg = f"fields: {unknown[0]!r} is none of ours; they are {', '.join(known)}"
            raise ValueError(msg)
        if missing := sorted(needed - self.fields.keys()):
            msg = f"fields: {missing[0]} is missing"
            raise ValueError(msg)
        return self


def load_mapping(path: Path) -> Mapping:
    """Read and check a mapping file; every error names the file and the field."""
    try:
        if path.stat().st_size > _SIZE_LIMIT:
            raise BadMapping(f"{path} is larger than 1 MiB; is it the mapping file?")
        content: Any = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    except OSError as error:
        raise BadMapping(f"{path}: {error.strerror or error}.") from None
    except UnicodeDecodeError:
        raise BadMapping(f"{path} is not UTF-8.") from None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadMapping(f"{path}{f', line {mark.line + 1}' if mark else ''}: this is not valid YAML.") from None
    if not isinstance(content, dict):
        raise BadMapping(f"{path} must hold keys such as `fields:`.")
    try:
        return Mapping.model_validate(content)
    except ValidationError as error:
        raise BadMapping("\n".join(f"{path}: {line}." for line in _flaws(error))) from None


def _flaws(error: ValidationError) -> list[str]:
    return [
        f"{'.'.join(str(p) for p in e['loc'])}{': ' if e['loc'] else ''}{e['msg'].removeprefix('Value error, ')}"
        for e in error.errors(include_url=False)
    ]
