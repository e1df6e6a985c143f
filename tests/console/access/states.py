"""The state of a row in which a page is open, and the one in which it is shut."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.db import models
from django.utils import timezone

from groundwork import deletion
from groundwork.models import SoftDeletable
from loyalty import ledger
from loyalty.models import CardCode, LoyaltyCard, UndoBatch
from loyalty.services import undoing
from tenancy import scope
from tests import factories
from tests.console.access.people import World


def _put(**fields: Any) -> Callable[[World, models.Model], None]:
    return lambda world, row: models.QuerySet(type(row)).filter(pk=row.pk).update(**fields) and None


def delete(world: World, row: models.Model) -> None:
    """Delete a row as an operator does it."""
    assert isinstance(row, SoftDeletable)
    with scope.everything("a test deletes"):
        deletion.soft_delete(row, by=world.people["operator"])


def _factor(row: models.Model) -> None:
    Authenticator.objects.create(user_id=row.pk, type=Authenticator.Type.TOTP, data={"secret": ""})


def _owe(row: models.Model) -> None:
    """Take back what was spent."""
    assert isinstance(row, LoyaltyCard)
    with scope.merchant(row.merchant_id):
        card = LoyaltyCard.objects.get(pk=row.pk)  # the world's own is as it was when the last visitor left
        line = ledger.Entry(card=card, kind="points_voided", points_delta=-card.points_balance - 200)
        ledger.post([line], now=timezone.now())


def _take_the_codes_off(row: models.Model) -> None:
    with scope.everything("a test takes codes off"):
        CardCode.objects.filter(card=row.pk).delete()


def _undo(row: models.Model) -> None:
    """Do what a batch was looked at for."""
    assert isinstance(row, UndoBatch)
    with scope.merchant(row.merchant_id):
        undoing.confirm(batch=row, reason="Why")
        undoing.carry_out(batch=UndoBatch.objects.get(pk=row.pk), actor=factories.actor("owner"))


# What is to be so first, or the page is closed to everybody.
IN_STATE: dict[tuple[str, str], Callable[[World, models.Model], None]] = {
    ("loyalty_loyaltycard", "reactivate"): _put(is_active=False),
    ("loyalty_loyaltycard", "let_go"): lambda world, row: _owe(row),
    ("loyalty_loyaltyprogram", "activate"): _put(is_active=False),
    ("loyalty_promotion", "stop"): _put(planned_at=timezone.now()),
    ("loyalty_undobatch", "take_back"): lambda world, row: _undo(row),
    ("loyalty_staffpin", "end_lockout"): _put(locked_until=timezone.now() + timedelta(hours=1)),
    ("tenancy_user", "reset_second_factor"): lambda world, row: _factor(row),
    ("tenancy_outboxmessage", "try_again"): _put(state="dead"),
    ("django_celery_beat_periodictask", "enable_tasks"): _put(enabled=False),
} | {
    (f"{model._meta.app_label}_{model._meta.model_name}", "restore"): delete
    for model in admin.site._registry
    if issubclass(model, SoftDeletable)
}

# What closes a page that is open otherwise.
SHUT: dict[tuple[str, str], Callable[[World, models.Model], None]] = {
    ("loyalty_loyaltycard", page): _put(is_active=False)
    for page in ("give_stamp", "adjust_points", "send_link", "replace", "merge", "deactivate")
} | {
    ("loyalty_loyaltycard", "remove_code"): lambda world, row: _take_the_codes_off(row),
    ("loyalty_loyaltyprogram", "deactivate"): _put(is_active=False),
    ("loyalty_promotion", "plan"): _put(planned_at=timezone.now()),
    ("loyalty_promotion", "rehearse_this"): _put(planned_at=timezone.now()),
    ("tenancy_apikey", "revoke"): _put(revoked_at=timezone.now()),
    ("tenancy_invitation", "resend"): _put(revoked_at=timezone.now()),
    ("tenancy_invitation", "revoke"): _put(revoked_at=timezone.now()),
    ("tenancy_user", "send_reset_link"): _put(is_active=False),
    ("tenancy_user", "unlock"): _put(is_active=False),
    ("loyalty_cardbatch", "revoke"): _put(revoked_at=timezone.now()),
    ("loyalty_cardbatch", "print_pdf"): _put(revoked_at=timezone.now()),
    ("loyalty_cardbatch", "number_list"): _put(revoked_at=timezone.now()),
    ("loyalty_undobatch", "undo_now"): _put(confirmed_at=timezone.now(), finished_at=timezone.now()),
    ("loyalty_observation", "fine"): _put(seen_at=timezone.now()),
    ("loyalty_importbatch", "take_back"): _put(reverting_at=timezone.now(), reverted_at=timezone.now()),
    ("tenancy_till", "revoke"): _put(revoked_at=timezone.now(), code_hash=None, code_expires_at=None),
    ("tenancy_till", "new_code"): _put(
        token_hash="0" * 64, enrolled_at=timezone.now(), code_hash=None, code_expires_at=None
    ),
    ("customers_customer", "erase"): _put(erased_at=timezone.now()),
    ("notifications_emaillog", "send_this_again"): _put(
        status="sending", sent_at=None, next_attempt_at=timezone.now()
    ),
}
