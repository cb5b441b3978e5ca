"""The word lists of `data/*.yaml`, read lazily and once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def data(name: str) -> Any:  # noqa: ANN401 - the shape is the file's own; each reader knows its file
    """The content of `data/<name>.yaml`."""
    import yaml

    with (_DATA / f"{name}.yaml").open(encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


@cache
def word_list(name: str) -> frozenset[str]:
    """One of the short lists of `data/words.yaml`."""
    return frozenset(str(word) for word in data("words")[name])


@cache
def lexicon() -> dict[str, str]:
    """The named lists of `data/lexicon.yaml`, each as one alternation of the pattern language."""
    return {name: "|".join(map(str, words)) for name, words in data("lexicon").items()}
