"""One task for each merchant, so that what is broken of one stops nothing of the others."""

import logging
from collections.abc import Iterable
from typing import Any

from celery import Task
from django.conf import settings

logger = logging.getLogger(__name__)


def one_each(task: Task, ids: Iterable[int], *, expires: int) -> list[Any]:
    """Have `task` done with each id (its only argument, `of`), by any worker, within so many seconds.

    Where nobody is rung for it is done at once, one after another, and the results are returned; a failure is in the
    log and at the task's pulse.
    """
    results = []
    for each in ids:
        try:
            if settings.DOORBELL_ENABLED:
                task.apply_async(kwargs={"of": each}, expires=expires, retry=False)
            else:
                results.append(task(of=each))
        except Exception:
            logger.exception("failed", extra={"task": task.name, "of": each})
    return results
