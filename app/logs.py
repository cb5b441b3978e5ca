"""Structured logs. Events carry ids, counts and times; customer text appears at DEBUG only."""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog

from app.config import Settings


def _json(_logger: Any, _name: str, event: dict[str, Any]) -> str:  # noqa: ANN401
    return orjson.dumps(event, default=str).decode()


def configure_logs(settings: Settings) -> None:
    """Route structlog and the standard library's loggers to one stream on stderr."""
    pretty = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = structlog.dev.ConsoleRenderer() if pretty else _json
    level = logging.getLevelNamesMapping()[settings.log_level]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=[
        structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=shared))  # fmt: skip
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Other libraries' INFO is chatter, and some of them log requests whole.
    root.setLevel(max(level, logging.WARNING) if level > logging.DEBUG else logging.INFO)


def get_logger(name: str) -> Any:  # noqa: ANN401
    """A logger bound to its room's name."""
    return structlog.get_logger(room=name)
