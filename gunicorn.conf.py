"""What gunicorn reads by itself in this folder; its command line says the rest (docs/deploy.md)."""

from typing import Any

from groundwork.web import hashing
from loyalty_site.spare_threads import SpareThreads


def post_worker_init(worker: Any) -> None:
    """Leave some of the threads that this process really has to the tills, and others to who asks whether it lives."""
    hashing.share(worker.cfg.threads)
    SpareThreads(worker)
