"""E-mails in the merchant console: texts that are checked and shown, a log that is honest, sending again."""

import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import EmailLog, EmailTemplate
from notifications.selectors import dashboard_alerts
from notifications.services import delivery, texts
from tenancy.models import HistoryEntry
from tests import factories
from tests.notifications.conftest import Shop, open_shop
from tests.notifications.post_office import PostOffice

TEXTS = reverse("admin:notifications_emailtemplate_changelist")
ADD = reverse("admin:notifications_emailtemplate_add")
PREVIEW = reverse("admin:notifications_emailtemplate_preview")
LOG = reverse("admin:notifications_emaillog_changelist")
EMPTY = {f"{name}_{language}": "" for name in ("subject", "body") for language in texts.LANGUAGES}


def signed_in(person: object) -> Client:
    client = Client()
    client.force_login(person, backend="tenancy.sign_in.EmailBackend")
    return client


@pytest.fixture
def owner(shop: Shop) -> Client:
    return signed_in(factories.member(shop.store, role="owner"))


@pytest.fixture
def manager(shop: Shop) -> Client:
    return signed_in(factories.member(shop.store, role="manager"))


@pytest.fixture
def stranger(shop: Shop) -> Client:
    return signed_in(factories.member(open_shop("Bäckerei Schmit").store, role="owner"))


@pytest.fixture
def operator(shop: Shop) -> Client:
    return signed_in(factories.operator())


def page_of(log: EmailLog) -> str:
    return reverse("admin:notifications_emaillog_change", args=[log.pk])


def own_texts() -> list[tuple[str, str]]:
    return list(EmailTemplate.objects.filter(store__isnull=False).values_list("code", "subject_en"))


# --- Texts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_a_store_gets_its_own_text(shop: Shop, who: str, request: pytest.FixtureRequest) -> None:
    client = request.getfixturevalue(who)
    form = EMPTY | {
        "code": "loyalty_card_link",
        "store": shop.store.pk,
        "subject_en": "Moien",
        "body_en": "{{ card_url }}",
    }
    assert client.post(ADD, form).status_code == 302
    text = EmailTemplate.objects.get(store=shop.store)
    assert (text.code, text.merchant_id, text.subject_en) == ("loyalty_card_link", shop.merchant.pk, "Moien")
    assert b"Moien" in client.get(reverse("admin:notifications_emailtemplate_change", args=[text.pk])).content
    assert shop.store.name in client.get(TEXTS).content.decode()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Hello\n\n{{ pionts }}", "Line 3: The variable “pionts” is not known here."),
        ("Hello\n{% if points_balance %}\nx", "Line 2: This is not understood: expected tag endif"),
        ("{% for i in (1..99999999) %}x{% endfor %}", "This text does too much"),
    ],
)
def test_a_broken_text_is_refused_with_the_line(shop: Shop, owner: Client, body: str, message: str) -> None:
    form = EMPTY | {"code": "loyalty_card_link", "store": shop.store.pk, "body_lb": body}
    answer = owner.post(ADD, form)
    assert answer.status_code == 200
    assert message in answer.content.decode()
    assert own_texts() == []


def test_only_the_operator_writes_the_platforms_texts(shop: Shop, owner: Client, operator: Client) -> None:
    answer = owner.post(ADD, EMPTY | {"code": "loyalty_card_link", "store": "", "subject_en": "Mine now"})
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors == {"store": ["This field is required."]}
    platform = EmailTemplate.objects.get(code="loyalty_card_link", store=None)
    page = reverse("admin:notifications_emailtemplate_change", args=[platform.pk])
    assert owner.post(page, EMPTY | {"subject_en": "Mine now"}).status_code in (302, 403, 404)
    platform.refresh_from_db()
    assert platform.subject_en == "Here is your card at {{ merchant_name }}"
    assert operator.post(page, EMPTY | {"subject_en": "The platform's"}).status_code == 302
    platform.refresh_from_db()
    assert platform.subject_en == "The platform's"


def test_nobody_writes_or_reads_another_merchants_text(shop: Shop, stranger: Client) -> None:
    form = EMPTY | {"code": "loyalty_card_link", "store": shop.store.pk, "subject_en": "Forged"}
    assert stranger.post(ADD, form).status_code == 200
    assert own_texts() == []
    text = EmailTemplate.objects.create(code="loyalty_card_link", store=shop.store, subject_en="Ours")
    page = reverse("admin:notifications_emailtemplate_change", args=[text.pk])
    assert stranger.get(page).status_code in (302, 404)
    assert shop.store.name not in stranger.get(TEXTS).content.decode()


def test_an_own_text_can_be_removed(shop: Shop, manager: Client) -> None:
    text = EmailTemplate.objects.create(code="loyalty_card_link", store=shop.store, subject_en="Ours")
    page = reverse("admin:notifications_emailtemplate_delete", args=[text.pk])
    assert manager.get(page).status_code == 200
    assert manager.post(page, {"post": "yes"}).status_code == 302
    assert own_texts() == []
    assert EmailTemplate.objects.count() == 10


# --- Preview --------------------------------------------------------------------------------------------------------


def test_the_preview_answers_in_every_language_with_a_real_customer(shop: Shop, manager: Client) -> None:
    shop.card(shop.customer(first_name="Léa", last_name="Reding"))
    form = EMPTY | {
        "code": "loyalty_card_link",
        "store": shop.store.pk,
        "body_en": "Hi {{ customer_name }}",
        "body_de": "{{ x }}",
    }
    answer = manager.post(PREVIEW, form).json()
    assert [one["language"] for one in answer["languages"]] == ["en", "fr", "de", "lb"]
    english, french, german, _ = answer["languages"]
    assert english["text"].startswith("Hi Léa Reding\n")
    assert english["subject"] == "Here is your card at Café Mirabel"
    assert "<p" in english["html"]
    assert french["text"].startswith("Hi Léa Reding\n"), "what is not written falls back as it will"
    assert (german["problem"], german["line"]) == ("The variable “x” is not known here.", 1)
    named = {variable["name"]: variable["value"] for variable in answer["variables"]}
    assert (named["customer_name"], named["points_balance"], named["apple_url"]) == ("Léa Reding", "0", "")
    assert answer["platform"]["subject_fr"] == "Voici votre carte chez {{ merchant_name }}"


def test_the_preview_works_before_there_is_a_customer(shop: Shop, owner: Client) -> None:
    answer = owner.post(PREVIEW, EMPTY | {"code": "loyalty_reward_ready", "store": shop.store.pk}).json()
    assert [one["problem"] for one in answer["languages"]] == ["", "", "", ""]
    assert answer["languages"][0]["subject"] == "Your card is full: Free coffee"


def test_the_preview_shows_nobody_elses_customers(shop: Shop, stranger: Client) -> None:
    shop.card(shop.customer(first_name="Léa"))
    form = EMPTY | {"code": "loyalty_card_link", "body_en": "Hi {{ customer_name }}"}
    assert stranger.post(PREVIEW, form | {"store": shop.store.pk}).status_code == 404
    assert "Léa" not in stranger.post(PREVIEW, form | {"store": ""}).content.decode()
    assert stranger.get(PREVIEW).status_code == 405
    assert Client().post(PREVIEW, form).status_code == 302
    assert stranger.post(PREVIEW, EMPTY | {"code": "nonsense"}).status_code == 404


# --- The log --------------------------------------------------------------------------------------------------------


def test_the_log_shows_what_went_out(shop: Shop, manager: Client, post_office: PostOffice) -> None:
    log = shop.queued(shop.card(shop.customer(email="anouk@example.com")))
    delivery.deliver(log.pk)
    listed = manager.get(LOG).content.decode()
    assert "anouk@example.com" in listed
    page = manager.get(page_of(log)).content.decode()
    assert "Here is your card at Café Mirabel" in page
    assert "You already have a card with us. Here it is again:" in page
    assert 'sandbox srcdoc="&lt;!DOCTYPE html&gt;\n&lt;html lang=&quot;en&quot;&gt;' in page
    assert manager.get(LOG, {"q": "web"}).context["cl"].result_count == 1
    assert manager.get(LOG, {"q": "anouk@example.com"}).context["cl"].result_count == 1
    assert manager.get(LOG, {"q": "nobody"}).context["cl"].result_count == 0
    assert manager.get(LOG, {"status__exact": "failed"}).context["cl"].result_count == 0


def test_nobody_sees_another_merchants_log(shop: Shop, stranger: Client) -> None:
    log = shop.queued()
    assert stranger.get(LOG).context["cl"].result_count == 0
    assert stranger.get(page_of(log)).status_code in (302, 404)
    stranger.post(LOG, {"action": "send_again", "_selected_action": [log.pk]})
    assert HistoryEntry.objects.count() == 0


def test_nothing_in_the_log_can_be_changed(shop: Shop, operator: Client) -> None:
    log = shop.queued()
    assert operator.post(page_of(log), {"to": "me@example.com"}).status_code == 403
    log.refresh_from_db()
    assert log.to.startswith("anouk")


def test_a_failed_email_is_sent_again_and_leaves_a_trace(
    shop: Shop, manager: Client, post_office: PostOffice
) -> None:
    post_office.recipient = "550 No such mailbox"
    log = shop.queued()
    delivery.deliver(log.pk)
    post_office.recipient = "250 OK"

    page = reverse("admin:notifications_emaillog_send_this_again", args=[log.pk])
    assert "Send again" in manager.get(page).content.decode()
    assert manager.post(page, {"yes": "1"}).status_code == 302

    log.refresh_from_db()
    assert (log.status, log.attempts) == ("queued", 0)
    assert HistoryEntry.objects.get().object_id == str(log.pk)
    assert delivery.sweep() == 1
    assert len(post_office.letters) == 1


def test_several_are_sent_again_from_the_list(shop: Shop, owner: Client, post_office: PostOffice) -> None:
    first, second = shop.queued(cause="1"), shop.queued(cause="2")
    delivery.sweep()
    owner.post(LOG, {"action": "send_again", "_selected_action": [first.pk, second.pk]})
    assert EmailLog.objects.filter(status="queued").count() == 2
    assert HistoryEntry.objects.count() == 2
    assert delivery.sweep() == 2
    assert len({letter["Message-ID"] for letter in post_office.letters}) == 4


# --- The overview --------------------------------------------------------------------------------------------------


def test_the_overview_counts_failures_of_its_merchants(shop: Shop, post_office: PostOffice) -> None:
    assert dashboard_alerts(None) == []
    post_office.recipient = "550 No such mailbox"
    for number in range(2):
        delivery.deliver(shop.queued(cause=str(number)).pk)
    alert = {"level": "warning", "text": "2 e-mails have failed.", "url": f"{LOG}?status__exact=failed"}
    assert dashboard_alerts(None) == [alert]
    assert dashboard_alerts([shop.merchant.pk]) == [alert]
    assert dashboard_alerts([0]) == []
