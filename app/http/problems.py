"""Every failure as problem+json: our own errors, the framework's, the database's, and the unforeseen."""

from __future__ import annotations

from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from app.errors import AppError, BodyTooLarge, InvalidRequest, MalformedBody, MethodNotAllowed, NotFound
from app.failures import explained, invalid_request

_BY_STATUS: dict[int, type[AppError]] = {
    400: MalformedBody, 404: NotFound, 405: MethodNotAllowed, 413: BodyTooLarge,
}  # fmt: skip


def problem_response(error: AppError, request_id: str | None) -> Response:
    """The error on the wire. Text a client sent is made encodable before it is repeated."""
    body = orjson.dumps(_printable(error.problem(request_id)))
    return Response(body, error.status, error.headers, media_type="application/problem+json")


def translate(error: Exception) -> AppError:
    """Our error for any exception, the framework's included."""
    match error:
        case RequestValidationError():
            return invalid_request(error.errors())
        case HTTPException():
            kind = _BY_STATUS.get(error.status_code, AppError if error.status_code >= 500 else InvalidRequest)  # noqa: PLR2004
            return kind(str(error.detail) if kind in (MalformedBody, BodyTooLarge) else None)
        case _:
            return explained(error)


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
