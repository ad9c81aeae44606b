"""How gunicorn serves: loaded by its ``--config``."""

import gc
import os
import signal
from typing import Any

from config import processes
from config.environment import read_environment

_environment = read_environment(os.environ)

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


def when_ready(server: Any) -> None:
    """Workers share what is loaded by now; a connection may not be shared."""
    from django.db import connections

    connections.close_all()
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A worker left behind would keep the port from the next start."""
    processes.die_with_parent(server.pid, signal.SIGKILL)
