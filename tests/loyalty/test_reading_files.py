"""Files of earlier systems: their letters, what separates their cells, and what each of their columns holds."""

from typing import Any

import pytest

from groundwork.formats import text_files
from loyalty.imports import reader
from loyalty.imports.reading import columns, headings
from loyalty.imports.reading.columns import Columns, Content, combined, guess, header_of

EXPORTS = {
    "a German Excel": ("Vorname;Name;E-Mail;Punkte", "first_name last_name email points"),
    "a French one": ("Nom;Prénom;Adresse e-mail;Tampons", "last_name first_name email stamps"),
    "one name": ("Nom;Courriel;Téléphone", "name email phone"),
    "the other way round": ("Name, Vorname;Handy-Nr", "family_first "),
    "Luxembourgish": ("Virnumm;Familljennumm;Gebuertsdag;Punkten", "first_name last_name birth_date points"),
    "Portuguese": ("Nome;Telemóvel;Data de nascimento;Pontos", "name phone birth_date points"),
    "Square": (
        "Reference ID;First Name;Last Name;Email Address;Phone Number;Company Name;Postal Code;Birthday;Memo;"
        "Transaction Count;Lifetime Spend;Email Subscription Status",
        " first_name last_name email phone   birth_date    marketing_consent",
    ),
    "Shopify": (
        "First Name;Last Name;Email;Accepts Email Marketing;Default Address Company;Default Address Country Code;"
        "Default Address Phone;Phone;Accepts SMS Marketing;Total Spent;Note",
        "first_name last_name email marketing_consent   phone phone   ",
    ),
    "Lightspeed": (
        "id;customer_code;first_name;last_name;email;phone;mobile;date_of_birth;do_not_email;loyalty_balance",
        "  first_name last_name email phone phone birth_date  points",
    ),
    "Mailchimp": (
        "Email Address;First Name;Last Name;Address;Phone Number;Birthday;MEMBER_RATING;OPTIN_TIME;TAGS",
        "email first_name last_name  phone birth_date   tags",
    ),
    "Loopy": (
        "Name;Email;Phone;Current Stamps;Total Stamps Earned;Lifetime Stamps;Rewards Redeemed",
        "name email phone stamps   ",
    ),
    "totals": (
        "E-Mail;Gesamtpunkte;Punkte gesammelt;Cumul points;Points earned;Punktestand",
        "email     points",
    ),
    "consent for who knows what": (
        "email;consent;Einwilligung;Opt-in;SMS;Newsletter",
        "email     marketing_consent",
    ),
    "a customer beside both": ("Client;Prénom;Nom;Email", " first_name last_name email"),
    "an American": (
        "First;Last;E-mail;Cell;DOB;Last contact",
        "first_name last_name email phone birth_date ",
    ),
    "three of them": ("Name;Vorname;Nachname", "name first_name last_name"),
    "nothing known": ("foo;PLZ;zip code;gift code", "   "),
}


@pytest.mark.parametrize("exporter", EXPORTS)
def test_what_the_headings_mean(exporter: str) -> None:
    names, fields = EXPORTS[exporter]
    assert headings.meanings(names.split(";")) == fields.split(" ")


def test_what_somebody_said_of_offers_and_how_they_are_tagged_is_read_as_it_is_exported() -> None:
    said = {"subscribed": True, "Unsubscribed": False, "unknown": False, "not_subscribed": False, "": False}
    assert {text: reader._consent(text, None) for text in said} == said  # Square, Shopify
    assert reader._tags('"vip","two words"', None) == ("vip", "two words")  # Mailchimp
    assert reader._tags('vip, gold;5" pizza', None) == ("vip", "gold", '5" pizza')


def seen(*cells: Any, country: str = "LU") -> Content:
    content = Content()
    for cell in cells:
        content.look(cell, country=country)
    return content


def test_what_stands_in_a_column_says_more_than_a_heading_that_nobody_knows() -> None:
    contents = [
        seen("a@example.com", "b@example.com", ""),
        seen("+352 621 123 456", "00352621654321"),
        seen("1", "2"),
    ]
    assert guess(["Kontakt X", "Nummer", "Kunde"], contents) == ["email", "phone", ""]
    assert guess(["Kontakt X", "Nummer", "Kunde"], contents, {"nummer": "", "kunde": "code"}) == [
        "email",
        "",
        "code",
    ]


def test_what_only_the_owner_knows_is_asked_unless_a_cell_tells_it() -> None:
    assert seen("03/04/1990", "05/06/1991").question("birth_date") == "03/04/1990"
    clear = seen("03/04/1990", "31/12/1991")
    assert (clear.question("birth_date"), clear.answer("birth_date")) == ("", "day")
    assert seen("03/04/1990", "31/12/1991", "12/31/1991").question("birth_date") == "03/04/1990"
    assert seen("1.234").question("points") == "1.234"
    clear = seen("1.234", "12,5")
    assert (clear.question("points"), clear.answer("points")) == ("", "comma")
    assert (seen("1.234").question("email"), seen("621123456").question("phone")) == ("", "")
    assert seen(1701234567, country="DE").question("phone") == "1701234567"


def test_two_columns_for_one_thing() -> None:
    assert combined("phone", [("", ""), ("621", "+352621")]) == "+352621"
    assert combined("phone", [("621", "+352621"), ("", "")]) == "+352621"
    assert combined("points", [("", 0), ("7", 7)]) == combined("points", [("7", 7), ("7.0", 7)]) == 7
    with pytest.raises(ValueError):
        combined("points", [("5", 5), ("7", 7)])
    assert not combined("marketing_consent", [("yes", True), ("no", False)])
    assert combined("marketing_consent", [("yes", True), ("", False)])
    assert combined("birth_date", [("", None)]) is None
    assert Columns(("phone", "", "phone")).of("phone") == [0, 2]
    assert (Columns(("points",)).is_enough, Columns(("name",)).is_enough) == (False, True)


def test_a_persons_own_number_goes_before_that_of_their_address() -> None:
    names = ("Default Address Phone", "Kontakt", "Phone", "Mobile")
    assert Columns(("phone",) * 4).in_turn("phone", names) == [2, 3, 0, 1]


def test_titles_may_stand_above_the_headings_and_there_may_be_none() -> None:
    assert (
        header_of(
            [["Kundenliste Café Um Eck"], [], ["Stand:", "1.1.2026"], ["Vorname", "Name", "E-Mail"], ["a"]]
        )
        == 3
    )
    assert header_of([["email"], ["a@example.com"]]) == 0
    assert header_of([["a@example.com", "Anna"], ["b@example.com", "Ben"]]) is None
    assert header_of([["foo", "bar"], ["a@example.com", "Anna"]]) == 0
    for value in ("621 123 456", "1990-12-31", "31.12.", "4", "12,50", "+352 691 000 000"):
        assert header_of([["Anna", "Weber", value], ["Ben", "Muller", "x"]]) is None, value
    assert header_of([["Imię", "Nazwisko", "#"], ["Anna", "Weber", "4"]]) == 0
    assert header_of([]) is None


ENCODED = {
    "utf-8": ["Müller", "Zoé", "Łódź"],
    "utf-8-sig": ["Müller"],
    "utf-16": ["Müller"],
    "utf-16-le": ["Müller"],
    "utf-16-be": ["Müller"],
    "cp1252": ["Müller", "Zoé", "Größe € 5", "François", "João", "Änne", "d’Artagnan"],
    "mac_roman": ["Müller", "Zoé", "Größe", "François", "João"],
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_the_letters_of_a_file(encoding: str) -> None:
    for name in ENCODED[encoding]:
        data = f"Name;E-Mail\n{name};a@example.com\n".encode(encoding)
        found = text_files.encoding_of([data[:5], data[5:]])
        assert found is not None
        assert data.decode(found).lstrip("\ufeff").splitlines()[1].split(";")[0] == name
    assert text_files.encoding_of([b"\0\1\2\3\0\0\0\0"]) is None


def test_what_separates_cells() -> None:
    def separator(*lines: str) -> str:
        return text_files.separator_of([f"{line}\n" for line in lines])

    assert separator("Name;E-Mail", "Müller, Jürgen;a@example.com", "Weber, Anna;b@example.com") == ";"
    assert separator("name,email", '"Müller; Jürgen",a@example.com') == ","
    assert separator("name\temail", "Müller, Jürgen\ta@example.com") == "\t"
    assert separator("name|email", "a|b") == "|"
    assert separator("Kunden, Stand; heute", "name;email;points", "a;b;1", "c;d;2") == ";"
    assert (text_files.separator_told("sep=;\r\n"), text_files.separator_told("name;email")) == (";", None)


def test_the_numbers_of_columns_have_names() -> None:
    assert set(columns.ANSWERS) <= set(headings.FIELDS)
