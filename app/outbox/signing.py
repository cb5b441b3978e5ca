"""Signatures: `X-Vierklang-Signature: t=<seconds>,v1=<hex>`, an HMAC-SHA256 over `<seconds>.<body>`."""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "X-Vierklang-Signature"
_HEADER = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")
TOLERANCE_S = 300


def sign(secret: str, body: bytes, *, now: float) -> str:
    """The header's value."""
    moment = int(now)
    return f"t={moment},v1={_digest(secret, moment, body)}"


def verify(secret: str, header: str, body: bytes, *, now: float, tolerance_s: float = TOLERANCE_S) -> bool:
    """What a receiver does: whether this body was signed with the secret, and not long ago."""
    found = _HEADER.fullmatch(header)
    if found is None or abs(now - int(found[1])) > tolerance_s:
        return False
    return hmac.compare_digest(found[2], _digest(secret, int(found[1]), body))


def _digest(secret: str, moment: int, body: bytes) -> str:
    return hmac.new(secret.encode(), str(moment).encode() + b"." + body, hashlib.sha256).hexdigest()
