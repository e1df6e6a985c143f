"""Which words an e-mail has: the store's or the platform's, in which language; and what people may write."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from loyalty.models import LoyaltyCard
from notifications import selectors
from notifications.codes import Code
from notifications.models import EmailTemplate
from notifications.services import texts
from tenancy import scope
from tenancy.models import Store
from tests.notifications.conftest import Shop, open_shop
from tests.notifications.wording import words

# --- Which text --------------------------------------------------------------------------------------------


def test_a_stores_own_text_goes_before_the_platforms(shop: Shop) -> None:
    EmailTemplate.objects.create(
        code=Code.CARD_LINK, store=shop.store, subject_en="Ours", body_en="Moien {{ customer_name }}"
    )
    assert (words(shop.card()).subject, words(shop.card()).body) == ("Ours", "Moien Anouk Weber")


def test_what_a_store_has_not_written_is_the_platforms_field_by_field(shop: Shop) -> None:
    EmailTemplate.objects.create(code=Code.CARD_LINK, store=shop.store, subject_en="Ours")
    assert words(shop.card()).subject == "Ours"
    assert words(shop.card()).body.startswith("Hello Anouk,")


def test_another_stores_text_is_not_used(shop: Shop) -> None:
    elsewhere = Store.objects.create(merchant=shop.merchant, name="Elsewhere", store_code="elsewhere")
    EmailTemplate.objects.create(code=Code.CARD_LINK, store=elsewhere, subject_en="Theirs", body_en="x")
    assert words(shop.card()).subject == "Here is your card at Café Mirabel"


@pytest.mark.parametrize(
    ("customer", "store", "subject"),
    [
        ("lb", "fr", "Café Mirabel: hei ass Är Kaart"),
        ("", "fr", "Voici votre carte chez Café Mirabel"),
        ("", "en", "Here is your card at Café Mirabel"),
    ],
)
def test_the_customers_language_goes_before_the_stores(
    shop: Shop, customer: str, store: str, subject: str
) -> None:
    shop.store.default_language = store
    shop.store.save()
    assert words(shop.card(shop.customer(preferred_language=customer))).subject == subject


def test_a_missing_translation_falls_back_field_by_field(shop: Shop) -> None:
    shop.store.default_language = "fr"
    shop.store.save()
    EmailTemplate.objects.create(
        code=Code.CARD_LINK,
        store=shop.store,
        subject_lb="Är Kaart",
        body_en="English",
        body_fr="Français",
        subject_fr="Sujet",
    )
    card = shop.card(shop.customer(preferred_language="lb"))
    assert (words(card).subject, words(card).body) == ("Är Kaart", "Français"), (
        "the store's language, then English"
    )
    card = shop.card(shop.customer(preferred_language="de"))
    assert (words(card).subject, words(card).body) == ("Sujet", "Français")


def test_a_text_that_stands_in_for_another_language_names_days_and_rewards_in_its_own(shop: Shop) -> None:
    EmailTemplate.objects.create(
        code=Code.POINTS_EXPIRING,
        store=shop.store,
        subject_de="Bis {{ expiration_date }}",
        body_en="Until {{ expiration_date }}",
    )
    card = shop.card(shop.customer(preferred_language="fr"), points=240)
    expires = datetime(2027, 3, 1, 12, tzinfo=UTC)
    card.last_activity_at = expires - timedelta(days=90)
    card.last_expiration_warning_at = expires - timedelta(days=10)
    card.save()
    with time_machine.travel(expires - timedelta(days=9), tick=False):
        filled = words(card, Code.POINTS_EXPIRING)
    assert filled.subject == "Bis 1. März 2027"
    assert (filled.body, filled.language) == ("Until 1 March 2027", "en")


def test_a_merchant_sees_their_own_texts_and_the_platforms_only(shop: Shop) -> None:
    other = open_shop("Bäckerei Schmit")
    EmailTemplate.objects.create(code=Code.CARD_LINK, store=other.store, subject_en="Theirs")
    with scope.merchant(shop.merchant):
        assert EmailTemplate.objects.count() == len(Code)
    with scope.merchant(other.merchant):
        assert EmailTemplate.objects.count() == len(Code) + 1


# --- What people write ------------------------------------------------------------------------------------------


def test_saving_is_refused_with_field_and_line() -> None:
    fields = {
        "subject_en": "{{ card_nmber }}",
        "body_en": "Hello\n\n{% if points_balance %}",
        "body_fr": "",
        "body_de": "ok",
    }
    found = [(field, refused.line, str(refused)) for field, refused in texts.faults(Code.CARD_LINK, fields)]
    assert found == [
        ("subject_en", 1, "The variable “card_nmber” is not known here."),
        ("body_en", 3, "This is not understood: expected tag endif, found end of expression."),
    ]


def test_a_variable_of_another_email_is_unknown() -> None:
    found = list(texts.faults(Code.CARD_LINK, {"body_en": "{{ bonus_points }}"}))
    assert [str(refused) for _field, refused in found] == ["The variable “bonus_points” is not known here."]


def test_the_preview_shows_every_language_with_a_real_card(shop: Shop) -> None:
    card = selectors.with_facts(LoyaltyCard.objects.filter(pk=shop.card(stamps=4).pk)).get()
    fields = {
        "subject_fr": "Bonjour",
        "body_fr": "{{ customer_name }} : {{ reward_description }}, {{ stamp_count }}",
        "body_de": "{{ nix }}",
    }
    en, fr, de, lb = texts.previews(Code.REWARD_READY, fields, card)
    assert (en.language, en.letter.subject) == ("en", "Bonjour"), "what is written in another language"
    assert fr.letter.text.startswith("Anouk Weber : Free coffee, 4\n")
    assert (de.letter, de.problem, de.line) == (None, "The variable “nix” is not known here.", 1)
    assert lb.letter.text == fr.letter.text, "in one language, from its greeting to its footer"
    assert EmailTemplate.objects.filter(store__isnull=False).count() == 0, "nothing was saved"
