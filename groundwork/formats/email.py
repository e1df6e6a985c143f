"""E-mail addresses: kept and compared in one way, however they were written."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from groundwork.formats.text import visible

LONGEST = 254
LONGEST_LABEL = 63
_CODED = "xn--"  # how a name of other letters than Latin is written for the network
_FULL_STOP = "\u3002"  # which keyboards of Chinese and Japanese type between the parts of a domain


def normalize_email(text: str | None) -> str:
    """An address as it is kept: lower case, composed (NFC), without spaces around it or invisible characters.

    A domain of other letters is kept in these letters, also where a browser has coded it. Empty for nothing.

    >>> normalize_email(" Anouk@Example.com ")
    'anouk@example.com'
    >>> normalize_email("zoe@xn--mller-kva.lu")
    'zoe@müller.lu'
    """
    # Composed last: two letters may only meet where something invisible stood between them.
    address = unicodedata.normalize("NFC", visible(text or "").lower())
    person, at, domain = address.rpartition("@")
    if not at or (domain.isascii() and _CODED not in domain):
        return address
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", domain).lower())
    plain = plain.replace(_FULL_STOP, ".")
    return f"{person}@{'.'.join(_label(label) for label in plain.split('.'))}"


def read_email(text: str | None) -> str | None:
    """An address that somebody typed, as it is kept; None if it cannot be one. Empty for nothing.

    >>> read_email("anouk@") is None
    True
    """
    address = normalize_email(text)
    try:
        if len(address) > LONGEST or "\0" in (text or ""):
            return None
        if address:
            validate_email(address)
    except ValidationError:
        return None
    return address


def _label(label: str) -> str:
    """A part of a domain in its own letters, where what is sent is coded alike; else its code."""
    if len(label) > LONGEST_LABEL or (label.isascii() and not label.startswith(_CODED)):
        return label
    try:
        letters = label.removeprefix(_CODED).encode().decode("punycode") if label.isascii() else label
        code = _CODED + letters.encode("punycode").decode()
    except UnicodeError:
        return label
    return letters if _sent(letters) == code else code


def _sent(label: str) -> str:
    """How the mail library codes a label: by rules of 2003, in which ß is ss."""
    try:
        return label.encode("idna").decode()
    except UnicodeError:
        return ""
