"""How strictly an answer's shape can be demanded, best first; a server that refuses one is asked with the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

# `lengths`: the schema with the least length of each text; some providers refuse a schema that names lengths.
Shape = Literal["lengths", "schema", "object", "text"]
_WEAKER: dict[Shape, Shape] = {"lengths": "schema", "schema": "object", "object": "text"}
_LENGTHS = frozenset({"minLength"})
_WORDS = (
    "response_format", "json_schema", "json_object", "output_format", "structured output", "json mode", "minlength",
)  # fmt: skip


def weaker(shape: Shape) -> Shape | None:
    """The next one to try; None after the weakest."""
    return _WEAKER.get(shape)


def is_about_shape(refusal: str) -> bool:
    """Whether a provider's refusal speaks of the shape that was demanded."""
    text = refusal.lower()
    return any(word in text for word in _WORDS)


def response_format(shape: Shape, schema: Mapping[str, Any]) -> dict[str, Any] | None:
    """The request's `response_format`; None for free text."""
    if shape in {"lengths", "schema"}:
        told = dict(schema) if shape == "lengths" else _without_lengths(schema)
        return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": told}}
    return {"type": "json_object"} if shape == "object" else None


def _without_lengths(schema: Mapping[str, Any]) -> dict[str, Any]:
    properties = {name: {k: v for k, v in of.items() if k not in _LENGTHS} for name, of in schema["properties"].items()}
    return {**schema, "properties": properties}
