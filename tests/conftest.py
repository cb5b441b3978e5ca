"""What all tests share: an environment that is not the developer's own, and how long Hypothesis searches."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# Settings of the shell that runs the tests must not leak into them.
for name in [n for n in os.environ if n.startswith("VIERKLANG_")]:
    del os.environ[name]

# `make fuzz`: --hypothesis-profile=long.
settings.register_profile(
    "long",
    max_examples=int(os.environ.get("FUZZ_EXAMPLES", "20000")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example, HealthCheck.data_too_large],
    print_blob=True,
)
