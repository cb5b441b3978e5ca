"""How strictly an answer's shape can be demanded, best first; a server that refuses one is asked with the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Shape = Literal["schema", "object", "text"]
_WEAKER: dict[Shape, Shape] = {"schema": "object", "object": "text"}
_WORDS = ("response_format", "json_schema", "json_object", "output_format", "structured output", "json mode")


def weaker(shape: Shape) -> Shape | None:
    """The next one to try; None after the weakest."""
    return _WEAKER.get(shape)


def is_about_shape(refusal: str) -> bool:
    """Whether a provider's refusal speaks of the shape that was demanded."""
    text = refusal.lower()
    return any(word in text for word in _WORDS)


def response_format(shape: Shape, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The request's `response_format`; None for free text."""
    if shape == "schema":
        return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)}}
    return {"type": "json_object"} if shape == "object" else None
