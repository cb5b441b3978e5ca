"""Policies as data: what each channel allows, read from `policies/*.yaml` and validated as a whole at start.

`policies/rules/<family>.yaml` defines the rules; `strict.yaml` is the default for every channel; a channel's file
inherits and changes severities and settings. `overlaid` lets a tenant add and tighten; loosening needs an
`accept_risk` reason (`overlays.py` reads a tenant's files).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, get_type_hints

from reply_guards.patterns import Atlas
from reply_guards.remembering import remembered
from reply_guards.rule import Rule, ThirdParty, read_rule, read_third_party, text_of
from reply_guards.text import Sentence
from reply_guards.wordlists import data, lexicon

STRICT = "strict"
_RANK = {"off": 0, "info": 1, "warn": 2, "block": 3}
_OVERLAY_KEYS = {"settings", "rules", "add", "validators", "accept_risk"}
_KEYS = _OVERLAY_KEYS | {"channel", "inherits", "title", "read", "source"}
_SHAPES: dict[str, tuple[type, str]] = {
    "settings": (dict, "a mapping of settings"),
    "rules": (dict, "a mapping of rule ids"),
    "add": (list, "a list of rules"),
    "validators": (list, "a list of validator rules"),
}
_CHANGE_KEYS = {"severity", "source", "read", "accept_risk"}


class PolicyError(ValueError):
    """A policy file is wrong; the message names the file, the rule and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a channel permits, apart from the rules' severities."""

    marketplace: str | None = None  # whose buyer-facing pages may be linked; a key of data/marketplaces.yaml
    tracking_links: bool = False  # official carrier tracking may be linked
    shop_contact: bool = False  # the shop's own domains, e-mail, phone and address may be named
    carrier_phone: bool = False  # telephone numbers of carrier, manufacturer, warranty are allowed
    review_requests: str = "never"  # never | consent
    goodwill: bool = False  # vouchers and discounts that `resolutions` lists may be offered
    follow_up: bool = False  # unsolicited follow-ups are allowed
    max_characters: int | None = None
    max_line_breaks: int | None = None  # in a row
    reply_hours: int | None = None  # the channel's own clock


@dataclass(frozen=True, eq=False)
class Policy:
    """The rules in force on one channel. Compared by identity: each is built once."""

    channel: str
    title: str
    settings: Settings
    rules: Mapping[str, Rule]
    third_party: tuple[ThirdParty, ...] = ()
    accepted_risks: tuple[str, ...] = ()
    source: str = ""
    inherits: str | None = None
    changed: frozenset[str] = field(default_factory=frozenset)  # rules this channel sees differently from its parent

    def active(self, rule_id: str) -> bool:
        """Whether the rule exists here and is not switched off."""
        rule = self.rules.get(rule_id)
        return rule is not None and rule.severity != "off"

    @cached_property
    def worded(self) -> tuple[Rule, ...]:
        """The active rules that look for wordings."""
        return tuple(r for r in self.rules.values() if r.patterns and r.severity != "off")

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs; it finds out the rest for itself."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    @cached_property
    def finders(self) -> Mapping[str, Finder]:
        """By family the network tells, and "" for all others: what finds the matches of worded rules in a sentence."""
        families: dict[str, list[Rule]] = {}
        shipped = load_policies()[STRICT].rules  # what a tenant adds was never trained, so it is always tried
        learned, unlearned = data("learned")["families"], data("learned")["unlearned"]
        for rule in self.worded:
            spared = rule.family in learned and rule.id in shipped and rule.id not in unlearned
            families.setdefault(rule.family if spared else "", []).append(rule)
        return {family: Finder(rules) for family, rules in families.items()}


class Finder:
    """Finds the matches of some worded rules."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        """Gather the patterns of the rules."""
        self._rule_of = {p: r for r in rules for p in r.patterns}
        self._atlas = Atlas(self._rule_of)
        self._matches = remembered(1024)(self._found)

    def matches(self, sentence: Sentence) -> Sequence[tuple[Rule, int, int]]:
        """All matches in a sentence, as (rule, start, end) within its folded text."""
        bits = sentence.possible & self._atlas.mask
        return self._matches(bits, sentence.text) if bits else ()

    def _found(self, bits: int, text: str) -> tuple[tuple[Rule, int, int], ...]:
        possible = self._atlas.possible(bits)
        return tuple((self._rule_of[p], *m.span()) for p in possible for m in p.regex.finditer(text))


def policies_dir() -> Path:
    """Where the policies lie: inside the installed package, or beside the source."""
    inside = Path(__file__).parent / "policies"
    return inside if (inside / f"{STRICT}.yaml").is_file() else Path(__file__).parent.parent / "policies"


@cache
def load_policies(directory: Path | None = None) -> Mapping[str, Policy]:
    """Read and validate all policies, by channel.

    Raises:
        PolicyError: a file is not valid; all that is wrong with it is in the message.
    """
    root = directory or policies_dir()
    base = _base_rules(root)
    files = {path.stem: read_mapping(path) for path in sorted(root.glob("*.yaml"))}
    if STRICT not in files:
        raise PolicyError(f"{root}: there is no {STRICT}.yaml")
    loaded: dict[str, Policy] = {}
    for name in files:
        _resolve(name, files, base, loaded, ())
    return loaded


def policy_for(channel: str, policies: Mapping[str, Policy] | None = None) -> Policy:
    """The policy of a channel; the strict default where it has none of its own. `policies`: a tenant's own."""
    known = policies or load_policies()
    return known.get(channel.strip().lower(), known[STRICT])


def read_mapping(path: Path) -> dict[str, Any]:
    """The content of a YAML file.

    Raises:
        PolicyError: it cannot be read or is no mapping.
    """
    import yaml

    try:
        with path.open(encoding="utf-8") as file:
            content = yaml.load(file, Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        raise PolicyError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise PolicyError(f"{path.name}: must be a mapping")
    return content


def _base_rules(root: Path) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for path in sorted((root / "rules").glob("*.yaml")):
        content = read_mapping(path)
        for raw in content.get("rules", []):
            try:
                rule = read_rule(raw, content.get("family", ""), lexicon())
            except ValueError as error:
                raise PolicyError(f"rules/{path.name}: {error}") from error
            if rule.id in rules:
                raise PolicyError(f"rules/{path.name}: {rule.id} is defined twice")
            rules[rule.id] = rule
    return rules


def _resolve(
    name: str, files: dict[str, dict[str, Any]], base: dict[str, Rule], done: dict[str, Policy], seen: tuple[str, ...]
) -> Policy:
    if name in done:
        return done[name]
    if name not in files or name in seen:
        raise PolicyError(f"{'.yaml → '.join([*seen, name])}.yaml: inherits from nothing or from itself")
    raw = files[name]
    _refuse_unknown(name, raw, _KEYS)
    if name == STRICT:
        parent = Policy(STRICT, "", Settings(), base)
    else:
        parent = _resolve(str(raw.get("inherits", STRICT)), files, base, done, (*seen, name))
    done[name] = _changed(parent, raw, name, trusted=True)
    return done[name]


def _refuse_unknown(name: str, raw: Mapping[str, Any], known: set[str]) -> None:
    if unknown := {str(key) for key in raw} - known:
        raise PolicyError(f"{name}: unknown keys {sorted(unknown)}; known are {sorted(known)}")
    for key, (shape, words) in _SHAPES.items():
        if not isinstance(raw.get(key) or shape(), shape):
            raise PolicyError(f"{name}: `{key}` must be {words}")


def overlaid(policy: Policy, overlay: Mapping[str, Any], name: str = "tenant") -> Policy:
    """A tenant's version of a policy: rules added, severities tightened; what is loosened needs `accept_risk`.

    Raises:
        PolicyError: the overlay is not valid, or loosens a channel's or a law's rule without a reason.
    """
    _refuse_unknown(name, overlay, _OVERLAY_KEYS)
    return _changed(policy, overlay, name, trusted=False)


def _changed(parent: Policy, raw: Mapping[str, Any], name: str, *, trusted: bool) -> Policy:
    rules = dict(parent.rules)
    risks = list(parent.accepted_risks)
    changes = raw.get("rules") or {}
    for rule_id, change in changes.items():
        rules[rule_id] = _with_change(rules, rule_id, change, name, risks, trusted=trusted)
    for entry in raw.get("add") or []:
        rule = _added(entry, rules, name)
        rules[rule.id] = rule
    return Policy(
        channel=parent.channel if not trusted else str(raw.get("channel", name)),
        title=str(raw.get("title", parent.title)),
        settings=_settings(parent.settings, raw, name, risks, trusted=trusted),
        rules=rules,
        third_party=(
            *parent.third_party,
            *(
                _third_party(v, {*rules, *(t.id for t in parent.third_party)}, name)
                for v in raw.get("validators") or []
            ),
        ),
        accepted_risks=tuple(risks),
        source=text_of(raw.get("source", parent.source)),
        inherits=None if name == STRICT else parent.channel,
        changed=frozenset(changes) | (rules.keys() - parent.rules.keys()),
    )


def _added(raw: Any, rules: Mapping[str, Rule], name: str) -> Rule:  # noqa: ANN401 - YAML, checked here
    try:
        rule = read_rule(raw, "", lexicon())
    except ValueError as error:
        raise PolicyError(f"{name}: {error}") from error
    if rule.id in rules:
        raise PolicyError(f"{name}: {rule.id} exists; change it under `rules`")
    return rule


def _third_party(raw: Any, taken: set[str], name: str) -> ThirdParty:  # noqa: ANN401 - YAML, checked here
    try:
        rule = read_third_party(raw if isinstance(raw, dict) else {})
    except ValueError as error:
        raise PolicyError(f"{name}: {error}") from error
    families = sorted({rule_id.partition(".")[0] for rule_id in taken})
    if rule.id in taken or rule.id.partition(".")[0] not in families:
        raise PolicyError(f"{name}: {rule.id}: its id must be new and begin with one of {families}")
    return rule


def _with_change(
    rules: Mapping[str, Rule],
    rule_id: str,
    change: Any,  # noqa: ANN401 - YAML, checked here
    name: str,
    risks: list[str],
    *,
    trusted: bool,
) -> Rule:
    if rule_id not in rules:
        raise PolicyError(f"{name}: there is no rule {rule_id!r}")
    if not isinstance(change, dict) or set(change) - _CHANGE_KEYS or change.get("severity", "warn") not in _RANK:
        raise PolicyError(f"{name}: {rule_id} takes {sorted(_CHANGE_KEYS)}, severity one of {sorted(_RANK)}")
    rule = rules[rule_id]
    severity = str(change.get("severity", rule.severity))
    if not trusted and _RANK[severity] < _RANK[rule.severity] and rule.origin != "house":
        _accept(change, f"{rule_id}: {rule.severity} → {severity}", name, risks)
    return dataclasses.replace(
        rule,
        severity=severity,
        source=text_of(change.get("source", rule.source)),
        read=str(change.get("read", rule.read)),
    )


def _accept(change: Mapping[str, Any], what: str, name: str, risks: list[str]) -> None:
    reason = change.get("accept_risk")
    if not isinstance(reason, str) or len(reason.strip()) < 10:  # noqa: PLR2004 - a reason, not a dot
        raise PolicyError(f"{name}: {what} loosens a channel's rule; say why in `accept_risk` (a sentence)")
    risks.append(f"{what} ({reason.strip()})")


def _settings(parent: Settings, raw: Mapping[str, Any], name: str, risks: list[str], *, trusted: bool) -> Settings:
    changes = raw.get("settings") or {}
    known = get_type_hints(Settings)
    if unknown := set(changes) - set(known):
        raise PolicyError(f"{name}: unknown settings {sorted(unknown)}; known are {sorted(known)}")
    for key, value in changes.items():
        if not isinstance(value, known[key]) or (isinstance(value, bool) and known[key] is not bool):
            raise PolicyError(f"{name}: setting {key} cannot be {value!r}")
    new = dataclasses.replace(parent, **changes)
    if new.review_requests not in {"never", "consent"}:
        raise PolicyError(f"{name}: review_requests is never or consent")
    if not trusted and (loosened := [k for k in changes if _looser(getattr(parent, k), getattr(new, k))]):
        _accept(raw, f"settings {', '.join(loosened)}", name, risks)
    return new


def _looser(old: object, new: object) -> bool:
    if isinstance(old, bool):
        return bool(new) and not old
    if isinstance(old, int):
        return new is None or (isinstance(new, int) and new > old)
    return isinstance(new, str) and new not in {old, "never"}
