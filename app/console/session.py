"""Who sits at the console: a signed cookie that names the API key that signed in, never the key itself."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from itsdangerous import BadSignature, URLSafeTimedSerializer

from app.config import Settings
from app.security import Principal

COOKIE = "vierklang_session"
_PATH = "/console"


@dataclass(frozen=True, slots=True)
class Session:
    """What the cookie says. `key_id` is None before sign-in; `id` is what CSRF tokens are bound to."""

    id: str
    key_id: uuid.UUID | None = None
    tenant_id: uuid.UUID | None = None
    scopes: tuple[str, ...] = ()
    issued: int = 0


class Sessions:
    """Signs and reads session cookies."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._secret: str | None = None

    @property
    def secret(self) -> str:
        """The signing key: the setting, or a file made on first use that only its owner may read."""
        if self._secret is None:
            given = self._settings.session_secret
            self._secret = given.get_secret_value() if given else _kept_secret(self._settings)
        return self._secret

    def read(self, request: Request) -> Session | None:
        """The session of a request; None where the cookie is missing, forged, or too old."""
        try:
            told = self._serializer.loads(
                request.cookies.get(COOKIE, ""), max_age=self._settings.session_hours * 3600
            )  # fmt: skip
            return _session(told)
        except (BadSignature, KeyError, TypeError, ValueError):
            return None

    def begin(self, response: Response, request: Request, principal: Principal | None = None) -> Session:
        """Start a new session; whatever the browser had before is replaced, so no session can be planted."""
        session = Session(
            id=secrets.token_urlsafe(18), issued=int(time.time()),
            key_id=principal.key_id if principal else None, tenant_id=principal.tenant_id if principal else None,
            scopes=tuple(sorted(principal.scopes)) if principal else (),
        )  # fmt: skip
        told = {"id": session.id, "at": session.issued, "key": str(session.key_id or ""),
                "tenant": str(session.tenant_id or ""), "scopes": list(session.scopes)}  # fmt: skip
        self._cookie(request)(
            response, key=COOKIE, value=self._serializer.dumps(told), max_age=self._settings.session_hours * 3600
        )
        return session

    def end(self, response: Response) -> None:
        """Forget the session."""
        response.delete_cookie(COOKIE, path=_PATH)

    def csrf(self, session: Session) -> str:
        """The token every form of this session carries."""
        return hmac.new(self.secret.encode(), b"csrf:" + session.id.encode(), hashlib.sha256).hexdigest()

    @property
    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt="vierklang.console.session")

    def _cookie(self, request: Request) -> Callable[..., None]:
        # In a helpdesk's frame the console is a third party: only a partitioned cookie without same-site reaches it.
        framed = bool(self._settings.frame_ancestors)

        def set_cookie(response: Response, **cookie: Any) -> None:  # noqa: ANN401 - passed on as it is
            response.set_cookie(
                **cookie, path=_PATH, httponly=True, secure=framed or request.url.scheme == "https",
                samesite="none" if framed else "lax",
            )  # fmt: skip
            if framed:
                response.headers["set-cookie"] += "; Partitioned"

        return set_cookie


def _session(told: dict[str, Any]) -> Session:
    return Session(
        id=str(told["id"]), issued=int(told["at"]), scopes=tuple(told["scopes"]),
        key_id=uuid.UUID(told["key"]) if told["key"] else None,
        tenant_id=uuid.UUID(told["tenant"]) if told["tenant"] else None,
    )  # fmt: skip


def _kept_secret(settings: Settings) -> str:
    path = settings.data_dir / "session_secret"
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # Written whole before it gets its name: of two processes that start together one wins, and both read that one.
        with tempfile.NamedTemporaryFile("w", dir=settings.data_dir, prefix=".secret-") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
            file.flush()
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text(encoding="utf-8").strip()
