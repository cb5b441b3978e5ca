"""Rows of a foreign table or JSON, read by a mapping; our own CSV is the mapping that its header gives."""

from __future__ import annotations

import re
from collections.abc import Mapping as Row
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import yaml

from app.knowledge.ingest.channels import CHANNELS, known_channel
from app.knowledge.ingest.errors import BadMapping, Refused, UnreadableFile
from app.knowledge.ingest.fields import body, clean, language_tag, moment
from app.knowledge.ingest.html import html_to_text, looks_like_html
from app.knowledge.ingest.mapping import FieldRule, Mapping, Scalar
from app.knowledge.ingest.records import FoundMacro, Person, SolvedTicket
from app.ticket import Cause

_LISTED = re.compile(r"[,;|\n]+")
_SEPARATED = re.compile(r"[\s.\-/]+")
_CAUSES = frozenset(get_args(Cause))
_CSAT = range(1, 6)
_ID_LIMIT = 200
_FORMATS = ("%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%Y/%m/%d %H:%M", "%Y/%m/%d")


def own_csv(columns: tuple[str, ...], name: str) -> Mapping:
    """The mapping for our own field names and their aliases in a header."""
    by_alias = {alias: field for field, aliases in _aliases().items() for alias in (_plain(field), *aliases)}
    fields: dict[str, FieldRule] = {}
    # A field's own name counts before its aliases: `source` is no channel where a column `channel` stands.
    for column in sorted(columns, key=lambda c: _plain(c) not in {_plain(f) for f in _aliases()}):
        field = by_alias.get(_plain(column))
        if field and field not in fields:
            fields[field] = FieldRule(column=column)
    missing = [f for f in ("external_id", "problem", "reply") if f not in fields]
    if missing:
        found = ", ".join(c[:40] for c in columns[:12]) or "none"
        raise UnreadableFile(
            f"{name}: no column for {', '.join(missing)} (found: {found}). Name the columns so, or use a mapping file."
        )
    return Mapping(fields=fields)


@cache
def _aliases() -> dict[str, list[str]]:
    loaded: dict[str, list[str]] = yaml.load(
        Path(__file__).with_name("aliases.yaml").read_text("utf-8"), yaml.CSafeLoader
    )
    return loaded


def _plain(column: str) -> str:
    return _SEPARATED.sub("_", column.strip().lower()).strip("_")


def check_columns(mapping: Mapping, columns: tuple[str, ...], name: str) -> Mapping:
    """The mapping with columns as the header writes them, or an error that names the field and the missing column."""
    written = {c.lower(): c for c in reversed(columns)}

    def found(column: str, field: str) -> str:
        if column.strip().lower() not in written:
            raise BadMapping(f"fields.{field}: {name} has no column {column!r}; it has {', '.join(columns)[:300]}.")
        return written[column.strip().lower()]

    fields = {
        field: rule.model_copy(
            update={
                "column": found(rule.column, field) if rule.column is not None else None,
                "columns": tuple(found(c, field) for c in rule.columns),
            }
        )
        for field, rule in mapping.fields.items()
    }
    condition = mapping.solved_when
    if condition is not None:
        condition = condition.model_copy(update={"column": found(condition.column, "solved_when")})
    return mapping.model_copy(update={"fields": fields, "solved_when": condition})


class MappedRow:
    """One row seen through a mapping."""

    def __init__(self, row: Row[str, Any], mapping: Mapping) -> None:
        self._row, self._mapping = row, mapping

    def read(self) -> SolvedTicket | FoundMacro:
        """The record, or a refusal that names our field."""
        number = self._text("external_id")
        if number is None:
            raise Refused("missing_field", "The row has no external_id.")
        if len(number) > _ID_LIMIT:
            raise Refused("bad_id", f"The id is longer than {_ID_LIMIT} characters.")
        try:
            return self._ticket(number) if self._mapping.kind == "tickets" else self._macro(number)
        except Refused as refused:
            raise Refused(refused.reason, refused.detail, external_id=number) from None

    def _ticket(self, number: str) -> SolvedTicket:
        self._demand_solved()
        problem, reply = self._message("problem"), self._message("reply")
        who = (self._text(f"customer.{part}") for part in ("name", "email", "phone", "address"))
        cause = self._text("cause")
        return SolvedTicket(
            external_id=number, channel=self._channel(), language=language_tag(self._value("language")),
            problem=problem, reply=reply, cause=cause if cause in _CAUSES else None, csat=self._csat(),
            resolved_at=self._time("resolved_at"), customer=Person(*who), order_ids=self._list("order_ids"),
            agent_names=self._list("agent_names"),
        )  # fmt: skip

    def _macro(self, number: str) -> FoundMacro:
        text = self._text("body")
        if text is None:
            raise Refused("no_text", "The macro has no text.")
        return FoundMacro(
            external_id=number, title=self._text("title") or number, language=language_tag(self._value("language")),
            body=html_to_text(text) if looks_like_html(text) else text,
            channels=tuple(c for c in self._list("channels") if c in CHANNELS) or ("*",),
            causes=tuple(c for c in self._list("causes") if c in _CAUSES),
        )  # fmt: skip

    def _demand_solved(self) -> None:
        condition = self._mapping.solved_when
        if condition is not None:
            state = (clean(_at(self._row, condition.column)) or "").lower()
            if state not in {value.lower() for value in condition.values}:
                raise Refused("not_solved", "The row is not marked as solved.")

    def _message(self, field: str) -> str:
        value = self._value(field)
        found = body(text=value if isinstance(value, str) else clean(value))
        if not found:
            reason = "no_agent_reply" if field == "reply" else "missing_field"
            raise Refused(reason, f"The row has no {field}.")
        return found

    def _channel(self) -> str:
        """A name of their list as ours; an unknown name stays a channel of its own, under the strict rules."""
        name = self._text("channel") or "shop_email"
        plain = re.sub(r"[^a-z0-9_.-]+", "_", name.lower()).strip("_.-")[:64]
        return known_channel(name) or (plain if re.match(r"[a-z]", plain) else "shop_email")

    def _csat(self) -> int | None:
        value = self._text("csat")
        if value is None:
            return None
        try:
            score = float(value.replace(",", "."))
        except ValueError:
            raise Refused("bad_field", "csat is no number from 1 to 5; a mapping file can translate it.") from None
        if score != score or int(score) != score or int(score) not in _CSAT:  # noqa: PLR0124 - nan
            raise Refused("bad_field", "csat is no whole number from 1 to 5.")
        return int(score)

    def _time(self, field: str) -> datetime | None:
        value, rule = self._value(field), self._mapping.fields.get(field)
        if rule is None or value is None or value == "":
            return None
        found = _parse_time(value, rule)
        if found is None:
            raise Refused("bad_date", f"{field} is no date between 1990 and 2100 in a known form.")
        return found

    def _list(self, field: str) -> tuple[str, ...]:
        value = self._value(field)
        parts = value if isinstance(value, list) else _LISTED.split(clean(value) or "")
        return tuple(text for part in parts if (text := clean(part)))

    def _text(self, field: str) -> str | None:
        value = self._value(field)
        return clean(str(value) if isinstance(value, float) else value)

    def _value(self, field: str) -> Any:  # noqa: ANN401 - foreign JSON
        rule = self._mapping.fields.get(field)
        if rule is None:
            return None
        found = _found(self._row, rule)
        if isinstance(found, str | int) and rule.values:
            found = _translated(found, rule.values)
        return rule.default if found is None or found == "" else found


def _found(row: Row[str, Any], rule: FieldRule) -> Any:  # noqa: ANN401 - foreign JSON
    if rule.constant is not None:
        return rule.constant
    if rule.column is not None:
        return _at(row, rule.column)
    parts = (clean(_at(row, column)) for column in rule.columns)
    return "\n\n".join(part for part in parts if part)


def _translated(value: str | int, values: dict[str, Scalar]) -> Scalar:
    by_lower = {key.lower(): ours for key, ours in values.items()}
    return by_lower.get(str(value).strip().lower(), value)


def _at(row: Row[str, Any], path: str) -> Any:  # noqa: ANN401 - foreign JSON
    """A column of that very name, else a path with dots; numbers count in lists, also from the end."""
    if path in row:
        return row[path]
    value: Any = row
    for part in path.split("."):
        if isinstance(value, Row):
            value = value.get(part)
        elif isinstance(value, list) and re.fullmatch(r"-?\d{1,9}", part) and -len(value) <= int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    return value


def _parse_time(value: object, rule: FieldRule) -> datetime | None:
    """By the rule's format alone where it has one; else ISO 8601, Unix seconds, and German dates."""
    formats = (rule.format,) if rule.format else _FORMATS
    if rule.format is None and (found := moment(_zoned(value, rule.zone))) is not None:
        return found
    for form in formats:
        try:
            parsed = datetime.strptime(str(value).strip(), form)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        zoned = parsed.replace(tzinfo=ZoneInfo(rule.zone)) if parsed.tzinfo is None else parsed
        return moment(zoned.astimezone(UTC).isoformat())
    return None


def _zoned(value: object, zone: str) -> object:
    """ISO 8601 without a zone is in the rule's."""
    try:
        parsed = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return value
    if parsed is None or parsed.tzinfo is not None:
        return value
    return parsed.replace(tzinfo=ZoneInfo(zone)).isoformat()
