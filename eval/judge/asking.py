"""Asking a language model for a judgement: by our own client, cached by all that is asked, refused where unreadable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ValidationError

from app.llm.client import ChatMessage, Completion, LanguageModel, ModelAnswerUnusable
from eval.casebook.model import digest_of
from eval.runs.cache import Cache

_OBJECT = re.compile(r"\{.*\}", re.DOTALL)
# Prompts, not pages: nothing is escaped, but customers' text loses the marks that end data.
_PROMPTS = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).parent), undefined=StrictUndefined, trim_blocks=True
)
Verdict = TypeVar("Verdict", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Judge:
    """A model that judges."""

    model: LanguageModel
    cache: Cache | None = None
    addresses: tuple[str, ...] = ()  # where the model is reached: the same name elsewhere is another judge

    @property
    def name(self) -> str:
        """The model's name as a metric has it."""
        return self.model.name.replace("/", "-")

    async def ask(self, template: str, shape: type[Verdict], **texts: str) -> Verdict:
        """One judgement. Raises ModelError; ModelAnswerUnusable for an answer that is not what was asked for."""
        safe = {name: text.replace("<", "‹").replace(">", "›") for name, text in texts.items()}
        prompt = _PROMPTS.get_template(template).render(safe)
        key = digest_of([self.model.name, self.addresses, prompt])
        if self.cache and (kept := self.cache.get("judge", key)):
            return shape.model_validate(kept)
        request = Completion((ChatMessage("user", prompt),), schema=shape.model_json_schema(), temperature=0.0,
                             max_tokens=300, timeout_s=60)  # fmt: skip
        verdict = _read((await self.model.complete(request)).text, shape)
        if self.cache:
            self.cache.put("judge", key, verdict.model_dump(by_alias=True))
        return verdict


def _read(answer: str, shape: type[Verdict]) -> Verdict:
    found = _OBJECT.search(answer)
    try:
        told: Any = orjson.loads(found[0]) if found else None
        return shape.model_validate(told)
    except (orjson.JSONDecodeError, ValidationError):
        raise ModelAnswerUnusable("The judge's answer is not the JSON it was asked for.") from None
