"""Whose rules hold: each tenant's policies, the shipped ones or those of `VIERKLANG_POLICY_DIR`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import SettingsError
from reply_guards.overlays import Overlays, load_overlays
from reply_guards.policy import Policy, PolicyError, load_policies

LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The policies of one tenant."""

    tenant: str = LOCAL
    overlays: Overlays = field(default_factory=lambda: Overlays({}))

    def policy(self, channel: str) -> Policy:
        """The tenant's policy for a channel."""
        return self.overlays.policy(self.tenant, channel)


@dataclass(frozen=True, slots=True)
class Rulebooks:
    """The rulebooks of all tenants; read once at start."""

    overlays: Overlays

    def of(self, tenant_id: uuid.UUID) -> Rulebook:
        """A tenant's rulebook."""
        from app.provision import LOCAL_TENANT  # the command line's check needs no database

        return Rulebook(LOCAL if tenant_id == LOCAL_TENANT else str(tenant_id), self.overlays)


def open_rulebooks(policy_dir: Path | None) -> Rulebooks:
    """Read and validate all policies, and the tenants' own where a folder is set.

    Raises:
        SettingsError: a file is wrong; names the file, the rule and what to do.
    """
    try:
        load_policies()
        overlays = load_overlays(policy_dir, _is_tenant) if policy_dir else Overlays({})
    except PolicyError as error:
        raise SettingsError(f"VIERKLANG_POLICY_DIR: {error}" if policy_dir else str(error)) from error
    return Rulebooks(overlays)


def _is_tenant(name: str) -> bool:
    try:
        return name == LOCAL or str(uuid.UUID(name)) == name
    except ValueError:
        return False
