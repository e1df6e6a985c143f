"""What passes show of promotions: the first one that runs, for all holders alike."""

from collections.abc import Sequence
from datetime import datetime

from loyalty import showing
from loyalty.models import LoyaltyProgram
from tenancy.models import Store
from tenancy.selectors import open_stores
from wallet.text import Text


def running(program: LoyaltyProgram, stores: Sequence[Store], *, now: datetime) -> tuple[Text, Text] | None:
    """The first promotion that runs now for every holder of a pass, whatever they did before; None without one."""
    shown = showing.at_stores(program, stores, now=now) if program.has_promotions else []
    known = [each for each in showing.for_all_cards(shown) if each.is_on(now)]
    if not known:
        return None
    for store in stores:
        store.merchant = program.merchant

    def say() -> str:
        return showing.in_words(known[:1], stores, now=now)[0]

    return Text.of_field(known[0].promotion, "name"), Text.each(say)


def looks_again_at(program_id: int, *, now: datetime) -> datetime | None:
    """When passes of a program may show something else because a promotion begins or ends (UTC); None: never."""
    program = LoyaltyProgram.all_objects.select_related("merchant").get(pk=program_id)
    if not program.has_promotions:
        return None
    shown = showing.at_stores(program, open_stores().filter(merchant_id=program.merchant_id), now=now)
    return showing.changes_at(shown, now=now, zone=program.merchant.tzinfo)
