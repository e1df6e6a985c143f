"""The signed package: manifest, detached signature, zip. Source: Apple, "Building a pass"; RFC 5652 (CMS).

The signature covers the very bytes of manifest.json, carries the signer and Apple's intermediate certificate,
and has signingTime among its signed attributes (cryptography adds it unless told not to).
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs7

CONTENT_TYPE = "application/vnd.apple.pkpass"
STORED_AS_IT_IS = (".png",)  # a PNG does not get smaller

SigningKey = RSAPrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True)
class Signer:
    """The pass type's certificate with its key, and the WWDR certificate that issued it."""

    certificate: x509.Certificate
    key: SigningKey
    intermediate: x509.Certificate


@dataclass(frozen=True)
class PackagedFile:
    """A file of the package, with its SHA-1 in hex, so that a picture used by many passes is summed once."""

    content: bytes
    digest: str

    @classmethod
    def of(cls, content: bytes) -> "PackagedFile":
        return cls(content, hashlib.sha1(content, usedforsecurity=False).hexdigest())


def as_json(value: Any) -> bytes:
    """JSON as it stands in a package: UTF-8, no needless blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def manifest(files: Mapping[str, PackagedFile]) -> bytes:
    """manifest.json: path -> lower-case hex SHA-1 of every file."""
    return as_json({path: file.digest for path, file in files.items()})


def sign(data: bytes, signer: Signer) -> bytes:
    """A detached CMS signature of `data`, DER.

    Without Binary newlines would be rewritten before signing; NoAttributes would drop signingTime.
    """
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data)
    builder = builder.add_signer(signer.certificate, signer.key, hashes.SHA256())
    builder = builder.add_certificate(signer.intermediate)
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(serialization.Encoding.DER, options)


def package(files: Mapping[str, PackagedFile], signer: Signer) -> bytes:
    """Seal the files into a .pkpass: all of them, manifest.json and signature, in one zip."""
    listed = manifest(files)
    contents = {path: file.content for path, file in files.items()}
    return zipped({**contents, "manifest.json": listed, "signature": sign(listed, signer)})


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """A zip of the files; texts are deflated, pictures stored."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in contents.items():
            stored = path.endswith(STORED_AS_IT_IS)
            archive.writestr(path, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
