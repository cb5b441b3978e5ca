"""Every block of the pack's two pages runs, from top to bottom, as a reader would run it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PACK = Path(__file__).parents[3] / "guardrails"


@pytest.mark.parametrize("page", ["HOWTO.md", "README.md"])
def test_the_code_of_the_page_runs(page, tmp_path):
    """In a process of its own, and without a warning of ours."""
    blocks = re.findall(r"```python\n(.*?)```", (PACK / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    script = tmp_path / "page.py"
    script.write_text("\n".join(blocks), encoding="utf-8")
    result = subprocess.run([sys.executable, script], cwd=PACK, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
