"""Whether a certificate is the one of a pass type, and until when. Source: Apple's certificates as issued.

Subject UID is the pass type identifier, subject OU the team, and an extension of Apple's names the pass type
again.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import NameOID
from django.utils.translation import gettext as _

from wallet.apple.signing import Signer
from wallet.problems import Problem, error, warning

PASS_TYPE_EXTENSION = x509.ObjectIdentifier("1.2.840.113635.100.6.1.16")
WARN_BEFORE = timedelta(days=30)
MADE_UP = "Made up for tests - not Apple, not trusted"


def mismatches(signer: Signer, *, pass_type_id: str, team_id: str) -> list[Problem]:
    """What of certificate, intermediate and ids does not fit together; empty when all does."""
    found: list[Problem] = []
    subject = signer.certificate.subject
    for oid, expected, what in (
        (NameOID.USER_ID, pass_type_id, "WALLET_APPLE_PASS_TYPE_ID"),
        (NameOID.ORGANIZATIONAL_UNIT_NAME, team_id, "WALLET_APPLE_TEAM_ID"),
    ):
        named = [str(attribute.value) for attribute in subject.get_attributes_for_oid(oid)]
        if expected not in named:
            text = _("%(setting)s is %(expected)s, but the certificate is for %(named)s.")
            found.append(
                error(text % {"setting": what, "expected": expected, "named": ", ".join(named) or "-"})
            )
    extension = _pass_type_of_extension(signer.certificate)
    if extension is None:
        found.append(warning(_("The certificate lacks Apple's extension that names the pass type.")))
    elif extension != pass_type_id:
        text = _("Apple's extension in the certificate names another pass type: %(named)s.")
        found.append(error(text % {"named": extension}))
    try:
        signer.certificate.verify_directly_issued_by(signer.intermediate)
    except (ValueError, TypeError, InvalidSignature):
        text = _(
            "WALLET_APPLE_WWDR did not issue the certificate: take the intermediate it names, mostly G4."
        )
        found.append(error(text))
    if is_made_up(signer.certificate):
        found.append(
            warning(_("The certificates are made up (wallet_testcerts): no phone accepts these passes."))
        )
    return found


def is_made_up(certificate: x509.Certificate) -> bool:
    """Whether `made_up_chain` has made it."""
    names = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return any(name.value == MADE_UP for name in names)


def _pass_type_of_extension(certificate: x509.Certificate) -> str | None:
    """The text in Apple's extension; it is an ASN.1 string of one or the other kind: tag, length, text."""
    try:
        value = certificate.extensions.get_extension_for_oid(PASS_TYPE_EXTENSION).value
    except (x509.ExtensionNotFound, ValueError):
        return None
    data = value.public_bytes()
    holds_string = len(data) > 2 and data[0] in (0x0C, 0x13, 0x16) and data[1] == len(data) - 2
    return (data[2:] if holds_string else data).decode(errors="replace")


def ends_at(signer: Signer) -> datetime:
    """When the first of the certificates runs out."""
    return min(signer.certificate.not_valid_after_utc, signer.intermediate.not_valid_after_utc)


def date_problems(signer: Signer, now: datetime) -> list[Problem]:
    """A certificate that has run out, has not begun, or runs out within 30 days."""
    end = ends_at(signer)
    day = {"day": end.date().isoformat()}
    if end <= now:
        return [error(_("The certificate of Apple Wallet ran out on %(day)s.") % day)]
    if signer.certificate.not_valid_before_utc > now:
        return [error(_("The certificate of Apple Wallet is not valid yet."))]
    if end - now <= WARN_BEFORE:
        return [warning(_("The certificate of Apple Wallet runs out on %(day)s. Renew it in time.") % day)]
    return []
