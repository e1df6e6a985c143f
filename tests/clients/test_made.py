"""The clients fit the document: what is made of it is what is kept, and each call has a name of its own."""

import pytest

from loyalty.api import clients
from loyalty.api.clients.calls import calls
from loyalty.api.reference import document

FILES = dict(clients.files(document()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_client_is_as_the_document_is(path: object) -> None:
    assert path.read_text() == FILES[path], "make clients"  # type: ignore[attr-defined, index]


def test_each_call_of_the_document_can_be_made() -> None:
    made = {(call.method, call.path) for call in calls(document())}
    there = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    assert made == there


def test_two_calls_of_one_name_are_refused() -> None:
    paths = document()["paths"]
    (one, *_others) = paths
    doubled = document() | {"paths": {**paths, f"{one}again/": paths[one]}}
    with pytest.raises(ValueError, match="same name"):
        calls(doubled)
