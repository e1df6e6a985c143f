"""A file of customers is read line by line: good ones become Lines, every bad cell is named by its heading."""

import io
from datetime import date

import pytest

from loyalty.imports import reader
from loyalty.imports.lines import Line
from loyalty.imports.reader import Fault, Part, Reader
from loyalty.models import LoyaltyProgram, LoyaltyType
from tenancy.models import Store

STAMPS_ONLY = LoyaltyProgram(loyalty_type=LoyaltyType.STAMPS)


def parts(text: str, program: LoyaltyProgram = STAMPS_ONLY) -> list[Part]:
    return list(Reader(io.BytesIO(text.encode()), store=Store(country="LU"), program=program).parts())


def test_a_good_line_is_a_person_with_their_balance() -> None:
    text = (
        "E-Mail,Name,Handy,Geburtstag,Langue,Newsletter,Tampons,Comment\n"
        "LEA@Example.com,Léa Muller,621 123 456,31.12.1990,fr-LU,oui,4.0,regular\n"
    )
    (part,) = parts(text)
    assert part == Part(
        count=1,
        lines=[
            Line(
                email="lea@example.com",
                first_name="Léa",
                last_name="Muller",
                phone="+352621123456",
                birth_date=date(1990, 12, 31),
                language="fr",
                marketing_consent=True,
                stamps=4,
            )
        ],
        numbers=[2],
        faults=[],
    )


def test_what_a_file_has_no_column_for_is_left_as_it_is() -> None:
    (part,) = parts("email\nlea@example.com\n")
    assert part.lines == [Line(email="lea@example.com")]


def test_all_that_is_wrong_with_a_line_is_told_at_once_and_the_line_is_not_taken() -> None:
    (part,) = parts("mail,téléphone,points,sprooch\nnobody,call me,5,xx,more\nb@example.com,,0,de\n")
    assert part.lines == [Line(email="b@example.com", language="de")]
    assert part.numbers == [3]
    assert [(fault.line, fault.column) for fault in part.faults] == [
        (2, "mail"),
        (2, "téléphone"),
        (2, "sprooch"),
        (2, "points"),
        (2, ""),
    ]
    assert part.faults[3] == Fault(2, "points", "This program has no points.")


def test_a_phone_is_enough_and_a_line_without_it_and_an_address_is_nobody() -> None:
    (part,) = parts(
        "name,phone,email\nAnna,621 123 456,\nBen,,\nCleo,621123456,c@example.com\nDan,,d@müller.lu\n"
    )
    assert [(line.first_name, line.known_by) for line in part.lines] == [
        ("Anna", "+352621123456"),
        ("Dan", "d@müller.lu"),
    ]
    assert part.faults == [
        Fault(3, "email", "An e-mail address or a phone number is needed."),
        Fault(4, "phone", "This number stands in line 2 already."),
    ]


def test_an_address_is_known_again_in_a_later_part_unless_its_first_line_was_wrong(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reader, "LINES_IN_A_PART", 2)
    text = "email,stamps\na@example.com,1\nb@example.com,lots\nA@example.com,2\nb@example.com,3\n"
    first, second = parts(text)
    assert [fault.line for fault in first.faults] == [3]
    assert second.faults == [Fault(4, "email", "This address stands in line 2 already.")]
    assert second.lines == [Line(email="b@example.com", stamps=3)]
    assert second.numbers == [5]
