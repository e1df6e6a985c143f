"""A real worker of the site that is killed in the middle of what it was rung for: nobody tidies up behind it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from celery import Celery
from django.conf import settings as site
from django.db import connection

WAIT = 120  # seconds; only a broken test waits so long


def kill_in_the_middle(
    task: str, *, is_in_the_middle: Callable[[], object], redis_url: str, folder: Path, queue: str = "celery"
) -> None:
    """Start a worker, ring for a task, and SIGKILL the worker once it is in the middle of it."""
    server = connection.settings_dict
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.local",
        "DATABASE_URL": f"postgresql://{server['USER']}@{server['HOST']}:{server['PORT']}/{server['NAME']}",
        "REDIS_URL": redis_url,
        "VAR_DIR": str(folder),
    }
    command = [sys.executable, "-m", "celery", "-A", "loyalty_site", "worker", "-P", "solo", "-l", "ERROR"]
    with (
        subprocess.Popen(command, env=environment, cwd=site.BASE_DIR) as worker,
        Celery(broker=redis_url, set_as_current=False) as bell,
    ):
        bell.send_task(task, queue=queue)
        until = time.monotonic() + WAIT
        while not is_in_the_middle() and time.monotonic() < until:
            pass
        os.kill(worker.pid, signal.SIGKILL)
