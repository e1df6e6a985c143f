"""A fake APNs: real HTTP/2 over real TLS that demands a client certificate, told what to answer.

with FakeApns(chain) as apns:
    apns.answer("aa01", 410, "Unregistered", timestamp=...)   # the next push to this token; then 200 again
    settings.WALLET_APPLE_PUSH_URL = apns.url
    ...
    assert apns.tokens == ["aa01"]
"""

import asyncio
import json
import ssl
import tempfile
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from h2.config import H2Configuration
from h2.connection import ConnectionState, H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded

from wallet.apple.made_up_chain import Chain, make_server_certificate


@dataclass
class Push:
    """What arrived on one stream."""

    token: str
    headers: dict[str, str]
    connection: int
    body: bytes = b""


@dataclass(frozen=True)
class Scripted:
    """What to answer: a status with APNs's JSON, nothing at all, or a GOAWAY."""

    status: int = 200
    reason: str = ""
    timestamp: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    is_silent: bool = False
    is_goaway: bool = False

    @property
    def body(self) -> bytes:
        if self.status == 200:
            return b""
        told: dict[str, Any] = {"reason": self.reason}
        if self.timestamp is not None:
            told["timestamp"] = self.timestamp
        return json.dumps(told).encode()


def is_over(connection: H2Connection) -> bool:
    """Whether it has said GOAWAY: what came with it in the same breath gets no answer."""
    return connection.state_machine.state is ConnectionState.CLOSED


class FakeApns:
    """A server on a free port of 127.0.0.1, in a thread of its own."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.pushes: list[Push] = []
        self.connections = 0
        self.topics_of_clients: list[str] = []
        self.most_at_once = 0
        self._scripts: dict[str, list[Scripted]] = defaultdict(list)
        self._for_all: Scripted | None = None
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._writers: set[asyncio.StreamWriter] = set()

    # --- what a test says and asks ---

    def answer(self, token: str, status: int, reason: str = "", **more: Any) -> None:
        """Answer the next push to a token like this."""
        self._scripts[token].append(Scripted(status, reason, **more))

    def go_away_at(self, token: str) -> None:
        """Answer the next push to a token by closing the connection, as Apple does now and then."""
        self._scripts[token].append(Scripted(is_goaway=True))

    def stay_silent_at(self, token: str) -> None:
        """Never answer the next push to a token."""
        self._scripts[token].append(Scripted(is_silent=True))

    def answer_all(self, status: int, reason: str = "", **more: Any) -> None:
        """Answer every push like this, until told otherwise."""
        self._for_all = Scripted(status, reason, **more) if status != 200 else None

    @property
    def tokens(self) -> list[str]:
        return [push.token for push in self.pushes]

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    # --- the server ---

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._client, "127.0.0.1", 0, ssl=self._tls())
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        for writer in self._writers:
            writer.transport.abort()
        server.close()
        self._loop.run_until_complete(asyncio.sleep(0))
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def _tls(self) -> ssl.SSLContext:
        own = make_server_certificate("localhost", self.chain.root, datetime.now(UTC))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_alpn_protocols(["h2"])
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=self.chain.root.pem.decode())
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "server.pem"
            file.write_bytes(own.key_pem + own.pem)
            context.load_cert_chain(file)
        return context

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        self._writers.add(writer)
        subject = dict(part[0] for part in writer.get_extra_info("peercert")["subject"])
        self.topics_of_clients.append(subject.get("userId", ""))
        connection = H2Connection(H2Configuration(client_side=False))
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        streams: dict[int, Push] = {}
        while data := await reader.read(65536):
            events = connection.receive_data(data)
            self.most_at_once = max(self.most_at_once, len(streams))
            for event in events:
                if isinstance(event, RequestReceived):
                    headers = {name.decode(): value.decode() for name, value in event.headers}
                    token = headers[":path"].removeprefix("/3/device/")
                    streams[event.stream_id] = Push(token, headers, number)
                elif isinstance(event, DataReceived):
                    streams[event.stream_id].body += event.data
                    connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self.most_at_once = max(self.most_at_once, len(streams))
            for event in events:
                if isinstance(event, StreamEnded) and not is_over(connection):
                    self._answer(connection, event.stream_id, streams.pop(event.stream_id))
            writer.write(connection.data_to_send())
            await writer.drain()
            if is_over(connection):
                break
        writer.close()

    def _answer(self, connection: H2Connection, stream: int, push: Push) -> None:
        self.pushes.append(push)
        scripts = self._scripts[push.token]
        script = scripts.pop(0) if scripts else self._for_all or Scripted()
        if script.is_silent:
            return
        if script.is_goaway:
            connection.close_connection(ErrorCodes.NO_ERROR, last_stream_id=max(0, stream - 2))
            return
        headers = [(":status", str(script.status)), ("apns-id", f"{stream:08}"), *script.headers.items()]
        connection.send_headers(stream, headers, end_stream=not script.body)
        if script.body:
            connection.send_data(stream, script.body, end_stream=True)
