"""Passes to try a set-up with: a program's look with made-up contents, for whoever has the address, for three days."""

from django.core import signing
from django.urls import reverse

from wallet import config, previews
from wallet.apple import package
from wallet.apple.payload import Identity
from wallet.config import AppleConfig, GoogleConfig
from wallet.facts import ProgramFacts
from wallet.google.save_link import save_link

SALT = "wallet.test_pass"
LIFE_SECONDS = 3 * 24 * 3600


def address(program_id: int) -> str:
    """Where a phone gets a program's test pass."""
    return config.public_url(reverse("wallet-test-pass", args=[signing.dumps(program_id, salt=SALT)]))


def program_of(signed: str) -> int | None:
    """The id of the program in such an address; None if we did not sign it, or too long ago."""
    try:
        return int(signing.loads(signed, salt=SALT, max_age=LIFE_SECONDS))
    except signing.BadSignature:
        return None


def for_apple(apple: AppleConfig, program: ProgramFacts) -> bytes:
    """The .pkpass: it never changes, and replaces the one that was tried before."""
    serial = f"test-{program.program_id}"
    identity = Identity(apple.pass_type_id, apple.team_id, serial_number=serial, auth_token="")
    return package.build(previews.sample(program), identity, apple.signer)


def for_google(google: GoogleConfig, class_id: str, *, issued_at: int) -> str:
    """The address that saves a test object of a class that is there; Google makes it with the saving."""
    contents = {
        "state": "ACTIVE",
        "accountId": previews.SAMPLE_NUMBER,
        "barcode": {"type": "QR_CODE", "value": previews.SAMPLE_CODE},
    }
    return save_link(
        google,
        object_id=f"{google.issuer_id}.test-{issued_at}",
        class_id=class_id,
        origin=config.origin(),
        issued_at=issued_at,
        contents=contents,
    )
