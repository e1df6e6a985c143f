"""Reading loyalty: programs, cards and the ledger, always within a merchant and a card's scope."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from loyalty import rules
from loyalty.errors import CardNotFound, ProgramNotFound, TransactionNotFound
from loyalty.models import (
    LoyaltyCard,
    LoyaltyProgram,
    LoyaltyTransaction,
    MerchantLoyaltySettings,
    PointsReward,
    ProgramTerms,
    Purchase,
    StaffPin,
    TransactionType,
)
from loyalty.ports import card_facts
from loyalty.terms import Terms
from tenancy import scope
from tenancy.models import Merchant, Store
from tenancy.prepared import Prepared
from tenancy.selectors import open_stores

_rewards: dict[int, tuple[datetime, tuple[PointsReward, ...]]] = {}


def settings_of(merchant: Merchant) -> MerchantLoyaltySettings:
    """A merchant's settings; the defaults (not saved) where nobody has decided anything yet."""
    found = getattr(merchant, "loyalty_settings", None)
    return found if found is not None else MerchantLoyaltySettings(merchant=merchant)


def program_of(merchant_id: int) -> LoyaltyProgram:
    """A merchant's living program. Raises ProgramNotFound."""
    program = LoyaltyProgram.objects.filter(merchant_id=merchant_id).select_related("merchant").first()
    if program is None:
        raise ProgramNotFound()
    return program


def has_amounts(merchant: Merchant) -> bool:
    """Whether something was bought: its amount stays in the ledger, in the currency of then."""
    with scope.merchant(merchant):
        return Purchase.objects.filter(merchant=merchant).exists()


def rewards_of(program: LoyaltyProgram) -> tuple[PointsReward, ...]:
    """A program's living rewards in order, active or not.

    Kept in memory per process until the program changes; the database marks a program as changed with its rewards.
    """
    kept = _rewards.get(program.pk)
    if kept is None or kept[0] != program.updated_at:
        kept = (program.updated_at, tuple(PointsReward.objects.filter(program_id=program.pk)))
        _rewards[program.pk] = kept
    return kept[1]


def expiration_days(
    program: LoyaltyProgram, merchant: Merchant, card: LoyaltyCard | None = None
) -> int | None:
    """After how many days a program's points expire, or those of a card; None while they do not."""
    involved = (merchant, program) if card is None else (merchant, program, card)
    return rules.expiration_days(
        program.points_expiration_days,
        has_points=program.has_points,
        switched_on=[row.is_active for row in involved],
    )


def points_expire_at(card: LoyaltyCard) -> datetime | None:
    """When a card's points expire (UTC) if nothing happens; None where they do not.

    What people are told: they are taken `rules.OFFLINE_LIMIT` later.
    """
    program = card.program
    days = expiration_days(program, card.merchant, card)
    if days is None or not card.points_balance:
        return None
    return rules.expires_at(
        last_activity_at=card.last_activity_at or card.created_at,
        expiration_days=days,
        not_before=(program.expiry_not_before, card.expiry_not_before),
        warned_at=card.last_expiration_warning_at,
        requires_warning=program.expiry_requires_warning,
    )


def terms_of(program: LoyaltyProgram, at: datetime | None = None) -> Terms:
    """What a program promises now, or promised at a moment (UTC); the first terms hold since ever."""
    if at is None:
        return Terms.of(program, terms_id=program.terms_id)
    rows = ProgramTerms.objects.filter(program=program)
    row = rows.filter(valid_from__lte=at).last() or rows.first()
    return row.rules() if row else Terms.of(program, terms_id=program.terms_id)


def remaining_card_id(merchant_id: int, card_id: int) -> int:
    """The card that a card was merged into; itself if it never was."""
    merged = LoyaltyCard.objects.filter(merchant_id=merchant_id, pk=card_id, merged_into__isnull=False)
    return merged.values_list("merged_into_id", flat=True).first() or card_id


def annotated(cards: QuerySet[LoyaltyCard]) -> QuerySet[LoyaltyCard]:
    """Cards with what the apps above know of them: the state of their passes, a bad e-mail address."""
    for app in card_facts:
        cards = cards.annotate(**app.card_annotations())
    return cards


def facts_then(moments: Sequence[tuple[LoyaltyCard, datetime]]) -> list[dict[str, Any]]:
    """What the apps above knew of cards at moments (UTC), in their order; each card has the customer of then."""
    found: list[dict[str, Any]] = [{} for _each in moments]
    for app in card_facts:
        for known, more in zip(found, app.card_facts_then(moments), strict=True):
            known.update(more)
    return found


def cards_of(merchant_id: int) -> QuerySet[LoyaltyCard]:
    """A merchant's living cards, with program, customer and stores joined."""
    cards = LoyaltyCard.objects.filter(merchant_id=merchant_id)
    return annotated(
        cards.select_related("merchant", "program", "customer", "enrolled_at_store", "scope_store")
    )


def cards_at(store: Store) -> QuerySet[LoyaltyCard]:
    """The living cards that are valid at a store."""
    return cards_of(store.merchant_id).filter(Q(scope_store__isnull=True) | Q(scope_store=store))


def one_card_at(*, store_id: int, merchant_id: int, card_id: int) -> QuerySet[LoyaltyCard]:
    """The card with an id, if it is valid at a store; in terms of ids, so that it can be prepared."""
    return cards_at(Store(pk=store_id, merchant_id=merchant_id)).filter(pk=card_id)


_one_card = Prepared(one_card_at)


def card_at(store: Store, card_id: int) -> LoyaltyCard:
    """One card valid at a store. Raises CardNotFound, whoever's it may be otherwise."""
    found = _one_card(store_id=store.pk, merchant_id=store.merchant_id, card_id=card_id)
    if not found:
        raise CardNotFound()
    return found[0]


def card_of_page(**key: Any) -> LoyaltyCard:
    """The card behind a customer's own address: `access_token`, or `pk` of a signed link. Raises CardNotFound."""
    with scope.everything("the token, or the signature, is the credential"):
        card = (
            annotated(LoyaltyCard.objects.filter(**key, merchant__deleted_at__isnull=True))
            .select_related(
                "program", "customer", "merchant__loyalty_settings", "enrolled_at_store", "scope_store"
            )
            .first()
        )
    if card is None:
        raise CardNotFound()
    return card


def stamp_usage(
    cards: Sequence[LoyaltyCard], *, at: datetime, zone: ZoneInfo, cooldown_minutes: int
) -> Mapping[int, rules.StampUsage]:
    """How the stamps of cards (not undone) lie around a moment, by card id; one statement for all."""
    start, end = rules.local_day(at, zone)
    cooldown = timedelta(minutes=cooldown_minutes)
    window = {
        "at": at,
        "start": start,
        "end": end,
        "earliest": min(start, at - cooldown),
        "latest": max(end, at + cooldown),
    }
    if len(cards) == 1:
        rows = _usage_of_one(card_id=cards[0].pk, **window)
    else:
        rows = list(_usage([card.pk for card in cards], **window))
    return {
        row["holder"]: rules.StampUsage(today=row["today"], before=row["before"], after=row["after"])
        for row in rows
    }


def living_stamps(card_ids: Sequence[int]) -> QuerySet[LoyaltyTransaction]:
    """The lines of cards' stamps that were neither undone nor brought back, by `holder`.

    What was undone by mistake and is written again was stamped long before, and keeps nobody from the next stamp.

    The stamps of a card that was merged go along with it.
    """
    return all_stamps(card_ids).filter(voided_by__isnull=True).exclude(purchase__is_open=False)


def all_stamps(card_ids: Sequence[int]) -> QuerySet[LoyaltyTransaction]:
    """Those that were undone or brought back as well."""
    cards = LoyaltyCard.all_objects.filter(Q(pk__in=card_ids) | Q(merged_into__in=card_ids)).order_by()
    stamps = LoyaltyTransaction.objects.filter(
        card__in=cards.values("pk"), transaction_type=TransactionType.STAMP_EARNED
    ).filter(restores__isnull=True)
    return stamps.annotate(holder=Coalesce("card__merged_into_id", "card_id"))


def _usage(
    card_ids: Sequence[int],
    *,
    at: datetime,
    start: datetime,
    end: datetime,
    earliest: datetime,
    latest: datetime,
) -> Any:
    return (
        living_stamps(card_ids)
        .filter(transaction_at__gte=earliest, transaction_at__lt=latest)
        .order_by()
        .values("holder")
        .annotate(
            today=Coalesce(
                Sum("stamps_delta", filter=Q(transaction_at__gte=start, transaction_at__lt=end)), 0
            ),
            before=Max("transaction_at", filter=Q(transaction_at__lte=at)),
            after=Min("transaction_at", filter=Q(transaction_at__gt=at)),
        )
    )


_usage_of_one = Prepared(lambda *, card_id, **window: _usage([card_id], **window))


def locations(card: LoyaltyCard) -> QuerySet[Store]:
    """The open stores where a card works, by name."""
    stores = open_stores().filter(merchant_id=card.merchant_id)
    return (stores.filter(pk=card.scope_store_id) if card.scope_store_id else stores).order_by("name", "pk")


def staff_at(store: Store) -> QuerySet[StaffPin]:
    """Who is on the terminal's chooser, by name."""
    return StaffPin.objects.filter(store=store, is_active=True).order_by("name", "pk")


def pins_at(store: Store) -> QuerySet[StaffPin]:
    """Everybody who has a PIN at a store, newest first."""
    return StaffPin.objects.filter(store=store).order_by("-pk")


def transactions() -> QuerySet[LoyaltyTransaction]:
    """Ledger lines of the open scope with what is shown of them, newest first."""
    return LoyaltyTransaction.objects.select_related(
        "card__customer", "card__program", "store", "staff_pin", "reward", "voided_by"
    ).order_by("-id")


def transactions_at(store: Store) -> QuerySet[LoyaltyTransaction]:
    """The ledger of one store."""
    return transactions().filter(store=store)


def history(card: LoyaltyCard) -> QuerySet[LoyaltyTransaction]:
    """All that happened to a card, newest first."""
    return transactions().filter(card=card)


def transaction_of(store: Store, transaction_id: int) -> LoyaltyTransaction:
    """A transaction of a card that is valid at a store. Raises TransactionNotFound."""
    found = _one_line(store_id=store.pk, merchant_id=store.merchant_id, line_id=transaction_id)
    if not found:
        raise TransactionNotFound()
    return found[0]


def _line_at(*, store_id: int, merchant_id: int, line_id: int) -> QuerySet[LoyaltyTransaction]:
    valid = Q(card__scope_store__isnull=True) | Q(card__scope_store_id=store_id)
    return transactions().filter(valid, pk=line_id, merchant_id=merchant_id, card__deleted_at__isnull=True)


_one_line = Prepared(_line_at)


def today_at(store: Store, *, now: datetime) -> dict[str, Any]:
    """The terminal's figures of the store's local day: stamps, points, rewards; without what was undone."""
    start, _ = rules.local_day(now, store.tzinfo)
    rewards = [TransactionType.STAMP_REDEEMED, TransactionType.POINTS_REDEEMED]
    stamps = [TransactionType.STAMP_EARNED, TransactionType.STAMPS_RETURNED]
    points = [TransactionType.POINTS_EARNED, TransactionType.POINTS_RETURNED]
    lines = LoyaltyTransaction.objects.filter(store=store, transaction_at__gte=start, voided_by__isnull=True)
    return lines.aggregate(
        stamps=Coalesce(Sum("stamps_delta", filter=Q(transaction_type__in=stamps)), 0),
        points=Coalesce(Sum("points_delta", filter=Q(transaction_type__in=points)), 0),
        rewards=Count("id", filter=Q(transaction_type__in=rewards)),
    )
