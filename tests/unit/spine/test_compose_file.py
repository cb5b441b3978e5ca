"""docker-compose.yml: valid, non-root, healthy, and running the same commands as the Makefile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[3]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


def test_it_fits_the_compose_schema():
    """Checked against the schema that check-jsonschema carries."""
    command = [str(Path(sys.executable).parent / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    result = subprocess.run([*command, str(ROOT / "docker-compose.yml")], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_every_service_has_a_health_check_and_no_root():
    """Database, API and worker."""
    assert set(COMPOSE["services"]) == {"database", "api", "worker"}
    for service in COMPOSE["services"].values():
        assert service["healthcheck"]["test"]
        assert service["user"] not in {"root", "0"}


def test_its_commands_are_the_makefiles():
    """`make run` and `make worker`, without make in between."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(BIN)", ".venv/bin")
    for name in ("api", "worker"):
        assert " ".join(COMPOSE["services"][name]["command"]) in makefile


def test_no_secret_is_written_down():
    """Passwords and keys come from the environment."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert "PASSWORD: ${POSTGRES_PASSWORD:?" in text
