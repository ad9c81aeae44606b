"""How gunicorn serves: loaded by its ``--config``."""

import gc
import os
import signal
from typing import Any

from gunicorn.glogging import Logger

from config import processes
from config.environment import read_environment
from config.watch import shelf
from kernel.logs import Lines

_environment = read_environment(os.environ)
_shelf = shelf.place(_environment.var, _environment.port)
if shelf.VARIABLE not in os.environ and shelf.open_up(_shelf):  # a reload finds it set, and its workers alive
    os.environ[shelf.VARIABLE] = str(_shelf)  # before the application is imported: the client asks only then
    shelf.begin(_shelf)

bind = f"{_environment.bind}:{_environment.port}"
worker_class = "gthread"
workers = _environment.web_workers
threads = 8
preload_app = True
timeout = 60
graceful_timeout = 8
keepalive = 5
backlog = 512
max_requests = 20_000
max_requests_jitter = 2_000
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - gunicorn makes its own name
control_socket_disable = True
errorlog = "-"
loglevel = "warning"


class logger_class(Logger):  # noqa: N801 - gunicorn's own word for it
    """What gunicorn says of a request that broke names its address, and an address may name a phone."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Lines(_environment.log_form))


def when_ready(server: Any) -> None:
    """Workers share what is loaded by now; a connection may not be shared."""
    from django.db import connections

    connections.close_all()
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A worker left behind would keep the port from the next start."""
    processes.die_with_parent(server.pid, signal.SIGKILL)
    _make_room(worker.pid or os.getpid())


def _make_room(pid: int) -> None:
    """On a full disk people are still served, and not counted."""
    from config.watch import meters

    if shelf.folder():
        try:
            shelf.reserve(_shelf, pid)
        except OSError:
            meters.counting = False


def worker_exit(server: Any, worker: Any) -> None:
    """What this worker counted of failures in its last seconds."""
    from kernel import failures

    failures.write()


def child_exit(server: Any, worker: Any) -> None:
    if shelf.folder():
        shelf.bury(_shelf, worker.pid)
