"""A suite: which cases, drafted by which variants, how often.

    name: dev
    cases: [../cases/gold_*.jsonl]     # relative to this file
    split: dev                         # dev, test or all
    repeats: 1
    prompts: ../candidates             # a folder of prompts instead of the shipped ones
    variants:
      - {name: sie, model: composer, register: sie}
      - {name: du, model: composer, register: du}

`--prompt` and `--model` multiply the variants: each is run with each.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import FieldError, InvalidRequest
from app.ticket import Register
from eval.casebook.loading import load_sets
from eval.casebook.model import Case, CaseSet

COMPOSER = "composer"


class Variant(BaseModel):
    """One way to draft."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[\w.@/:+ -]{1,120}$")]
    model: str = COMPOSER
    prompt: str | None = None
    register_: Annotated[Register | None, Field(alias="register")] = None
    instruction: str | None = None

    @property
    def is_scripted(self) -> bool:
        """Whether answers come from a file, in its order."""
        return self.model.startswith("scripted/")

    @property
    def model_name(self) -> str:
        """What the service calls the model: a script goes by its file's stem."""
        return f"scripted/{Path(self.model).stem}" if self.is_scripted else self.model


class Suite(BaseModel):
    """What a suite file says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[\w.-]{1,60}$")]
    cases: Annotated[tuple[str, ...], Field(min_length=1)]
    split: Literal["dev", "test", "all"] = "dev"
    repeats: Annotated[int, Field(ge=1, le=1000)] = 1
    prompts: Path | None = None
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)] = (Variant(name=COMPOSER),)
    folder: Path = Path()

    def files(self) -> list[Path]:
        """The files its cases stand in."""
        found: list[Path] = []
        for pattern in self.cases:
            hits = sorted(self.folder.glob(pattern)) if not Path(pattern).is_absolute() else [Path(pattern)]
            found += [p.resolve() for p in hits] or [self.folder / pattern]
        return list(dict.fromkeys(found))


def read_suite(path: Path) -> Suite:
    """Read a suite. Raises InvalidRequest that names file and field."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        suite = Suite.model_validate({**content, "folder": path.resolve().parent})
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        fields = tuple(FieldError("/" + "/".join(map(str, e["loc"])), e["msg"]) for e in problems)
        raise InvalidRequest(f"{path} is no suite", errors=fields) from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError) as error:
        raise InvalidRequest(f"{path}: {str(error).splitlines()[0]}") from None
    names = [v.name for v in suite.variants]
    if len(set(names)) < len(names):
        raise InvalidRequest(f"{path}: two variants have one name")
    return suite


def variants_of(suite: Suite, prompts: Sequence[str] = (), models: Sequence[str] = ()) -> tuple[Variant, ...]:
    """The suite's variants, each with each prompt and model asked for."""
    if not prompts and not models:
        return suite.variants
    grid = product(suite.variants, models or (None,), prompts or (None,))
    made = [_overlaid(variant, model, prompt, alone=len(suite.variants) == 1) for variant, model, prompt in grid]
    return tuple({v.name: v for v in made}.values())


def _overlaid(variant: Variant, model: str | None, prompt: str | None, *, alone: bool) -> Variant:
    chosen = model or variant.model
    # The composer takes no prompt: one variant of it is enough.
    asked = None if chosen == COMPOSER else prompt or variant.prompt
    name = "+".join(filter(None, ("" if alone else variant.name, chosen if model or alone else "", asked)))
    return variant.model_copy(update={"name": name or variant.name, "model": chosen, "prompt": asked})


def cases_of(suite: Suite, limit: int | None = None) -> tuple[list[Case], list[CaseSet]]:
    """The suite's cases and the sets they are from. Raises BadCases."""
    sets = load_sets(suite.files())
    wanted = [c for one in sets for c in one.cases if suite.split in ("all", c.gold.split)]
    if not wanted:
        raise InvalidRequest(f"the suite {suite.name} has no case in its split '{suite.split}'")
    return _spread(wanted, limit), sets


def _spread(cases: list[Case], limit: int | None) -> list[Case]:
    """The first `limit`, spread evenly, so that a short run sees every file."""
    if limit is None or limit >= len(cases):
        return cases
    return [cases[i * len(cases) // limit] for i in range(limit)]
