"""The texts that come with the software: 32 that read well, and how they are loaded beside edited ones."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from notifications import codes, markup, sandbox
from notifications.codes import Code
from notifications.models import EmailTemplate
from notifications.services import texts
from tests.notifications.conftest import Shop

LANGUAGES = ("en", "fr", "de", "lb")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", Code.values)
def test_each_of_the_32_texts_can_be_saved_and_sent(code: str, language: str) -> None:
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
        == "80 texts written, 0 edited ones kept.\n0 texts written, 0 edited ones kept.\n"
    )
    assert len(after) == 10
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
        assert texts.load() == texts.Loaded(written=79, kept=1)
        text.refresh_from_db()
        assert text.subject_fr == "Ma carte"


def test_there_is_one_platform_text_and_one_per_store(shop: Shop) -> None:
    EmailTemplate.objects.create(code=Code.CARD_LINK, store=shop.store)
    for store in (None, shop.store):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmailTemplate.objects.create(code=Code.CARD_LINK, store=store)
