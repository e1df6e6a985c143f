"""One way to write an e-mail address, and one a telephone number, whatever was pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundwork.formats.email import normalize_email, read_email
from groundwork.formats.phone import to_e164


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (" Anouk@Example.COM\t", "anouk@example.com"),
        ("anouk@example.com\u200b", "anouk@example.com"),
        ("\ufeffanouk@exam\u00adple.com", "anouk@example.com"),
        ("\u202aanouk@example.com\u202c\n", "anouk@example.com"),
        ("anouk@bu\u0308cher.example", "anouk@b\u00fccher.example"),
        ("anouk@BU\u200b\u0308CHER.example", "anouk@b\u00fccher.example"),
        ("anou\u212a@example.com", "anouk@example.com"),
        ("anouk+shop.lu@example.com", "anouk+shop.lu@example.com"),
        ("zoe@M\u00dcLLER.lu", "zoe@m\u00fcller.lu"),
        ("zoe@xn--mller-kva.lu", "zoe@m\u00fcller.lu"),
        ("zoe@\uff47mail.com", "zoe@gmail.com"),
        ("zoe@stra\u00dfe.de", "zoe@xn--strae-oqa.de"),
        ("zoe@\u4f8b\u3048\u3002co\uff61jp", "zoe@\u4f8b\u3048.co.jp"),
        ("zoe@xn--gmail-.com", "zoe@xn--gmail-.com"),
        ("\u200b ", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_kept_as_one_however_it_is_written(written: str | None, kept: str) -> None:
    assert normalize_email(written) == kept


@given(st.text() | st.from_regex(r"a@(xn--)?.{1,9}\.\w", fullmatch=True))
def test_an_address_that_is_kept_is_kept_as_it_is(written: str) -> None:
    kept = normalize_email(written)
    assert normalize_email(kept) == kept


@pytest.mark.parametrize(
    "written", ["\u202a00352 621 123 456\u202c", "+352\u00a0621 123 456\u200b", "621\t123 456"]
)
def test_what_copying_a_number_brings_along_is_left_out(written: str) -> None:
    assert to_e164(written, "LU") == "+352621123456"
    assert to_e164("\u202a\u202c", "LU") is None


@pytest.mark.parametrize(
    "slip", ["621 123 45O", "621 l23 456", "62I 123 456", "621-CALL-NOW", "621 123 456 Anna"]
)
def test_a_letter_typed_for_a_digit_makes_no_number_of_somebody_else(slip: str) -> None:
    assert to_e164(slip, "LU") is None


@pytest.mark.parametrize(
    "written", ["tel:+352621123456", "Tel. 621 123 456", "621 123 456 ext. 5", "621 123 456 x5"]
)
def test_what_stands_before_a_number_and_its_extension_are_no_letters_of_it(written: str) -> None:
    assert to_e164(written, "LU") == "+352621123456"


NUMBERS = {
    "LU": {
        "621 123 456": "+352621123456",
        "26 12 34 56": "+35226123456",
        "0621 123 456": None,
        "+352 0621 123 456": None,
        "0171 1234567": None,
        "+49 (0)171 1234567": "+491711234567",
        "0033 6 12 34 56 78": "+33612345678",
        "+39 06 1234567": "+39061234567",
    },
    "DE": {"0171 1234567": "+491711234567", "+49 171 1234567": "+491711234567", "+352 0621 123 456": None},
    "FR": {"06 12 34 56 78": "+33612345678", "+33 (0)6 12 34 56 78": "+33612345678"},
    "BE": {"0470 12 34 56": "+32470123456", "+32 (0)470 12 34 56": "+32470123456"},
    "PT": {"912 345 678": "+351912345678", "0912 345 678": None},
    "IT": {"06 1234567": "+39061234567"},
}


@pytest.mark.parametrize("country", NUMBERS)
def test_a_number_is_read_as_its_country_writes_it_and_no_zero_is_guessed_away(country: str) -> None:
    assert {written: to_e164(written, country) for written in NUMBERS[country]} == NUMBERS[country]


def test_a_typed_address_is_read_or_refused_in_one_place() -> None:
    assert read_email(" Zoe@M\u00dcLLER.lu\u200b") == "zoe@m\u00fcller.lu"
    assert read_email("zoe@xn--mller-kva.lu") == "zoe@m\u00fcller.lu"
    assert (read_email(None), read_email("  ")) == ("", "")
    assert [read_email(wrong) for wrong in ("zoe", "zoe@", "zo e@a.lu", "z@" + "x" * 250 + ".lu")] == [
        None
    ] * 4
