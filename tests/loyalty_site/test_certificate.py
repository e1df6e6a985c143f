"""Doctor looks at the certificate that customers' browsers are shown, before it ends."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from groundwork.watching import pulses
from loyalty_site import certificate
from tests.loyalty_site.looked_at import everything_runs
from wallet.apple.made_up_chain import make_chain

pytestmark = pytest.mark.django_db
Shown = Callable[[int], str]


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Shown]:
    """Begins a server with a certificate that ends in so many days, and gives its address."""
    servers: list[socket.socket] = []

    def begin(days: int) -> str:
        chain = make_chain(pass_type_id="a", team_id="b", now=timezone.now(), days=days)
        files = tmp_path / "chain.pem", tmp_path / "key.pem"
        files[0].write_bytes(chain.leaf.pem)
        files[1].write_bytes(chain.leaf.key_pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*files)
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def answer() -> None:
            with suppress(OSError):  # it ends with the test
                while True:
                    line, _caller = server.accept()
                    with suppress(OSError), context.wrap_socket(line, server_side=True) as speech:
                        speech.recv(1)

        threading.Thread(target=answer, daemon=True).start()
        return f"https://127.0.0.1:{server.getsockname()[1]}"

    yield begin
    for server in servers:
        server.close()


@pytest.fixture(autouse=True)
def all_else_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulses, "_written", {})
    everything_runs()


def doctor() -> list[str]:
    """What doctor says is wrong, or that all is well."""
    out = StringIO()
    with suppress(CommandError):
        call_command("doctor", stdout=out)
    return [
        line for line in out.getvalue().splitlines() if line.startswith(("wrong", "All", "The certificate"))
    ]


def test_doctor_says_that_a_certificate_ends_soon_and_not_that_one_holds(
    shown: Shown, settings: Settings
) -> None:
    settings.PUBLIC_BASE_URL = shown(16)
    assert doctor() == ["All is well."]
    settings.PUBLIC_BASE_URL = shown(14)
    assert doctor() == [f"wrong: the certificate of {settings.PUBLIC_BASE_URL}: it ends in 13 days"]


def test_one_that_has_ended_is_read_all_the_same(shown: Shown, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = shown(0)
    ends = certificate.ends_at(settings.PUBLIC_BASE_URL)
    assert ends is not None
    assert ends <= timezone.now()
    assert certificate.problem(ends - timedelta(days=1)).startswith("it ended at ")


def test_where_the_site_cannot_be_reached_from_here_that_is_only_told(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        settings.PUBLIC_BASE_URL = f"https://127.0.0.1:{taken.getsockname()[1]}"
        told, verdict = doctor()
    assert told.startswith(f"The certificate of {settings.PUBLIC_BASE_URL} cannot be seen from here: ")
    assert verdict == "All is well."


def test_an_address_without_tls_has_none(settings: Settings) -> None:
    assert certificate.ends_at("http://127.0.0.1:8000") is None
