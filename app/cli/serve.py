"""`vierklang serve` and `vierklang worker`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer


def serve(
    with_worker: Annotated[bool, typer.Option(help="Also run a worker of the job queue, as `make run` does.")] = False,
) -> None:
    """Run the API (address, port and the rest: `vierklang settings`)."""
    import uvicorn

    from app.config import get_settings
    from app.main import create_app
    from app.preflight import preflight
    from app.provision import release

    settings = get_settings()
    ready = preflight(settings)
    # uvicorn raises the signal that stopped it once more when all is closed; by default that would kill us here, with
    # the lease on the database still in our hands.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"Vierklang on http://{settings.host}:{settings.port}  (docs: /docs, stop: Ctrl-C)", file=sys.stderr)
    try:
        # Several processes import the application themselves; a single one takes what is already there.
        alone = settings.workers == 1
        with _beside(with_worker):
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
                # Longer than balancers keep an idle connection (60 s): else we may close one they just used again.
                timeout_keep_alive=75,
            )
    finally:
        release(ready)


@contextmanager
def _beside(wanted: bool) -> Iterator[None]:
    """A worker process for as long as the API runs; it notices by itself when this process is killed."""
    if not wanted:
        yield
        return
    command = (sys.executable, "-m", "app.cli", "worker", "--parent", str(os.getpid()))
    worker = subprocess.Popen(command)  # noqa: S603 - our own words
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def worker(
    parent: Annotated[int | None, typer.Option(help="End with the process of this id.", hidden=True)] = None,
) -> None:
    """Run a worker of the job queue; any number of them share the work."""
    import asyncio

    from app.jobs.worker import run_worker

    asyncio.run(run_worker(parent=parent))
