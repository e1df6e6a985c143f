"""What lay around cards at moments of their past: people, places, the program with its rewards and promotions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model

from loyalty import promoted
from loyalty.models import LoyaltyCard, LoyaltyProgram, LoyaltyTransaction, PointsReward, ProgramTerms
from loyalty.models.terms import PROMISED
from loyalty.promoted import Planned
from tenancy.former import Former, copied
from tenancy.models import Store

M = TypeVar("M", bound=Model)

OF_CARD = ("program", "merchant", "customer", "enrolled_at_store", "scope_store")
OF_LINE = ("store", "staff_pin", "user", "api_key", "till")


@dataclass(frozen=True)
class Around:
    """Rows as they are, what they said before, and the terms of programs; all of one merchant."""

    former: Former
    rewards: Mapping[int, Sequence[PointsReward]]
    terms: Mapping[int, Sequence[ProgramTerms]]

    @classmethod
    def of(
        cls, cards: Iterable[LoyaltyCard], besides: Iterable[Model | None] = (), *, since: datetime
    ) -> "Around":
        """Around some cards (`OF_CARD` joined) since a moment (UTC), and `besides` whatever else is told with them."""
        cards = list(cards)
        rows: list[Model | None] = [*besides, *cards]
        rows += [getattr(card, name) for card in cards for name in OF_CARD]
        return cls.of_programs({card.program_id: card.program for card in cards}.values(), rows, since=since)

    @classmethod
    def of_programs(
        cls, programs: Iterable[LoyaltyProgram], besides: Iterable[Model | None], *, since: datetime
    ) -> "Around":
        """Around some programs, and `besides` whatever else is told with them."""
        programs, rows = list(programs), [*besides, *programs]
        rewards: dict[int, list[PointsReward]] = defaultdict(list)
        for reward in PointsReward.all_objects.filter(program__in=programs):
            rewards[reward.program_id].append(reward)
            rows.append(reward)
        for program in programs:
            rows += promoted.planned_of(program).by_id.values()
        return cls(Former.of(rows, since=since), rewards, _terms(programs, since))

    def card(self, row: LoyaltyCard, at: datetime) -> LoyaltyCard:
        """A card at a moment (UTC), its figures apart: a copy, with who held it and where it was valid then."""
        then = copied(self.former.at(row, at))
        then.customer = self.former.at(then.customer, at)
        then.program = self.program(then.program, at)
        then.merchant = self.former.at(then.merchant, at)
        then.enrolled_at_store = self.store(then.enrolled_at_store, then, at)
        then.scope_store = self.store(then.scope_store, then, at)
        return then

    def store(self, row: Store | None, card: LoyaltyCard, at: datetime) -> Store | None:
        """A store at a moment (UTC), of the merchant of a card as it was then."""
        if row is None:
            return None
        then = copied(self.former.at(row, at))
        then.merchant = card.merchant  # it is the card's, and need not be read for each line
        return then

    def program(self, row: LoyaltyProgram, at: datetime) -> LoyaltyProgram:
        """A program at a moment (UTC), with what it promised then."""
        then = copied(self.former.at(row, at))
        terms = self.terms.get(row.pk)
        if terms and row.terms_since is not None and at < row.terms_since:
            held = [each for each in terms if each.valid_from <= at] or terms[:1]
            then.__dict__.update({name: getattr(held[-1], name) for name in PROMISED})
        return then

    def on_offer(self, program: LoyaltyProgram, at: datetime) -> list[PointsReward]:
        """The rewards of a program that there were at a moment (UTC), in their order."""
        were = [self.former.at(one, at) for one in self.rewards.get(program.pk, ()) if one.created_at <= at]
        were = [one for one in were if one.deleted_at is None or one.deleted_at > at]
        return sorted(were, key=lambda one: (one.position, one.points_cost, one.pk))

    def planned(self, program: LoyaltyProgram, at: datetime) -> Planned:
        """The promotions of a program, each as it was at a moment (UTC)."""
        now = promoted.planned_of(program)
        then = {pk: self.former.at(row, at) for pk, row in now.by_id.items()}
        return now if all(then[pk] is row for pk, row in now.by_id.items()) else Planned(then)

    def line(self, row: LoyaltyTransaction) -> LoyaltyTransaction:
        """A line with whose it is and who wrote it, as they were with it; read with `card` and `OF_LINE` joined."""
        then: Any = copied(row)
        then.card = self.card(row.card, row.created_at)
        for name in OF_LINE:
            if (named := getattr(row, name)) is not None:
                setattr(then, name, self.former.at(named, row.created_at))
        return then


def _terms(programs: Iterable[LoyaltyProgram], since: datetime) -> Mapping[int, list[ProgramTerms]]:
    """The terms of programs that have had others since a moment, by program, the oldest first."""
    changed = [
        program.pk for program in programs if program.terms_since is not None and since < program.terms_since
    ]
    found: dict[int, list[ProgramTerms]] = defaultdict(list)
    if changed:
        for terms in ProgramTerms.objects.filter(program__in=changed).order_by("valid_from", "pk"):
            found[terms.program_id].append(terms)
    return found
