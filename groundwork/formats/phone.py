"""Telephone numbers: read as people write them, kept as E.164."""

import re

import phonenumbers

from groundwork.formats.text import visible

CALLED_FROM_OUTSIDE = re.compile(r"^(\(?)00")
# The 0 that is dialled within a country, beside the code that is dialled from outside: +352 (0) 621 123 456.
TRUNK_ZERO = re.compile(r"^(\(?\+\d{1,3}\)?[\s./-]*)[(\uff08]\s*0\s*[)\uff09]")


def to_e164(text: str, country: str) -> str | None:
    """A number as written in a country (ISO 3166 code), as E.164; None if it cannot be one.

    >>> to_e164("621 123 456", "LU")
    '+352621123456'
    >>> to_e164("0621 123 456", "LU")  # no 0 is dialled there: perhaps it is of another country
    >>> to_e164("621 123 45O", "LU")  # a letter that was meant as a digit
    >>> to_e164("+352 (0) 621 123 456", "FR")
    '+352621123456'
    """
    text = CALLED_FROM_OUTSIDE.sub(r"\1+", visible(text))
    if not TRUNK_ZERO.match(text):
        return _read(text, country)
    without, with_zero = (_read(TRUNK_ZERO.sub(rf"\g<1>{zero}", text), country) for zero in ("", "0"))
    if without == with_zero or not (without and with_zero):
        return without or with_zero
    # In Italy the 0 belongs to some numbers: of the two that it may mean, one has to be none.
    there_are = [number for number in (without, with_zero) if _is_valid(number)]
    return there_are[0] if len(there_are) == 1 else None


def _read(text: str, country: str) -> str | None:
    """A number that begins with + or is of a country, as E.164."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if _has_a_letter_within(text, number):
        return None
    if not phonenumbers.is_possible_number(number) or _has_a_strange_zero(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _is_valid(number: str) -> bool:
    return phonenumbers.is_valid_number(phonenumbers.parse(number))


def _has_a_letter_within(text: str, number: phonenumbers.PhoneNumber) -> bool:
    """Whether letters stand among the digits, or after them, and are no extension: the library leaves an O out that
    was typed for a 0, or reads it as the 6 of its key, and the number is somebody else's.
    """
    first = next((place for place, letter in enumerate(text) if letter.isdecimal()), 0)
    return number.extension is None and any(letter.isalpha() for letter in text[first:])


def _has_a_strange_zero(number: phonenumbers.PhoneNumber) -> bool:
    """Whether a number begins with a 0 in a country whose numbers do not: what was meant instead nobody knows.

    Where a 0 is dialled before a number it was taken off as the number was read; in Italy it belongs to some.
    """
    return bool(number.italian_leading_zero) and not phonenumbers.is_valid_number(number)


def national_prefix(country: str) -> str:
    """What national numbers of a country (ISO 3166 code) begin with, "" where that is nothing."""
    about = phonenumbers.PhoneMetadata.metadata_for_region(country)
    return (about.national_prefix or "") if about else ""


def is_national(digits: str, country: str) -> bool:
    """Whether digits are a number of a country as they stand, and not by its code in front of them."""
    code = phonenumbers.country_code_for_region(country)
    try:
        number = phonenumbers.parse(f"+{code}{digits}", country)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number(number) and (
        phonenumbers.is_valid_number(number) or not digits.startswith(str(code))
    )


def written(number: str) -> str:
    """A number in E.164 as people read it, in groups.

    >>> written("+352621123456")
    '+352 621 123 456'
    """
    parsed = phonenumbers.parse(number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
