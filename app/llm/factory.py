"""From the name in a setting or a request to a language model."""

from __future__ import annotations

from pathlib import Path

from app.llm.client import LanguageModel

_SCRIPTED = "scripted/"


def read_code(name: str) -> None:
    """Import what the model `name` needs, before processes are forked."""
    from app.llm.openai_client import ENDPOINTS

    if not name.startswith(_SCRIPTED) and name.partition("/")[0] not in ENDPOINTS:
        from app.llm import litellm_client

        litellm_client.read_code()


def open_model(
    name: str, *, api_base: str | None = None, api_key: str | None = None, api_version: str | None = None
) -> LanguageModel:
    """Make the model called `provider/model`; `scripted/<path>` reads a script. Nothing is imported or called yet.

    Raises:
        BrokenScript: the script of a scripted model cannot be read.

    """
    if name.startswith(_SCRIPTED):
        from app.llm.scripted import read_script

        return read_script(Path(name.removeprefix(_SCRIPTED)))
    from app.llm.openai_client import ENDPOINTS, OpenAIModel

    if name.partition("/")[0] in ENDPOINTS:
        return OpenAIModel(name, api_base=api_base, api_key=api_key)
    from app.llm.litellm_client import LiteLLMModel

    return LiteLLMModel(name, api_base=api_base, api_key=api_key, api_version=api_version)
