"""The texts of e-mails: loading those that come with the software, checking and showing those that people write."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from customers.models import Customer
from loyalty.models import LoyaltyCard, LoyaltyProgram
from notifications import codes, rendering, sandbox, selectors, variables
from notifications.codes import Code
from notifications.errors import TextRefused
from notifications.models import EmailTemplate
from notifications.rendering import Letter
from tenancy.models import Merchant, Store

FOLDER = Path(settings.BASE_DIR) / "fixtures" / "email_templates"
LANGUAGES = tuple(dict(settings.LANGUAGES))
_HEADING = "Subject: "


# --- What comes with the software -------------------------------------------------------------------------


@dataclass(frozen=True)
class Loaded:
    """What loading did, in fields (a subject or a body in one language)."""

    written: int = 0
    kept: int = 0


def shipped(code: str) -> dict[str, str]:
    """The texts of one e-mail that come with the software: subject_en, body_en, subject_fr ...

    Source: fixtures/email_templates/<code>.<language>.liquid; the first line is the subject.
    """
    fields = {}
    for language in LANGUAGES:
        first, _blank, body = (FOLDER / f"{code}.{language}.liquid").read_text("utf-8").partition("\n")
        if not first.startswith(_HEADING):
            raise ValueError(f"{code}.{language}: the first line is not a subject.")
        fields[f"subject_{language}"] = first.removeprefix(_HEADING).strip()
        fields[f"body_{language}"] = body.strip()
    return fields


@transaction.atomic
def load() -> Loaded:
    """Bring the platform's texts up to what came with the software; what somebody has edited stays as it is."""
    written = kept = 0
    for code in Code.values:
        text, is_new = EmailTemplate.objects.select_for_update(of=("self",)).get_or_create(
            code=code, store=None
        )
        before = dict(text.shipped)
        for field, words in shipped(code).items():
            there = _digest(getattr(text, field) or "")
            if there not in (_digest(words), text.shipped.get(field)) and not is_new:
                kept += 1
                continue
            if there != _digest(words):
                setattr(text, field, words)
                written += 1
            text.shipped[field] = _digest(words)
        if text.shipped != before:
            text.save()
    return Loaded(written=written, kept=kept)


def _digest(words: str) -> str:
    """What two texts share that say the same; a browser sends other line ends than a file has."""
    return hashlib.sha256("\n".join(words.split("\r\n")).strip().encode()).hexdigest()


# --- What people write ------------------------------------------------------------------------------------


def faults(code: str, fields: dict[str, str]) -> Iterator[tuple[str, TextRefused]]:
    """Why a text cannot be saved, field by field: an unknown variable, broken syntax, too much, with the line.

    Each field is read, and then filled in twice: with all values there, and with those missing that may be.
    """
    for field, words in fields.items():
        if not words.strip():
            continue
        fill = sandbox.render_subject if field.startswith("subject") else sandbox.render_body
        try:
            sandbox.check(words, codes.variables(code).keys())
            for sparse in (False, True):
                if not fill(words, codes.example(code, sparse=sparse)):
                    raise TextRefused(_("Nothing is left of this text once it is filled in."))
        except TextRefused as refused:
            yield field, refused


@dataclass(frozen=True)
class Preview:
    """An e-mail as it would look in one language: the letter, or why there is none (`problem`, with its line)."""

    language: str
    letter: Letter | None = None
    problem: str = ""
    line: int | None = None


def previews(code: str, fields: dict[str, str], card: LoyaltyCard) -> list[Preview]:
    """A text that is being written, in every language, with a real card's data.

    Parameters: fields - subject_en, body_en ... as they stand in the form; what is empty falls back as it will
    when e-mails are sent. What cannot be true of this card now (no points that expire) is filled with examples.
    """
    store = variables.home_store(card)
    draft = EmailTemplate(code=code, **fields)
    platform = [text for text in selectors.texts(code, None) if text.store_id is None]
    home_language = (store or card.merchant).default_language
    return [_preview(draft, platform, card, language, home_language) for language in LANGUAGES]


def _preview(
    draft: EmailTemplate, platform: list[EmailTemplate], card: LoyaltyCard, language: str, home_language: str
) -> Preview:
    written = {f"{name}_{language}": draft.words(name, language) for name in ("subject", "body")}
    for _field, refused in faults(draft.code, written):
        return Preview(language, problem=str(refused), line=refused.line)
    order = rendering.languages(language, home_language)
    try:
        filled = rendering.wording([draft, *platform], order, partial(present_values, card, draft.code))
    except TextRefused as refused:
        return Preview(language, problem=str(refused), line=refused.line)
    said = {"code": draft.code, "subject": filled.subject, "body": filled.body, "language": filled.language}
    return Preview(language, rendering.letter(**said, card=card))


def present_values(card: LoyaltyCard, code: str, language: str) -> dict[str, Any]:
    """A real card's values for a preview; an example for each that this card has not got now."""
    with override(language):
        today = timezone.localdate()
        days = {
            "expiration_date": variables.written(today + timedelta(days=14)),
            "taken_back_on": variables.written(today),
        }
        real = {} if card._state.adding else variables.at_hand(card, now=timezone.now())
    examples = codes.example(code)
    examples |= {name: day for name, day in days.items() if name in examples}
    known = {name for name, value in real.items() if value not in (None, "") or name in codes.optional(code)}
    return {name: real[name] if name in known else value for name, value in examples.items()}


def explained(code: str, card: LoyaltyCard) -> list[dict[str, Any]]:
    """The variables of an e-mail: name, meaning, and the value that a card gives them now."""
    values = present_values(card, code, get_language() or "en")
    return [
        {"name": name, "meaning": str(meaning), "value": "" if values[name] is None else str(values[name])}
        for name, meaning in codes.variables(code).items()
    ]


def platform_words(code: str) -> dict[str, str]:
    """The platform's text, field by field, to begin one's own from."""
    for text in selectors.texts(code, None):
        return {
            f"{name}_{language}": text.words(name, language)
            for language in LANGUAGES
            for name in ("subject", "body")
        }
    return {}


def made_up_card(store: Store | None) -> LoyaltyCard:
    """A card that is not kept, for previews where nobody has one yet; of a store's merchant if there is one."""
    merchant = store.merchant if store else Merchant(name="Café Mirabel")
    program = LoyaltyProgram.objects.filter(merchant_id=merchant.pk).first() or LoyaltyProgram(
        merchant=merchant
    )
    customer = Customer(merchant=merchant, first_name="Anouk", last_name="Weber")
    made_up = {"card_number": "453914880343", "access_token": "B" * 30}
    return LoyaltyCard(
        merchant=merchant, program=program, customer=customer, enrolled_at_store=store, **made_up
    )
