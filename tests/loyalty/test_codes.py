"""The one form of a code, however it was typed or read."""

import pytest

from loyalty import codes
from tests import factories


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        ("4006381333931", "4006381333931"),
        (" 4 006381-333931\n", "4006381333931"),
        ("036000291452", "0036000291452"),  # a UPC, as most readers give it
        ("0036000291452", "0036000291452"),  # and as an EAN
        ("036000291453", "036000291453"),  # twelve digits without its check digit
        ("04:a2:3f:1b", "04A23F1B"),
        ("04 A2 3F 1B", "04A23F1B"),
        ("04a23f1b", "04A23F1B"),
        ("https://old.example/c?id=aB-7", "HTTPS://OLD.EXAMPLE/C?ID=AB-7"),
        ("member 17", "MEMBER 17"),
        ("x" * codes.LONGEST, "X" * codes.LONGEST),
        ("", ""),
        ("  ", ""),
        ("x" * (codes.LONGEST + 1), ""),
        ("12\x0034", ""),
        ("12\n34", ""),
        ("card 🎉", ""),
        ("‮123", ""),
        ("ß17", ""),
        ("١٢٣٤", ""),  # digits, but not those of a plain keyboard
        ("BCDEFGHIJKLNOPRSTUVXBCDEFGHIJK".lower(), ""),  # what our own QR codes say
    ],
)
def test_a_code_has_one_form(read: str, kept: str) -> None:
    assert codes.canonical(read) == kept
    assert codes.canonical(kept) == kept


@pytest.mark.django_db
def test_the_qr_code_and_the_address_of_a_card_are_no_codes() -> None:
    card = factories.card(factories.store(factories.shop().merchant))
    assert codes.canonical(card.qr_code_data) == codes.canonical(card.access_token) == ""
