"""From a text and what is true to a letter: subject, plain part, and HTML part in the merchant's look."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from loyalty import links
from loyalty.colors import Palette
from loyalty.models import LoyaltyCard, LoyaltyProgram
from notifications import markup, sandbox
from notifications.errors import TextRefused
from notifications.models import EmailTemplate
from notifications.variables import RECIPIENTS

ValuesIn = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class Wording:
    """Subject and body, filled in; the body still has its marks. `complaint`: what was wrong on the way.

    `language` is that of the body, which need not be the one that was asked for.
    """

    subject: str
    body: str
    language: str
    complaint: str = ""


@dataclass(frozen=True)
class Letter:
    """An e-mail as it goes out."""

    subject: str
    text: str
    html: str
    language: str


def languages(language: str, store_language: str) -> list[str]:
    """In which order a translation is looked for: the customer's, the store's, English, then any other."""
    return list(dict.fromkeys([language, store_language, "en", *dict(settings.LANGUAGES)]))


def wording(texts: Iterable[EmailTemplate], order: Iterable[str], values_in: ValuesIn) -> Wording:
    """Fill in the first text that is written and works, subject and body each for itself.

    Parameters: texts - the store's own first, then the platform's; order - languages, the wanted one first;
    values_in - what is true, as it is said in a language: a text that another language has to stand in for has
    its days and rewards in that one.
    A text that cannot be used gives way to the next one, and says so in `complaint`. Raises TextRefused if none
    is left.
    """
    texts, order = list(texts), list(order)
    subject, _language, first = _field("subject", texts, order, values_in)
    body, language, second = _field("body", texts, order, values_in)
    return Wording(subject=subject, body=body, language=language, complaint="\n".join([*first, *second]))


def _field(
    field: str, texts: list[EmailTemplate], order: list[str], values_in: ValuesIn
) -> tuple[str, str, list[str]]:
    """A subject or a body, its language, and what was wrong with those before it."""
    fill = sandbox.render_subject if field == "subject" else sandbox.render_body
    complaints: list[str] = []
    for text in texts:
        language = next((language for language in order if text.words(field, language).strip()), None)
        if language is None:
            continue
        try:
            with override(language):
                filled = fill(text.words(field, language), values_in(language))
        except TextRefused as error:
            complaints.append(f"{text} #{text.pk}, {field} ({language}), line {error.line}: {error}")
            continue
        if filled:
            return filled, language, complaints
    raise TextRefused(
        "\n".join(complaints) or f"There is no {field} for this e-mail: run load_email_templates."
    )


def letter(*, code: str, subject: str, body: str, language: str, card: LoyaltyCard) -> Letter:
    """Dress filled-in words in the merchant's look. The look is today's, whenever the words were filled in.

    One to an address that nobody has confirmed leads to no card: it may be somebody else's, and mistyped.
    """
    context = {
        "subject": subject,
        "body": markup.plain_text(body),
        "blocks": markup.parse(body),
        "language": language,
        "merchant": card.merchant,
        "program": card.program,
        "logo_url": _logo_url(card.program),
        "colors": Palette.of(card.program.card_color),
        "card_url": links.card_url(card) if code not in RECIPIENTS else "",
    }
    with override(language):
        context["program_name"] = card.program.card_name or card.merchant.name
        return Letter(
            subject=subject,
            text=render_to_string("email/letter.txt", context).strip() + "\n",
            html=render_to_string("email/letter.html", context),
            language=language,
        )


def _logo_url(program: LoyaltyProgram) -> str:
    if not program.logo:
        return ""
    return urljoin(settings.PUBLIC_BASE_URL, program.logo.url)
