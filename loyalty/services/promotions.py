"""Promotions: drafted, planned, stopped and copied. What has begun stays as it was promised.

promotion = promotions.create(program_id=..., actor=..., name="Happy hour", factor=Decimal(2))
promotions.plan(promotion_id=promotion.pk, actor=...)
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from groundwork import clock
from groundwork.errors import Invalid
from groundwork.messaging import outbox
from loyalty import promoted
from loyalty.errors import PromotionFixed, PromotionNotFound, TooManyPromotions
from loyalty.events import ProgramChanged
from loyalty.models import Effect, LoyaltyProgram, Promotion, PromotionState
from loyalty.services import programs
from loyalty.services.fields import assign, editable_fields, error_of, errors_of
from tenancy.actor import Actor
from tenancy.models import Store

MOST_AT_ONCE = 20  # planned or running: each purchase looks at all of them

# Where a constraint is about several fields, the one that people look at.
FIELD_OF = {
    "a_promotion_gives_a_factor_or_an_amount": "effect",
    "a_promotion_ends_after_it_begins": "last_day",
    "a_promotion_lies_within_the_calendar": "last_day",
    "weekdays_are_1_to_7": "weekdays",
    "hours_have_a_beginning_and_another_end": "until_time",
    "days_are_said_where_they_count": "days",
    "visits_are_said_where_they_count": "every",
    "a_tag_is_said_where_it_counts": "tag",
    "who_brings_a_friend_gets_something": "friend_amount",
    "friends_are_given_points_or_stamps": "effect",
    "a_month_has_room_for_a_friend": "month_limit",
}
WAITING = (PromotionState.DRAFT, PromotionState.PLANNED)
NAMES = frozenset(name for name in editable_fields(Promotion) if name.startswith("name"))
WHILE_RUNNING = NAMES | {"last_day", "budget"}


@transaction.atomic
def create(*, program_id: int, actor: Actor, **fields: Any) -> Promotion:
    """Draft a promotion; `fields` are those of Promotion. Raises ManagerRequired, ProgramNotFound, or Invalid."""
    actor.require_manager()
    program = programs.locked(program_id)
    row = Promotion(program=program, merchant_id=program.merchant_id)
    assign(row, _once(fields))
    _validate(row)
    row.save(force_insert=True)
    return row


@transaction.atomic
def change(*, promotion_id: int, actor: Actor, **fields: Any) -> Promotion:
    """Change a promotion: what has not begun in everything, what runs in its name, its last day and its budget.

    One that is over can be renamed. Raises ManagerRequired, PromotionNotFound, PromotionFixed, or Invalid.
    """
    actor.require_manager()
    fields = _once(fields)
    row = _locked(promotion_id)
    state = _state(row)
    before = {name: getattr(row, name) for name in fields if hasattr(row, name)}
    assign(row, fields)
    changed = {name for name in fields if getattr(row, name) != before[name]}
    if state not in WAITING:
        _require_kept(row, changed, before, WHILE_RUNNING if state == PromotionState.RUNNING else NAMES)
    _validate(row)
    if state == PromotionState.PLANNED:
        _require_a_use(row)
    _save(row, *editable_fields(Promotion))
    if changed and state != PromotionState.DRAFT:
        _announce(row.program)
    return row


def _once(fields: Mapping[str, Any]) -> dict[str, Any]:
    """What is named several times in a list, a day or a store, is named once."""
    return {
        name: list(dict.fromkeys(said)) if isinstance(said, list) else said for name, said in fields.items()
    }


def _require_kept(
    row: Promotion, changed: set[str], before: Mapping[str, Any], may_change: frozenset[str]
) -> None:
    """Raise PromotionFixed for what is promised already, and Invalid for an end or a budget that lies behind."""
    if changed - may_change or ("budget" in changed and None in (row.budget, before["budget"])):
        raise PromotionFixed()
    today = clock.now().astimezone(row.merchant.tzinfo).date()
    if "last_day" in changed and row.last_day is not None and row.last_day < today:
        raise Invalid.field("last_day", _("This day is over. Stop the promotion instead."))
    if "budget" in changed and row.budget is not None and row.spent > row.budget * row.rule().unit:
        raise Invalid.field("budget", _("More than that has been given already."))


@transaction.atomic
def plan(*, promotion_id: int, actor: Actor) -> Promotion:
    """Switch a draft on: it runs from its first day, at once if that has come. Doing it twice changes nothing.

    Raises ManagerRequired, PromotionNotFound, TooManyPromotions, or Invalid for one whose last day is over, or that
    gives what the program does not have.
    """
    actor.require_manager()
    row = _locked(promotion_id)
    if row.planned_at is not None:
        return row
    now, zone = clock.now(), row.merchant.tzinfo
    others = promoted.of_program(row.program).filter(planned_at__isnull=False, stopped_at__isnull=True)
    alive = [other for other in others if other.state_at(now, zone) != PromotionState.ENDED]
    if len(alive) >= MOST_AT_ONCE:
        raise TooManyPromotions()
    _require_a_use(row)
    row.planned_at = now
    if row.state_at(now, zone) == PromotionState.ENDED:
        raise Invalid.field("last_day", _("This day is over."))
    _save(row, "planned_at")
    _announce(row.program)
    return row


@transaction.atomic
def stop(*, promotion_id: int, actor: Actor) -> Promotion:
    """Stop a promotion for good; what it gave stays given. Doing it twice changes nothing.

    Raises ManagerRequired, PromotionNotFound, or PromotionFixed for one that is a draft, or over.
    """
    actor.require_manager()
    row = _locked(promotion_id)
    state = _state(row)
    if state == PromotionState.STOPPED:
        return row
    if state in (PromotionState.DRAFT, PromotionState.ENDED):
        raise PromotionFixed(_("This promotion does not run."))
    row.stopped_at = clock.now()
    _save(row, "stopped_at")
    _announce(row.program)
    return row


@transaction.atomic
def copy(*, promotion_id: int, actor: Actor) -> Promotion:
    """A draft that says the same as a promotion. Raises ManagerRequired or PromotionNotFound."""
    actor.require_manager()
    row = _locked(promotion_id)
    said = {name: getattr(row, name) for name in editable_fields(Promotion)}
    made = Promotion(program=row.program, merchant_id=row.merchant_id, **said)
    made.save(force_insert=True)
    return made


def _locked(promotion_id: int) -> Promotion:
    """A living promotion, its program locked before it: their order is that of `groundwork.database.locks`."""
    found = Promotion.objects.filter(pk=promotion_id).values_list("program_id", flat=True).first()
    if found is None:
        raise PromotionNotFound()
    program = programs.locked(found)
    row = Promotion.objects.select_for_update(no_key=True, of=("self",)).get(pk=promotion_id)
    row.program, row.merchant = program, program.merchant
    return row


def _state(row: Promotion) -> PromotionState:
    return row.state_at(clock.now(), row.merchant.tzinfo)


def _save(row: Promotion, *names: str) -> None:
    """Save what somebody decided on; what it has spent is the database's."""
    row.save(update_fields=[*names, "updated_at"])


def _validate(row: Promotion) -> None:
    errors = errors_of(row)
    if not errors:
        errors = [*_broken_constraints(row), *_not_its_own(row)]
    if errors:
        raise Invalid(errors=errors)


def _require_a_use(row: Promotion) -> None:
    if not row.program.gives(row.effect):
        is_of_stamps = row.effect == Effect.STAMPS
        no = _("This loyalty program has no stamps."), _("This loyalty program has no points.")
        raise Invalid.field("effect", no[0] if is_of_stamps else no[1])


def _broken_constraints(row: Promotion) -> list[dict[str, str]]:
    errors = []
    for constraint in Promotion._meta.constraints:
        try:
            constraint.validate(Promotion, row)
        except ValidationError as error:
            field = FIELD_OF.get(constraint.name, "effect")
            errors.append(error_of(field, error.code, error.messages[0]))
    return errors


def _not_its_own(row: Promotion) -> list[dict[str, str]]:
    """Stores and promotions that are named, and are not there."""
    known = {
        "store_ids": Store.objects.filter(merchant_id=row.merchant_id),
        "not_with": promoted.of_program(row.program).exclude(pk=row.pk),
    }
    missing = _("One of these is not there any more.")
    return [
        error_of(name, "not_found", missing)
        for name, rows in known.items()
        if set(getattr(row, name)) - set(rows.filter(pk__in=getattr(row, name)).values_list("pk", flat=True))
    ]


def _announce(program: LoyaltyProgram) -> None:
    outbox.record(ProgramChanged(merchant_id=program.merchant_id, program_id=program.pk))
