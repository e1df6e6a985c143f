"""What the console writes, as people who read it would: numbers, notes and names in the language of the page."""

import re

import pytest
from django.conf import settings
from django.contrib import admin
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import capfirst

from customers.models import Customer
from loyalty import notes
from loyalty.models import LoyaltyCard, LoyaltyTransaction, Purchase, UndoBatch
from loyalty.services import points
from tenancy.models import ListColumns
from tests import factories
from tests.console.world import World, address, list_address, said, sign_in

LANGUAGES = ("en", "fr", "de", "lb")


def reading(world: World, who: str, language: str) -> Client:
    """Somebody who reads the console in a language."""
    client = world.client(who)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def errors_of(world: World, language: str, amount: str) -> list[str]:
    """What is said beside the amount of a return of what cost 5.00."""
    row = world.mine["loyalty_purchase"]
    form = {"key": "a form", "amount": amount, "reason": "Too small"}
    answer = reading(world, "manager", language).post(address(row, "bring_back"), form)
    return list(answer.context["form"].errors["amount"])


@pytest.mark.parametrize(
    ("language", "limit"), [("en", "5.00"), ("fr", "5,00"), ("de", "5,00"), ("lb", "5,00")]
)
def test_more_than_was_paid_is_refused_with_the_amount_as_people_write_it(
    world: World, language: str, limit: str
) -> None:
    [refusal] = errors_of(world, language, "7.00")
    assert f" {limit}" in refusal


@pytest.mark.parametrize(("language", "limit"), [("en", "0.01"), ("de", "0,01")])
def test_a_rate_that_is_too_low_is_refused_with_the_least_as_people_write_it(
    world: World, language: str, limit: str
) -> None:
    client = reading(world, "owner", language)
    answer = client.post(address(world.shop.program), {"points_per_euro": "0"})
    [refusal] = answer.context["adminform"].form.errors["points_per_euro"]
    assert f" {limit}" in refusal


def undone(world: World, card: LoyaltyCard, language: str, *, spent: int) -> list[str]:
    """What is said once an earning is undone of which so many points are spent already."""
    with factories.inside(world.shop):
        line = LoyaltyTransaction.objects.filter(card=card, points_delta__gt=0).latest("pk")
        points.adjust(
            store=world.shop.store,
            card_id=card.pk,
            actor=factories.actor(),
            points_delta=-spent,
            reason="Spent",
        )
    client = reading(world, "manager", language)
    return said(client.post(address(line, "undo"), {"reason": "By mistake"}, follow=True))


@pytest.mark.parametrize(
    ("language", "spent", "sentence"),
    [
        ("en", 1, "It was undone. 1 point is owed."),
        ("en", 20, "It was undone. 20 points are owed."),
        ("de", 1, "Es wurde rückgängig gemacht. 1 Punkt ist offen."),
        ("fr", 20, "L’opération a été annulée. 20 points sont dus."),
        ("lb", 20, "Et gouf annuléiert. 20 Punkte sinn oppen."),
    ],
)
def test_whoever_undoes_points_that_are_spent_is_told_how_many_are_owed(
    world: World, language: str, spent: int, sentence: str
) -> None:
    card = world.mine["loyalty_loyaltycard"]
    assert isinstance(card, LoyaltyCard)
    assert undone(world, card, language, spent=spent) == [sentence]


@pytest.mark.parametrize(("language", "written"), [("en", "12,050"), ("de", "12.050")])
def test_a_balance_is_written_alike_on_the_card_in_the_list_and_in_its_ledger(
    world: World, language: str, written: str
) -> None:
    card = world.mine["loyalty_loyaltycard"]
    with factories.inside(world.shop):
        line = points.adjust(
            store=world.shop.store,
            card_id=card.pk,
            actor=factories.actor(),
            points_delta=12_000,
            reason="Brought along",
        ).transaction
    client = reading(world, "owner", language)
    for page in (address(card), list_address(LoyaltyCard), address(line), list_address(LoyaltyTransaction)):
        text = client.get(page).content.decode()
        assert written in text, page
        assert ">12050<" not in text, page


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("en", "Welcome bonus on enrollment"),
        ("fr", "Bonus de bienvenue à l’inscription"),
        ("de", "Begrüßungsbonus bei der Anmeldung"),
        ("lb", "Wëllkommsbonus bei der Umeldung"),
    ],
)
def test_the_note_of_a_welcome_bonus_is_read_in_the_language_of_the_page(
    db: None, language: str, note: str
) -> None:
    shop, client = factories.shop(welcome_bonus_points=50), Client()
    card = factories.card(shop.store)
    with factories.inside(shop):
        line = LoyaltyTransaction.objects.get(card=card, transaction_type="welcome_bonus")
        person = card.customer
    sign_in(client, shop.owner)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for page in (address(card), address(person), address(line), list_address(LoyaltyTransaction)):
        assert note in client.get(page).content.decode(), page


@pytest.mark.parametrize(
    ("note", "read"),
    [
        ("Points expired after 365 days of inactivity", "Punkte verfallen nach 365 Tagen ohne Aktivität"),
        (
            "What was owed is let go after 90 days of inactivity",
            "Was offen war, ist nach 90 Tagen ohne Aktivität erlassen",
        ),
        ("Points expired after 365 days, says Marc", "Points expired after 365 days, says Marc"),
        ("100 % %(days)s", "100 % %(days)s"),
    ],
)
def test_what_the_night_notes_is_translated_and_what_people_note_is_not(note: str, read: str) -> None:
    with translation.override("de"):
        assert notes.in_words(note) == read


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tab_of_a_list_is_called_as_its_heading(world: World, language: str) -> None:
    client = reading(world, "owner", language)
    for model in (UndoBatch, LoyaltyCard, Purchase):
        page = client.get(list_address(model))
        with translation.override(language):
            assert page.context["title"] == capfirst(str(model._meta.verbose_name_plural))


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_no_line_leads_to_the_account_of_who_wrote_it_which_only_operators_open(
    world: World, who: str
) -> None:
    card = world.mine["loyalty_loyaltycard"]
    with factories.inside(world.shop):
        actor = factories.actor(person=world.shop.owner)
        line = points.adjust(
            store=world.shop.store, card_id=card.pk, actor=actor, points_delta=5, reason="Forgotten"
        ).transaction
    text = world.client(who).get(address(line)).content.decode()
    assert world.shop.owner.email in text
    assert address(world.shop.owner) not in text


@pytest.mark.parametrize(
    ("language", "name"), [("en", "French"), ("fr", "Français"), ("de", "Französisch"), ("lb", "Franséisch")]
)
def test_the_language_of_a_cards_customer_is_named_in_the_list_and_coded_in_its_file(
    world: World, language: str, name: str
) -> None:
    card = world.mine["loyalty_loyaltycard"]
    with factories.inside(world.shop):
        Customer.objects.update(preferred_language="fr")
        ListColumns.objects.create(
            user=world.shop.owner, about="loyalty.loyaltycard", columns=["number", "language"]
        )
    client = reading(world, "owner", language)
    page = client.get(list_address(LoyaltyCard)).content.decode()
    cells = re.findall(r'<td class="field-language[^"]*" data-label="[^"]*">([^<]*)</td>', page)
    assert name in cells
    file = client.get(list_address(LoyaltyCard) + "export/csv/")
    lines = b"".join(file.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    [of_card] = [line for line in lines if card.display_number in line]  # type: ignore[attr-defined]
    assert ",fr," in of_card


def test_what_a_list_of_ours_shows_of_a_row_has_a_name_in_every_language() -> None:
    for model, page in admin.site._registry.items():
        shown = {*page.list_display, *getattr(page, "columns_besides", ())}
        for field in model._meta.fields:
            if field.name in shown and not model.__module__.startswith("django"):
                assert isinstance(field.verbose_name, Promise), field


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Entry no. 2 does not fit:"),
        ("fr", "L’entrée n°\u00a02 ne convient pas\u00a0:"),
        ("de", "Der Eintrag Nr.\u00a02 passt nicht:"),
        ("lb", "D’Entrée Nr.\u00a02 passt net:"),
    ],
)
def test_of_several_words_the_one_that_is_too_long_is_named_in_the_language_of_the_page(
    world: World, language: str, words: str
) -> None:
    client = reading(world, "owner", language)
    answer = client.post(address(world.mine["customers_customer"]), {"tags": "vip," + "x" * 41})
    [refusal] = answer.context["adminform"].form.errors["tags"]
    assert refusal.startswith(words)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "These are 51; no more than 50 are possible."),
        ("fr", "Il y en a 51\u00a0; pas plus de 50 ne sont possibles."),
        ("de", "Das sind 51; höchstens 50 sind möglich."),
        ("lb", "Dat sinn der 51; méi wéi 50 sinn net méiglech."),
    ],
)
def test_more_goods_than_a_promotion_may_name_are_refused_in_the_language_of_the_page(
    world: World, language: str, words: str
) -> None:
    client = reading(world, "owner", language)
    row = world.mine["loyalty_promotion"]
    answer = client.post(address(row), {"skus": ",".join(map(str, range(51)))})
    with translation.override(language):
        assert answer.context["adminform"].form.errors["skus"] == [words]
