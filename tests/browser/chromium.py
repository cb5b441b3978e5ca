"""The browser of the tests: the one that is found, else Debian's as root, else Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Path of a Chromium, or None."""
    known = next((path for name in _NAMES if (path := shutil.which(name))), None)
    return known or _playwrights_own()


def _playwrights_own() -> str | None:
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    found = [
        p
        for name in ("chrome", "headless_shell", "Chromium")
        for p in cache.glob(f"chromium*/**/{name}")
        if p.is_file()
    ]
    return str(found[0]) if found else None


def install() -> None:
    """Fetch one: Debian's where we are root and apt is there, else Playwright's own."""
    apt = shutil.which("apt-get")
    if apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([apt, "update", "-qq"], env=env, check=False)
        packages = ["chromium", "fonts-dejavu-core"]
        done = subprocess.run([apt, "install", "-y", "-qq", "--no-install-recommends", *packages], env=env, check=False)
        if done.returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if find() is None:
        sys.stderr.write("installing a Chromium for the tests …\n")
        install()
