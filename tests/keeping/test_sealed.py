"""Streams that are sealed piece by piece: nothing is left out, exchanged, added or cut off unseen."""

import pytest

from loyalty_site.keeping import KeepingFault, sealed
from loyalty_site.keeping.sealed import PIECE, TAG

KEY = sealed.derived("a secret", b"salt", "database")
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 5)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_opened_whatever_its_chunks(size: int) -> None:
    text = bytes(range(256)) * (size // 256 + 1)
    pieces = list(sealed.seal([text[:size]], KEY))
    assert b"".join(sealed.unseal([b"".join(pieces)], KEY)) == text[:size]
    assert b"".join(sealed.unseal(iter(pieces), KEY)) == text[:size]


def test_what_is_not_as_it_was_does_not_open() -> None:
    first, second, third = sealed.seal([bytes(2 * PIECE + 5)], KEY)
    harmed = {
        "cut off at the end of a piece": [first, second],
        "cut off within": [first, second, third[:-1]],
        "exchanged": [second, first, third],
        "left out": [first, third],
        "added": [first, second, third, third],
        "nothing": [],
        "changed": [first, bytes([second[0] ^ 1]) + second[1:], third],
    }
    assert len(third) == 5 + TAG
    for chunks in harmed.values():
        with pytest.raises(KeepingFault, match="changed or cut off"):
            list(sealed.unseal(chunks, KEY))


def test_a_key_is_for_one_purpose_and_one_backup() -> None:
    keys = {sealed.derived("a secret", salt, to) for salt in (b"1", b"2") for to in ("database", "files")}
    assert len(keys) == 4
