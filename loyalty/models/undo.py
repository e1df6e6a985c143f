"""UndoBatch: lines of the ledger that are undone together, or written again together. UndoneLine: one of them.

`written_along`: lines of several people that stand for one reason.
"""

from collections.abc import Sequence

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loyalty.models.card import LoyaltyCard
from loyalty.models.kinds import TransactionType
from loyalty.models.transaction import LoyaltyTransaction
from tenancy.models.base import TenantOwned

MERGED = (TransactionType.MERGE_OUT, TransactionType.MERGE_IN)


class UndoState(models.TextChoices):
    WAITING = "waiting", _("to be done")
    DONE = "done", _("done")
    REFUSED = "refused", _("cannot be done")


class UndoBatch(TenantOwned):
    """Lines that somebody chose: looked at first (`foreseen_at`), then confirmed with a reason, then done.

    `reverses`: the batch whose undoing this one takes back; its lines are those that undo. `foreseen` and `figures` are
    what the lines came to, before and after (`loyalty.services.undoing.Figures`).
    """

    user = models.ForeignKey(
        "tenancy.User", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("user")
    )
    reverses = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reversed_by", verbose_name=_("takes back")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    foreseen = models.JSONField(default=dict)
    figures = models.JSONField(default=dict)
    foreseen_at = models.DateTimeField(_("looked at"), null=True)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    finished_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("undoing together")
        verbose_name_plural = _("undone together")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(foreseen_at__isnull=False),
                name="an_undoing_is_looked_at_before_it_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="an_undoing_is_confirmed_before_it_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        """A manager's are those that touch no other store."""
        elsewhere = UndoneLine.objects.filter(batch=OuterRef("pk")).exclude(line__store_id__in=store_ids)
        return Q(~Exists(elsewhere))


class UndoneLine(TenantOwned):
    """A line of the ledger in a batch: what undoing it moves (or would), and what it owes by it, less what it pays.

    What was written for it is on its card from `first` to `last`: the line that undoes it, and those that go along.
    """

    batch = models.ForeignKey(
        UndoBatch, on_delete=models.PROTECT, related_name="lines", db_index=False, verbose_name=_("batch")
    )
    line = models.ForeignKey(
        "loyalty.LoyaltyTransaction",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("transaction"),
    )
    card = models.ForeignKey(
        "loyalty.LoyaltyCard",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("card"),
    )
    state = models.CharField(_("state"), max_length=10, choices=UndoState.choices, default=UndoState.WAITING)
    why = models.CharField(_("why not"), max_length=300, blank=True)
    stamps = models.IntegerField(_("stamps"), default=0)
    points = models.BigIntegerField(_("points"), default=0)
    stamps_owed = models.IntegerField(_("stamps owed by it"), default=0)
    points_owed = models.BigIntegerField(_("points owed by it"), default=0)
    first = models.ForeignKey(
        "loyalty.LoyaltyTransaction", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    last = models.ForeignKey(
        "loyalty.LoyaltyTransaction", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("merchant"),
    )

    class Meta:
        verbose_name = _("line of an undoing")
        verbose_name_plural = _("lines of undoings")
        ordering = ["id"]
        indexes = [models.Index(fields=["batch", "state", "card", "-line"], name="undone_lines_to_do")]
        constraints = [
            models.UniqueConstraint(fields=["batch", "line"], name="a_line_is_in_an_undoing_once"),
            models.CheckConstraint(condition=Q(state__in=UndoState.values), name="undone_state_is_known"),
            models.CheckConstraint(
                condition=(Q(state="refused") & ~Q(why="")) | (~Q(state="refused") & Q(why="")),
                name="an_undoing_says_why_not",
            ),
            models.CheckConstraint(
                condition=Q(state="done", first__isnull=False, last__isnull=False)
                | (~Q(state="done") & Q(first__isnull=True, last__isnull=True)),
                name="what_is_undone_says_by_which_lines",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.line_id}"

    @classmethod
    def visible_at(cls, store_ids: set[int]) -> Q:
        return Q(line__store_id__in=store_ids)


def written_along(cards: Sequence[LoyaltyCard]) -> QuerySet[LoyaltyTransaction]:
    """Lines of other cards that carry a reason given about these as well: what was undone with some of theirs, and the
    other halves of their merges.
    """
    batches = UndoneLine.objects.filter(card__in=cards, state=UndoState.DONE).values("batch")
    along = UndoneLine.objects.filter(batch__in=batches, state=UndoState.DONE)
    of_batch = along.filter(card=OuterRef("card"), first__lte=OuterRef("pk"), last__gte=OuterRef("pk"))
    roots = {card.merged_into_id or card.pk for card in cards}
    family = LoyaltyCard.all_objects.filter(Q(pk__in=roots) | Q(merged_into__in=roots)).order_by()
    halves = LoyaltyTransaction.objects.filter(card__in=cards, transaction_type__in=MERGED)
    together = Q(Exists(of_batch), card__in=along.values("card")) | Q(
        card__in=family.values("pk"),
        transaction_type__in=MERGED,
        transaction_at__in=halves.values("transaction_at"),
    )
    return LoyaltyTransaction.objects.filter(together).exclude(card__in=cards)
