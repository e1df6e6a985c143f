"""Programs: made, changed with a look at what it takes from customers (`program_effects`), switched on and off."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from groundwork import clock
from groundwork.deletion import soft_delete
from groundwork.errors import Invalid
from groundwork.messaging import outbox
from loyalty import selectors
from loyalty.errors import ConfirmationRequired, ProgramExists, ProgramNotFound
from loyalty.events import ProgramChanged
from loyalty.models import LoyaltyProgram, MerchantLoyaltySettings, PointsReward
from loyalty.services import program_effects
from loyalty.services.cards import grace
from loyalty.services.fields import assign, editable_fields, error_of, errors_of
from loyalty.services.program_effects import Offer
from tenancy.actor import Actor
from tenancy.models import Merchant

Reward = Mapping[str, Any]


@dataclass(frozen=True)
class Planned:
    """A list of rewards held against those that are there: as they are, and as they would be (not saved)."""

    there: list[PointsReward]
    planned: list[PointsReward]


@transaction.atomic
def create(
    *, merchant: Merchant, actor: Actor, rewards: Sequence[Reward] = (), **fields: Any
) -> LoyaltyProgram:
    """Make a merchant's program, active at once unless `is_active` says otherwise.

    `fields` are those of LoyaltyProgram, `rewards` mappings of PointsReward's. The merchant gets settings if there
    are none. Raises ManagerRequired, ProgramExists, or Invalid with every wrong field.
    """
    actor.require_manager()
    program = LoyaltyProgram(merchant=merchant)
    assign(program, fields)
    program.terms_since = clock.now()
    if program.is_active:
        program.activated_at = program.terms_since
    _validate(program, rewards)
    if LoyaltyProgram.objects.filter(merchant=merchant).exists():
        raise ProgramExists()
    try:
        with transaction.atomic():
            program.save(force_insert=True)
    except IntegrityError as error:
        raise ProgramExists() from error
    MerchantLoyaltySettings.objects.get_or_create(merchant=merchant)
    _save_rewards(_planned(program, rewards), actor)
    return _fresh(program)


@transaction.atomic
def change(
    *,
    program_id: int,
    actor: Actor,
    confirm: bool = False,
    rewards: Sequence[Reward] | None = None,
    **fields: Any,
) -> LoyaltyProgram:
    """Change fields of a program, and its rewards if a list of them is given.

    That list is the whole offer: a reward with an `id` (or a name that is there) is changed, another one is new, and
    those not in it are taken off. Nothing expires within 14 days of a new or shorter period. Raises ManagerRequired,
    ProgramNotFound, Invalid, or ConfirmationRequired with `cards_affected` and `effects` where customers lose
    something (`program_effects`) and `confirm` is not set.
    """
    actor.require_manager()
    program, old = locked(program_id), locked(program_id)
    assign(program, fields)
    _validate(program, rewards or ())
    offer = None if rewards is None else _planned(program, rewards)
    if not confirm:
        _ask(old, program, offer)
    _note_switches(old, program)
    program.save()
    if offer is not None:
        _save_rewards(offer, actor)
    if offer is not None or _differs(old, program):
        _announce(program)
    return _fresh(program)


def _ask(old: LoyaltyProgram, program: LoyaltyProgram, offer: Planned | None) -> None:
    there, planned = (offer.there, offer.planned) if offer else ((), ())
    taken = program_effects.of_change(Offer(old, there), Offer(program, planned))
    if taken.cards:
        raise ConfirmationRequired(**taken.as_dict())


def _differs(old: LoyaltyProgram, new: LoyaltyProgram) -> bool:
    names = editable_fields(LoyaltyProgram)
    return model_to_dict(old, names) != model_to_dict(new, names)


def _note_switches(old: LoyaltyProgram, program: LoyaltyProgram) -> None:
    """Keep when it was switched on, and hold off the expiry of what was asleep or safe until now."""
    now = program.terms_since = clock.now()
    if program.is_active and not old.is_active:
        program.activated_at = now
    if _expires_sooner(old, program):
        program.expiry_not_before = grace(program, program.merchant, now)


def _expires_sooner(old: LoyaltyProgram, new: LoyaltyProgram) -> bool:
    """Whether points would expire that could not before, or earlier than people were told."""
    before, after = (selectors.expiration_days(each, new.merchant) for each in (old, new))
    if after is None:
        return False
    without_its_warning = old.expiry_requires_warning and not new.expiry_requires_warning
    return before is None or after < before or without_its_warning


def activate(*, program_id: int, actor: Actor) -> LoyaltyProgram:
    """Switch a program on; doing it twice changes nothing. Raises ManagerRequired or ProgramNotFound."""
    return change(program_id=program_id, actor=actor, is_active=True)


def deactivate(*, program_id: int, actor: Actor) -> LoyaltyProgram:
    """Switch a program off: cards keep their balances, and nothing expires meanwhile.

    Nothing is asked: whoever calls this means it. `program_effects.of_stopping` says what it takes.
    """
    return change(program_id=program_id, actor=actor, confirm=True, is_active=False)


def changed(program: LoyaltyProgram) -> None:
    """Announce that what customers see of a program was changed elsewhere: its rewards, or its merchant's name."""
    with transaction.atomic():
        _announce(program)


def _announce(program: LoyaltyProgram) -> None:
    outbox.record(ProgramChanged(merchant_id=program.merchant_id, program_id=program.pk))


def locked(program_id: int) -> LoyaltyProgram:
    """A living program, locked until the transaction ends. Raises ProgramNotFound."""
    rows = LoyaltyProgram.objects.select_for_update(no_key=True, of=("self",)).select_related("merchant")
    program = rows.filter(pk=program_id).first()
    if program is None:
        raise ProgramNotFound()
    return program


def _fresh(program: LoyaltyProgram) -> LoyaltyProgram:
    return LoyaltyProgram.objects.select_related("merchant").get(pk=program.pk)


# --- Rewards ----------------------------------------------------------------------------------------------


def _planned(program: LoyaltyProgram, rewards: Iterable[Reward]) -> Planned:
    there = list(PointsReward.objects.filter(program=program))
    planned: list[PointsReward] = []
    for position, given in enumerate(rewards):
        kept = {row.pk for row in planned}
        row = copy.copy(_matching(given, [row for row in there if row.pk not in kept]))
        if row is None:
            row = PointsReward(program=program, merchant_id=program.merchant_id)
        assign(row, {"position": position, **_without_id(given)})
        planned.append(row)
    return Planned(there, planned)


def _save_rewards(offer: Planned, actor: Actor) -> None:
    for row in offer.planned:
        row.save()
    kept = {row.pk for row in offer.planned}
    for row in offer.there:
        if row.pk not in kept:
            soft_delete(row, by=actor.user)


def _matching(given: Reward, there: Iterable[PointsReward]) -> PointsReward | None:
    """The reward that an entry of the list means: by its id, else by its name."""
    if given.get("id") is not None:
        return next((row for row in there if row.pk == given["id"]), None)
    return next((row for row in there if row.name == given.get("name")), None)


def _without_id(given: Reward) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "id"}


def _validate(program: LoyaltyProgram, rewards: Sequence[Reward]) -> None:
    """Raise Invalid with all that is wrong with a program and its rewards, field by field."""
    errors = errors_of(program)
    there = {row.pk: row for row in PointsReward.objects.filter(program_id=program.pk)} if program.pk else {}
    for number, given in enumerate(rewards):
        prefix = f"rewards.{number}."
        row = PointsReward(program=program, merchant_id=program.merchant_id)
        if given.get("id") is not None:
            known = there.get(given["id"])
            if known is None:
                errors.append(error_of(f"{prefix}id", "not_found", _("This reward is not there any more.")))
                continue
            row = copy.copy(known)
        assign(row, _without_id(given))
        errors += errors_of(row, prefix=prefix)
    if errors:
        raise Invalid(errors=errors)
