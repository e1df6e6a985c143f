"""Friends: the code by which a card invites, who was brought by whom, and what that gave."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.models.base import TenantOwned


class FriendLink(TenantOwned):
    """The code of a card's invitation: random, and known to whoever got it from the card's owner."""

    updated_at = None

    card = models.OneToOneField("loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="friend_link")
    code = models.CharField(max_length=12, unique=True)

    merchant = models.ForeignKey("tenancy.Merchant", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("invitation of friends")
        verbose_name_plural = _("invitations of friends")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Friend(TenantOwned):
    """A new card whose owner came by somebody's invitation. Never rewritten; it goes when one of the two is erased.

    Cards that are merged stay named: `loyalty.friends` follows them.
    """

    updated_at = None

    card = models.OneToOneField("loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="friend")
    brought_by = models.ForeignKey("loyalty.LoyaltyCard", on_delete=models.PROTECT, related_name="friends")

    merchant = models.ForeignKey("tenancy.Merchant", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("friend")
        verbose_name_plural = _("friends")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(card=models.F("brought_by")), name="nobody_is_brought_by_themselves"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class FriendGift(TenantOwned):
    """That a promotion has welcomed a friend, once, with a purchase; and what it gives the one who brought them.

    `amount` is in points or stamps: None until it is decided, and as long as the month is full; 0 where the budget was.
    `line` is the one that gives it now; None while it is not given, or taken back.
    """

    friend = models.ForeignKey(Friend, on_delete=models.PROTECT, related_name="gifts", db_index=False)
    promotion = models.ForeignKey("loyalty.Promotion", on_delete=models.PROTECT, related_name="friends")
    purchase = models.ForeignKey(
        "loyalty.Purchase", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    amount = models.PositiveIntegerField(_("points or stamps"), null=True)
    line: Any = models.OneToOneField(
        "loyalty.LoyaltyTransaction", null=True, on_delete=models.PROTECT, related_name="friend_gift"
    )

    merchant = models.ForeignKey("tenancy.Merchant", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("gift for a friend")
        verbose_name_plural = _("gifts for friends")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["friend", "promotion"], name="a_friend_is_welcomed_once"),
            models.UniqueConstraint(fields=["purchase", "promotion"], name="a_purchase_is_of_one_friend"),
            models.CheckConstraint(
                condition=Q(line=None) | Q(amount__isnull=False, amount__gt=0),
                name="a_gift_that_is_given_is_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
