"""A phone on My data: it counts once the code is typed that was sent there, and then brings the card back."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import connection

from customers import phone_codes
from customers.models import Customer
from customers.services import erase_person, export_person, save_edited
from groundwork.messaging import outbox
from notifications.models import TextMessage
from notifications.services import text_messages
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queues_travel")]
NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
NUMBER, OTHER_NUMBER = "+352621123456", "+352621999999"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path: Path) -> Path:
    settings.SMS_FILE_PATH = tmp_path / "sms"
    return settings.SMS_FILE_PATH


@pytest.fixture
def nobody(shop):
    """A card that was made for nobody in particular."""
    return nameless(shop)


def nameless(shop):
    with factories.inside(shop):
        return factories.enrollment.enroll(store=shop.store, actor=factories.actor(), nameless=True).card


def change(client, card, **typed):
    return client.post(f"/card/{card.access_token}/data/", typed)


def typed_code(client, card, code):
    return client.post(f"/card/{card.access_token}/phone/", {"code": code})


def person_of(card):
    return factories.fresh(Customer(pk=card.customer_id))


def received(folder: Path) -> list[str]:
    """The messages that were sent, oldest first."""
    outbox.relay()
    text_messages.send_due()
    return [path.read_text() for path in sorted(folder.glob("*.txt"))] if folder.exists() else []


def code_in(message: str) -> str:
    return re.search(r": (\d{6}) is your code", message)[1]


def test_a_confirmed_phone_brings_the_card_of_nobody_back(client, shop, nobody, folder):
    response = change(client, nobody, name="Zoë", phone="621 123 456")
    assert response["Location"] == f"/card/{nobody.access_token}/phone/"
    assert "We have sent a code to +352 621 123 456." in words(client.get(response["Location"]))
    zoe = person_of(nobody)
    assert (zoe.name, zoe.phone, zoe.pending_phone) == ("Zoë", "", NUMBER)
    assert client.post(f"/join/{shop.store.store_code}/", {"name": "Eve"}).status_code == 302

    (message,) = received(folder)
    assert message.startswith(f"To: {NUMBER}\n\n{shop.merchant.name}: ")
    code = code_in(message)
    with connection.cursor() as cursor:
        for table in ("customers_customer", "notifications_textmessage", "tenancy_outboxmessage"):
            cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
            kept = " ".join(row for (row,) in cursor.fetchall())
            assert not re.search(rf"(?<!\d){code}(?!\d)", kept)

    assert "Your number is confirmed" in words(typed_code(client, nobody, f"{code[:3]} {code[3:]}"))
    zoe = person_of(nobody)
    assert (zoe.phone, zoe.pending_phone, zoe.phone_confirmed_at is None) == (NUMBER, "", False)
    assert "Your number is confirmed" in words(typed_code(client, nobody, code)), (
        "the answer may have been lost"
    )
    assert person_of(nobody).updated_at == zoe.updated_at

    known = client.post(f"/join/{shop.store.store_code}/", {"phone": "621123456"})
    page = client.get(known["Location"])
    assert nobody.access_token not in page.content.decode()
    assert "Zoë" not in words(page)
    assert "else as a text message" in words(page)
    assert f"/card/{nobody.access_token}/" in received(folder)[-1]
    client.post(f"/join/{shop.store.store_code}/", {"phone": "621123456"})
    assert len(received(folder)) == 2, "one link in ten minutes"


def test_who_merely_types_a_number_neither_gets_nor_takes_it(client, shop, card, nobody, folder):
    anouk = person_of(card)
    with factories.inside(shop):
        Customer.objects.filter(pk=anouk.pk).update(phone=NUMBER, phone_confirmed_at=NOON)
    client.post(f"/join/{shop.store.store_code}/", {"phone": NUMBER})
    assert received(folder) == [], "she has an e-mail address: the link goes there"
    page = client.get(change(client, nobody, phone=NUMBER)["Location"])
    assert "Anouk" not in words(page)
    (message,) = received(folder)
    wrong = f"{(int(code_in(message)) + 1) % 10**6:06d}"
    refused = typed_code(client, nobody, wrong)
    assert (refused.status_code, "This is not the code" in words(refused)) == (400, True)
    assert (person_of(nobody).phone, person_of(card).phone) == ("", NUMBER)

    taken = typed_code(client, nobody, code_in(message))
    assert (taken.status_code, "You have another card already" in words(taken)) == (400, True)
    assert (person_of(nobody).phone, person_of(card).phone) == ("", NUMBER)


@pytest.mark.parametrize("typed", [NUMBER, ""])
def test_who_takes_a_wrong_number_back_no_longer_waits_for_its_code(client, shop, folder, typed):
    card = with_phone_alone(shop)
    change(client, card, phone=OTHER_NUMBER)
    code = code_in(received(folder)[0])
    change(client, card, name="Zoë")
    assert person_of(card).pending_phone == OTHER_NUMBER, "a field that was not there was not emptied"

    response = change(client, card, name="Zoë", phone=typed)
    assert response["Location"] == f"/card/{card.access_token}/data/?kept"
    assert typed_code(client, card, code).status_code == 400
    assert (person_of(card).phone, person_of(card).pending_phone) == (NUMBER, "")


def test_a_code_is_good_for_ten_minutes_five_tries_and_its_own_card(client, shop, nobody, folder):
    other = nameless(shop)
    with time_machine.travel(NOON, tick=False) as now:
        change(client, nobody, phone=NUMBER)
        change(client, other, phone=OTHER_NUMBER)
        codes = {message.split()[1]: code_in(message) for message in received(folder)}
        first, others = codes[NUMBER], codes[OTHER_NUMBER]
        if first != others:
            assert typed_code(client, nobody, others).status_code == 400
        for _again in range(phone_codes.MOST_TRIES - 1):
            assert typed_code(client, nobody, "no code").status_code == 400
        assert "mistyped too often" in words(typed_code(client, nobody, first))
        assert person_of(nobody).phone == ""

        now.shift(timedelta(minutes=1))
        client.post(f"/card/{nobody.access_token}/phone/", {"again": "1"})
        second = code_in(received(folder)[-1])
        now.shift(phone_codes.LIFE)
        assert "This code has expired" in words(typed_code(client, nobody, second))
        assert typed_code(client, other, others).status_code == 400
    assert (person_of(nobody).phone, person_of(other).phone) == ("", "")


def test_no_card_and_no_number_is_sent_code_after_code(client, shop, nobody, folder):
    answers = [change(client, nobody, phone=f"62111111{number}").status_code for number in range(6)]
    assert answers == [302] * 5 + [429]
    again = client.post(f"/card/{nobody.access_token}/phone/", {"again": "1"})
    assert (again.status_code, 0 < int(again["Retry-After"]) <= 3600) == (429, True)
    assert "That was a little too fast. Please try again in" in words(again)
    assert "We have sent a code to +352 621 111 114." in words(again), "which may be typed still"
    last = code_in(received(folder)[-1])
    others = [change(client, nameless(shop), phone="621222222").status_code for _ in range(6)]
    assert others == [302] * 5 + [429]
    assert change(client, nobody, name="Zoë").status_code == 302
    assert "Your number is confirmed" in words(typed_code(client, nobody, last))


def test_one_message_too_many_about_an_erasure_is_said_on_its_page_and_nothing_is_asked_for(
    client, shop, folder, settings
):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"phone_code": "1/h"}
    card = with_phone_alone(shop)
    erased(client, card)
    late = client.post(f"/card/{card.access_token}/erase/")
    assert late.status_code == 429
    assert "That was a little too fast. Please try again in" in words(late)
    assert "Send me the link" in words(late)
    assert len(received(folder)) == 1


def test_a_number_that_staff_noted_can_be_confirmed_and_counts_no_more_once_it_is_changed(
    client, shop, folder
):
    card = with_phone_alone(shop)
    page = f"/card/{card.access_token}/phone/"
    assert "Send me a code" in words(client.get(page))
    client.post(page, {"again": "1"})
    assert typed_code(client, card, code_in(received(folder)[0])).status_code == 200
    person = person_of(card)
    assert person.phone_confirmed_at is not None
    with factories.inside(shop):
        exported = export_person(customer=person)["customer"]
        assert (exported["phone"], exported["phone_confirmed_at"]) == (NUMBER, person.phone_confirmed_at)
        person.phone = "+352621000000"
        save_edited(customer=person, changed={"phone"})
    assert person_of(card).phone_confirmed_at is None


def test_a_code_for_somebody_who_was_erased_meanwhile_is_not_sent(client, shop, nobody, folder):
    change(client, nobody, phone=NUMBER)
    outbox.relay()
    with factories.inside(shop):
        erase_person(customer=person_of(nobody))
    assert received(folder) == []
    with factories.inside(shop):
        assert TextMessage.objects.get().status == "suppressed"
    erased = person_of(nobody)
    assert (erased.pending_phone, erased.phone_code_at, erased.phone_confirmed_at) == ("", None, None)


def test_where_no_messages_are_sent_no_number_is_asked_for(client, shop, nobody, settings):
    settings.SMS_FILE_PATH = None
    page = client.get(f"/card/{nobody.access_token}/data/").content.decode()
    assert 'name="phone"' not in page
    change(client, nobody, name="Zoë", phone=NUMBER)
    assert (person_of(nobody).name, person_of(nobody).pending_phone) == ("Zoë", "")
    known = factories.card(shop.store, phone=NUMBER)
    page = words(client.get(client.post(f"/join/{shop.store.store_code}/", {"phone": NUMBER})["Location"]))
    assert "text message" not in page
    assert known.access_token not in page


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "is your code"), ("fr", "votre code est"), ("de", "ist Ihr Code"), ("lb", "ass Äre Code")],
)
def test_the_message_speaks_the_persons_language(client, nobody, folder, language, said):
    change(client, nobody, phone=NUMBER, language=language)
    assert said in received(folder)[0]


# --- Deleting one's data ----------------------------------------------------------------------------------


def with_phone_alone(shop):
    with factories.inside(shop):
        who = {"phone": NUMBER, "create_if_missing": True}
        return factories.enrollment.enroll(store=shop.store, actor=factories.actor(), **who).card


def erased(client, card) -> str:
    """What is said of the erasure that was asked for."""
    return words(client.post(f"/card/{card.access_token}/erase/"))


def test_whoever_has_a_phone_alone_deletes_their_data_by_the_link_that_is_sent_there(client, shop, folder):
    card = with_phone_alone(shop)

    assert "Please look at your text messages" in erased(client, card)

    (message,) = received(folder)
    assert message.startswith(f"To: {NUMBER}\n\n{shop.merchant.name}: here you confirm")
    assert person_of(card).phone == NUMBER
    link = re.search(r"https?://[^/]+(\S+)", message).group(1)
    assert link.startswith(f"/card/{card.access_token}/erase/")
    assert "Your data has been deleted" in words(client.post(link))
    assert (person_of(card).phone, person_of(card).erased_at is None) == ("", False)
    assert client.get(f"/card/{card.access_token}/").status_code == 404


def test_a_phone_gets_so_many_links_and_without_text_messages_the_till_helps(client, shop, folder, settings):
    card = with_phone_alone(shop)
    for _again in range(3):
        erased(client, card)
    assert len(received(folder)) == 1, "one in ten minutes"

    settings.SMS_FILE_PATH = ""
    assert "Please ask at the till." in erased(client, card)
    assert person_of(card).erased_at is None


def test_of_whom_nothing_is_known_the_card_is_proof_enough_after_one_question(client, nobody, folder):
    page = words(client.get(f"/card/{nobody.access_token}/erase/"))
    assert "ask at the till" not in page

    response = client.post(f"/card/{nobody.access_token}/erase/")
    assert response.status_code == 302
    assert "Delete everything now?" in words(client.get(response["Location"]))
    assert (person_of(nobody).erased_at, received(folder)) == (None, [])

    assert "Your data has been deleted" in words(client.post(response["Location"]))
    assert person_of(nobody).erased_at is not None
    assert client.get(f"/card/{nobody.access_token}/").status_code == 404
