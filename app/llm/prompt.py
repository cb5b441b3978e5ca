"""One version of a prompt: its texts, its examples, and the sandbox it is rendered in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from app.llm.client import ChatMessage
from app.ticket import Kind

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

SHARED = "_shared"
_OWN = ("system", "user")
_REMEMBERED = 256
_instructions: dict[tuple[str, str], str] = {}
TemplateName = Literal["system", "user", "again", "repair"]


@dataclass(frozen=True, slots=True)
class Example:
    """One few-shot example. `register` None fits both."""

    language: str
    register: str | None
    situation: str
    answer: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Slot:
    """A fact a prompt may use by name. `hidden`: the model is told that it exists, never its value."""

    means: str
    hidden: bool = True


@dataclass(frozen=True)
class Prompt:
    """One version of a prompt. `hash`: SHA-256 over all its files, in hex."""

    name: str
    version: int
    hash: str
    purpose: str
    kinds: tuple[Kind, ...]
    slots: Mapping[str, Slot]  # the facts it may use, by name
    examples: tuple[Example, ...]
    root: Path = field(repr=False)
    shared: int = 1
    max_tokens: int | None = None
    temperature: float = 0.4

    @property
    def id(self) -> str:
        """`name@version`, as the contract writes it."""
        return f"{self.name}@{self.version}"

    @property
    def folder(self) -> Path:
        """Where its own files lie."""
        return self.root / self.name / str(self.version)

    @property
    def shared_folder(self) -> Path:
        """Where the files lie that it has in common with other prompts."""
        return self.root / SHARED / str(self.shared)

    def render(self, template: TemplateName, variables: Mapping[str, Any]) -> str:
        """Render one template. Values are never read as templates themselves; an unknown name raises UndefinedError."""
        return environment(self.root).get_template(self._file(template)).render(variables).strip()

    def _file(self, template: TemplateName) -> str:
        folder = self.folder if template in _OWN else self.shared_folder
        return (folder / f"{template}.md.j2").relative_to(self.root).as_posix()

    def instructions(self, variables: Mapping[str, Any]) -> str:
        """The system text, remembered: it differs by shop, channel and language, not by ticket."""
        told = repr([variables.get(name) for name in _names(self.root, self._file("system"))])
        key = (self.hash, told)
        if (text := _instructions.get(key)) is None:
            if len(_instructions) >= _REMEMBERED:
                _instructions.clear()
            text = _instructions[key] = self.render("system", variables)
        return text

    def messages(self, variables: Mapping[str, Any]) -> tuple[ChatMessage, ChatMessage]:
        """The opening of the conversation: system and user."""
        return (
            ChatMessage("system", self.instructions(variables)),
            ChatMessage("user", self.render("user", variables)),
        )

    def examples_for(self, language: str, register: str | None, limit: int = 2) -> tuple[Example, ...]:
        """Examples in the reply's language and register."""
        fitting = (e for e in self.examples if e.language == language and e.register in (None, register))
        return tuple(fitting)[:limit]


@cache
def _names(root: Path, file: str) -> tuple[str, ...]:
    """The variables a template uses, those of what it includes too, in order."""
    from jinja2 import meta

    tree = environment(root).parse((root / file).read_text("utf-8"))
    included = [name for name in meta.find_referenced_templates(tree) if name]
    names = meta.find_undeclared_variables(tree).union(*(_names(root, name) for name in included))
    return tuple(sorted(names))


@cache
def environment(root: Path) -> SandboxedEnvironment:
    """The sandbox for the templates of one folder: an unknown name is an error, not an empty string."""
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=FileSystemLoader(root),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        autoescape=False,
    )
