"""Whether a .pkpass is one that an iPhone takes. Pure. Source: Apple, "Building a pass"; RFC 5652 (CMS), X.690 (DER).

Reads what `wallet.apple.signing` writes, as far as needed: one signer, with signed attributes.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import pkcs7

from wallet.apple.signing import Signer

NEEDED = ("pass.json", "manifest.json", "signature", "icon.png")
MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")  # 1.2.840.113549.1.9.4
SET, OCTETS, SIGNED_ATTRIBUTES = 0x31, 0x04, 0xA0
LARGEST = 20_000_000  # bytes, unpacked
UNREADABLE = (ValueError, IndexError, StopIteration, RecursionError, zipfile.BadZipFile)


class NotAPass(Exception):
    """What is wrong with a package, in a few English words, for whoever runs the site."""


def verify(data: bytes, signer: Signer) -> None:
    """Raise NotAPass for a package that is not whole, or that this signer has not signed as it stands."""
    try:
        files = _files(data)
        _check_manifest(files)
        _check_signature(files["signature"], files["manifest.json"], signer)
    except InvalidSignature as error:
        raise NotAPass("the signature is not of the configured certificate") from error
    except UNREADABLE as error:
        raise NotAPass(f"it cannot be read ({type(error).__name__})") from error


def _files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise NotAPass("it is far too large")
        files = {name: archive.read(name) for name in archive.namelist()}
    if missing := [name for name in NEEDED if name not in files]:
        raise NotAPass(f"without {', '.join(missing)}")
    return files


def _check_manifest(files: dict[str, bytes]) -> None:
    sums = {
        name: hashlib.sha1(content, usedforsecurity=False).hexdigest()
        for name, content in files.items()
        if name not in ("manifest.json", "signature")
    }
    if json.loads(files["manifest.json"]) != sums:
        raise NotAPass("the manifest does not list its files as they are")


def _check_signature(signature: bytes, manifest: bytes, signer: Signer) -> None:
    carried = pkcs7.load_der_pkcs7_certificates(signature)
    for certificate, name in ((signer.certificate, "signer"), (signer.intermediate, "Apple's intermediate")):
        if certificate not in carried:
            raise NotAPass(f"the signature does not carry the certificate of the {name}")
    attributes, value = _signer_info(signature)
    digests = [
        next(_elements(values.content)).content
        for oid, values in (tuple(_elements(each.content)) for each in _elements(attributes.content))
        if oid.content == MESSAGE_DIGEST
    ]
    if digests != [hashlib.sha256(manifest).digest()]:
        raise NotAPass("the signature is over another manifest")
    signed = bytes([SET]) + attributes.whole[1:]  # it is written as [0], and signed as the set that it is
    key = signer.certificate.public_key()
    if isinstance(key, RSAPublicKey):
        key.verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(value, signed, ec.ECDSA(hashes.SHA256()))


@dataclass(frozen=True)
class _Element:
    """A value in DER: its tag, its content, and the bytes of all of it."""

    tag: int
    content: bytes
    whole: bytes


def _signer_info(signature: bytes) -> tuple[_Element, bytes]:
    """The signed attributes of the one signer, and the signature over them."""
    _kind, wrapped = _elements(next(_elements(signature)).content)
    *_other, signers = _elements(next(_elements(wrapped.content)).content)
    parts = list(_elements(next(_elements(signers.content)).content))
    attributes = next(part for part in parts if part.tag == SIGNED_ATTRIBUTES)
    return attributes, next(part.content for part in parts if part.tag == OCTETS)


def _elements(data: bytes) -> Iterator[_Element]:
    at = 0
    while at < len(data):
        length, begin = data[at + 1], at + 2
        if length & 0x80:  # so many bytes of length follow
            begin += length & 0x7F
            length = int.from_bytes(data[at + 2 : begin])
        if begin + length > len(data):
            raise ValueError("cut short")
        yield _Element(data[at], data[begin : begin + length], data[at : begin + length])
        at = begin + length
