"""Which words an e-mail has: the store's or the platform's, in which language, and that 28 of them read well."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from loyalty.models import LoyaltyCard
from notifications import codes, markup, rendering, sandbox, selectors, variables
from notifications.codes import Code
from notifications.errors import NothingToSay
from notifications.models import EmailTemplate
from notifications.services import delivery, texts
from tenancy import scope
from tenancy.models import Store
from tests.notifications.conftest import Shop, open_shop

LUXEMBOURG = ZoneInfo("Europe/Luxembourg")
LANGUAGES = ("en", "fr", "de", "lb")


@pytest.fixture
def morning() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 20, 9, 30, tzinfo=LUXEMBOURG), tick=False):
        yield


def words(card: LoyaltyCard, code: str = "loyalty_card_link", **context: int) -> rendering.Wording:
    fresh = selectors.with_facts(LoyaltyCard.all_objects.filter(pk=card.pk)).get()
    return delivery.fill_in(fresh, code=code, language=variables.language_of(fresh), context=context)


# --- Every text that comes with the software -------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", Code.values)
def test_each_of_the_28_texts_can_be_saved_and_sent(code: str, language: str) -> None:
    fields = {name: text for name, text in texts.shipped(code).items() if name.endswith(language)}
    assert len(fields) == 2
    assert list(texts.faults(code, fields)) == []
    for sparse in (False, True):
        values = codes.example(code, sparse=sparse)
        subject = sandbox.render_subject(fields[f"subject_{language}"], values)
        text = markup.plain_text(sandbox.render_body(fields[f"body_{language}"], values))
        assert "Café Mirabel" in subject + text
        assert len(subject) <= 78, "a phone shows it whole"
        for leftover in ("{{", "{%", "**", "](", "\\", "  ", "\n\n\n", " ,", " .", "None"):
            assert leftover not in subject + text


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_one_and_many_are_many_in_every_text(language: str) -> None:
    fields = texts.shipped("loyalty_points_expiring")
    values = codes.example("loyalty_points_expiring")
    one = sandbox.render_body(
        fields[f"body_{language}"], values | {"expiring_points": 1, "days_remaining": 1}
    )
    many = sandbox.render_body(
        fields[f"body_{language}"], values | {"expiring_points": 5, "days_remaining": 5}
    )
    expected = {
        "en": ("The 1 point on your card expires on", "The 5 points on your card expire on"),
        "fr": ("Le point de votre carte expire le", "Les 5 points de votre carte expirent le"),
        "de": ("Ihr 1 Punkt verfällt am", "Ihre 5 Punkte verfallen am"),
        "lb": ("Ären 1 Punkt ass just nach bis", "Är 5 Punkte si just nach bis"),
    }
    assert expected[language][0] in one
    assert expected[language][1] in many
    days = {
        "en": ("which is tomorrow", "in 5 days"),
        "fr": ("c’est-à-dire demain", "dans 5 jours"),
        "de": ("also morgen", "also in 5 Tagen"),
        "lb": ("also just nach bis muer", "also nach 5 Deeg"),
    }
    assert days[language][0] in one
    assert days[language][1] in many


def test_loading_the_texts_twice_changes_nothing(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    EmailTemplate.objects.all().delete()
    call_command("load_email_templates")
    before = list(EmailTemplate.objects.values())
    call_command("load_email_templates")
    after = list(EmailTemplate.objects.values())
    assert (
        capsys.readouterr().out
        == "64 texts written, 0 edited ones kept.\n0 texts written, 0 edited ones kept.\n"
    )
    assert len(after) == 8
    assert after == before


def test_loading_leaves_alone_what_somebody_has_edited(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    text = EmailTemplate.objects.get(code=Code.CARD_LINK)
    text.subject_fr, text.body_de = "Ma carte", ""
    text.save()
    newer = {name: f"{words}!" for name, words in texts.shipped(Code.CARD_LINK).items()}
    shipped = texts.shipped
    monkeypatch.setattr(texts, "shipped", lambda code: newer if code == Code.CARD_LINK else shipped(code))

    loaded = texts.load()

    text.refresh_from_db()
    assert (loaded.written, loaded.kept) == (6, 2)
    assert (text.subject_fr, text.body_de) == ("Ma carte", "")
    assert text.subject_en == "Here is your card at {{ merchant_name }}!"


def test_a_text_that_went_through_a_form_unchanged_has_not_been_edited(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = EmailTemplate.objects.get(code=Code.CARD_LINK)
    text.body_en = text.body_en.replace("\n", "\r\n")  # as a browser sends it
    text.save()
    newer = {name: f"{words}!" for name, words in texts.shipped(Code.CARD_LINK).items()}
    shipped = texts.shipped
    monkeypatch.setattr(texts, "shipped", lambda code: newer if code == Code.CARD_LINK else shipped(code))
    assert texts.load() == texts.Loaded(written=8, kept=0)


def test_an_edited_text_is_kept_through_many_releases(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    text = EmailTemplate.objects.get(code=Code.CARD_LINK)
    text.subject_fr = "Ma carte"
    text.save()
    shipped = texts.shipped
    for release in ("!", "?", "."):
        monkeypatch.setattr(
            texts, "shipped", lambda code, r=release: {k: v + r for k, v in shipped(code).items()}
        )
        assert texts.load() == texts.Loaded(written=63, kept=1)
        text.refresh_from_db()
        assert text.subject_fr == "Ma carte"


def test_there_is_one_platform_text_and_one_per_store(shop: Shop) -> None:
    EmailTemplate.objects.create(code=Code.CARD_LINK, store=shop.store)
    for store in (None, shop.store):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmailTemplate.objects.create(code=Code.CARD_LINK, store=store)


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
        ("lb", "fr", "Hei ass Är Kaart bei Café Mirabel"),
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


def test_a_merchant_sees_their_own_texts_and_the_platforms_only(shop: Shop) -> None:
    other = open_shop("Bäckerei Schmit")
    EmailTemplate.objects.create(code=Code.CARD_LINK, store=other.store, subject_en="Theirs")
    with scope.merchant(shop.merchant):
        assert EmailTemplate.objects.count() == 8
    with scope.merchant(other.merchant):
        assert EmailTemplate.objects.count() == 9


# --- What the texts say -----------------------------------------------------------------------------------


def test_the_welcome_names_the_card_and_what_it_takes(shop: Shop) -> None:
    card = shop.card()
    filled = words(card, Code.ENROLLMENT)
    assert filled.subject == "Your card at Café Mirabel"
    assert "Once you have 10 stamps, your reward is waiting for you." in filled.body
    assert card.display_number in markup.plain_text(filled.body)
    assert "Wallet" not in filled.body, "none is set up"


def test_a_program_without_stamps_speaks_of_points(shop: Shop) -> None:
    shop.program.loyalty_type = "points"
    shop.program.save()
    assert "Your points add up by themselves." in words(shop.card(), Code.ENROLLMENT).body


def test_the_bonus_is_that_of_the_ledger_and_the_balance_todays(shop: Shop) -> None:
    card = shop.card(points=30)
    line = shop.line(card, "welcome_bonus", points=50)
    filled = words(card, Code.WELCOME_BONUS, transaction_id=line.pk)
    assert filled.subject == "A little welcome: 50 points for you"
    assert "**50 points** on your card. You now have 80." in filled.body


def test_the_reward_is_named_in_the_customers_language(shop: Shop) -> None:
    card = shop.card(shop.customer(preferred_language="lb"), stamps=10)
    assert words(card, Code.REWARD_READY).subject == "Är Kaart ass voll: Gratis Kaffi"


@pytest.mark.parametrize(
    ("language", "date"),
    [
        ("en", "1 December 2026"),
        ("fr", "1er décembre 2026"),
        ("de", "1. Dezember 2026"),
        ("lb", "1. Dezember 2026"),
    ],
)
def test_the_warning_says_the_true_day_in_the_merchants_time(
    shop: Shop, morning: None, language: str, date: str
) -> None:
    card = shop.card(shop.customer(preferred_language=language), points=240)
    # 23:30 UTC on 30 November is already December in Luxembourg.
    expires = datetime(2026, 11, 30, 23, 30, tzinfo=ZoneInfo("UTC"))
    card.last_activity_at, card.last_expiration_warning_at = expires - timedelta(days=90), timezone.now()
    card.save()
    filled = words(card, Code.POINTS_EXPIRING)
    assert f"**{date}**" in filled.body
    assert "11" in filled.body.split(date)[1].split("\n")[0], "days from 20 November"
    assert "240" in filled.subject


def test_a_warning_is_not_sent_once_the_card_was_used(shop: Shop) -> None:
    card = shop.card(points=240)
    card.last_expiration_warning_at = card.last_activity_at - timedelta(days=1)
    card.save()
    with pytest.raises(NothingToSay):
        words(card, Code.POINTS_EXPIRING)


def test_a_card_that_is_warned_late_expires_seven_days_after_the_warning(shop: Shop, morning: None) -> None:
    shop.program.expiry_requires_warning = True
    shop.program.save()
    card = shop.card(points=240)
    card.last_activity_at = timezone.now() - timedelta(days=200)
    card.last_expiration_warning_at = timezone.now()
    card.save()
    assert "**27 November 2026**, in 7 days" in words(card, Code.POINTS_EXPIRING).body


def test_expired_points_are_those_of_the_ledger_and_stamps_stay(shop: Shop) -> None:
    card = shop.card(stamps=3)
    shop.line(card, "opening_balance", points=240)
    line = shop.line(card, "points_expired", points=-240)
    filled = words(card, Code.POINTS_EXPIRED, transaction_id=line.pk)
    assert "so its 240 points have expired. Your 3 stamps are still there." in filled.body


def test_erasure_is_confirmed_with_a_link_of_its_own(shop: Shop) -> None:
    card = shop.card()
    text = markup.plain_text(words(card, Code.ERASE_CONFIRMATION).body)
    assert f"Delete my data\nhttp://127.0.0.1:8000/card/{card.access_token}/" in text


@pytest.mark.parametrize("name", ["Win at http://evil.example", "evil.example", "www.evil", "a@b", "<b>"])
def test_a_name_that_is_an_address_is_left_out(shop: Shop, name: str) -> None:
    card = shop.card(shop.customer(first_name=name, last_name="Weber"))
    assert words(card).body.startswith("Hello,\n")


@pytest.mark.parametrize("name", ["J.-P. O'Neill", "Dr. Weber", "Mª José", "Ümit"])
def test_unusual_names_are_names(shop: Shop, name: str) -> None:
    card = shop.card(shop.customer(first_name=name, last_name=""))
    assert markup.plain_text(words(card).body).startswith(f"Hello {name.split(' ')[0]},")


# --- Escaping ---------------------------------------------------------------------------------------------------


def test_whatever_people_are_called_the_html_part_is_safe(shop: Shop) -> None:
    shop.merchant.name = '<script>alert("x")</script> & Söhne'
    shop.merchant.save()
    EmailTemplate.objects.create(
        code=Code.CARD_LINK,
        store=shop.store,
        subject_en="x",
        body_en="<b>{{ merchant_name }}</b> **{{ merchant_name }}**",
    )
    card = selectors.with_facts(LoyaltyCard.objects.filter(pk=shop.card().pk)).get()
    filled = words(card)
    letter = rendering.letter(subject=filled.subject, body=filled.body, language="en", card=card)
    assert "<script>" not in letter.html
    assert "<b>" not in letter.html
    assert "&lt;b&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; Söhne&lt;/b&gt;" in letter.html
    assert "<strong>&lt;script&gt;" in letter.html
    assert '<b><script>alert("x")</script> & Söhne</b>' in letter.text


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
    assert lb.letter.text.startswith("Anouk Weber : Gratis Kaffi, 4\n")
    assert EmailTemplate.objects.filter(store__isnull=False).count() == 0, "nothing was saved"
