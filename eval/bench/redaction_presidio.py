"""Presidio with its predefined recognisers, as the redaction bench asks it. No spaCy model is on PyPI: no NER."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Callable
from typing import Any

from eval.bench.redaction_cases import Labelled

_ENTITY = {
    "PERSON": "name", "EMAIL_ADDRESS": "email", "PHONE_NUMBER": "phone", "IBAN_CODE": "iban", "CREDIT_CARD": "card", "URL": "link",
    "LOCATION": "address", "DATE_TIME": "birth_date",
}  # fmt: skip
_LEAST_SCORE = 0.3


def presidio() -> Callable[[Labelled], list[tuple[int, int, str]]] | None:
    """What finds entities with Presidio, or None where it is not installed."""
    if importlib.util.find_spec("presidio_analyzer") is None:
        return None
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    engine = _engine()

    def find(case: Labelled) -> list[tuple[int, int, str]]:
        results = engine.analyze(case.text, language=case.language, score_threshold=_LEAST_SCORE)
        return [(r.start, r.end, _ENTITY.get(r.entity_type, r.entity_type.lower())) for r in results]

    return find


class _Bundled:
    """Stands for the module `tldextract`, whose default would look for the list on the network."""

    def __init__(self, extract: Any) -> None:  # noqa: ANN401 - tldextract's extractor
        self.extract = extract


def _engine() -> Any:  # noqa: ANN401 - Presidio is no dependency of ours
    import spacy  # type: ignore[import-not-found, unused-ignore]
    import tldextract
    from presidio_analyzer import (  # type: ignore[import-not-found, unused-ignore]
        AnalyzerEngine,
        RecognizerRegistry,
    )
    from presidio_analyzer.nlp_engine import SpacyNlpEngine  # type: ignore[import-not-found, unused-ignore]
    from presidio_analyzer.predefined_recognizers import EmailRecognizer  # type: ignore[import-not-found, unused-ignore]

    # Its e-mail check would fetch the public suffix list; the bundled one does.
    module = importlib.import_module(EmailRecognizer.__module__)
    vars(module)["tldextract"] = _Bundled(tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None))
    engine = SpacyNlpEngine(models=[{"lang_code": lang, "model_name": f"blank_{lang}"} for lang in ("de", "en")])
    engine.nlp = {lang: spacy.blank(lang) for lang in ("de", "en")}
    registry = RecognizerRegistry(supported_languages=["de", "en"])
    registry.load_predefined_recognizers(languages=["de", "en"])
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["de", "en"])
