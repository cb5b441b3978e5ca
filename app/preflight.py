"""What must hold before anything listens: said here in one sentence, where a web server would print a stack trace."""

from __future__ import annotations

from app.config import Settings
from app.drafts.rulebooks import open_rulebooks
from app.errors import SettingsError
from app.llm.fleet_file import open_models
from app.llm.prompts import shipped_prompts
from app.provision import Provisioned, provision


def preflight(settings: Settings) -> Provisioned:
    """Check settings, policies and prompts, and provision the database. The caller releases what is returned.

    Raises:
        SettingsError: a policy, a prompt, a script or a setting is wrong.
        RuntimeError: the embedded database cannot start.

    """
    open_rulebooks(settings.policy_dir)
    try:
        shipped_prompts()
        open_models(settings)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    ready = provision(settings)
    if ready.new_key:
        # Printed, not logged: a key has no place in a log file.
        print(f"\nYour API key (kept in {settings.data_dir / 'api_key'}): {ready.new_key}\n", flush=True)  # noqa: T201
    return ready
