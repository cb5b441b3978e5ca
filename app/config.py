"""All settings, in one class: the only reader of the environment. The README's table is generated from here."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.errors import SettingsError
from app.targets import check_target

_KEY = re.compile(r"[!-~]{20,200}")
_SHORTEST_SECRET = 32
# A draft with a model has a connection for some hundredths of its life; the rest is room for many that begin at once.
_CONNECTIONS, _DRAFTS_A_CONNECTION = 10, 16
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
DEFAULT_EMBEDDING = "builtin/use-multilingual-3"
_OPTIONAL = (
    "database_url", "service_database_url", "api_key", "model", "policy_dir", "models_file", "session_secret",
    "webhook_url", "webhook_secret", "database_pool",
)  # fmt: skip


class Settings(BaseSettings):
    """Settings of Vierklang, each read from `VIERKLANG_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="VIERKLANG_", extra="ignore", frozen=True)

    host: Annotated[str, Field(min_length=1, description="Address the API listens on.")] = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535, description="Port the API listens on; 0 takes a free one.")] = 8400
    workers: Annotated[int, Field(ge=1, le=64, description="API processes.")] = 1
    data_dir: Annotated[Path, Field(description="Home of the embedded database and the local key.")] = Path(
        ".vierklang"
    )
    database_url: Annotated[
        SecretStr | None,
        Field(description="PostgreSQL ≥ 15 with pgvector, as the owner of the tables. Empty: the embedded one."),
    ] = None
    service_database_url: Annotated[
        SecretStr | None,
        Field(
            description="The same database as a role that is neither superuser nor owner. Empty: `vierklang_service`, "
            "created at start, its password derived from the owner's."
        ),
    ] = None
    database_pool: Annotated[
        int | None,
        Field(ge=1, le=200, description="Connections an API process holds at most. Empty: 10, and one more for every "
              "16 drafts at models (a draft holds one only while it reads and while it is stored)."),
    ] = None  # fmt: skip
    api_key: Annotated[
        SecretStr | None, Field(description="The local API key (≥ 20 characters). Empty: created on first start.")
    ] = None
    model: Annotated[
        str | None,
        Field(description="`provider/model` (`openai/…`, `anthropic/…`, `ollama/…`, `scripted/PATH`), or several in "
              "the order they are asked, separated by commas. Empty: the built-in composer writes."),
    ] = None  # fmt: skip
    models_file: Annotated[
        Path | None, Field(description="The models with addresses, keys' variables and limits (docs/models.md).")
    ] = None
    model_cooldown_s: Annotated[
        float, Field(ge=0, le=600, description="Rest of a model whose provider failed; 0: it is asked again at once.")
    ] = 30.0
    model_concurrency: Annotated[
        int, Field(ge=1, le=10_000, description="Drafts a process asks models for at once.")
    ] = 64
    model_queue: Annotated[
        int, Field(ge=0, le=100_000, description="Drafts that may wait for their turn; beyond, the answer is 429.")
    ] = 256
    reuse_drafts_s: Annotated[
        int,
        Field(
            ge=0, le=86_400, description="An identical request is answered with the same draft for so long; 0: never."
        ),
    ] = 0
    mask_customers: Annotated[
        bool, Field(description="Names, ids, links and contact data of customers do not reach the provider.")
    ] = True
    model_timeout_s: Annotated[
        float, Field(gt=0, le=600, description="Longest wait for one answer of a model, retries included.")
    ] = 12.0
    model_retries: Annotated[int, Field(ge=0, le=5, description="Retries after a passing provider error.")] = 1
    model_max_tokens: Annotated[int, Field(ge=50, le=8000, description="Longest model answer, in tokens.")] = 900
    prompt_tokens: Annotated[int, Field(ge=500, le=200_000, description="Longest prompt, in tokens.")] = 6000
    deadline_s: Annotated[float, Field(gt=0, le=600, description="Longest time one draft may take in all.")] = 30.0
    embedding_model: Annotated[
        str, Field(min_length=1, description="Built-in, or any litellm embedding model as `provider/model`.")
    ] = DEFAULT_EMBEDDING
    keep_drafts_days: Annotated[
        int, Field(ge=0, le=36_500, description="Days a draft, its ticket and outcome are kept; 0: for ever.")
    ] = 365
    keep_tickets_days: Annotated[
        int, Field(ge=0, le=36_500, description="Days a redacted precedent is kept after its import; 0: for ever.")
    ] = 0
    learn_after_days: Annotated[
        int,
        Field(ge=0, le=365, description="Quarantine: days until a reply that was sent may serve as a precedent."),
    ] = 7
    policy_dir: Annotated[
        Path | None,
        Field(description="Folder with rules of one's own: `local.yaml`, `local.<channel>.yaml` (docs/policies.md). "
              "Empty: the shipped rules alone."),
    ] = None  # fmt: skip
    register_de: Annotated[
        Literal["sie", "du"], Field(description="German register where neither request nor profile sets one.")
    ] = "sie"
    webhook_url: Annotated[
        SecretStr | None,
        Field(description="Where escalations are told: any https address, Slack's incoming webhooks too "
              "(docs/webhooks.md). Empty: nowhere."),
    ] = None  # fmt: skip
    webhook_secret: Annotated[
        SecretStr | None,
        Field(validate_default=True, description="What these messages are signed with (≥ 20 characters); required "
              "with VIERKLANG_WEBHOOK_URL."),
    ] = None  # fmt: skip
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field(description="DEBUG may log customer text, the others never."),
    ] = "INFO"
    log_format: Annotated[
        Literal["auto", "json", "text"], Field(description="auto: text on a terminal, else JSON.")
    ] = "auto"
    max_body_bytes: Annotated[int, Field(ge=1024, description="Largest request body.")] = 1_048_576
    starter_knowledge: Annotated[
        bool, Field(description="Load the starter macros and tickets into an empty database.")
    ] = True

    session_secret: Annotated[
        SecretStr | None,
        Field(description="Signs the console's sessions (≥ 32 characters); the same on every machine. "
              "Empty: created on first start in the data folder."),
    ] = None  # fmt: skip
    session_hours: Annotated[int, Field(ge=1, le=720, description="Hours until the console asks to sign in again.")] = (
        12
    )
    frame_ancestors: Annotated[
        str, Field(description="Origins that may show the console in a frame (`https://desk.example`), separated by "
                   "commas; needs https. Empty: none."),
    ] = ""  # fmt: skip
    cors_origins: Annotated[
        str, Field(description="Origins whose pages may call the API from a browser, separated by commas. Empty: none.")
    ] = ""

    @property
    def connections(self) -> int:
        """Connections an API process holds at most."""
        return self.database_pool or _CONNECTIONS + self.model_concurrency // _DRAFTS_A_CONNECTION

    @field_validator(*_OPTIONAL, mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("data_dir", "policy_dir", "models_file", mode="after")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().absolute() if value else None

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("api_key", "webhook_secret", mode="after")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        secret = value.get_secret_value() if value else None
        if secret is not None and not _KEY.fullmatch(secret):
            raise ValueError("must be at least 20 printable ASCII characters without spaces")
        return value

    @field_validator("session_secret", mode="after")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"must have at least {_SHORTEST_SECRET} characters")
        return value

    @field_validator("frame_ancestors", "cors_origins", mode="after")
    @classmethod
    def _origins(cls, value: str) -> str:
        if wrong := [o for o in origins(value) if not _ORIGIN.fullmatch(o)]:
            raise ValueError(f"{wrong[0]} is no origin; write it as https://desk.example, without a path")
        return value

    @field_validator("webhook_url", mode="after")
    @classmethod
    def _target(cls, value: SecretStr | None) -> SecretStr | None:
        if value:
            check_target(value.get_secret_value())
        return value

    @field_validator("webhook_secret", mode="after")
    @classmethod
    def _signed(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("webhook_url"):
            raise ValueError("is required with VIERKLANG_WEBHOOK_URL")
        return value

    @field_validator("database_url", "service_database_url", mode="after")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("postgresql://", "postgres://", "postgresql+psycopg://")):
            raise ValueError("must begin with postgresql://")
        return value

    @field_validator("model", mode="after")
    @classmethod
    def _provider_and_name(cls, value: str | None) -> str | None:
        names = value.split(",") if value is not None else []
        if not all(provider.strip() and model for provider, _, model in (name.partition("/") for name in names)):
            raise ValueError("must read provider/model, as in openai/gpt-4o-mini; several are separated by commas")
        return value


def origins(value: str) -> tuple[str, ...]:
    """The origins of a setting that lists some."""
    return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())


@cache
def get_settings() -> Settings:
    """Read the environment once. Raises SettingsError with one sentence that names every wrong value."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(explain(error)) from None


def explain(error: ValidationError) -> str:
    """Say which setting is wrong and why, without repeating secret values."""
    parts = []
    for problem in error.errors(include_input=False, include_url=False):
        name = "VIERKLANG_" + "_".join(str(p) for p in problem["loc"]).upper()
        parts.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
    return "wrong setting: " + "; ".join(parts)


def settings_table() -> str:
    """The settings as a Markdown table, for the README."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else f"`{getattr(field.default, 'name', field.default)}`"
        rows.append(f"| `VIERKLANG_{name.upper()}` | {default} | {field.description} |")
    return "\n".join(rows)
