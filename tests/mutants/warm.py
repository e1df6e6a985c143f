"""Pytest in a process that is forked from one which has read the libraries already: that is most of a start.

Of this house nothing is read before the fork, so that each process sees the code as it stands at that moment.
"""

import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
# What none of them needs settings to be read.
LIBRARIES = """
pytest _pytest.assertion.rewrite pytest_django.plugin django.test django.contrib.admin.sites
django.contrib.postgres.search django.core.mail django.db.models django.template.engine
django.views.generic psycopg psycopg_pool celery.app.amqp kombu.transport.redis redis cryptography.x509
cryptography.hazmat.primitives.asymmetric.ec openpyxl liquid phonenumbers httpx requests structlog
rich.console PIL.ImageFont segno jwt markdown reportlab.pdfgen.canvas google.auth.transport.requests
sqlparse yaml hypothesis time_machine celery.canvas celery.schedules fido2.webauthn
sentry_sdk.integrations.django opentelemetry.exporter.otlp.proto.http.trace_exporter
django.contrib.humanize.templatetags.humanize rest_framework.serializers django.contrib.admin.views.main
django.contrib.postgres.fields
""".split()

starter = multiprocessing.get_context("forkserver")
starter.set_forkserver_preload(LIBRARIES)


def run(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], output: Path, longest: float
) -> int | None:
    """Run pytest in a folder; returns its exit code, or None if it had to be ended after so many seconds."""
    process = starter.Process(target=_pytest, args=(list(arguments), folder, dict(environment), output))
    process.start()
    process.join(longest)
    if process.exitcode is None and process.pid is not None:
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
        return None
    return process.exitcode


def _pytest(arguments: list[str], folder: Path, environment: dict[str, str], output: Path) -> None:
    os.setsid()  # whatever it starts is ended with it
    speak_to(output)
    move_to(folder, environment)
    sys.exit(sys.modules["pytest"].main(arguments))


def speak_to(output: Path) -> None:
    """What this process says goes into a file."""
    with output.open("w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)


def move_to(folder: Path, environment: Mapping[str, str]) -> None:
    """Read what is read from now on from a folder, and forget where this process comes from."""
    os.chdir(folder)
    # Which settings are the tests' own, the folder's pytest.ini or pyproject.toml says; the site names others.
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)
    os.environ.update(environment)
    gc.freeze()  # what was read before the fork need not be looked through again
    sys.dont_write_bytecode = True  # a patched file may be as old and as long as before
    _forget_this_checkout()
    sys.path.insert(0, str(folder))


def _forget_this_checkout() -> None:
    sys.path[:] = [place for place in sys.path if place and Path(place) != ROOT]
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
        del sys.modules[name]
