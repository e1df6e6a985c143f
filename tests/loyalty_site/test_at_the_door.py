"""Two attacks on the site as it is deployed: gunicorn with threads, and strangers who make its work slow."""

import http.client
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import urlopen

import psutil
import pytest
from django.db import connection

from benchmarks.guesses import csrf_token, guess
from loyalty_site.servers.supervise import free_port, server

ROOT = Path(__file__).parents[2]
THREADS, PATIENCE_SECONDS = 8, 60
HOSTILE = "a-"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture
def site(home: Path, redis_url: str) -> Iterator[tuple[int, psutil.Process]]:
    """The port of one process of gunicorn on the tests' database, and the process."""
    port, at = free_port(), connection.settings_dict
    given = {
        "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.local",
        "DATABASE_URL": f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}",
        "REDIS_URL": redis_url,
        "VAR_DIR": str(home),
        "TRUSTED_PROXY_COUNT": "1",
        "PYTHONPATH": str(ROOT),
    }
    web = ["-m", "gunicorn", "loyalty_site.wsgi", "--chdir", str(ROOT), "--bind", f"127.0.0.1:{port}"]
    web += ["--worker-class", "gthread", "--threads", str(THREADS), "--no-control-socket"]
    command = ["env", *(f"{name}={value}" for name, value in given.items()), sys.executable, *web]
    ready = f"http://127.0.0.1:{port}/healthz"
    with server(command, home, None, ready=lambda: urlopen(ready, timeout=5).close()) as process:
        yield port, psutil.Process(process.pid)


def status(port: int, path: str) -> int:
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    caller.request("GET", path)
    answer = caller.getresponse()
    answer.read()
    caller.close()
    return answer.status


def cost(site: tuple[int, psutil.Process], path: str, times: int = 30) -> float:
    """Processor time of the site for so many requests."""
    port, process = site

    def spent() -> float:
        return sum(sum(each.cpu_times()[:2]) for each in [process, *process.children(recursive=True)])

    before = spent()
    for _ in range(times):
        assert status(port, path) in (404, 414)
    return spent() - before


def test_a_long_address_costs_its_length_and_stops_nobody(site: tuple[int, psutil.Process]) -> None:
    port, _process = site
    with ThreadPoolExecutor(6) as strangers:
        answers = [strangers.submit(status, port, f"/{HOSTILE * 4000}") for _ in range(6)]
        answers += [strangers.submit(status, port, f"/{HOSTILE * 2000}") for _ in range(6)]
        assert status(port, "/healthz") == 200
        assert {answer.result() for answer in answers} == {404, 414}
    for long, short in ((4000, 2000), (2000, 1000)):  # the first are too long for gunicorn itself
        assert cost(site, f"/{HOSTILE * long}") < 3 * cost(site, f"/{HOSTILE * short}")


def test_sixteen_who_make_up_names_leave_threads_to_the_tills(site: tuple[int, psutil.Process]) -> None:
    port, _process = site
    token = csrf_token(port)
    with ThreadPoolExecutor(16) as strangers:
        guesses = [strangers.submit(guess, port, token, number) for number in range(48)]
        while not all(each.done() for each in guesses):
            assert status(port, "/readyz") == 200, "what asks the database, as tills do"
        answers = [each.result() for each in guesses]
    assert set(answers) <= {200, 503}, "asked for the right one, or to come back"
    assert 503 in answers, "no more than half of the threads wait for a hash"
    assert 200 in answers
