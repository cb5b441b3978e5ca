"""`vierklang serve` and `vierklang worker`."""

from __future__ import annotations

import signal
import sys


def serve() -> None:
    """Run the API (address, port and the rest: `vierklang settings`)."""
    import uvicorn

    from app.config import get_settings
    from app.preflight import preflight

    settings = get_settings()
    ready = preflight(settings)
    # uvicorn raises the signal that stopped it once more when all is closed; by default that would kill us here, with
    # the lease on the database still in our hands.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"Vierklang on http://{settings.host}:{settings.port}  (docs: /docs, stop: Ctrl-C)", file=sys.stderr)
    try:
        uvicorn.run(
            "app.main:create_app",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            access_log=False,
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
    finally:
        if ready.embedded:
            ready.embedded.release()


def worker() -> None:
    """Run a worker of the job queue; any number of them share the work."""
    import asyncio

    from app.jobs.worker import run_worker

    asyncio.run(run_worker())
