"""Long streams, encrypted piece by piece with AES-256-GCM; memory does not grow with them.

Each stream has a key of its own, derived from the site's and a salt. A piece is bound to its place and to whether it
is the last one: pieces that are left out, exchanged or cut off at the end do not open.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from loyalty_site.keeping import KeepingFault

PIECE = 1 << 20  # bytes before they are sealed
TAG = 16


def derived(secret: str, salt: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose of one backup. The secret is random, so that no slow hash is needed."""
    return HKDF(SHA256(), length=32, salt=salt, info=purpose.encode()).derive(secret.encode())


def seal(chunks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The pieces of a stream, each sealed. A key is used for one stream and never again."""
    cipher = AESGCM(key)
    for place, (piece, is_last) in enumerate(_pieces(chunks, PIECE)):
        yield cipher.encrypt(_nonce(place, is_last), piece, None)


def unseal(chunks: Iterable[bytes], key: bytes) -> Iterator[bytes]:
    """The pieces of a stream that `seal` made. Raises KeepingFault at the first that is not as it was."""
    cipher = AESGCM(key)
    for place, (piece, is_last) in enumerate(_pieces(chunks, PIECE + TAG)):
        try:
            yield cipher.decrypt(_nonce(place, is_last), piece, None)
        except InvalidTag:
            raise KeepingFault("A part of the backup does not open: it was changed or cut off.") from None


def _nonce(place: int, is_last: bool) -> bytes:
    return place.to_bytes(11, "big") + bytes([is_last])


def _pieces(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    """A stream in pieces of one size, each with whether it is the last, which may be shorter or empty."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        while len(waiting) > size:
            yield bytes(waiting[:size]), False
            del waiting[:size]
    yield bytes(waiting), True
