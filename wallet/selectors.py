"""Reading what passes show, and passes themselves."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.urls import reverse

from groundwork import clock
from loyalty import selectors as loyalty_selectors
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, PointsReward
from tenancy.models import Merchant, Store
from tenancy.prepared import Prepared
from tenancy.selectors import open_stores
from wallet import config, promotions
from wallet.announcements import announcement, ended, newest_change
from wallet.facts import Goal, Look, PassFacts, Place, ProgramFacts, Shop, next_points_goal
from wallet.labels import happened
from wallet.models import PassState, WalletPass
from wallet.text import LANGUAGES, Text, written_date

HISTORY_LINES = 5
TOLD_OF_A_LINE = ("transaction_type", "transaction_at", "stamps_delta", "points_delta")


def _cards(ids: Iterable[int]) -> QuerySet[LoyaltyCard]:
    """Cards, deleted ones too, with what their facts are made from."""
    cards = LoyaltyCard.all_objects.filter(pk__in=ids)
    return cards.select_related("customer", "program", "merchant", "scope_store")


def _told(lines: QuerySet[LoyaltyTransaction]) -> QuerySet[LoyaltyTransaction]:
    """Lines with what passes tell of them, and nothing else: they are wide, and each has its shop and reward."""
    names = ["store__name", *(f"reward__name_{language}" for language in LANGUAGES)]
    return lines.select_related("store", "reward").only(*TOLD_OF_A_LINE, *names)


def _newest_lines(*, card_id: int | OuterRef) -> QuerySet[LoyaltyTransaction]:
    return LoyaltyTransaction.objects.filter(card_id=card_id).order_by("-id")[:HISTORY_LINES]


def _shops_of(*, merchant_id: int) -> QuerySet[Store]:
    """A merchant's open stores, without the merchant, who is known already."""
    return open_stores().filter(merchant_id=merchant_id).select_related(None)


# A pass is read each time a phone wakes up: what these queries are in SQL is worked out once.
_one_card = Prepared(lambda *, card_id: _cards([card_id]))
_stores_of = Prepared(_shops_of)
lines_of = Prepared(lambda *, card_id: _told(_newest_lines(card_id=card_id)))


def card_of(wallet_pass: WalletPass) -> LoyaltyCard:
    """The card of a pass, a deleted one too, with what its facts are made from."""
    (card,) = _one_card(card_id=wallet_pass.card_id)
    card.program.merchant = card.merchant
    return card


def program_facts(program_id: int) -> ProgramFacts:
    """What all passes of a program have in common; also of one that was deleted."""
    return facts_of(LoyaltyProgram.all_objects.select_related("merchant").get(pk=program_id))


def facts_of(program: LoyaltyProgram) -> ProgramFacts:
    """The same of a program that was read just now, with its merchant."""
    rewards = [reward for reward in loyalty_selectors.rewards_of(program) if reward.is_active]
    stores = _stores_of(merchant_id=program.merchant_id)
    for store in stores:
        store.merchant = program.merchant
    return describe_program(program, rewards=rewards, stores=stores)


def describe_program(
    program: LoyaltyProgram, *, rewards: Iterable[PointsReward], stores: Iterable[Store]
) -> ProgramFacts:
    """The facts of a program, also of one that is being edited and not saved."""
    merchant, stores = program.merchant, sorted(stores, key=lambda store: (store.name, store.pk))
    costs = [
        (Text.of_field(reward, "name"), reward.points_cost)
        for reward in rewards
        if reward.points_cost >= program.minimum_redemption_points
    ]
    return ProgramFacts(
        program_id=program.pk or 0,
        merchant_id=program.merchant_id,
        merchant_name=merchant.name,
        card_name=Text.of_field(program, "card_name") or Text.same(merchant.name),
        has_stamps=program.has_stamps,
        has_points=program.has_points,
        stamps_target=program.stamps_target,
        stamps_reward=Text.of_field(program, "stamps_reward_description"),
        points_rewards=tuple(sorted(costs, key=lambda reward: reward[1])),
        expiry=_expiry(program),
        terms=Text.of_field(program, "terms_text"),
        privacy_url=program.privacy_url,
        shops=tuple(map(_shop, stores)),
        places=places(stores),
        join_url=config.public_url(reverse("join", args=[stores[0].store_code])) if stores else "",
        look=look_of(program, merchant),
        promotion=promotions.running(program, stores, now=clock.now()),
    )


def _expiry(program: LoyaltyProgram) -> tuple[object, ...]:
    return (
        loyalty_selectors.expiration_days(program, program.merchant),
        program.expiry_requires_warning,
        str(program.expiry_not_before or ""),
        str(program.merchant.tzinfo),
    )


def look_of(program: LoyaltyProgram, merchant: Merchant) -> Look:
    """What the pictures are drawn from. With uploads, any change of the program counts as a new look."""
    uploads = program.logo.name or "", program.hero_image.name or ""
    return Look(
        color=program.card_color,
        secondary_color=program.card_secondary_color,
        initial=merchant.initial,
        stamp=program.stamp_icon,
        logo=uploads[0],
        picture=uploads[1],
        version=program.updated_at.isoformat() if any(uploads) and program.updated_at else "",
    )


def _shop(store: Store) -> Shop:
    """A town alone is no address to be found by."""
    town = " ".join(filter(None, [store.postal_code, store.city]))
    lines = filter(None, [store.address_line1, store.address_line2, town])
    address = ", ".join(lines) if store.address_line1 else ""
    return Shop(store.name, store.city, address, store.phone, store.opening_hours)


def places(stores: Iterable[Store]) -> tuple[Place, ...]:
    """The stores that are on the map."""
    return tuple(
        Place(name=store.name, latitude=float(store.latitude), longitude=float(store.longitude))
        for store in stores
        if store.latitude is not None and store.longitude is not None
    )


def cards_of(passes: Iterable[WalletPass]) -> Mapping[int, LoyaltyCard]:
    """The cards of passes by id, as `card_of` has them; one statement."""
    return {card.pk: card for card in _cards({each.card_id for each in passes})}


def lines_of_cards(card_ids: Iterable[int]) -> Mapping[int, list[LoyaltyTransaction]]:
    """The newest lines of many cards, newest first, by card; two statements, however long the ledger is."""
    of_each = ArraySubquery(_newest_lines(card_id=OuterRef("pk")).values("pk"))
    ids = LoyaltyCard.all_objects.filter(pk__in=set(card_ids)).annotate(newest=of_each)
    by_card = dict(ids.values_list("pk", "newest"))
    lines = _told(LoyaltyTransaction.objects.all()).in_bulk(
        [line for newest in by_card.values() for line in newest]
    )
    return {card_id: [lines[line] for line in newest] for card_id, newest in by_card.items()}


def card_facts(
    card: LoyaltyCard,
    program: ProgramFacts,
    *,
    is_void: bool = False,
    lines: Sequence[LoyaltyTransaction] = (),
) -> PassFacts:
    """One card as its pass shows it. Its newest `lines` tell the news and the history; without them it has none."""
    shops = (_shop(card.scope_store),) if card.scope_store else program.shops
    goal = _stamps_goal(card, program)
    return PassFacts(
        program=program,
        card_number=card.display_number,
        code=card.qr_code_data,
        page_url=config.public_url(reverse("card", args=[card.access_token])),
        member=card.customer.name,
        stamps=card.stamp_count,
        points=card.points_balance,
        stamps_goal=goal,
        points_goal=next_points_goal(program.points_rewards, card.points_balance)
        if program.has_points
        else None,
        points_expire_at=None if is_void else points_expire_at(card),
        history=history_text(lines, card.merchant.tzinfo),
        news=_news(card, program, lines, goal, is_void=is_void),
        shops=shops,
        places=places([card.scope_store]) if card.scope_store else program.places,
        is_void=is_void,
    )


def retired_facts(program: ProgramFacts) -> PassFacts:
    """What is left on a pass that has lost its card: whose it was made by, and that it is not valid."""
    return PassFacts(
        program=program,
        card_number="",
        code="",
        page_url="",
        member="",
        stamps=0,
        points=0,
        stamps_goal=None,
        points_goal=None,
        points_expire_at=None,
        history=None,
        news=ended(),
        shops=(),
        places=(),
        is_void=True,
        is_retired=True,
    )


def _stamps_goal(card: LoyaltyCard, program: ProgramFacts) -> Goal | None:
    if not program.has_stamps:
        return None
    return Goal(name=program.stamps_reward, needed=program.stamps_target, have=card.stamp_count)


def points_expire_at(card: LoyaltyCard) -> datetime | None:
    """When a card's points expire, in the merchant's time zone; None while they do not."""
    moment = loyalty_selectors.points_expire_at(card)
    return moment.astimezone(card.merchant.tzinfo) if moment else None


def history_text(lines: Sequence[LoyaltyTransaction], zone: ZoneInfo) -> Text | None:
    """Lines of a ledger in words, a line each, on the days of a merchant's time zone."""
    if not lines:
        return None

    def told(line: LoyaltyTransaction) -> list[str]:
        """The line in each language."""
        day = line.transaction_at.astimezone(zone)
        amounts = [f"{delta:+d}" for delta in (line.stamps_delta, line.points_delta) if delta]
        where = [line.store.name] if line.store else []
        return [
            " · ".join([written_date(day, language), " ".join([what, *amounts]), *where])
            for language, what in happened(line.transaction_type).items()
        ]

    return Text(*("\n".join(in_language) for in_language in zip(*map(told, lines), strict=True)))


def _news(
    card: LoyaltyCard,
    program: ProgramFacts,
    lines: Sequence[LoyaltyTransaction],
    goal: Goal | None,
    *,
    is_void: bool,
) -> Text | None:
    if is_void:
        return ended()
    change = newest_change(lines, stamps_reward=program.stamps_reward)
    return announcement(change, stamps=goal, points=card.points_balance) if change else None


def card_key(card: LoyaltyCard) -> str:
    """A fingerprint of the codes that a replaced card loses."""
    return hashlib.sha256(f"{card.qr_code_data}:{card.access_token}".encode()).hexdigest()


def pass_facts(
    wallet_pass: WalletPass,
    card: LoyaltyCard,
    program: ProgramFacts,
    *,
    lines: Sequence[LoyaltyTransaction],
) -> PassFacts:
    """What one pass shows now. Its row must have been read before the card: what changes later is a new version.

    A pass whose card was replaced is as good as retired, also before anybody has noted it.
    """
    if wallet_pass.retired_at is not None or wallet_pass.card_key != card_key(card):
        return retired_facts(program)
    is_void = wallet_pass.state == PassState.VOID
    return card_facts(card, program, is_void=is_void, lines=lines)
