"""One rule as data: what it looks for, how grave it is, where it comes from, what to say about it, its own examples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reply_guards.model import Part
from reply_guards.patterns import Pattern, PatternError, compile_pattern

_PART_OF: dict[str, Part] = {
    **dict.fromkeys(("links", "contact", "offplatform", "promotion", "feedback"), "compliance"),
    **dict.fromkeys(("style", "sensitive", "leak", "safety"), "compliance"),
    "placeholder": "compliance",
    "tone": "tone",
    "structure": "structure",
    "language": "language",
    "register": "language",
    "grounding": "grounding",
    "promise": "grounding",
}  # fmt: skip
_KEYS = {
    "id", "severity", "looks_for", "languages", "source", "read", "origin", "message", "coaching", "patterns", "unless",
    "ignore", "fix", "consent", "examples",
}  # fmt: skip
_IGNORES = {"quoted", "negated", "questions", "conditional"}
_FIXES = {None, "drop_sentence", "drop", "replace_link", "collapse", "lower"}
_SEVERITIES = {"block", "warn", "info", "off"}
MIN_EXAMPLES = 2


@dataclass(frozen=True)
class Rule:
    """A rule in force. `severity` may be `off`. Texts are given per language (`de`, `en`)."""

    id: str
    severity: str
    part: Part
    looks_for: str
    source: str
    read: str
    origin: str  # marketplace | law | house: whose rule it is
    message: Mapping[str, str]
    coaching: Mapping[str, str]
    languages: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()  # a hit does not count when one of these matches in its sentence
    ignore: frozenset[str] = field(default_factory=frozenset)
    fix: str | None = None
    consent: bool = False  # passes with `review_consent` where the channel's settings say so
    examples: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def family(self) -> str:
        """The part of the id before the dot."""
        return self.id.partition(".")[0]


@dataclass(frozen=True)
class ThirdParty:
    """An installed guardrails-ai validator that runs as a rule of a policy."""

    id: str
    use: str  # registered validator id, or `module:ClassName`
    args: Mapping[str, Any]
    severity: str
    message: Mapping[str, str]
    part: Part = "compliance"


def text_of(value: object) -> str:
    """A YAML scalar on one line."""
    return " ".join(str(value).split())


def read_rule(raw: Any, family: str, lexicon: Mapping[str, str]) -> Rule:  # noqa: ANN401 - YAML, checked here
    """Build a rule from its YAML.

    Raises:
        ValueError: something is missing, unknown or cannot be compiled; names the rule.
    """
    if not isinstance(raw, dict) or not isinstance(raw.get("id"), str):
        raise ValueError(  # noqa: TRY004 - one kind of error for all mistakes in a file
            f"a rule must be a mapping with an id, not {str(raw)[:60]!r}"
        )
    rule_id = raw["id"]
    problems = list(_problems(raw, rule_id, family))
    if problems:
        raise ValueError(f"{rule_id}: " + "; ".join(problems))
    try:
        patterns = _patterns(raw.get("patterns"), lexicon)
        unless = _patterns(raw.get("unless"), lexicon)
    except PatternError as error:
        raise ValueError(f"{rule_id}: {error}") from error
    return Rule(
        id=rule_id,
        severity=raw["severity"],
        part=_PART_OF[rule_id.partition(".")[0]],
        looks_for=text_of(raw["looks_for"]),
        source=text_of(raw["source"]),
        read=str(raw["read"]),
        origin=raw.get("origin", "house"),
        message=_texts(raw["message"]),
        coaching=_texts(raw["coaching"]),
        languages=tuple(raw.get("languages", ("de", "en"))),
        patterns=patterns,
        unless=unless,
        ignore=frozenset(raw.get("ignore", ())),
        fix=raw.get("fix"),
        consent=bool(raw.get("consent", False)),
        examples={k: tuple(v) for k, v in raw["examples"].items()},
    )


def _problems(raw: Mapping[str, Any], rule_id: str, family: str) -> list[str]:
    found = []
    if unknown := set(raw) - _KEYS:
        found.append(f"unknown keys {sorted(unknown)}")
    found += [
        f"{key} is missing"
        for key in ("severity", "looks_for", "source", "read", "message", "coaching", "examples")
        if not raw.get(key)
    ]
    if rule_id.partition(".")[0] not in _PART_OF or (family and rule_id.partition(".")[0] not in family.split()):
        found.append("its id must begin with a known family and a dot")
    if raw.get("severity") not in _SEVERITIES:
        found.append(f"severity must be one of {sorted(_SEVERITIES)}")
    if set(raw.get("ignore", ())) - _IGNORES:
        found.append(f"ignore takes {sorted(_IGNORES)}")
    if raw.get("fix") not in _FIXES:
        found.append(f"fix must be one of {sorted(f for f in _FIXES if f)}")
    for key in ("message", "coaching"):
        if not isinstance(raw.get(key), dict) or not {"de", "en"} <= set(raw[key]):
            found.append(f"{key} needs de and en")
    examples = raw.get("examples")
    if not isinstance(examples, dict) or any(len(examples.get(k) or ()) < MIN_EXAMPLES for k in ("trip", "pass")):
        found.append(f"needs at least {MIN_EXAMPLES} examples under `trip` and under `pass`")
    return found


def _texts(raw: Mapping[str, Any]) -> dict[str, str]:
    return {language: text_of(text) for language, text in raw.items()}


def _patterns(raw: Any, lexicon: Mapping[str, str]) -> tuple[Pattern, ...]:  # noqa: ANN401 - a list, or lists by language
    if not raw:
        return ()
    sources = [s for group in raw.values() for s in group or ()] if isinstance(raw, dict) else raw
    return tuple(compile_pattern(str(source), lexicon) for source in sources)


def read_third_party(raw: Mapping[str, Any]) -> ThirdParty:
    """Build a third-party rule from its YAML.

    Raises:
        ValueError: `id`, `use` or `severity` is missing or wrong.
    """
    if not {"id", "use", "severity"} <= set(raw) or raw["severity"] not in _SEVERITIES:
        raise ValueError(f"a validator rule needs id, use and severity, not {dict(raw)!r}")
    family = str(raw["id"]).partition(".")[0]
    message = raw.get("message") or {}
    return ThirdParty(
        id=str(raw["id"]),
        use=str(raw["use"]),
        args=dict(raw.get("args") or {}),
        severity=str(raw["severity"]),
        message=_texts(message),
        part=_PART_OF.get(family, "compliance"),
    )
