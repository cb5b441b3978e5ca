"""Any exception as an error of ours, with advice; without a web framework, since jobs and commands fail too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import AppError, FieldError, InvalidRequest, MalformedBody, Unavailable
from app.logs import get_logger

log = get_logger("failures")
DATABASE_GONE = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, OSError)


def explained(error: Exception) -> AppError:
    """Our error for any exception. What nobody foresaw is logged by type and place, never with its values."""
    match error:
        case AppError():
            return error
        case DBAPIError() if not isinstance(error, DATABASE_GONE) and not error.connection_invalidated:
            return _unforeseen(error)
        case DBAPIError() | PoolTimeout() | psycopg.OperationalError() | ConnectionError():
            log.warning("database_unavailable", error=type(error).__name__)
            return Unavailable("the database does not answer; try again in a moment")
        case _:
            return _unforeseen(error)


def _unforeseen(error: Exception) -> AppError:
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else None
    log.error("unforeseen_error", error=type(error).__qualname__, where=where)
    log.debug("unforeseen_error_details", exc_info=error)
    return AppError()


def invalid_request(errors: Sequence[Any]) -> AppError:
    """Our error for what pydantic found, with a pointer to each field and what to do about it."""
    if any(e["type"] == "json_invalid" for e in errors):
        return MalformedBody(f"the body is not valid JSON: {errors[0].get('ctx', {}).get('error', 'unreadable')}")
    fields = tuple(FieldError(pointer(e["loc"]), _advice(e)) for e in errors[:50])
    return InvalidRequest(f"{len(errors)} field(s) do not fit; see errors", errors=fields)


def pointer(location: Sequence[int | str]) -> str:
    """A JSON pointer for pydantic's location; a query or header field keeps its source in front."""
    parts = [str(part) for part in location]
    if parts and parts[0] == "body":
        parts = parts[1:]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _advice(error: dict[str, Any]) -> str:
    match error["type"]:
        case "missing":
            return "is required"
        case "extra_forbidden":
            return "is not a field of this contract; put data of your own into `custom`"
        case "string_unicode":
            return "holds a lone surrogate; send valid Unicode"
        case _:
            return str(error["msg"]).removeprefix("Value error, ")
