"""Nobody waits for a look through all code for garbage: what is loaded before the first call is left out of it."""

import gc
from collections.abc import Iterator
from pathlib import Path
from runpy import run_path

import pytest
from celery import signals
from celery.utils.dispatch import Signal
from django.conf import settings


@pytest.fixture(autouse=True)
def nothing_frozen() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_a_web_process_is_made_of_what_is_frozen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    hooks = run_path(str(Path(settings.BASE_DIR) / "gunicorn.conf.py"))
    hooks["pre_fork"](None, None)
    assert gc.get_freeze_count() > 10_000


@pytest.mark.parametrize("signal", [signals.worker_before_create_process, signals.worker_process_init])
def test_so_is_each_process_of_a_worker(signal: Signal) -> None:
    signal.send(sender=None)
    assert gc.get_freeze_count() > 10_000
