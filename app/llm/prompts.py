"""Prompts as content: `prompts/<name>/<version>/`, loaded, checked and hashed once at start.

    prompt.yaml    purpose, kinds, shared (a version of prompts/_shared), slots, max_tokens, temperature, model_notes,
                   changelog
    system.md.j2   who the model is and what the rules are
    user.md.j2     this case
    examples.yaml  few-shot examples: language, register, situation, answer (the four steps)

`prompts/_shared/<version>/` holds what prompts have in common: templates to include, `again.md.j2` (asks anew with the
findings), `repair.md.j2` (asks for JSON), `slots.yaml` and `samples.yaml`.

A version is never edited once drafts record it: a change is a new version. The hash covers every file of the version
and of the shared folder it names, so a draft's prompt can be told apart even if that rule was broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import get_args

from app.llm.prompt import Example, Prompt
from app.llm.prompt_files import BrokenPrompt, read_prompts
from app.ticket import Kind

__all__ = [
    "BrokenPrompt",
    "Example",
    "Prompt",
    "PromptRegistry",
    "UnknownPrompt",
    "load_prompts",
    "prompts_folder",
    "shipped_prompts",
]

_REFERENCE = re.compile(r"([a-z][a-z0-9_]{0,60})(?:@([1-9][0-9]{0,4}))?")


class UnknownPrompt(LookupError):
    """There is no such prompt."""


class PromptRegistry:
    """All prompts, by name and version."""

    def __init__(self, prompts: Iterable[Prompt]) -> None:
        """Keep these prompts, in any order."""
        self._prompts = sorted(prompts, key=lambda p: (p.name, p.version))

    def __iter__(self) -> Iterator[Prompt]:
        """All versions, by name, oldest first."""
        return iter(self._prompts)

    def get(self, reference: str) -> Prompt:
        """The prompt `name@version`, or the newest version of `name`. Raises UnknownPrompt naming those there are."""
        if match := _REFERENCE.fullmatch(reference):
            name, version = match.groups()
            found = [p for p in self._prompts if p.name == name and version in (None, str(p.version))]
            if found:
                return found[-1]
        raise UnknownPrompt(f"is not a prompt; there are {', '.join(p.id for p in self._prompts)}")

    def for_kind(self, kind: Kind) -> Prompt:
        """The default for a kind: the newest version of the prompt named like it, else the newest that serves it."""
        serving = [p for p in self._prompts if kind in p.kinds]
        if not serving:
            raise UnknownPrompt(f"no prompt serves the kind {kind}")
        return next((p for p in reversed(serving) if p.name == kind), serving[-1])


def prompts_folder() -> Path:
    """Where the prompts lie: beside the package `app`."""
    import app

    return Path(str(app.__file__)).parent.parent / "prompts"


@cache
def shipped_prompts() -> PromptRegistry:
    """The prompts that lie beside the package, read once a process."""
    return load_prompts()


def load_prompts(folder: Path | None = None) -> PromptRegistry:
    """Read every prompt and render each with every sample, so that a broken one stops the start.

    Raises:
        BrokenPrompt: with a sentence that names the file and what is wrong with it.

    """
    root = folder or prompts_folder()
    registry = PromptRegistry(read_prompts(root))
    for kind in get_args(Kind):
        try:
            registry.for_kind(kind)
        except UnknownPrompt as error:
            raise BrokenPrompt(f"{root}: {error}") from None
    return registry
