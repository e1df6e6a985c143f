"""A Valkey (or Redis) server: for a test and gone, or kept in a folder."""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from loyalty_site.servers import find, supervise


@contextmanager
def temporary() -> Iterator[str]:
    """Give the address of an empty server that keeps nothing."""
    program = find.valkey_program()
    with supervise.folder("valkey") as home:
        port = supervise.free_port()
        command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(home)]
        url = f"redis://127.0.0.1:{port}/0"
        with supervise.server(
            [*command, "--save", "", "--appendonly", "no"], home, None, ready=lambda: ping(url)
        ):
            yield url


@contextmanager
def kept(home: Path) -> Iterator[str]:
    """Give the address of a server whose data is in `home` and there again the next time; it asks for a password."""
    program = find.valkey_program()
    home.mkdir(parents=True, exist_ok=True)
    port, password = supervise.free_port(), secrets.token_urlsafe(24)
    options = {
        "port": port,
        "bind": "127.0.0.1",
        "dir": f'"{home}"',
        "requirepass": password,
        "appendonly": "yes",
    }
    settings = home / "valkey.conf"  # not on the command line, which everybody on the machine can read
    settings.touch(mode=0o600)
    settings.write_text("".join(f"{name} {value}\n" for name, value in options.items()))
    url = f"redis://:{password}@127.0.0.1:{port}/0"
    with supervise.server([str(program), str(settings)], home, None, ready=lambda: ping(url), keep=True):
        yield url


def end_left_over(url: str) -> None:
    """Stop the server at this address, which only we know the password of, if a crash left it running."""
    with Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client, suppress(RedisError):
        client.shutdown()
    deadline = time.monotonic() + supervise.STOP_SECONDS
    while answers(url) and time.monotonic() < deadline:
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Whether there is a server at this address that takes its password."""
    try:
        ping(url)
    except RedisError:
        return False
    return True


def ping(url: str) -> None:
    """Raise where no server answers."""
    with Redis.from_url(url, socket_timeout=1) as client:
        client.ping()
