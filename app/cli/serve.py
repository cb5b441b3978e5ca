"""`vierklang serve` and `vierklang worker`."""

from __future__ import annotations

import signal
import sys


def serve() -> None:
    """Run the API (address, port and the rest: `vierklang settings`)."""
    import uvicorn

    from app.config import get_settings
    from app.main import create_app
    from app.preflight import preflight

    settings = get_settings()
    ready = preflight(settings)
    # uvicorn raises the signal that stopped it once more when all is closed; by default that would kill us here, with
    # the lease on the database still in our hands.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"Vierklang on http://{settings.host}:{settings.port}  (docs: /docs, stop: Ctrl-C)", file=sys.stderr)
    try:
        # Several processes import the application themselves; a single one takes what is already there.
        alone = settings.workers == 1
        uvicorn.run(
            create_app(settings, ready) if alone else "app.main:create_app",
            factory=not alone,
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
