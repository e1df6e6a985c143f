"""Reading certificates, keys and accounts from the settings: a file, base64, or PEM or JSON text itself."""

import base64
import binascii
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs12
from django.utils.translation import gettext as _

from wallet.apple.signing import SigningKey
from wallet.errors import CredentialError

LONGEST_PATH = 4096


@dataclass(frozen=True)
class Secret:
    """A setting that holds a credential: its name for messages, and its value as configured."""

    setting: str
    value: str

    def read(self) -> bytes:
        """The bytes meant by the value. Raises CredentialError."""
        text = self.value.strip()
        if text.startswith(("-----BEGIN", "{")):
            return text.replace("\\n", "\n").encode() if text.startswith("-") else text.encode()
        if len(text) < LONGEST_PATH and _is_file(text):
            try:
                return Path(text).read_bytes()
            except OSError as error:
                raise CredentialError(self.setting, _("the file cannot be read")) from error
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise CredentialError(self.setting, _("neither a file that exists nor base64")) from error


def file_state(value: str) -> tuple[int, int] | None:
    """When the file that a setting names was written, and its size; None for one that names none."""
    text = value.strip()
    if not text or len(text) >= LONGEST_PATH or text.startswith(("-----BEGIN", "{")):
        return None
    try:
        state = Path(text).stat()
    except (OSError, ValueError):
        return None
    return state.st_mtime_ns, state.st_size


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def certificate(secret: Secret, password: str = "") -> x509.Certificate:
    """An X.509 certificate: PEM, DER, or the one of a PKCS #12 file. Raises CredentialError."""
    data = secret.read()
    if b"-----BEGIN" in data:
        return _tried(secret, x509.load_pem_x509_certificate, data)
    try:
        return x509.load_der_x509_certificate(data)
    except ValueError:
        found = _tried(secret, pkcs12.load_pkcs12, data, password.encode() or None).cert
    if found is None:
        raise CredentialError(secret.setting, _("holds no certificate"))
    return found.certificate


def private_key(secret: Secret, password: str = "") -> SigningKey:
    """A key (mostly RSA): PEM, DER, or the one of a PKCS #12 file, with its password. Raises CredentialError."""
    data, passphrase = secret.read(), password.encode() or None
    key: Any
    if b"-----BEGIN" in data:
        # A password that the key does not need is not a fault.
        encrypted = b"ENCRYPTED" in data
        key = _tried(secret, load_pem_private_key, data, passphrase if encrypted else None)
    else:
        key = _der_key(data, passphrase) or _tried(secret, pkcs12.load_pkcs12, data, passphrase).key
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise CredentialError(secret.setting, _("holds no key that can sign"))
    return key


def _der_key(data: bytes, passphrase: bytes | None) -> Any:
    """A key in DER, locked or not; None for anything else."""
    for password in {None, passphrase}:
        try:
            return load_der_private_key(data, password)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            continue
    return None


def _tried(secret: Secret, load: Any, *arguments: Any) -> Any:
    try:
        return load(*arguments)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CredentialError(secret.setting, _("cannot be read (wrong kind, or wrong password)")) from error


def service_account(secret: Secret) -> dict[str, str]:
    """A Google service account's key file. Raises CredentialError."""
    try:
        account = json.loads(secret.read())
    except ValueError as error:
        raise CredentialError(secret.setting, _("is not JSON")) from error
    if not isinstance(account, dict):
        raise CredentialError(secret.setting, _("is not JSON"))
    for name in ("client_email", "private_key"):
        if not isinstance(account.get(name), str) or not account[name]:
            raise CredentialError(secret.setting, _("has no %(name)s") % {"name": name})
    return account
