"""How Vigil is served: here and nowhere else, so that the demo, the load and a clinic run the same
(docs/decisions/0046). By measurement: docs/performance.md, Load."""

import resource
import sys

# One worker for each core that it may use; what a worker does besides waiting for the database, it does one at a time.
WORKERS, THREADS = 2, 4
# Of each worker. Every screen keeps its own: past this number one is not answered until another goes.
CONNECTIONS = 4096


def command(*, port: int, host: str = "127.0.0.1", workers: int = WORKERS, threads: int = THREADS) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--no-ws", "--log-level", "error"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--backlog", str(CONNECTIONS), "--backpressure", str(CONNECTIONS)),
        "clinic.wsgi:application",
    ]


def allow_connections() -> None:
    """Each of them is an open file, of which a process may have few until it asks for more."""
    soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(most, 2 * CONNECTIONS)), most))
