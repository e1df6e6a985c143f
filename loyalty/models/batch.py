"""CardBatch: cards that are printed before anybody has them. PrintedCard: one of them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty import tokens
from tenancy.models.base import Revocable, TenantOwned

MOST_CARDS = 5_000  # of one batch: what is made in one request


class CardDesign(models.TextChoices):
    COLOR = "color", _("in the color of the card")
    WHITE = "white", _("on white")


class CardBatch(Revocable):
    """Some cards for a store's counter. Once it is revoked, those that nobody has scanned never come alive."""

    program = models.ForeignKey(
        "loyalty.LoyaltyProgram", on_delete=models.PROTECT, related_name="+", verbose_name=_("program")
    )
    store = models.ForeignKey(
        "tenancy.Store", on_delete=models.PROTECT, related_name="+", verbose_name=_("store")
    )
    name = models.CharField(_("name"), max_length=60)
    count = models.PositiveSmallIntegerField(
        _("number of cards"), validators=[MinValueValidator(1), MaxValueValidator(MOST_CARDS)]
    )
    design = models.CharField(
        _("design"), max_length=10, choices=CardDesign.choices, default=CardDesign.COLOR
    )

    class Meta:
        verbose_name = _("batch of printed cards")
        verbose_name_plural = _("batches of printed cards")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=MOST_CARDS), name="a_batch_has_1_to_5000_cards"
            ),
            models.CheckConstraint(
                condition=Q(design__in=CardDesign.values), name="design_of_a_batch_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(store_id__in=store_ids)


class PrintedCard(TenantOwned):
    """What is printed on one card; `card` is the card that it became at its first scan."""

    batch = models.ForeignKey(CardBatch, on_delete=models.PROTECT, related_name="cards")
    card_number = models.CharField(_("card number"), max_length=12, unique=True)
    qr_code_data = models.CharField(max_length=30, unique=True)
    card = models.OneToOneField(
        "loyalty.LoyaltyCard", null=True, on_delete=models.PROTECT, related_name="printed"
    )

    merchant = models.ForeignKey(
        "tenancy.Merchant", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("printed card")
        verbose_name_plural = _("printed cards")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.display_number

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(batch__store_id__in=store_ids)

    @property
    def display_number(self) -> str:
        """The number as people read it."""
        return tokens.as_read(self.card_number)
