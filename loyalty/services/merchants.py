"""What follows for cards and figures when a merchant is changed (`tenancy.ports.merchant_followers`)."""

from groundwork import clock
from groundwork.messaging import doorbell
from loyalty import selectors
from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings
from loyalty.services import programs
from loyalty.services.cards import grace
from tenancy import scope
from tenancy.models import Merchant

ROLL_UP_TASK = "loyalty.roll_up_statistics"
SHOWN = ("name", "timezone", "is_active")  # what passes show, or name a day by


def note_poster(merchant: Merchant) -> None:
    """Note that an owner or a manager has seen the poster to print, the first time that one does."""
    settings = MerchantLoyaltySettings.objects.filter(merchant=merchant, poster_opened_at=None)
    settings.update(poster_opened_at=clock.now())


def on_merchant_changed(old: Merchant, new: Merchant) -> None:
    """Points that can be spent again do not expire within 14 days; in another time zone, closed days are made anew."""
    with scope.merchant(new):
        for program in LoyaltyProgram.objects.filter(merchant=new).select_for_update(no_key=True):
            _wake(program, old, new)
            if any(getattr(old, name) != getattr(new, name) for name in SHOWN):
                programs.changed(program)
    if old.timezone != new.timezone:
        doorbell.ring(ROLL_UP_TASK)


def _wake(program: LoyaltyProgram, old: Merchant, new: Merchant) -> None:
    if selectors.expiration_days(program, old) is None:
        not_before = grace(program, new, clock.now())
        if not_before is not None:
            program.expiry_not_before = not_before
            program.save(update_fields=["expiry_not_before", "updated_at"])
