"""The house rules that code can check: who may import whom, and the folder that must not become a package."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCES = sorted([*(ROOT / "app").rglob("*.py"), *(ROOT / "eval").rglob("*.py"), *(ROOT / "guardrails").rglob("*.py")])


def imports(path: Path) -> set[str]:
    """Full names of everything a module imports, at any depth of its code."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def importers(package: str) -> set[str]:
    """Relative paths of the modules that import a package."""
    return {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(name == package or name.startswith(package + ".") for name in imports(path))
    }


def test_only_one_module_imports_litellm():
    """litellm takes seconds to import and phones home unless told not to: one door."""
    assert importers("litellm") == {"app/llm/litellm_client.py"}


def test_only_validators_import_guardrails_ai():
    """guardrails-ai likewise."""
    assert importers("guardrails") <= {"guardrails/reply_guards/validators.py"}


def test_the_review_pack_imports_nothing_of_ours():
    """It is built and installed on its own."""
    offenders = {p for p in importers("app") | importers("eval") if p.startswith("guardrails/")}
    assert not offenders


def test_only_settings_read_the_environment():
    """Everything else takes parameters. Model clients set guards and read the providers' own variables."""
    allowed = {"app/config.py", "app/llm/litellm_client.py", "app/llm/openai_client.py", "app/llm/fleet_file.py",
               "app/provision.py", "app/cli/__init__.py"}  # fmt: skip
    readers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "os.environ" in (text := path.read_text(encoding="utf-8")) or "os.getenv" in text
    }
    assert {r for r in readers if r.startswith("app/")} <= allowed


def test_queries_live_in_repositories():
    """Services and endpoints build no SQL."""
    users = {p for p in importers("sqlalchemy.select") if p.startswith("app/")}
    allowed = {"app/security.py", "app/keys.py", "app/cli/state.py", "app/http/idempotency.py"}
    assert {p for p in users if not p.endswith("repository.py")} <= allowed


def test_triage_and_composer_do_no_io():
    """Pure rooms: no database, no HTTP, no model."""
    for room in ("app/triage", "app/drafts/composer"):
        for package in ("sqlalchemy", "httpx", "fastapi", "asyncio", "socket"):
            assert not {p for p in importers(package) if p.startswith(room)}, (room, package)


def test_the_guardrails_folder_is_no_package():
    """An __init__.py there would hide the installed guardrails-ai."""
    assert not (ROOT / "guardrails" / "__init__.py").exists()
    probe = "import importlib.util as u; print(u.find_spec('guardrails').origin)"
    origin = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert "site-packages" in origin


def test_no_file_grows_beyond_reading():
    """A file near 400 lines wants splitting by meaning."""
    long = {
        str(p.relative_to(ROOT)): n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


@pytest.mark.parametrize("module", ["app.cli", "app.cli.check"])
def test_the_command_line_starts_without_heavy_libraries(module):
    """`--help` and `check` must not pay for what they do not use."""
    heavy = ("litellm", "guardrails", "sqlalchemy", "fastapi", "numpy", "pydantic", "rich.console")
    probe = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True, text=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"
