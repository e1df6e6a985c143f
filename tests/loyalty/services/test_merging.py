"""Two cards of one person become one."""

from groundwork.errors import Invalid
from loyalty import finding
from loyalty.errors import CardInactive, CardNotFound, CardsNotMergeable
from loyalty.models import LoyaltyCard, LoyaltyTransaction, MerchantLoyaltySettings
from loyalty.services import cards, enrollment, points, stamps
from tenancy.models import Store
from tests import factories
from tests.refusals import refused

STAFF, MANAGER = factories.actor("staff"), factories.actor("manager")


def merge(at: Store, source: LoyaltyCard, into: LoyaltyCard, reason: str = "one person") -> LoyaltyCard:
    return cards.merge(store=at, card_id=source.pk, into_card_id=into.pk, actor=MANAGER, reason=reason)


def everywhere(shop: factories.Shop, allowed: bool) -> None:
    settings = MerchantLoyaltySettings.objects.filter(merchant=shop.merchant)
    settings.update(allow_cross_location_redemption=allowed)
    shop.store.merchant.refresh_from_db()
    shop.other_store.merchant.refresh_from_db()


def test_all_stamps_and_points_move_to_the_card_that_remains() -> None:
    shop = factories.shop(points_per_euro=10)
    old = factories.card(shop.store, stamps=4, cents=450)
    new = factories.card(shop.store, stamps=7, cents=100)
    remaining = merge(shop.store, old, new, reason=" second e-mail address ")
    assert (remaining.pk, remaining.stamp_count, remaining.points_balance) == (new.pk, 11, 55)
    old, new = factories.fresh(old), factories.fresh(new)
    assert (old.stamp_count, old.points_balance, old.is_active) == (0, 0, False)
    assert old.merged_into == new
    assert (old.total_stamps_earned, old.total_stamps_voided) == (4, 4)
    assert (old.total_points_earned, old.total_points_voided) == (45, 45)
    assert (new.total_stamps_earned, new.total_points_earned) == (11, 55)
    gone, come = LoyaltyTransaction.objects.filter(transaction_type__startswith="merge").order_by("id")
    assert (gone.card, gone.stamps_delta, gone.points_delta) == (old, -4, -45)
    assert (come.card, come.stamps_delta, come.points_delta) == (new, 4, 45)
    assert gone.notes == come.notes == "second e-mail address"


def test_the_reward_of_two_half_full_cards_can_be_taken() -> None:
    shop = factories.shop(stamps_target=10)
    old, new = factories.card(shop.store, stamps=4), factories.card(shop.store, stamps=6)
    merge(shop.store, old, new)
    done = stamps.redeem(store=shop.store, card_id=new.pk, actor=STAFF)
    assert (done.card.stamp_count, done.card.stamps_redeemed) == (0, 1)


def test_an_empty_card_can_be_merged() -> None:
    shop = factories.shop()
    old, new = factories.card(shop.store), factories.card(shop.store, stamps=6)
    assert merge(shop.store, old, new).stamp_count == 6
    assert not factories.fresh(old).is_active


def test_a_card_that_is_switched_off_brings_its_balance_along() -> None:
    shop = factories.shop()
    old, new = factories.card(shop.store, stamps=3), factories.card(shop.store)
    cards.deactivate(store=shop.store, card_id=old.pk, actor=MANAGER)
    assert merge(shop.store, old, new).stamp_count == 3


def test_what_cannot_be_merged() -> None:
    shop, rival = factories.shop(), factories.shop()
    card, other, third = (factories.card(shop.store, stamps=1) for _number in range(3))
    stranger = factories.card(rival.store)
    with refused(CardsNotMergeable):
        merge(shop.store, card, card)
    with refused(CardNotFound):
        merge(shop.store, card, stranger)
    with refused(CardNotFound):
        merge(shop.store, stranger, card)
    with refused(Invalid) as refusal:
        merge(shop.store, card, other, reason=" ")
    assert refusal.fields == ["reason"]
    merge(shop.store, card, other)
    with refused(CardsNotMergeable):
        merge(shop.store, card, third)
    with refused(CardInactive):
        merge(shop.store, other, card)


def test_where_each_store_has_its_own_cards_the_other_stores_card_is_not_found() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    here, there = factories.card(shop.store), factories.card(shop.other_store)
    with refused(CardNotFound):
        merge(shop.store, there, here)


def test_once_cards_are_valid_everywhere_a_persons_two_cards_become_one_valid_everywhere() -> None:
    shop = factories.shop(settings={"allow_cross_location_redemption": False})
    email = "anna@example.com"
    here = factories.card(shop.store, email, stamps=4)
    there = factories.card(shop.other_store, email, stamps=5)
    everywhere(shop, True)
    suggestion = enrollment.enroll(store=shop.store, email=email, actor=STAFF)
    assert (suggestion.card.pk, suggestion.merge_suggestion) == (here.pk, [there.pk])
    remaining = merge(shop.store, there, here)
    assert (remaining.stamp_count, remaining.scope_store) == (9, None)
    assert finding.find_card(shop.other_store, email).pk == here.pk
    again = enrollment.enroll(store=shop.other_store, email=email, actor=STAFF)
    assert (again.card.pk, again.already_enrolled, again.merge_suggestion) == (here.pk, True, [])


def test_the_next_merge_carries_on_with_the_balance_of_the_first() -> None:
    shop = factories.shop(points_per_euro=10)
    first, second, third = (factories.card(shop.store, stamps=2, cents=100) for _number in range(3))
    merge(shop.store, first, second)
    points.earn(store=shop.store, card_id=second.pk, actor=STAFF, purchase_amount_cents=300)
    remaining = merge(shop.store, second, third)
    assert (remaining.stamp_count, remaining.points_balance) == (6, 60)
