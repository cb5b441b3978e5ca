"""What all tests share: an environment that is not the developer's own."""

from __future__ import annotations

import os

# Settings of the shell that runs the tests must not leak into them.
for name in [n for n in os.environ if n.startswith("VIERKLANG_")]:
    del os.environ[name]
