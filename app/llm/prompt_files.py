"""From files to prompts, and every way they can be wrong said in one sentence at start."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from app.errors import SettingsError
from app.llm.client import ModelAnswerUnusable
from app.llm.prompt import SHARED, Example, Prompt, Slot, TemplateName, environment
from app.ticket import Kind

_KEYS = {"purpose", "kinds", "shared", "slots", "max_tokens", "temperature", "model_notes", "changelog"}
_REQUIRED = {"purpose", "kinds", "shared", "slots", "changelog"}
_EXAMPLE_KEYS = {"language", "register", "situation", "answer"}
_TEMPERATURE = 0.4

Samples = Mapping[str, Mapping[str, Any]]


class BrokenPrompt(SettingsError):
    """A prompt cannot be used."""


def read_prompts(root: Path) -> list[Prompt]:
    """Read every version under `root` and render it with every sample. Raises BrokenPrompt."""
    environment.cache_clear()
    folders = [p for p in sorted(root.glob("*/*")) if p.is_dir() and p.name.isdigit() and p.parent.name != SHARED]
    prompts = [_read(folder, root) for folder in folders]
    for shared in sorted({p.shared_folder for p in prompts}):
        _refuse_unknown_names(shared.glob("*.j2"), _samples(shared), root)
    for prompt in prompts:
        _try_out(prompt, _samples(prompt.shared_folder))
    return prompts


def _read(folder: Path, root: Path) -> Prompt:
    head = _head(folder / "prompt.yaml")
    shared = root / SHARED / str(head["shared"])
    meanings = _mapping(shared / "slots.yaml")
    if strange := set(head["slots"]) - set(meanings):
        raise BrokenPrompt(f"{folder / 'prompt.yaml'}: slots.yaml does not explain {', '.join(sorted(strange))}")
    return Prompt(
        name=folder.parent.name,
        version=int(folder.name),
        hash=_hash(folder, shared),
        purpose=str(head["purpose"]).strip(),
        kinds=tuple(head["kinds"]),
        slots={name: Slot(**meanings[name]) for name in head["slots"]},
        examples=tuple(_examples(folder / "examples.yaml")),
        root=root,
        shared=int(head["shared"]),
        max_tokens=head.get("max_tokens"),
        temperature=float(head.get("temperature", _TEMPERATURE)),
    )


def _head(path: Path) -> dict[str, Any]:
    head = _mapping(path)
    if unknown := set(head) - _KEYS:
        raise BrokenPrompt(f"{path}: unknown keys {', '.join(sorted(unknown))}")
    if missing := _REQUIRED - set(head):
        raise BrokenPrompt(f"{path}: lacks {', '.join(sorted(missing))}")
    kinds = get_args(Kind)
    if not head["kinds"] or set(head["kinds"]) - set(kinds):
        raise BrokenPrompt(f"{path}: kinds must be a list of some of {', '.join(kinds)}")
    return head


def _mapping(path: Path) -> dict[str, Any]:
    content = _yaml(path)
    if not isinstance(content, dict):
        raise BrokenPrompt(f"{path}: must be a mapping")
    return content


def _yaml(path: Path) -> object:
    import yaml

    try:
        return yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BrokenPrompt(f"{path}: cannot be read: {' '.join(str(error).split())}") from None


def _examples(path: Path) -> Iterable[Example]:
    from app.llm.answer import parse_steps

    content = _yaml(path)
    if not isinstance(content, list):
        raise BrokenPrompt(f"{path}: must be a list")
    for number, entry in enumerate(content, start=1):
        if not isinstance(entry, dict) or set(entry) != _EXAMPLE_KEYS:
            raise BrokenPrompt(f"{path}: example {number} must have exactly {', '.join(sorted(_EXAMPLE_KEYS))}")
        example = Example(**entry)
        try:
            parse_steps(json.dumps(example.answer), slots=_mapping(path.parent / "prompt.yaml")["slots"])
        except ModelAnswerUnusable as error:
            raise BrokenPrompt(f"{path}: example {number}: {error.reason}") from None
        yield example


def _hash(*folders: Path) -> str:
    digest = hashlib.sha256()
    for folder in folders:
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            digest.update(f"{file.relative_to(folder).as_posix()}\0".encode())
            digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()


def _samples(shared: Path) -> Samples:
    return _mapping(shared / "samples.yaml")


def _try_out(prompt: Prompt, samples: Samples) -> None:
    """Render every template with every sample, and look into the branches that no sample takes."""
    from jinja2 import TemplateError

    _refuse_unknown_names(prompt.folder.glob("*.j2"), samples, prompt.root)
    for template in get_args(TemplateName):
        try:
            for sample in samples.values():
                prompt.render(template, sample)
        except TemplateError as error:
            where = prompt.folder / f"{template}.md.j2"
            raise BrokenPrompt(f"{where}: {type(error).__name__}: {' '.join(str(error).split())}") from None


def _refuse_unknown_names(files: Iterable[Path], samples: Samples, root: Path) -> None:
    from jinja2 import TemplateError, meta

    known = {name for sample in samples.values() for name in sample}
    for file in sorted(files):
        try:
            tree = environment(root).parse(file.read_text("utf-8"))
        except TemplateError as error:
            raise BrokenPrompt(f"{file}: {' '.join(str(error).split())}") from None
        if unknown := meta.find_undeclared_variables(tree) - known:
            raise BrokenPrompt(f"{file}: uses unknown variables {', '.join(sorted(unknown))}")
