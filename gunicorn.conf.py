"""What gunicorn reads by itself in this folder; its command line says the rest (docs/deploy.md)."""

import gc
import os
import shutil
import tempfile
from typing import Any

# Where the counts of all processes meet; its name has to be known before prometheus_client is imported anywhere.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="loyalty-metrics-")

from prometheus_client import multiprocess

from groundwork.web import hashing
from loyalty_site.logs import logging_config
from loyalty_site.spare_threads import SpareThreads

IS_PRODUCTION = os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith("production")
LOG_FORMAT = os.environ.get("LOG_FORMAT") or ("json" if IS_PRODUCTION else "plain")
LOG_LEVEL = os.environ.get("LOG_LEVEL") or ("INFO" if IS_PRODUCTION else "WARNING")

# Loaded once, before there is a port: a new process is there in a moment, and nobody waits in line for one that loads.
# An update therefore ends this one and starts another (docs/deploy.md); a HUP is the same code again.
preload_app = True

# Nobody steers it but the signals of whoever started it; two on a machine would take the socket from each other.
control_socket_disable = True

logconfig_dict = logging_config(as_json=LOG_FORMAT == "json", level=LOG_LEVEL)


def pre_fork(server: Any, worker: Any) -> None:
    """What is loaded is never looked through for garbage: that takes some call a tenth of a second, and much memory."""
    gc.freeze()


def post_worker_init(worker: Any) -> None:
    """Leave some of the threads that this process really has to the tills, and others to who asks whether it lives."""
    hashing.share(worker.cfg.threads)
    if hasattr(worker, "enqueue_req"):  # `gthread`; another kind of worker has no pool to be full
        SpareThreads(worker)


def child_exit(server: Any, worker: Any) -> None:
    """What a process counted stays; what it measured of itself goes with it."""
    multiprocess.mark_process_dead(worker.pid)


def on_exit(server: Any) -> None:
    """Leave no folder behind."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
