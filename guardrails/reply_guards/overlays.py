"""Tenants' own versions of the policies, from a folder of files.

`<tenant>.yaml` holds on every channel, `<tenant>.<channel>.yaml` on one and is laid over the first. Each file takes
what `overlaid` takes. Everything is validated when the folder is read, the examples of added rules included: what is
wrong is told at start, with file, rule and cure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reply_guards.examples import DEFAULT_CHANNEL, example_context
from reply_guards.policy import STRICT, Policy, PolicyError, load_policies, overlaid, policy_for, read_mapping
from reply_guards.thirdparty import require_third_party

_INHERITS = "inherits"


@dataclass(frozen=True)
class Overlays:
    """The policies of tenants who have files of their own; all others have the shipped ones."""

    tenants: Mapping[str, Mapping[str, Policy]]

    def policies(self, tenant: str) -> Mapping[str, Policy]:
        """A tenant's policies by channel."""
        return self.tenants.get(tenant) or load_policies()

    def policy(self, tenant: str, channel: str) -> Policy:
        """A tenant's policy for a channel; its strict default where the channel has none."""
        return policy_for(channel, self.policies(tenant))


def load_overlays(directory: Path, is_tenant: Callable[[str], bool] = bool) -> Overlays:
    """Read and validate a folder of overlays. `is_tenant` says which names are tenants'.

    Raises:
        PolicyError: the folder or a file is not valid; names file, rule and cure.
    """
    if not directory.is_dir():
        raise PolicyError(f"{directory} is not a folder; make it, or leave the setting empty")
    tenants: dict[str, dict[str, Policy]] = {}
    # The shorter names, those of whole tenants, come first: a channel's file is laid over them.
    for path in sorted(_files(directory), key=lambda p: (p.stem.count("."), p.name)):
        tenant, _, channel = path.stem.partition(".")
        if not is_tenant(tenant):
            advice = "name the file <tenant>.yaml or <tenant>.<channel>.yaml"
            raise PolicyError(f"{path.name}: {tenant!r} is no tenant; {advice}")
        policies = tenants.setdefault(tenant, dict(load_policies()))
        content = read_mapping(path)
        if channel:
            policies[channel] = _for_channel(policies, channel, content, path.name)
        else:
            tenants[tenant] = {name: overlaid(p, content, f"{path.name} on {name}") for name, p in policies.items()}
        _prove(tenants[tenant], content, channel or None, path.name)
    return Overlays(tenants)


def _files(directory: Path) -> Iterator[Path]:
    for path in directory.iterdir():
        if path.suffix == ".yml":
            raise PolicyError(f"{path.name}: would not be read; name it {path.stem}.yaml")
        if path.suffix == ".yaml":
            yield path


def _for_channel(policies: Mapping[str, Policy], channel: str, content: dict[str, Any], name: str) -> Policy:
    """A channel's overlay. Where no policy has that name, the file says `inherits`: no misspelling goes unseen."""
    parent = content.pop(_INHERITS, None if channel not in policies else channel)
    if channel in policies and parent != channel:
        raise PolicyError(f"{name}: {channel} has a policy already; leave `inherits` out")
    if parent not in policies:
        raise PolicyError(
            f"{name}: there is no policy for the channel {channel!r}, known are {', '.join(sorted(policies))}; "
            f"mend the file's name, or write `inherits: {STRICT}` into it for a channel of your own"
        )
    return overlaid(policies[parent], content, name)


def _prove(policies: Mapping[str, Policy], content: Mapping[str, Any], channel: str | None, name: str) -> None:
    """Build the foreign validators a file names, and hold the rules it adds to their own examples."""
    if content.get("validators"):
        require_third_party(policies[channel or STRICT], name)
    for raw in content.get("add") or []:
        for kind in ("trip", "pass"):
            for example in raw["examples"][kind]:
                if wrong := _hold(policies, raw["id"], example, channel or DEFAULT_CHANNEL, trips=kind == "trip"):
                    raise PolicyError(f"{name}: {raw['id']}: {wrong}")


def _hold(
    policies: Mapping[str, Policy],
    rule_id: str,
    example: Any,  # noqa: ANN401 - a text or a mapping
    channel: str,
    *,
    trips: bool,
) -> str | None:
    """What is wrong with an example, if anything is."""
    from reply_guards.review import review

    try:
        text, context, policy = example_context(example, policies, channel)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        return f"the example {example!r} cannot be read ({type(error).__name__}: {error})"
    found = {f.rule for f in review(text, context, policy=policy).findings}
    if not policy.active(rule_id) or (rule_id in found) == trips:
        return None
    return f"the example {text[:80]!r} {'does not trip it' if trips else 'trips it'}; mend the patterns or the example"
