"""A small business to write from, and a mail server to write to."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django import Settings

from customers.models import Customer
from loyalty import ledger, tokens
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, TransactionType
from notifications.codes import LOOKED_AT_AGAIN, Code
from notifications.models import EmailLog
from notifications.services import enqueue, texts
from tenancy import scope
from tenancy.models import Merchant, Store
from tests.notifications.post_office import PostOffice, open_post_office


@dataclass
class Shop:
    """Café Mirabel, its store at the station, its program, and those who have cards."""

    merchant: Merchant
    store: Store
    program: LoyaltyProgram

    def customer(self, **fields: Any) -> Customer:
        defaults = {
            "first_name": "Anouk",
            "last_name": "Weber",
            "email": f"anouk{Customer.objects.count()}@example.com",
        }
        return Customer.objects.create(merchant=self.merchant, store=self.store, **(defaults | fields))

    def card(
        self, customer: Customer | None = None, *, stamps: int = 0, points: int = 0, **fields: Any
    ) -> LoyaltyCard:
        card = LoyaltyCard.objects.create(
            merchant=self.merchant,
            program=self.program,
            customer=customer or self.customer(),
            enrolled_at_store=self.store,
            card_number=tokens.card_number(),
            qr_code_data=tokens.letters(),
            access_token=tokens.letters(),
            last_activity_at=timezone.now(),
            **fields,
        )
        if stamps or points:
            self.line(card, TransactionType.OPENING_BALANCE, stamps=stamps, points=points)
        return card

    def line(self, card: LoyaltyCard, kind: str, *, stamps: int = 0, points: int = 0) -> LoyaltyTransaction:
        """A line of the ledger, and its card as it says."""
        entry = ledger.Entry(card=card, kind=kind, stamps_delta=stamps, points_delta=points)
        with transaction.atomic():
            (line,) = ledger.post([entry], now=timezone.now())
        return line

    def queued(
        self, card: LoyaltyCard | None = None, code: Code = Code.CARD_LINK, cause: str = "test"
    ) -> EmailLog:
        """An e-mail in the queue, and due."""
        card = card or self.card()
        enqueue.for_cards(merchant_id=self.merchant.pk, code=code, card_ids=[card.pk], cause=cause)
        log = EmailLog.objects.get(dedup_key=f"{code}:card={card.pk}:{cause}")
        EmailLog.objects.filter(pk=log.pk, code__in=LOOKED_AT_AGAIN).update(next_attempt_at=Now())
        return log


def open_shop(name: str = "Café Mirabel", **store: Any) -> Shop:
    slug = name.lower().replace(" ", "-").replace("é", "e")
    merchant = Merchant.objects.create(name=name, slug=slug, contact_email="hello@mirabel.example")
    fields = {"name": f"{name} Gare", "store_code": slug} | store
    program = LoyaltyProgram.objects.create(
        merchant=merchant,
        loyalty_type="hybrid",
        card_name_en="Mirabel Club",
        stamps_reward_description_en="Free coffee",
        stamps_reward_description_lb="Gratis Kaffi",
        card_color="#c2553a",
        points_expiration_days=90,
    )
    return Shop(merchant, Store.objects.create(merchant=merchant, **fields), program)


@pytest.fixture
def everything() -> Iterator[None]:
    with scope.everything("tests look at all merchants"):
        yield


@pytest.fixture
def shop(db: None, everything: None) -> Shop:
    """A shop with the texts that come with the software."""
    texts.load()
    return open_shop()


@pytest.fixture
def post_office(settings: Settings) -> Iterator[PostOffice]:
    """A mail server, and this site set to send through it."""
    with open_post_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", office.port, 2
        settings.PUBLIC_BASE_URL = "https://cards.example"
        settings.DEFAULT_FROM_EMAIL = "Trei <cards@cards.example>"
        yield office
