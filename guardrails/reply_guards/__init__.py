"""Checks for customer support replies: links, feedback requests, contact data, promises, tone, structure, language.

from reply_guards import Context, review
verdict = review("…", Context(channel="amazon"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reply_guards.model import Context, Finding, Offer, Verdict

if TYPE_CHECKING:
    from reply_guards.policy import load_policies
    from reply_guards.review import review

__version__ = "0.1.0"
__all__ = ["Context", "Finding", "Offer", "Verdict", "load_policies", "review"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: the import stays cheap until something is reviewed
    if name in {"review", "load_policies"}:
        from importlib import import_module

        if name == "review":
            return import_module("reply_guards.review")  # a module that can be called, see there
        return import_module("reply_guards.policy").load_policies
    raise AttributeError(name)
