"""Read gold cases; whatever is wrong is said with file, line and field before any model is asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import ValidationError

from app.drafts.schemas import DraftRequest
from app.errors import FieldError, InvalidRequest
from eval.casebook.model import DEFAULT_DAY, Card, Case, CaseSet, GoldCase, digest_of

_SHOWN = 20


class BadCases(InvalidRequest):
    """A gold case cannot be used."""


def load_sets(paths: Sequence[Path]) -> list[CaseSet]:
    """Read files of cases. Raises BadCases that lists every problem found."""
    problems: list[FieldError] = []
    sets = [_read_set(path, problems) for path in paths]
    seen: dict[str, str] = {}
    for one in sets:
        for case in one.cases:
            if earlier := seen.setdefault(case.id, str(one.path)) if case.id in seen else None:
                problems.append(FieldError(f"{one.path}", f"/id: '{case.id}' stands in {earlier} as well"))
            seen[case.id] = str(one.path)
    if not paths or not (seen or problems):
        problems.append(FieldError(", ".join(map(str, paths)) or "/cases", "there is no case in it"))
    if problems:
        more = f" (the first {_SHOWN} of {len(problems)})" if len(problems) > _SHOWN else ""
        raise BadCases(f"{len(problems)} gold case problem(s){more}", errors=tuple(problems[:_SHOWN]))
    return sets


def card_path(path: Path) -> Path:
    """The card that lies beside a file of cases."""
    return path.with_suffix(".yaml")


def _read_set(path: Path, problems: list[FieldError]) -> CaseSet:
    card = _read_card(card_path(path), problems)
    cases = []
    for number, line in _lines(path, problems):
        if case := _read_case(f"{path}:{number}", line, path.stem, card, problems):
            cases.append(case)
    cases = list(_without_doubles(path, cases, problems))
    read = CaseSet(path, card, tuple(cases))
    hashes = card.hashes if card else {}
    now = read.sealed()
    touched = tuple(split for split, sealed in sorted(hashes.items()) if now.get(split) != sealed)
    return CaseSet(path, card, tuple(cases), touched)


def _without_doubles(path: Path, cases: Iterable[Case], problems: list[FieldError]) -> Iterable[Case]:
    seen: set[str] = set()
    for case in cases:
        if case.id in seen:
            problems.append(FieldError(str(path), f"/id: '{case.id}' stands there twice"))
            continue
        seen.add(case.id)
        yield case


def _lines(path: Path, problems: list[FieldError]) -> list[tuple[int, bytes]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.append(FieldError(str(path), f"cannot be read: {error.strerror}"))
        return []
    return [(n, line) for n, line in enumerate(raw.splitlines(), 1) if line.strip() and not line.startswith(b"#")]


def _read_card(path: Path, problems: list[FieldError]) -> Card | None:
    if not path.exists():
        return None
    try:
        return Card.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        problems.extend(FieldError(f"{path}: {_pointer(e['loc'])}", e["msg"]) for e in _errors(error))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(FieldError(str(path), str(error).splitlines()[0]))
    return None


def _read_case(
    where: str, line: bytes, set_name: str, card: Card | None, problems: list[FieldError]
) -> Case | None:  # fmt: skip
    try:
        raw = orjson.loads(line)
        gold = GoldCase.model_validate(raw)
        request = DraftRequest.model_validate(_request(raw, gold))
    except orjson.JSONDecodeError as error:
        problems.append(FieldError(where, f"is not JSON: {error}"))
    except ValidationError as error:
        problems.extend(FieldError(f"{where}: {_pointer(e['loc'])}", e["msg"]) for e in _errors(error))
    else:
        return Case(gold, request, digest_of(raw), _moment(gold, card), set_name)
    return None


def _request(raw: dict[str, Any], gold: GoldCase) -> dict[str, Any]:
    chosen = gold.request.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return {"ticket": raw["ticket"], **chosen}


def _moment(gold: GoldCase, card: Card | None) -> datetime:
    """When the draft is written: just after the newest message, so that the same case reads the same next year."""
    sent = [m.sent_at for m in gold.ticket.messages if m.sent_at]
    told = max(sent) if sent else (card.as_of if card else None) or DEFAULT_DAY
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _errors(error: ValidationError) -> list[Any]:
    return error.errors(include_url=False, include_input=False)


def _pointer(loc: tuple[Any, ...]) -> str:
    return "/" + "/".join(str(part) for part in loc)
