"""Every failure as problem+json: our own errors, the framework's, the database's, and the unforeseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
import psycopg
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.errors import (
    AppError,
    BodyTooLarge,
    FieldError,
    InvalidRequest,
    MalformedBody,
    MethodNotAllowed,
    NotFound,
    Unavailable,
)
from app.logs import get_logger

log = get_logger("http")
_BY_STATUS: dict[int, type[AppError]] = {
    400: MalformedBody, 404: NotFound, 405: MethodNotAllowed, 413: BodyTooLarge,
}  # fmt: skip
DATABASE_GONE = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError, OSError)
# Where the pointer of a body error begins; FastAPI puts these in front of the field's path.
_SOURCES = ("body", "query", "path", "header")


def problem_response(error: AppError, request_id: str | None) -> Response:
    """The error on the wire. Text a client sent is made encodable before it is repeated."""
    body = orjson.dumps(_printable(error.problem(request_id)))
    return Response(body, error.status, error.headers, media_type="application/problem+json")


def translate(error: Exception) -> AppError:
    """Our error for any exception. What nobody foresaw is logged by type and place, never with its values."""
    match error:
        case AppError():
            return error
        case RequestValidationError():
            return invalid_request(error.errors())
        case HTTPException():
            kind = _BY_STATUS.get(error.status_code, AppError if error.status_code >= 500 else InvalidRequest)  # noqa: PLR2004
            return kind(str(error.detail) if kind in (MalformedBody, BodyTooLarge) else None)
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


def _printable(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_printable(k): _printable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(v) for v in value]
    return value


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every exception that leaves an endpoint as a problem."""

    async def handle(_request: Request, error: Exception) -> Response:
        return problem_response(translate(error), structlog.contextvars.get_contextvars().get("request_id"))

    for kind in (AppError, RequestValidationError, HTTPException, DBAPIError, PoolTimeout):
        app.add_exception_handler(kind, handle)
