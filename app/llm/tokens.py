"""How many tokens a text costs: exact for OpenAI's encodings, estimated for all other models, never over the network.

tiktoken would download its ranks. litellm carries two of them as files; they are found without importing litellm, their
checksum is compared, and the encoding is built from them. Where that fails, and for every model that is not OpenAI's,
the estimate holds: one token for every three bytes of UTF-8. Real tokenizers need 3.2 to 4.5 bytes a token for German
and English and never fewer than two for other scripts, so for our languages the estimate errs on the safe side.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tiktoken

CountTokens = Callable[[str], int]

_DATA = Path(__file__).parent / "data" / "encodings.yaml"
_BYTES_PER_TOKEN = 3
# Counts by the texts' hashes, never the texts: macros, instructions and precedents come again in every prompt, and a
# thousand words take a millisecond.
_REMEMBERED = 20_000
_EXACT_PROVIDERS = frozenset({"openai", "azure", "azure_ai", "text-completion-openai"})


def counter(model: str) -> CountTokens:
    """The way to count tokens for `provider/model`. Loading an encoding takes 0.3–0.6 s, once, at the first text."""
    name = encoding_name(model)
    return _exactly(name) if name else estimate


def estimate(text: str) -> int:
    """Tokens a text costs at most in German or English, for any model."""
    return -(-len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN)


def encoding_name(model: str) -> str | None:
    """The encoding of `provider/model`, or None where only the estimate is known."""
    provider, _, name = model.rpartition("/")
    if provider and provider.partition("/")[0] not in _EXACT_PROVIDERS:
        return None
    fitting = [
        (len(begin), encoding) for encoding, e in _encodings().items() for begin in e["models"] if _is(name, begin)
    ]
    return max(fitting)[1] if fitting else None


def _is(name: str, begin: str) -> bool:
    rest = name.removeprefix("ft:").removeprefix(begin)
    return name.removeprefix("ft:").startswith(begin) and not rest[:1].isalnum()


@cache
def _exactly(name: str) -> CountTokens:
    known: dict[int, int] = {}

    def count(text: str) -> int:
        key = hash(text)
        if (tokens := known.get(key)) is None:
            encoding = _encoding(name)
            tokens = len(encoding.encode_ordinary(text)) if encoding else estimate(text)
            if len(known) >= _REMEMBERED:
                known.clear()
            known[key] = tokens
        return tokens

    return count


@cache
def _encodings() -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.load(_DATA.read_text("utf-8"), yaml.CSafeLoader)
    return loaded


@cache
def _encoding(name: str) -> tiktoken.Encoding | None:
    """Build an encoding from the file in litellm's package; None if there is none, or another one."""
    known = _encodings()[name]
    path = _tokenizer_folder() / known["file"]
    raw = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(raw).hexdigest() != known["sha256"]:
        return None
    import tiktoken

    lines = (line.split() for line in raw.splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    return tiktoken.Encoding(name, pat_str=known["pattern"], mergeable_ranks=ranks, special_tokens={})


def _tokenizer_folder() -> Path:
    spec = find_spec("litellm")  # finds a top-level package without running it
    if spec is None or spec.origin is None:
        return Path("/nonexistent")
    return Path(spec.origin).parent / "litellm_core_utils" / "tokenizers"
