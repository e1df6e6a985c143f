"""One row of each kind, as a shop makes it, for tests of what the database refuses."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from loyalty.models import (
    CardBatch,
    CardCode,
    CardSnapshot,
    CardVisits,
    Friend,
    FriendGift,
    ImportBatch,
    ImportedPerson,
    LoyaltyCard,
    LoyaltyTransaction,
    Observation,
    Promotion,
    PromotionUse,
    Purchase,
    PurchaseReturn,
    StaffPin,
    UndoBatch,
    UndoneLine,
)
from loyalty.services import points, printed, restoring, returns, voids
from notifications.models import EmailLog, EmailTemplate, TextMessage
from tenancy import tills
from tenancy.models import (
    ApiKey,
    BackgroundJob,
    FilePiece,
    Invitation,
    ListColumns,
    SavedQuestion,
)
from tests import factories
from tests.console.world import undoing_of
from tests.factories import Shop
from wallet.models import AppleDeviceRegistration, PassDesign, WalletOffer, WalletPass
from webhooks.models import SEALED, Delivery, Endpoint, Event, EventLog, Progress

Row = Callable[[Shop], Model]


def of(model: type[Model], **fields: Any) -> Row:
    """A row of a merchant's, made from nothing but its fields."""
    return lambda shop: model.objects.create(merchant=shop.merchant, **fields)


def at_store(model: type[Model], **fields: Any) -> Row:
    return lambda shop: model.objects.create(merchant=shop.merchant, store=shop.store, **fields)


def a_card(shop: Shop) -> LoyaltyCard:
    return factories.card(shop.store, "anna@example.com", stamps=3, cents=450)


def a_card_code(shop: Shop) -> CardCode:
    return CardCode.objects.create(merchant=shop.merchant, card=a_card(shop), code="4006381333931")


def a_batch(shop: Shop) -> CardBatch:
    about = {"store": shop.store, "actor": factories.actor(), "name": "Box", "design": "color"}
    return printed.make(count=1, **about)


def an_observation(shop: Shop, **fields: Any) -> Observation:
    """One card got fourteen stamps of one person within an hour."""
    pin = StaffPin.objects.filter(store=shop.store).first() or factories.staff_pin(shop.store)
    card = factories.card(shop.store)
    about = {
        "kind": "stamps_an_hour",
        "store": shop.store,
        "staff_pin": pin,
        "card": card,
        "figure": 14,
        "usual": 2,
    }
    moments = {"day": timezone.localdate(), "since": timezone.now(), "until": timezone.now()}
    return Observation.objects.create(merchant=shop.merchant, **about | moments | fields)


def a_question(shop: Shop) -> SavedQuestion:
    """Who owes something."""
    about = {"user": shop.owner, "about": "loyalty.loyaltycard", "name": "Owes", "query": "owes=yes"}
    return SavedQuestion.objects.create(merchant=shop.merchant, **about)


def some_columns(shop: Shop) -> ListColumns:
    return ListColumns.objects.create(user=shop.owner, about="loyalty.loyaltycard", columns=["stamp_count"])


def an_import(shop: Shop) -> ImportBatch:
    return ImportBatch.objects.create(merchant=shop.merchant, store=shop.store)


def an_imported_person(shop: Shop) -> ImportedPerson:
    card = a_card(shop)
    about = {"batch": an_import(shop), "card": card, "customer": card.customer}
    return ImportedPerson.objects.create(merchant=shop.merchant, number=2, **about)


def an_undoing(shop: Shop) -> UndoBatch:
    """A line that somebody looked at and has not confirmed."""
    return undoing_of(a_line(shop), shop.owner)[0]  # type: ignore[return-value]


def an_undone_line(shop: Shop) -> UndoneLine:
    return an_undoing(shop).lines.get()


def a_line_written_again(shop: Shop) -> LoyaltyTransaction:
    """A stamp that was undone, and whose undoing was taken back."""
    card, about = a_card(shop), {"store": shop.store, "actor": factories.actor(), "reason": "Trial"}
    stamp = LoyaltyTransaction.objects.filter(card=card, transaction_type="stamp_earned").latest("id")
    undone = voids.void(transaction_id=stamp.pk, **about)
    lines = [line.pk for line in undone.transactions]
    return restoring.restore(undoing_id=undone.transaction.pk, written=lines, **about).transaction


def a_line(shop: Shop) -> LoyaltyTransaction:
    return LoyaltyTransaction.objects.filter(card=a_card(shop)).latest("id")


def a_purchase(shop: Shop) -> Purchase:
    """One of 4.50, of which nothing has come back."""
    about = {"store": shop.store, "card_id": a_card(shop).pk, "actor": factories.actor()}
    points.earn(purchase_amount_cents=450, order_reference="R-1", **about)
    return Purchase.objects.get(order_reference="R-1")


def a_promotion(shop: Shop) -> Promotion:
    return factories.promotion(shop.program)


def a_use(shop: Shop) -> PromotionUse:
    """What points that count double gave of 4.50."""
    a_promotion(shop)
    return PromotionUse.objects.get(purchase=a_purchase(shop))


def a_friend(shop: Shop) -> Friend:
    """Somebody came by the invitation of somebody else."""
    card, host = a_card(shop), factories.card(shop.store, "host@example.com")
    return Friend.objects.create(merchant=shop.merchant, card=card, brought_by=host)


def a_friend_gift(shop: Shop) -> FriendGift:
    """What a friend is welcomed with, while nothing is given for it."""
    friend = a_friend(shop)
    points.earn(store=shop.store, card_id=friend.card_id, actor=factories.actor(), purchase_amount_cents=100)
    purchase = Purchase.objects.latest("pk")
    about = {"friend": friend, "promotion": a_promotion(shop), "purchase": purchase}
    return FriendGift.objects.create(merchant=shop.merchant, **about)


def a_return(shop: Shop) -> PurchaseReturn:
    purchase = a_purchase(shop)
    about = {"store": shop.store, "purchase_id": purchase.pk, "actor": factories.actor()}
    returns.give_back(amount_cents=50, reason="did not fit", **about)
    return purchase.returns.get()


def a_customer(shop: Shop) -> Model:
    return factories.customer(shop.store, "anna@example.com")


def an_invitation(shop: Shop) -> Invitation:
    return factories.invitation(shop.store, shop.owner)


def a_pin(shop: Shop) -> StaffPin:
    return factories.staff_pin(shop.store)


def a_token(shop: Shop) -> Model:
    factories.staff_token(shop.store)
    return apps.get_model("loyalty", "StaffToken").objects.get()


def a_key(shop: Shop) -> Model:
    factories.api_key(shop.store)
    return ApiKey.objects.get()


def a_waiting_till(shop: Shop) -> Model:
    return tills.make(store=shop.store, name="Counter 1", by=None)[0]


def an_enrolled_till(shop: Shop) -> Model:
    return factories.till(shop.store, "Counter 1")[0]


def a_job(shop: Shop, **fields: Any) -> BackgroundJob:
    about = {"kind": "export", "about": "loyalty.loyaltycard", "parameters": {}, "reach": []}
    return BackgroundJob.objects.create(user=shop.owner, **about | fields)


def a_failed_job(shop: Shop) -> BackgroundJob:
    return a_job(shop, state="failed", error="It broke.", expires_at=timezone.now())


def a_piece(shop: Shop) -> Model:
    return FilePiece.objects.create(job=a_job(shop), number=0, data=b"")


def a_card_snapshot(**fields: Any) -> Row:
    return lambda shop: CardSnapshot.objects.create(
        merchant=shop.merchant,
        program=shop.program,
        until=timezone.now(),
        **dict.fromkeys(fields, shop.store),
    )


def card_visits(shop: Shop) -> CardVisits:
    return CardVisits.objects.create(merchant=shop.merchant, card=a_card(shop), first_day=date(2026, 3, 10))


def an_email(shop: Shop) -> EmailLog:
    card = a_card(shop)
    return EmailLog.objects.create(
        merchant=shop.merchant,
        store=shop.store,
        customer=card.customer,
        card=card,
        code="loyalty_enrollment",
        to="anna@example.com",
        status="queued",
        next_attempt_at=timezone.now(),
        dedup_key="one",
    )


def a_text_message(shop: Shop) -> TextMessage:
    card = factories.card(shop.store)
    return TextMessage.objects.create(
        merchant=shop.merchant, card=card, kind="card_link", dedup_key=f"one:{card.pk}"
    )


def a_text(shop: Shop) -> EmailTemplate:
    return EmailTemplate.objects.create(
        merchant=shop.merchant,
        store=shop.store,
        code="loyalty_enrollment",
        subject_en="Hello",
        body_en="Hello",
    )


def a_platform_text(shop: Shop) -> EmailTemplate:
    return EmailTemplate.objects.create(code="loyalty_enrollment", subject_en="Hello", body_en="Hello")


def a_pass(shop: Shop) -> WalletPass:
    return WalletPass.objects.create(
        merchant=shop.merchant,
        card=a_card(shop),
        platform="apple",
        serial_number="serial",
        auth_token="secret",
        card_key="key",
    )


def an_offer(shop: Shop) -> WalletOffer:
    return WalletOffer.objects.create(merchant=shop.merchant, card=a_card(shop), platform="apple")


def a_device(shop: Shop) -> AppleDeviceRegistration:
    return AppleDeviceRegistration.objects.create(
        merchant=shop.merchant, wallet_pass=a_pass(shop), device_library_identifier="phone", push_token="ab"
    )


def a_design(shop: Shop) -> PassDesign:
    return PassDesign.objects.get_or_create(program=shop.program, defaults={"merchant": shop.merchant})[0]


def an_endpoint(shop: Shop) -> Endpoint:
    return Endpoint.objects.create(
        merchant=shop.merchant, url="https://shop.example/hooks", secret=SEALED.close("whsec_c2VjcmV0")
    )


def an_event(shop: Shop, **about: Any) -> Event:
    """The first one of a merchant's."""
    EventLog.objects.create(merchant=shop.merchant, position=1)
    return Event.objects.create(
        merchant=shop.merchant,
        event_id=f"evt_{shop.merchant.pk}",
        position=1,
        type="customer.updated",
        happened_at=timezone.now(),
        body='{"type":"customer.updated","timestamp":"2026-03-10T11:00:00Z","data":{"sequence":1}}',
        **about,
    )


def of_a_line(shop: Shop) -> Event:
    return an_event(shop, line=a_line(shop))


def of_a_purchase(shop: Shop) -> Event:
    return an_event(shop, purchase=a_purchase(shop))


def of_a_return(shop: Shop) -> Event:
    return an_event(shop, purchase_return=a_return(shop))


def a_progress(shop: Shop) -> Progress:
    return Progress.objects.create(merchant=shop.merchant, source="lines")


def a_delivery(shop: Shop) -> Delivery:
    return Delivery.objects.create(merchant=shop.merchant, endpoint=an_endpoint(shop), event=an_event(shop))
