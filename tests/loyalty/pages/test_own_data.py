"""My data on the card's page: what a person changes, and the address that counts once it is confirmed from there."""

import re

import pytest

from customers.models import Customer
from customers.services import erase_person, export_person
from groundwork.messaging import outbox
from loyalty import links
from loyalty.services import cards
from notifications.services import delivery, texts
from tenancy import scope
from tenancy.models import OutboxMessage
from tests import factories
from tests.loyalty.pages.reading import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody(client, shop):
    """A card that was made for nobody in particular."""
    with factories.inside(shop):
        return factories.enrollment.enroll(store=shop.store, actor=factories.actor(), nameless=True).card


def change(client, card, **typed):
    return client.post(f"/card/{card.access_token}/data/", typed)


def person_of(card):
    return factories.fresh(Customer(pk=card.customer_id))


def link_in(mailoutbox) -> str:
    found = re.search(r"https?://[^/]+(/card/email/[^ )\n]+)", mailoutbox[-1].body)
    assert found is not None
    return found.group(1)


def deliver() -> None:
    with scope.everything("the texts are the platform's"):
        texts.load()
    outbox.relay()
    delivery.sweep()


def test_a_card_of_nobody_becomes_somebodys_and_is_found_again_by_a_confirmed_address(
    client, shop, nobody, mailoutbox
):
    typed = {"name": "Zoë Muller", "email": "Zoe@Müller.lu", "birth_day": "29", "birth_month": "2"}
    response = change(client, nobody, **typed, language="lb", marketing_consent="on")
    assert "We have sent a link to the new address" in words(client.get(response["Location"] + "&lang=en"))
    zoe = person_of(nobody)
    assert (zoe.name, zoe.email, zoe.pending_email) == ("Zoë Muller", None, "zoe@müller.lu")
    assert (str(zoe.birth_date), zoe.preferred_language, zoe.marketing_consent) == ("1904-02-29", "lb", True)
    with factories.inside(shop):
        assert export_person(customer=zoe)["customer"]["birth_date"] == "29.02."
    assert 'value="1904"' not in client.get(f"/card/{nobody.access_token}/data/").content.decode()

    deliver()
    assert mailoutbox[-1].to == ["zoe@müller.lu"]
    link = link_in(mailoutbox)
    assert client.get(link).status_code == 200
    assert person_of(nobody).email is None, "opening the link does nothing"
    assert client.post(link).status_code == 200
    zoe = person_of(nobody)
    assert (zoe.email, zoe.pending_email, zoe.email_confirmed_at is None) == ("zoe@müller.lu", None, False)
    for once_more in (client.post(link), client.get(link)):
        assert "Your address is confirmed" in words(once_more), "the answer may have been lost"
    assert person_of(nobody).updated_at == zoe.updated_at

    known = client.post(f"/join/{shop.store.store_code}/", {"email": "zoe@xn--mller-kva.lu"})
    assert nobody.access_token not in client.get(known["Location"]).content.decode()
    deliver()
    assert f"/card/{nobody.access_token}/" in mailoutbox[-1].body


def test_the_page_of_a_card_of_nobody_asks_for_a_name_until_somebody_can_be_found_by_it(client, nobody, card):
    asked = "Add your name and your e-mail address, and you get your card back"
    address = f"/card/{nobody.access_token}/"
    page = client.get(f"{address}?lang=en")
    assert asked in words(page)
    assert f'href="{address}data/"' in page.content.decode()

    change(client, nobody, name="Zoë", email="zoe@example.com", language="")
    assert asked not in words(client.get(address))
    assert asked not in words(client.get(f"/card/{card.access_token}/"))


def test_an_address_of_somebody_else_is_neither_shown_nor_taken(client, shop, nobody, card, mailoutbox):
    response = change(client, nobody, email="anouk@example.com")
    assert "Weber" not in words(client.get(response["Location"]))
    deliver()
    assert mailoutbox[-1].to == ["anouk@example.com"]
    assert card.access_token not in mailoutbox[-1].body
    answer = client.post(link_in(mailoutbox))
    assert (answer.status_code, "ask at the till" in words(answer)) == (400, True)
    assert (person_of(nobody).email, person_of(card).email) == (None, "anouk@example.com")


def test_a_link_is_for_one_address_and_one_card(client, nobody, card):
    change(client, nobody, email="first@example.com")
    with factories.inside(card.merchant):
        row = factories.fresh(nobody)
        link = links.email_confirmation_url(row)
    path = link[link.index("/card/") :]
    change(client, nobody, email="second@example.com")
    change(client, card, email="first@example.com")
    for wrong in (path, path[:-3] + "xx/", "/card/email/made-up/"):
        assert client.post(wrong).status_code == 404
        assert client.get(wrong).status_code == 404, "no button that could only say so then"
    assert (person_of(nobody).email, person_of(card).email) == (None, "anouk@example.com")


def test_a_letter_to_a_mistyped_address_is_no_way_to_the_card(client, card, mailoutbox):
    change(client, card, name="Anouk Weber", email="anuok@example.com")
    deliver()
    sent = mailoutbox[-1]
    page = client.get(link_in(mailoutbox))
    for shown in (sent.body, str(sent.alternatives[0].content), page.content.decode()):
        assert card.access_token not in shown
        assert card.display_number not in shown
    assert "somebody gave your address" in sent.body
    assert "somebody gave your address" in str(sent.alternatives[0].content)
    confirmed = client.post(link_in(mailoutbox)).content.decode()
    assert f"/card/{card.access_token}/" in confirmed, "whoever says that it is theirs"


def test_a_link_for_a_card_that_was_replaced_confirms_nothing(client, shop, card):
    change(client, card, name="Anouk Weber", email="thief@example.com")
    with factories.inside(shop):
        link = links.email_confirmation_url(factories.fresh(card))
        at = {"store": shop.store, "actor": factories.actor()}
        cards.replace(card_id=card.pk, reason="lost", **at)
    assert client.post(link[link.index("/card/") :]).status_code == 404
    assert person_of(card).email == "anouk@example.com"


@pytest.mark.parametrize("typed", ["anouk@example.com", ""])
def test_who_takes_a_wrong_address_back_no_longer_waits_for_it(client, card, typed):
    change(client, card, name="Anouk Weber", email="anuok@example.com")
    with factories.inside(card.merchant):
        link = links.email_confirmation_url(factories.fresh(card))
    change(client, card, name="Anouk Weber")
    assert person_of(card).pending_email == "anuok@example.com", "a field that was not there was not emptied"

    change(client, card, name="Anouk Weber", email=typed)
    page = client.get(f"/card/{card.access_token}/data/").content.decode()
    assert ('value="anouk@example.com"' in page, "anuok" in page) == (True, False)
    assert client.post(link[link.index("/card/") :]).status_code == 404
    assert (person_of(card).email, person_of(card).pending_email) == ("anouk@example.com", None)


def test_a_name_that_is_left_as_it_stands_keeps_its_two_parts(client, card):
    for parts in (("Anna Maria", "Weber"), ("", "Weber")):
        with factories.inside(card.merchant):
            Customer.objects.filter(pk=card.customer_id).update(first_name=parts[0], last_name=parts[1])
        change(client, card, name=" ".join(parts).strip(), language="fr")
        assert (person_of(card).first_name, person_of(card).last_name) == parts
    assert not OutboxMessage.objects.filter(event="customers.customer_renamed").exists()
    change(client, card, name="\u200bAnna\x07Weber\u200b")
    assert (person_of(card).first_name, person_of(card).last_name) == ("Anna", "Weber")
    change(client, card, name="\u200b")
    assert person_of(card).name == ""


def as_opened(client, card) -> dict[str, str]:
    """What the form of My data sends if nothing is changed in it."""
    page = client.get(f"/card/{card.access_token}/data/").content.decode()
    main = page[page.index("<main") :]
    inputs = re.findall(r"<input[^>]*>", main)
    sent = {re.search(r'name="([^"]+)"', one)[1]: one for one in inputs}
    return {
        name: found[1] if (found := re.search(r'value="([^"]*)"', one)) else ""
        for name, one in sent.items()
        if 'type="checkbox"' not in one
    } | {"language": ""}


def test_two_phones_with_one_card_change_only_what_each_of_them_has_typed(client, shop, nobody):
    first, second = as_opened(client, nobody), as_opened(client, nobody)
    typed = {"name": "Zoë", "email": "zoe@example.com", "birth_day": "29", "birth_month": "2"}
    change(client, nobody, **first | typed, marketing_consent="on")
    change(client, nobody, **second | {"birth_year": "", "language": "fr"})
    zoe = person_of(nobody)
    assert (zoe.name, zoe.pending_email, str(zoe.birth_date)) == ("Zoë", "zoe@example.com", "1904-02-29")
    assert (zoe.preferred_language, zoe.marketing_consent) == ("fr", True)
    assert [one["given"] for one in zoe.agreements if one["kind"] == "offers"] == [True], (
        "nobody took it back"
    )

    change(
        client, nobody, **as_opened(client, nobody) | {"name": "Zoë Muller", "email": "", "birth_day": "28"}
    )
    zoe = person_of(nobody)
    assert (zoe.name, zoe.pending_email, str(zoe.birth_date)) == ("Zoë Muller", None, "1904-02-28")
    assert not zoe.marketing_consent, "who unticks it takes it back"


def test_consent_is_kept_with_when_and_in_which_words_given_and_taken_back(client, shop):
    client.post(f"/join/{shop.store.store_code}/", {"name": "Zoë", "marketing_consent": "on"})
    with factories.inside(shop):
        card = factories.LoyaltyCard.objects.select_related("customer").get()
    change(client, card, name="Zoë")
    change(client, card, name="Zoë")
    zoe = person_of(card)
    sentence = f"Send me offers from {shop.merchant.name} by e-mail. I can stop at any time."
    assert [(one["kind"], one["given"], one["wording"]) for one in zoe.agreements] == [
        ("offers", True, sentence),
        ("terms", True, ""),
        ("offers", False, sentence),
    ]
    assert zoe.agreements[1]["version"].startswith(f"{shop.program.terms_id}-")
    assert all(one["at"] for one in zoe.agreements)
    assert (zoe.marketing_consent, zoe.marketing_consent_at) == (False, None)
    page = words(client.get(f"/card/{card.access_token}/data/"))
    assert "Taken back on" in page
    with factories.inside(shop):
        assert export_person(customer=zoe)["customer"]["agreements"] == zoe.agreements
        erase_person(customer=zoe)
    assert (person_of(card).agreements, person_of(card).pending_email) == ([], None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Z" * 81},
        {"name": "Zoë " + "M" * 81},
        {"email": "anouk@"},
        {"birth_day": "31", "birth_month": "2"},
        {"birth_year": "1990"},
        {"birth_day": "1", "birth_month": "2", "birth_year": "99999999999"},
        {"language": "xx"},
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_changed(client, nobody, wrong):
    response = change(client, nobody, **{"name": "Zoë"} | wrong)
    assert (response.status_code, "field-error" in response.content.decode()) == (200, True)
    assert person_of(nobody).name == ""
    assert not OutboxMessage.objects.filter(event="loyalty.email_to_confirm").exists()


def test_nobody_has_letters_sent_to_address_after_address(client, nobody):
    answers = [change(client, nobody, email=f"{number}@example.com").status_code for number in range(6)]
    assert answers == [302] * 5 + [429]
    assert person_of(nobody).pending_email == "4@example.com"
    assert change(client, nobody, name="Zoë").status_code == 302


def test_who_asked_for_too_many_letters_keeps_what_they_typed_and_may_change_the_rest(client, nobody):
    for number in range(5):
        change(client, nobody, email=f"{number}@example.com", marketing_consent="on")
    late = change(client, nobody, name="Zoë", email="5@example.com")
    page = late.content.decode()
    assert (late.status_code, int(late["Retry-After"]) > 0) == (429, True)
    assert ('value="Zoë"' in page, 'value="5@example.com"' in page) == (True, True)
    assert "That was a little too fast. Please try again in" in words(late)

    unticked = change(client, nobody, name="Zoë", email="4@example.com")
    assert unticked["Location"].endswith("/data/?kept")
    zoe = person_of(nobody)
    assert (zoe.name, zoe.marketing_consent, zoe.pending_email) == ("Zoë", False, "4@example.com")


def test_an_address_that_was_only_emptied_is_not_said_to_be_gone(client, card, nobody):
    response = change(client, card, name="Anouk Weber", email="")
    page = client.get(response["Location"])
    assert "can be changed here, but not removed" in words(page)
    assert 'value="anouk@example.com"' in page.content.decode()
    assert change(client, nobody, name="", email="")["Location"].endswith("?kept")


def test_a_language_that_somebody_chooses_is_read_at_once_whatever_was_chosen_before(client, card):
    client.get(f"/card/{card.access_token}/data/?lang=de")
    saved = client.get(change(client, card, name="Anouk Weber", language="fr")["Location"])
    assert saved["Content-Language"] == "fr"
    assert client.get(f"/card/{card.access_token}/")["Content-Language"] == "fr"
    client.get(f"/card/{card.access_token}/?lang=de")
    change(client, card, name="Anouk", language="fr")
    assert client.get(f"/card/{card.access_token}/")["Content-Language"] == "de", "nothing new was chosen"


def test_what_is_wrong_in_my_data_is_said_above_and_not_that_it_was_saved(client, card):
    address = f"/card/{card.access_token}/data/?kept"
    page = words(client.post(address, {"name": "Anouk", "email": "anouk@"}))
    assert "Please check what is marked below" in page
    assert "Saved" not in page


def test_no_address_is_written_to_by_card_after_card(client, shop):
    cards = [factories.card(shop.store) for _ in range(6)]
    answers = [change(client, card, email="Victim@example.com").status_code for card in cards]
    assert answers == [302] * 5 + [429]
    assert change(client, cards[-1], email="somebody.else@example.com").status_code == 302
