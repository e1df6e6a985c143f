"""Persons: what loyalty keeps about one, and its erasure. `customers.services` asks for both."""

from collections.abc import Sequence
from typing import Any

from customers.models import Customer
from groundwork import clock
from groundwork.console import history
from groundwork.formats.naming import names_any
from groundwork.idempotency import once
from groundwork.idempotency.once import Answer
from groundwork.jobs import service as jobs
from loyalty import ledger
from loyalty.errors import CardNotFound
from loyalty.events import CardStateChanged
from loyalty.ledger import Entry
from loyalty.models import (
    CardCode,
    Friend,
    FriendLink,
    ImportBatch,
    ImportedPerson,
    LoyaltyCard,
    LoyaltyTransaction,
    PrintedCard,
    Purchase,
    TransactionType,
    UndoBatch,
)
from loyalty.services import cards as card_services
from loyalty.services import friends, guard

CARD_FIELDS = (
    "is_active",
    "stamp_count",
    "stamps_owed",
    "total_stamps_earned",
    "total_stamps_spent",
    "total_stamps_voided",
    "stamps_redeemed",
    "points_balance",
    "points_owed",
    "points_fraction",
    "total_points_earned",
    "points_redeemed",
    "total_points_voided",
    "last_stamp_at",
    "last_points_at",
    "last_redemption_at",
    "last_activity_at",
    "last_expiration_warning_at",
    "created_at",
    "deleted_at",
)
TRANSACTION_FIELDS = (
    "id",
    "transaction_type",
    "stamps_delta",
    "stamps_balance_after",
    "stamps_owed_after",
    "points_delta",
    "points_balance_after",
    "points_owed_after",
    "points_fraction_after",
    "purchase_id",
    "purchase_amount_cents",
    "order_reference",
    "reward_name",
    "reward_points_cost",
    "voids_id",
    "restores_id",
    "notes",
    "ip_address",
    "user_agent",
    "recorded_offline",
    "transaction_at",
    "created_at",
)
PURCHASE_FIELDS = (
    "id",
    "order_reference",
    "amount_cents",
    "returned_cents",
    "items",
    "recorded_offline",
    "purchased_at",
)
RETURN_FIELDS = ("amount_cents", "returned_at", "undone_at")


def export(customer: Customer) -> dict[str, Any]:
    """A person's cards (deleted ones too) and all that happened to them, oldest first."""
    cards = LoyaltyCard.all_objects.filter(customer=customer).order_by("id")
    lines = LoyaltyTransaction.objects.filter(card__customer=customer).order_by("id")
    purchases = Purchase.objects.filter(card__customer=customer).order_by("id")
    return {
        "currency": customer.merchant.currency,  # of every amount below
        "cards": [
            _card(card)
            for card in cards.select_related("enrolled_at_store", "scope_store").prefetch_related(
                "codes", "friends"
            )
        ],
        "transactions": [_transaction(line) for line in lines.select_related("card", "store")],
        "purchases": [
            {
                "card_number": purchase.card.display_number,
                "store": purchase.store.name,
                **{field: getattr(purchase, field) for field in PURCHASE_FIELDS},
                "returns": [
                    {field: getattr(part, field) for field in RETURN_FIELDS}
                    for part in purchase.returns.all()
                ],
            }
            for purchase in purchases.select_related("card", "store").prefetch_related("returns")
        ],
    }


def _card(card: LoyaltyCard) -> dict[str, Any]:
    link = FriendLink.objects.filter(card=card).first()
    return {
        "card_number": card.display_number,
        "qr_code_data": card.qr_code_data,
        "codes": [code.code for code in card.codes.all()],
        "enrolled_at_store": card.enrolled_at_store.name if card.enrolled_at_store else None,
        "valid_at_store": card.scope_store.name if card.scope_store else None,
        "invitation_code": link.code if link else None,
        "came_by_invitation": Friend.objects.filter(card=card).exists(),
        "invited_friends": len(card.friends.all()),
        **{field: getattr(card, field) for field in CARD_FIELDS},
    }


def _transaction(line: LoyaltyTransaction) -> dict[str, Any]:
    return {
        "card_number": line.card.display_number,
        "store": line.store.name if line.store else None,
        **{field: getattr(line, field) for field in TRANSACTION_FIELDS},
    }


def erase(customer: Customer) -> None:
    """Switch off a person's cards under new names, and blank what the ledger says beside the figures.

    Call it inside a transaction. Balances stay, and the ledger still verifies. Answers kept for repeated calls, and
    files of imports and exports, go as well.
    """
    cards = ledger.lock(LoyaltyCard.all_objects.filter(customer=customer))
    _forget_copies(customer, cards)
    history.forget_names(cards)
    active = [card for card in cards if card.is_active and not card.is_deleted]
    if active:
        entries = [Entry(card=card, kind=TransactionType.CARD_DEACTIVATED) for card in active]
        card_ids = [card.pk for card in active]

        def closed(transaction_ids: list[int]) -> CardStateChanged:
            return CardStateChanged(
                merchant_id=customer.merchant_id, card_ids=card_ids, transaction_ids=transaction_ids
            )

        ledger.post(entries, now=clock.now(), announce=[closed])
    for card in cards:
        card_services.close(card)
        card_services.renew(card, new_number=True)
        # What is printed on a card in somebody's purse leads here no more, and comes alive no more.
        names = {"card_number": card.card_number, "qr_code_data": card.qr_code_data}
        PrintedCard.objects.filter(card=card).update(**names, updated_at=clock.now())
    CardCode.objects.filter(card__in=cards).delete()
    friends.forget(cards)
    ledger.forget_person(cards)
    Purchase.objects.filter(card__in=cards).exclude(items=[]).update(items=[])
    ImportedPerson.objects.filter(customer=customer).update(key="", filled={}, code="")
    batches = UndoBatch.objects.filter(lines__card__in=cards).exclude(reason="")
    UndoBatch.objects.filter(pk__in=batches.values("pk")).update(reason="")
    guard.forget_notes(cards)


def _forget_copies(customer: Customer, cards: Sequence[LoyaltyCard]) -> None:
    """A call of before the erasure, repeated after it, does nothing anew: its card is not to be found."""
    gone = CardNotFound()
    problem = {
        "type": f"/problems/{gone.code}",
        "title": str(gone.message),
        "status": gone.status,
        "code": gone.code,
    }
    names = [customer.email, customer.phone, customer.name, customer.first_name, customer.last_name]
    said = [text for text in names if text]
    card_ids = [card.pk for card in cards]
    codes = CardCode.objects.filter(card__in=cards).values_list("code", flat=True)
    once.forget(
        place={"merchant_id": customer.merchant_id},
        texts=[text for card in cards for text in (card.card_number, card.display_number, card.qr_code_data)]
        + [*said, *codes],
        ids={
            "card_id": card_ids,
            "card.id": card_ids,
            "customer_id": [customer.pk],
            "customer.id": [customer.pk],
        },
        answer=Answer(status=gone.status, body=problem | {"detail": str(gone.detail)}),
    )
    called_by = [*said, (customer.email or "").partition("@")[0]]
    jobs.forget(lambda job: job.reaches(customer.merchant_id), named=called_by)
    called = ImportBatch.objects.filter(merchant_id=customer.merchant_id).exclude(file_name="")
    ids = [pk for pk, name in called.values_list("pk", "file_name") if names_any(name, called_by)]
    ImportBatch.objects.filter(pk__in=ids).update(file_name="", updated_at=clock.now())
