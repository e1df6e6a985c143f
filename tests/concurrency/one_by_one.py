"""Two at one row, of whom the second begins before the first has committed."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import transaction

from tests.concurrency.crowd import Crowd
from tests.lock_waits import somebody_waits
from tests.patience import PATIENCE


def one_after_the_other(few: Crowd, first: Callable[[], Any], second: Callable[[], Any]) -> str:
    """What the second got ("done", a code, or a fault), who began while the first had not committed yet."""
    written, through = threading.Event(), threading.Event()

    def act(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                first()
                written.set()
                while not (through.wait(0.01) or somebody_waits()):
                    pass
            return
        assert written.wait(PATIENCE)
        try:
            second()
        finally:
            through.set()

    done, answer = few.all_at_once(act, people=2)
    assert done == "done"
    return answer
