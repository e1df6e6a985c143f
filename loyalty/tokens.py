"""Random names of cards and sessions: numbers, QR texts and access tokens, from the system's random source."""

import hashlib
import secrets

from loyalty import rules

# Letters that QWERTY, QWERTZ and AZERTY keep in one place, whatever the caps lock: 20 of them, 30 times, 129 bits.
ALPHABET = "BCDEFGHIJKLNOPRSTUVX"
LENGTH = 30
INVITATION_LENGTH = 12


def letters() -> str:
    """30 random letters that any scanner types alike: 129 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def invitation() -> str:
    """12 random letters, short enough to be read out: 51 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(INVITATION_LENGTH))


def card_number() -> str:
    """Eleven random digits, the first not a zero, and their check digit."""
    digits = str(secrets.randbelow(9 * 10**10) + 10**10)
    return digits + rules.luhn_digit(digits)


def as_read(number: str) -> str:
    """A card number as people read it: XXXX-XXXX-XXXX."""
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"


def staff_token() -> str:
    """256 random bits for the terminal's memory; the server keeps only `digest` of it."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """SHA-256, hexadecimal: enough for a token that nobody can guess."""
    return hashlib.sha256(token.encode()).hexdigest()
