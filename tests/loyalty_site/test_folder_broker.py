"""A folder as broker: messages come whole, also while others write."""

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from loyalty_site.settings import backends


@pytest.fixture
def options(tmp_path: Path) -> dict[str, Any]:
    return backends.folder_broker(tmp_path / "broker")


def connect(options: dict[str, Any]) -> Connection:
    return Connection(
        "filesystem://localhost",
        transport="loyalty_site.folder_broker:Transport",
        transport_options=options,
    )


def bells(connection: Connection) -> SimpleQueue:
    """A queue with a name of its own in each folder: kombu remembers bindings for the whole process."""
    folder = Path(connection.transport_options["control_folder"])
    return SimpleQueue(connection, f"bells-{folder.parent.parent.name}")


def put(options: dict[str, Any], first: int, count: int) -> None:
    with connect(options) as connection, bells(connection) as queue:
        for number in range(first, first + count):
            queue.put({"card": number})


def waiting(options: dict[str, Any]) -> int:
    with connect(options) as connection, bells(connection) as queue:
        return queue.qsize()


def test_what_one_puts_in_another_takes_out(options: dict[str, Any]) -> None:
    put(options, 7, 1)
    with connect(options) as connection, bells(connection) as queue:
        message = queue.get(timeout=5)
        message.ack()
        assert message.payload == {"card": 7}
        assert queue.qsize() == 0


def test_a_message_is_there_only_when_it_is_whole(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that met a file without its contents ended; kombu's own transport makes such files."""
    seen = []
    write_text = Path.write_text

    def write_and_look(path: Path, *args: Any) -> int:
        path.touch()
        seen.append(waiting(options))
        return write_text(path, *args)

    monkeypatch.setattr(Path, "write_text", write_and_look)
    put(options, 1, 1)
    assert seen == [0]
    assert waiting(options) == 1


def test_the_messages_of_several_processes_all_arrive(options: dict[str, Any]) -> None:
    processes = multiprocessing.get_context("spawn")
    writers = [processes.Process(target=put, args=(options, start, 50)) for start in (0, 50)]
    for writer in writers:
        writer.start()
    seen = []
    with connect(options) as connection, bells(connection) as queue:
        while len(seen) < 100:
            message = queue.get(timeout=20)
            message.ack()
            seen.append(message.payload["card"])
    for writer in writers:
        writer.join()
    assert sorted(seen) == list(range(100))
