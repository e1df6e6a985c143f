"""Getting a card by oneself, behind the QR code on the counter."""

import pytest
from django.core import mail
from django.test import Client

from customers.models import Customer
from loyalty.models import LoyaltyCard
from tenancy.models import OutboxMessage
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db

ANOUK = {"name": "Anouk Van der Weiden", "email": "Anouk@Example.com"}


def join(client: Client, shop: factories.Shop, path: str = "", **typed: str):
    return client.post(f"/join/{shop.store.store_code}/{path}", ANOUK | typed)


def people(shop: factories.Shop) -> int:
    with factories.inside(shop):
        return Customer.objects.count()


def test_the_form_asks_for_little_and_keeps_consent_apart(client, shop):
    response = client.get(f"/join/{shop.store.store_code}/")

    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="name"' in page
    assert 'type="email"' in page
    assert 'name="marketing_consent"' in page
    assert "10 stamps = a coffee" in words(response)
    assert "checked" not in page


def test_somebody_new_gets_a_card_at_once(client, shop):
    response = join(client, shop, phone="621 123 456", birth_date="1990-05-17", marketing_consent="on")

    assert response.status_code == 302
    assert response["Location"] == f"/join/{shop.store.store_code}/done/"
    with factories.inside(shop):
        card = LoyaltyCard.objects.select_related("customer").get()
    person = card.customer
    assert (person.first_name, person.last_name) == ("Anouk", "Van der Weiden")
    assert person.email == "anouk@example.com"
    assert person.phone == "+352621123456"
    assert person.birth_date.isoformat() == "1990-05-17"
    assert person.marketing_consent is True
    assert card.enrolled_at_store_id == shop.store.pk

    done = client.get(response["Location"])

    assert done.status_code == 200
    assert card.display_number in words(done)
    assert f"/card/{card.access_token}/" in done.content.decode()
    assert "no-store" in done["Cache-Control"]


def test_the_language_of_the_page_becomes_the_customers(client, shop):
    client.get(f"/join/{shop.store.store_code}/?lang=lb")
    join(client, shop)

    with factories.inside(shop):
        assert Customer.objects.get().preferred_language == "lb"


def test_the_new_card_is_shown_to_nobody_else(client, shop):
    join(client, shop)

    stranger = Client().get(f"/join/{shop.store.store_code}/done/")

    assert stranger.status_code == 302
    assert stranger["Location"] == f"/join/{shop.store.store_code}/"


def test_a_forged_or_foreign_note_opens_nothing(client, shop):
    join(client, shop)
    note = client.cookies["joined"].value
    other = Client()
    other.cookies["joined"] = note[:-2] + "xx"
    assert other.get(f"/join/{shop.store.store_code}/done/").status_code == 302
    other.cookies["joined"] = note
    assert other.get(f"/join/{shop.other_store.store_code}/done/").status_code == 302


def test_an_address_that_has_a_card_learns_where_it_works_and_nothing_else(client, shop, card):
    response = client.post(
        f"/join/{shop.other_store.store_code}/",
        {"name": "Eve", "email": "ANOUK@example.com", "phone": "621 999 999"},
    )
    done = client.get(response["Location"])

    text = words(done)
    assert "You already have a card" in text
    assert shop.store.name in text
    assert shop.other_store.name in text
    assert "Weber" not in text
    assert card.display_number not in text
    assert card.access_token not in done.content.decode()
    with factories.inside(shop):
        customer = Customer.objects.get()
    assert (customer.first_name, customer.phone) == ("Anouk", "")
    assert OutboxMessage.objects.filter(event="loyalty.card_link_requested").exists()


def test_a_new_card_of_somebody_known_goes_to_their_address_and_not_to_the_screen(client):
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    factories.card(shop.store, email="anouk@example.com", name="Anouk Weber")

    response = client.post(
        f"/join/{shop.other_store.store_code}/", {"name": "Eve", "email": "anouk@example.com"}
    )
    done = client.get(response["Location"])

    with factories.inside(shop):
        second = LoyaltyCard.objects.get(scope_store=shop.other_store)
    assert "Your card is ready" in words(done)
    assert second.access_token not in done.content.decode()
    assert second.display_number not in words(done)


def test_the_link_of_a_card_is_promised_to_those_only_who_give_an_address(client, shop):
    page = words(client.get(f"/join/{shop.store.store_code}/"))
    assert "its link comes by e-mail if you give your address" in page


def test_the_new_card_shows_its_stamps_and_the_points_it_begins_with(client):
    for points, shown in ((50, True), (0, False)):
        response = join(client, factories.shop(welcome_bonus_points=points))
        page = client.get(response["Location"])
        assert "Your card is ready" in words(page)
        assert 'class="stamps' in page.content.decode()
        assert ("50 points as a welcome." in words(page)) is shown


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(client, shop):
    response = join(
        client, shop, email="anouk@", phone="12", birth_date="2999-01-01", marketing_consent="on", name="Zoë"
    )

    page = response.content.decode()
    assert response.status_code == 200
    assert 'value="Zoë"' in page
    assert 'value="anouk@"' in page
    assert 'value="12"' in page
    assert 'value="2999-01-01"' in page
    assert "checked" in page
    for field in ("email", "phone", "birth_date"):
        assert f'id="id_{field}_error"' in page
    assert 'id="id_name_error"' not in page
    assert page.count('aria-invalid="true"') == 3
    assert page.count("autofocus") == 1
    assert people(shop) == 0


@pytest.mark.parametrize(
    "typed",
    [
        {"email": "a" * 300 + "@example.com"},
        {"name": "a" * 500},
        {"name": "Eve\0"},
        {"phone": "\0"},
        {"birth_date": "31.02.1990"},
        {"birth_date": "1700-01-01"},
        {"phone": "9" * 100},
    ],
)
def test_bad_input_makes_no_customer(client, shop, typed):
    response = join(client, shop, **typed)

    assert response.status_code == 200
    assert "Please check" in words(response)
    assert people(shop) == 0


@pytest.mark.parametrize("written", ["17.05.1990", "17/05/1990", "1990-05-17"])
def test_a_birthday_may_be_written_in_several_ways(client, shop, written):
    join(client, shop, birth_date=written)

    with factories.inside(shop):
        assert Customer.objects.get().birth_date.isoformat() == "1990-05-17"


@pytest.mark.parametrize("typed", [{}, {"name": "Zoë"}, {"phone": "621 123 456"}, {"email": "zoe@müller.lu"}])
def test_whatever_somebody_leaves_out_they_get_a_card(client, shop, typed):
    response = client.post(f"/join/{shop.store.store_code}/", typed)

    done = client.get(response["Location"])
    assert "Your card is ready" in words(done)
    assert ("The link is also in your e-mails" in words(done)) is ("email" in typed)
    with factories.inside(shop):
        person = Customer.objects.get()
    told = {"first_name": person.first_name, "email": person.email or "", "phone": person.phone}
    expected = {"name": "first_name"} | dict.fromkeys(("email", "phone"))
    for field, value in typed.items():
        assert told[expected[field] or field] == ("+352621123456" if field == "phone" else value)


def test_a_phone_that_has_a_card_learns_where_it_works_and_nothing_else(client, shop, card):
    with factories.inside(shop):
        Customer.objects.update(phone="+352621123456")
    response = client.post(f"/join/{shop.store.store_code}/", {"phone": "621 123 456"})

    done = client.get(response["Location"])
    assert "You already have a card" in words(done)
    assert "If we have your e-mail address" in words(done)
    assert card.access_token not in done.content.decode()
    assert card.display_number not in words(done)
    assert people(shop) == 1


def test_the_attempt_beyond_the_limit_waits_and_keeps_what_was_typed(client, shop, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"public_enroll": "1/h"}
    join(client, shop)

    response = join(client, shop, name="Ben", email="ben@example.com")

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert 'value="ben@example.com"' in response.content.decode()
    assert people(shop) == 1


def test_sixty_people_get_their_cards_over_the_shops_wi_fi_on_the_day_it_opens(shop):
    answers = []
    for number in range(60):
        answers.append(join(Client(REMOTE_ADDR="192.0.2.7"), shop, email=f"guest{number}@example.com"))

    assert {answer.status_code for answer in answers} == {302}
    assert people(shop) == 60


def test_where_customers_may_not_enrol_by_themselves_they_are_sent_to_the_counter(client):
    shop = factories.shop(settings={"allow_self_enrollment": False})

    for response in (client.get(f"/join/{shop.store.store_code}/"), join(client, shop)):
        assert response.status_code == 403
        assert "Please ask for your card at the counter" in words(response)
    assert people(shop) == 0


def test_an_unknown_store_is_a_friendly_404(client, db):
    response = client.get("/join/nowhere/")

    assert response.status_code == 404
    assert "There is nothing here" in words(response)


@pytest.mark.parametrize("part", ["store", "merchant", "program"])
def test_an_inactive_store_merchant_or_program_is_404(client, shop, part):
    row = getattr(shop, part)
    with factories.inside(shop):
        type(row).objects.filter(pk=row.pk).update(is_active=False)

    assert client.get(f"/join/{shop.store.store_code}/").status_code == 404
    assert join(client, shop).status_code == 404
    assert client.get(f"/join/{shop.store.store_code}/done/").status_code == 404


def test_whose_program_is_paused_says_so_and_makes_no_cards(client, shop):
    with factories.inside(shop):
        type(shop.program).objects.filter(pk=shop.program.pk).update(is_active=False)

    for response in (client.get(f"/join/{shop.store.store_code}/"), join(client, shop)):
        assert response.status_code == 404
        assert "The program is paused" in words(response)
        assert f"Please ask at {shop.merchant.name}." in words(response)
    assert people(shop) == 0


def test_a_store_without_a_program_is_404(client, db):
    assert client.get(f"/join/{factories.store().store_code}/").status_code == 404


def test_a_post_without_the_token_of_the_form_is_refused_kindly(shop):
    response = Client(enforce_csrf_checks=True).post(f"/join/{shop.store.store_code}/", ANOUK)

    assert response.status_code == 403
    assert "Please send the form again" in words(response)
    assert people(shop) == 0
    assert mail.outbox == []


def test_the_enrolment_page_asks_the_database_little(client, shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        client.get(f"/join/{shop.store.store_code}/")
    join(client, shop)
    with django_assert_max_num_queries(12):
        client.get(f"/join/{shop.store.store_code}/done/")
