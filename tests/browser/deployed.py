"""The site as it is really run, in processes of its own. Bäckerei Alzette of the demo is there, still without cards.

with production(postgres, redis) as site: ...  # gunicorn, a Celery worker, PostgreSQL, Redis, a mail server
with demo() as site: ...                # what `make demo` runs: its own servers, mail as files
"""

import email
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import psycopg

from loyalty_site.servers.supervise import folder, free_port, server
from tests.notifications.post_office import open_post_office

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 20
OURS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "CACHE_URL", "CELERY_BROKER_URL", "PUBLIC_BASE_URL")


@dataclass(frozen=True)
class Site:
    """A site that answers at `url`. `environment` decides everything about it; `letters` is the mail it has sent."""

    url: str
    environment: dict[str, str]
    letters: Callable[[], list[EmailMessage]]

    def command(self, *command: str) -> list[str]:
        """A command line that runs a Python program in this environment and no other."""
        unset = [part for name in OURS for part in ("-u", name)]
        given = [f"{name}={value}" for name, value in self.environment.items()]
        return ["env", *unset, f"PYTHONPATH={ROOT}", *given, sys.executable, *command]

    def run(self, *command: str) -> None:
        """Run a program to its end; raise, in its own words, if it fails."""
        done = subprocess.run(self.command(*command), capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)}: {done.stdout}{done.stderr}")

    def manage(self, *arguments: str) -> None:
        """Run a management command."""
        self.run(str(ROOT / "manage.py"), *arguments)

    def letter_to(self, address: str) -> EmailMessage:
        """The first e-mail to somebody, as soon as the worker has sent it."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for letter in self.letters():
                if letter["To"].addresses[0].addr_spec == address:
                    return letter
            time.sleep(0.05)
        raise AssertionError(f"no e-mail to {address} in {PATIENCE_SECONDS} seconds")


@contextmanager
def production(postgres: str, redis: str) -> Iterator[Site]:
    """Run what compose.yaml runs, with the settings for production; only TLS is left out.

    Args:
        postgres: the address of a server on which a database may be made, and of one that is there.
        redis: the address of a database that nothing else uses.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        home = stack.enter_context(folder("site"))
        office = stack.enter_context(open_post_office())
        environment = {
            "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": "127.0.0.1",
            "PUBLIC_BASE_URL": url,
            "SECURE_SSL_REDIRECT": "false",
            "DATABASE_URL": stack.enter_context(database(postgres)),
            "REDIS_URL": redis,
            "EMAIL_URL": f"smtp://127.0.0.1:{office.port}",
            "DEFAULT_FROM_EMAIL": "Cards <cards@cards.example>",
            "STATIC_ROOT": str(home / "static"),
            "VAR_DIR": str(home),
        }
        site = Site(url, environment, lambda: list(office.letters))
        local = environment | {"DJANGO_SETTINGS_MODULE": "loyalty_site.settings.local"}
        replace(site, environment=local).run("-m", "tests.browser.prepare")  # production refuses the demo
        site.manage("collectstatic", "--no-input", "--verbosity", "0")
        worker = ["-m", "celery", "--app", "loyalty_site", "worker", "--beat", "--concurrency", "1"]
        web = ["-m", "gunicorn", "loyalty_site.wsgi:application", "--bind", f"127.0.0.1:{port}"]
        web += ["--worker-class", "gthread", "--threads", "4", "--workers", "2", "--no-control-socket"]
        stack.enter_context(running(site, worker, ready=lambda: None))
        stack.enter_context(running(site, web, ready=lambda: urlopen(f"{url}/readyz", timeout=5).close()))
        yield site


@contextmanager
def demo() -> Iterator[Site]:
    """Run what `make demo` runs."""
    address = f"127.0.0.1:{free_port()}"
    url = f"http://{address}"
    with folder("site") as home:
        environment = {
            "DJANGO_SETTINGS_MODULE": "loyalty_site.settings.local",
            "PUBLIC_BASE_URL": url,
            "VAR_DIR": str(home),
        }
        site = Site(url, environment, lambda: [read(path) for path in sorted(home.glob("mail/*.eml"))])
        with_servers = ("-m", "loyalty_site.servers")
        site.run(*with_servers, "-m", "tests.browser.prepare")
        serve = [*with_servers, str(ROOT / "manage.py"), "serve", address]
        with running(site, serve, ready=lambda: urlopen(f"{url}/readyz", timeout=5).close()):
            yield site


@contextmanager
def running(site: Site, command: list[str], *, ready: Callable[[], object]) -> Iterator[None]:
    with (
        folder("process") as home,
        server(site.command(*command), home, None, ready=ready),
    ):
        yield


@contextmanager
def database(address: str) -> Iterator[str]:
    """Make a database on a server, give its address, and drop it at the end."""
    name = f"site_{secrets.token_hex(4)}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(address)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def read(path: Path) -> EmailMessage:
    return email.message_from_bytes(path.read_bytes(), policy=default)
