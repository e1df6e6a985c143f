"""OutboxMessage: the outbox's table, by merchant; SettledMessage: what of it was delivered."""

from contextlib import AbstractContextManager
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from groundwork.messaging.models import AbstractOutboxMessage, AbstractSettledMessage
from tenancy import scope


class OutboxMessage(AbstractOutboxMessage):
    """An announced event of a merchant (or of the platform); its handler sees that merchant's rows only."""

    merchant = models.ForeignKey(
        "tenancy.Merchant",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("merchant"),
    )

    class Meta(AbstractOutboxMessage.Meta):
        pass

    @classmethod
    def whose(cls, event: Any) -> dict[str, Any]:
        return {"merchant_id": event.merchant_id}

    def of_the_same(self) -> Q:
        return Q(merchant_id=self.merchant_id)

    @classmethod
    def kept_in(cls) -> type[AbstractSettledMessage]:
        return SettledMessage

    def scope(self) -> AbstractContextManager[None]:
        return scope.merchants([self.merchant_id] if self.merchant_id else [])


class SettledMessage(AbstractSettledMessage):
    """What was delivered of a merchant (or of the platform)."""

    # A key of the database would hold the merchants while a day is dropped.
    merchant = models.ForeignKey(
        "tenancy.Merchant",
        null=True,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name=_("merchant"),
    )

    class Meta(AbstractSettledMessage.Meta):
        pass
