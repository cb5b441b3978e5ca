"""Where the service may send things by itself: over TLS anywhere, in the clear only within this machine."""

from __future__ import annotations

from ipaddress import ip_address

_LAST_PORT = 65_535


def check_target(url: str) -> str:
    """Return the address unchanged, or raise ValueError saying what it must be; never repeats it, it may be secret."""
    import httpx

    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise ValueError("is no address; it must read https://host/path") from None
    if not parsed.host or parsed.scheme not in {"http", "https"}:
        raise ValueError("must read https://host/path")
    if not 0 < (parsed.port or 443) <= _LAST_PORT:
        raise ValueError("must name a port up to 65535")
    if parsed.userinfo:
        raise ValueError("must not hold a user or a password; the receiver knows us by the signature")
    if parsed.fragment:
        raise ValueError("must not hold a fragment (#…)")
    if parsed.scheme == "http" and not is_loopback(parsed.host):
        raise ValueError("must begin with https:// (http:// only for this machine)")
    return url


def is_loopback(host: str) -> bool:
    """Whether a URL's host is this machine."""
    try:
        return host == "localhost" or ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
