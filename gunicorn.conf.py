"""What gunicorn reads by itself in this folder; its command line says the rest (docs/deploy.md)."""

from typing import Any

from groundwork.web import hashing


def post_worker_init(worker: Any) -> None:
    """Leave some of the threads that this process really has to the tills."""
    hashing.share(worker.cfg.threads)
