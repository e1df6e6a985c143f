"""A chain of certificates like Apple's, made up: root, intermediate, pass certificate. For the demo and the tests.

No phone trusts it, and its names say so. What it signs verifies against its own root.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from wallet.apple.certificate import MADE_UP, PASS_TYPE_EXTENSION

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 365


@dataclass(frozen=True)
class Issuer:
    """A certificate with the key that signs others."""

    certificate: x509.Certificate
    key: RSAPrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True)
class Chain:
    """Root, intermediate (in the place of Apple's WWDR) and the certificate of one pass type."""

    root: Issuer
    intermediate: Issuer
    leaf: Issuer


def make_chain(*, pass_type_id: str, team_id: str, now: datetime, days: int = CERTIFICATE_DAYS) -> Chain:
    """Make a chain whose pass certificate holds from yesterday for so many days."""
    root = make_authority("Made-up Root CA", None, now)
    intermediate = make_authority("Made-up WWDR CA", root, now)
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.USER_ID, pass_type_id),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Pass Type ID (made up): {pass_type_id}"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, team_id),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MADE_UP),
        ]
    )
    text = pass_type_id.encode()
    extension = x509.UnrecognizedExtension(PASS_TYPE_EXTENSION, bytes([0x0C, len(text)]) + text)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = _builder(subject, intermediate.certificate.subject, key, now, days)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(digital_signature=True), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    builder = builder.add_extension(_authority_of(intermediate), critical=False)
    builder = builder.add_extension(extension, critical=False)
    return Chain(root, intermediate, Issuer(builder.sign(intermediate.key, hashes.SHA256()), key))


def make_authority(name: str, issuer: Issuer | None, now: datetime) -> Issuer:
    """Make a certificate that may sign others; signed by `issuer`, or by itself."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MADE_UP),
        ]
    )
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = _builder(subject, issuer.certificate.subject if issuer else subject, key, now, AUTHORITY_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    builder = builder.add_extension(identifier, critical=False)
    if issuer:
        builder = builder.add_extension(_authority_of(issuer), critical=False)
    return Issuer(builder.sign(issuer.key if issuer else key, hashes.SHA256()), key)


def make_server_certificate(host: str, issuer: Issuer, now: datetime) -> Issuer:
    """Make the TLS certificate of a server under a name, for a test that plays one."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = _builder(subject, issuer.certificate.subject, key, now, CERTIFICATE_DAYS)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    builder = builder.add_extension(_authority_of(issuer), critical=False)
    return Issuer(builder.sign(issuer.key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: RSAPrivateKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _authority_of(issuer: Issuer) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
