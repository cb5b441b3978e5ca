"""Errors a caller can act on, and how they look on the wire (RFC 9457 problem+json).

    AppError 500
    ├── SettingsError            the start is stopped, one sentence
    ├── InvalidRequest 422 ── MalformedBody 400 ── BodyTooLarge 413
    ├── Unauthorized 401 ── Forbidden 403
    ├── NotFound 404
    ├── Conflict 409 ── IdempotencyMismatch, StillRunning
    ├── TooBusy 429
    └── Unavailable 503

An error carries its status; its docstring is the default message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: a JSON pointer (RFC 6901) and what to do."""

    pointer: str
    detail: str

    def as_dict(self) -> dict[str, str]:
        return {"pointer": self.pointer, "detail": self.detail}


class AppError(Exception):
    """Something went wrong on our side; it has been logged under the request id."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"
    slug: ClassVar[str] = "internal-error"

    def __init__(
        self, detail: str | None = None, *, errors: tuple[FieldError, ...] = (), headers: dict[str, str] | None = None
    ) -> None:
        self.detail = detail or " ".join((type(self).__doc__ or "").split())
        self.errors = errors
        self.headers = headers or {}
        super().__init__(self.detail)

    def problem(self, request_id: str | None) -> dict[str, Any]:
        """The body of the problem+json answer."""
        return {
            "type": f"urn:vierklang:problem:{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "errors": [e.as_dict() for e in self.errors],
            "request_id": request_id,
        }


class SettingsError(AppError):
    """A setting has a value that cannot be used."""

    title, slug = "Wrong setting", "settings"


class InvalidRequest(AppError):
    """The request does not fit the contract; see errors."""

    status, title, slug = 422, "Invalid request", "invalid-request"


class MalformedBody(InvalidRequest):
    """The body is not valid JSON in UTF-8."""

    status, title, slug = 400, "Malformed body", "malformed-body"


class BodyTooLarge(InvalidRequest):
    """The body is larger than this endpoint takes."""

    status, title, slug = 413, "Body too large", "body-too-large"


class Unauthorized(AppError):
    """Send a valid API key as `Authorization: Bearer <key>`."""

    status, title, slug = 401, "Missing or wrong API key", "unauthorized"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(AppError):
    """The API key lacks the scope this endpoint needs."""

    status, title, slug = 403, "Scope too small", "forbidden"


class NotFound(AppError):
    """There is nothing under this address."""

    status, title, slug = 404, "Not found", "not-found"


class MethodNotAllowed(AppError):
    """This address does not take that method."""

    status, title, slug = 405, "Method not allowed", "method-not-allowed"


class Conflict(AppError):
    """The request contradicts the present state."""

    status, title, slug = 409, "Conflict", "conflict"


class IdempotencyMismatch(Conflict):
    """This Idempotency-Key was already used with another body; take a new key for a new request."""

    title, slug = "Idempotency-Key reused", "idempotency-mismatch"


class StillRunning(Conflict):
    """A request with this Idempotency-Key is still being answered; repeat it in a moment."""

    title, slug = "Still running", "still-running"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "1"})


class TooBusy(AppError):
    """Too many drafts wait already; come back in a moment."""

    status, title, slug = 429, "Too busy", "too-busy"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "5"})


class Unavailable(AppError):
    """The service cannot answer right now; /readyz names the component."""

    status, title, slug = 503, "Temporarily unavailable", "unavailable"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": "2"})
