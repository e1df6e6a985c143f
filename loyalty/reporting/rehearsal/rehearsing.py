"""Rehearsing: a draft played over a program's days, and the check that the same play gives what the ledger says."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from groundwork.formats.currencies import minor_digits
from loyalty import offers, rules, selectors
from loyalty.models import LoyaltyProgram, ProgramTerms, Promotion
from loyalty.reporting.rehearsal.budgets import Budgets
from loyalty.reporting.rehearsal.draft import Draft, Reward, as_if_it_ran, offered
from loyalty.reporting.rehearsal.figures import Check, Outcome, Promoted, as_iso
from loyalty.reporting.rehearsal.playing import play
from loyalty.reporting.rehearsal.reading import Window, families
from loyalty.reporting.rehearsal.stage import Side, Stage
from loyalty.reporting.rehearsal.valuing import Tariff
from loyalty.terms import Terms
from tenancy.models import Store

PERIODS = (30, 90, 365)
Told = Callable[[int], Any]


def rehearse(
    program: LoyaltyProgram, draft: Draft, *, days: int, now: datetime, counted: Told = bool
) -> Outcome:
    """Play a draft over the last so many days of the merchant, today among them; `now` in UTC.

    `counted` is told how many cards are done: all of them once more where a budget is used up (`Budgets`). Nothing is
    written.
    """
    zone = program.merchant.tzinfo
    today = now.astimezone(zone).date()
    first = today - timedelta(days=days - 1)
    start = datetime.combine(first, time.min, tzinfo=zone).astimezone(UTC)
    played = [as_if_it_ran(each, today=today, first_played=first) for each in draft.promotions]
    draft = dataclasses.replace(draft, promotions=tuple(played))
    budgets = Budgets(played, beside=_there(program).values())
    while True:
        outcome = Outcome(days, promotions={each.id: Promoted.of(each) for each in played})
        _played(program, draft, Window(zone, first, start), outcome, now, counted, budgets)
        if not budgets.end_the_next():
            return _with_ends(outcome, budgets, zone)


def _with_ends(outcome: Outcome, budgets: Budgets, zone: ZoneInfo) -> Outcome:
    for number, promoted in outcome.promotions.items():
        used_up = budgets.used_up_at(number)
        promoted.used_up_on = as_iso(used_up.astimezone(zone).date() if used_up else None)
    return outcome


def check(program: LoyaltyProgram, *, now: datetime, days: int | None = None, counted: Told = bool) -> Check:
    """Whether the rules that were valid at each moment give what the ledger says, since ever or for some days."""
    if days is not None:
        return rehearse(program, Draft(), days=days, now=now, counted=counted).check
    zone = program.merchant.tzinfo
    today = now.astimezone(zone).date()
    return _played(program, Draft(), Window(zone, today), Outcome(1), now, counted, Budgets(())).check


def _played(
    program: LoyaltyProgram,
    draft: Draft,
    window: Window,
    outcome: Outcome,
    now: datetime,
    counted: Told,
    budgets: Budgets,
) -> Outcome:
    budgets.begin()
    stage = stage_of(program, draft, start=window.start, now=now, budgets=budgets)
    wanted = {
        "with_activity": stage.expiry_days is not None,
        "with_visits": stage.asks_for_visits,
    }
    for family in families(program, window, **wanted):
        play(family, stage, outcome)
        counted(len(family.holders))
    return outcome


def stage_of(
    program: LoyaltyProgram, draft: Draft, *, start: datetime | None, now: datetime, budgets: Budgets
) -> Stage:
    """What holds throughout a rehearsal of a program."""
    past = list(ProgramTerms.objects.filter(program_id=program.pk).order_by("valid_from", "id"))
    terms = {each.pk: each.rules() for each in past}
    digits = minor_digits(program.merchant.currency)
    of_terms = {name: draft.changes[name] for name in Terms.__dataclass_fields__ if name in draft.changes}
    there = offered(selectors.rewards_of(program))
    expiry = draft.changes.get("points_expiration_days")
    real = _side(program, Draft(), Tariff(terms, digits=digits), there)
    drafted = _side(program, draft, Tariff(terms, digits=digits, changes=of_terms), there)
    return Stage(
        draft=draft,
        real=real,
        drafted=drafted,
        targets=[(each.valid_from, each.stamps_target) for each in past] or [(now, program.stamps_target)],
        promotions=_there(program),
        zones={store.pk: store.tzinfo for store in Store.all_objects.filter(merchant_id=program.merchant_id)},
        start=start,
        now=now,
        budgets=budgets,
        expiry_days=rules.expiration_days(expiry, has_points=drafted.terms.has_points, switched_on=()),
    )


def _there(program: LoyaltyProgram) -> dict[int, offers.Promotion]:
    """All promotions that a program has or had, by their ids."""
    return {row.pk: row.rule() for row in Promotion.all_objects.filter(program_id=program.pk)}


def _side(program: LoyaltyProgram, draft: Draft, tariff: Tariff, there: Sequence[Reward]) -> Side:
    def of(name: str) -> Any:
        return draft.changes.get(name, getattr(program, name))

    terms = Terms(
        program.terms_id,
        of("loyalty_type"),
        of("points_per_euro"),
        of("minimum_purchase_cents"),
        of("carry_remainders"),
    )
    rewards = there if draft.rewards is None else draft.rewards
    costs = [each.cost for each in rewards if each.cost >= of("minimum_redemption_points")]
    return Side(
        tariff=tariff,
        terms=terms,
        target=of("stamps_target") if terms.has_stamps else 0,
        stamps_target=of("stamps_target"),
        reward_cents=of("stamps_reward_value_cents"),
        point_cents=of("point_value_cents"),
        rewards={each.id: each for each in rewards if each.id is not None},
        cheapest=min(costs, default=None) if terms.has_points else None,
    )
