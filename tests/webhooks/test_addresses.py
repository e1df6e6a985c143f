"""Which addresses may be called: public ones over https, as they are resolved, and never anything of our own."""

import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from tests.webhooks.receiver import Receiver, status
from wallet.apple.made_up_chain import make_chain
from webhooks import addresses, posting
from webhooks.errors import EndpointNotAllowed

PUBLIC = "93.184.215.14"


def resolves_to(monkeypatch: pytest.MonkeyPatch, *found: str) -> list[str]:
    """Every name leads to these addresses, the names that were asked for."""
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[str]:
        asked.append(host)
        return list(found)

    monkeypatch.setattr(addresses, "look_up", look_up)
    return asked


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/hooks",
        "http://shop.example:8443/",
        "ftp://shop.example/",
        "file:///etc/passwd",
        "gopher://shop.example/",
        "//shop.example/",
        "shop.example/hooks",
        "https://",
        "https:///hooks",
        "https://user@shop.example/",
        "https://user:secret@shop.example/",
        "https://shop.example@127.0.0.1/",
        "https://shop.example\\@127.0.0.1/",
        "https://shop.example/ hooks",
        "https://shop.example/\r\nHost: other",
        "https://shop.example/#part",
        "https://shop.example:22/",
        "https://shop.example:80/",
        "https://shop.example:99999/",
        "https://[::1/",
        "https://./",
        "https://caf\u00e9.example/",
        "https://\u2460\u2461\u2466.0.0.1/",
        "https://shop.example\u3002/",
        "https://shop.example/" + "x" * 500,
    ],
)
def test_an_address_that_is_none_is_refused_before_anything_is_asked(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolves_to(monkeypatch, PUBLIC)
    with pytest.raises(EndpointNotAllowed):
        addresses.require_allowed(url)
    assert asked == []
    assert posting.post(url, b"{}", {}).trouble == "endpoint_not_allowed"


def test_a_public_address_is_allowed_whatever_its_path_and_a_name_may_lead_nowhere_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = resolves_to(monkeypatch, PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c")
    addresses.require_allowed("https://shop.example/hooks?key=1%202")
    addresses.require_allowed("https://shop.example:8443")
    assert asked == ["shop.example", "shop.example"]
    assert addresses.parsed("https://shop.example/hooks?key=1") == addresses.Target(
        "https", "shop.example", 443, "/hooks?key=1"
    )
    monkeypatch.setattr(addresses, "look_up", _nowhere)
    addresses.require_allowed("https://not-yet.example/hooks")


def _nowhere(host: str, port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "no such name")


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd12:3456::1",
        "fec0::1",
        "5f00::1",
        "ff02::1",
        "ff0e::1",
        "::ffff:127.0.0.1",
        "::ffff:a00:1",
        "::127.0.0.1",
        "::ffff:0:7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
    ],
)
def test_nobody_reaches_our_own_network_by_a_name(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resolves_to(monkeypatch, PUBLIC, ip)  # one bad address among good ones is enough
    with pytest.raises(EndpointNotAllowed):
        addresses.require_allowed("https://shop.example/")
    assert posting.post("https://shop.example/", b"{}", {}).trouble == "endpoint_not_allowed"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "10.1",
        "169.254.43518",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::FFFF:7F00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::10.0.0.1]",
        "[2002:a00:1::]",
        "[fd00::1]",
        "[ff02::1]",
    ],
)
def test_nor_by_a_number_however_it_is_written(host: str) -> None:
    with pytest.raises(EndpointNotAllowed):
        addresses.require_allowed(f"https://{host}/")


@pytest.mark.parametrize("host", ["[::1%25lo]", "[fe80::1%25eth0]", "[fe80::1%lo]", "[::1%lo]"])
def test_nor_by_the_name_of_a_network_card(host: str) -> None:
    said = posting.post(f"https://{host}/", b"{}", {})
    assert (said.status, said.trouble in ("endpoint_not_allowed", "no_such_address")) == (None, True)


def test_a_name_is_the_same_in_capitals_and_with_the_dot_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = resolves_to(monkeypatch, PUBLIC)
    for host in ("SHOP.example", "shop.example.", "xn--caf-dma.example"):
        addresses.require_allowed(f"HTTPS://{host}:443/Hooks")
    assert asked == ["shop.example", "shop.example", "xn--caf-dma.example"]
    assert addresses.parsed("HTTPS://SHOP.example./Hooks").path == "/Hooks"


def test_a_name_that_leads_elsewhere_a_moment_later_leads_nobody_into_our_network(
    receiver: Receiver, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = False
    answers = iter([[PUBLIC], ["127.0.0.1"], [PUBLIC, "127.0.0.1"]])
    monkeypatch.setattr(addresses, "look_up", lambda _host, _port: next(answers))
    url = f"https://shop.example:{receiver.server.server_address[1]}/"
    addresses.require_allowed(url)
    assert [posting.post(url, b"{}", {}).trouble for _time in range(2)] == ["endpoint_not_allowed"] * 2
    assert receiver.got == []


def test_what_was_looked_at_is_connected_to_and_the_name_is_asked_for_once(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = receiver.server.server_address[1]
    asked = resolves_to(monkeypatch, "127.0.0.1")
    answer = posting.post(f"http://shop.example:{port}/hooks?a=1", b"{}", {"webhook-id": "evt_1"})
    assert (answer.status, asked) == (200, ["shop.example"])
    (got,) = receiver.got
    assert (got.path, got.headers["host"]) == ("/hooks?a=1", f"shop.example:{port}")


def test_a_demo_may_call_private_addresses_but_sends_no_user_name(settings: Settings) -> None:
    settings.WEBHOOKS_ALLOW_PRIVATE = True
    addresses.require_allowed("http://127.0.0.1:9/hooks")
    with pytest.raises(EndpointNotAllowed):
        addresses.require_allowed("http://user@127.0.0.1:9/hooks")


def test_a_redirect_leads_nowhere(receiver: Receiver) -> None:
    with Receiver() as inside:
        receiver.answers = [status(code, Location=inside.url) for code in (301, 302, 303, 307, 308)]
        got = [posting.post(receiver.url, b"{}", {}).status for _each in range(5)]
    assert (got, inside.got) == ([301, 302, 303, 307, 308], [])


def test_over_tls_the_name_is_what_is_asked_for_and_proved(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chain = make_chain(pass_type_id="pass.example", team_id="TEAM", now=datetime.now(UTC) - timedelta(days=1))
    asked: list[str | None] = []
    kept = tmp_path / "server.pem"
    kept.write_bytes(chain.leaf.pem + chain.leaf.key_pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kept)
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    receiver.server.socket = context.wrap_socket(receiver.server.socket, server_side=True)
    resolves_to(monkeypatch, "127.0.0.1")
    port = receiver.server.server_address[1]
    answer = posting.post(f"https://shop.example:{port}/", b"{}", {})
    assert (answer.status, answer.trouble, receiver.got) == (None, "tls", [])  # nobody vouches for it
    assert asked == ["shop.example"]
