"""A receiver of webhooks that takes next to nothing from the cores that are measured, and as long as it is told to.

The one of the tests reads each request as a web server does, which takes longer than sending it.
"""

import asyncio
import re
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)\r\n")
ID = re.compile(rb"(?i)\r\nwebhook-id: *(\S+)\r\n")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class Receiver:
    """Notes the ids of what it gets, in their order; each answer takes `seconds`."""

    seconds: float = 0.0
    ids: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks"

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection, until the other side closes it."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                (length,), (event,) = LENGTH.findall(head), ID.findall(head)
                await reader.readexactly(int(length))
                if self.seconds:
                    await asyncio.sleep(self.seconds)
                self.ids.append(event.decode())
                writer.write(ANSWER)
                await writer.drain()
        writer.close()


@contextmanager
def open_receiver(seconds: float = 0.0) -> Iterator[Receiver]:
    """A receiver on a port of its own, in a thread of its own, until the block ends."""
    receiver, loop = Receiver(seconds), asyncio.new_event_loop()
    server = loop.run_until_complete(asyncio.start_server(receiver.serve, "127.0.0.1", 0))
    receiver.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
