"""Forms with other people's rows in them: nothing of theirs moves, and nothing of one's own goes over to them."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.forms import ModelChoiceField
from django.http import HttpRequest

from loyalty.models import PointsReward, PurchaseReturn
from tenancy import scope
from tests import factories
from tests.buying import bring_back
from tests.console.access.doings import CHANGED, NEW, SENT, data_for, path_of, send
from tests.console.access.people import World
from tests.console.access.state import differences, state, undone, values
from tests.console.world import filled, key

FORMS = [(kind, "add") for kind in NEW] + [(kind, "edit") for kind in CHANGED]
OF_SHOPS = [(kind, page) for kind, page in FORMS if not kind.startswith("django_celery_beat")]
# Whoever may send the form to the first store, and whose rows they put into it.
FORGERS = (("owner", "theirs"), ("manager", "theirs"), ("manager", "elsewhere"))
INLINES = {
    "loyalty_loyaltycard": ["loyalty.loyaltytransaction", "wallet.walletpass"],
    "loyalty_loyaltyprogram": ["loyalty.pointsreward", "loyalty.programterms"],
    "loyalty_purchase": ["loyalty.purchasereturn", "loyalty.loyaltytransaction"],
}


def choices_of(world: World, who: str, kind: str, page: str) -> dict[str, type[models.Model]]:
    """The fields of a form in which somebody chooses another row; none if the form is not for them."""
    response = world.client(who).get(path_of(world, kind, page))
    if response.status_code != 200 or "adminform" not in (response.context_data or {}):
        return {}
    fields = response.context_data["adminform"].form.fields
    return {name: one.queryset.model for name, one in fields.items() if isinstance(one, ModelChoiceField)}


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(("kind", "page"), OF_SHOPS, ids=[f"{kind} {page}" for kind, page in OF_SHOPS])
def test_a_row_of_somebody_else_cannot_be_chosen(world: World, kind: str, page: str) -> None:
    with undone():
        data = data_for(world, kind, page)
        for who, rows in FORGERS:
            for name, model in choices_of(world, who, kind, page).items():
                forged = getattr(world, rows).get(key(model()))
                if forged is None:  # a merchant has one of these: there is none elsewhere
                    assert rows == "elsewhere"
                    continue
                before = state()
                with undone():
                    send(world.client(who), path_of(world, kind, page), data | {name: forged.pk})
                    assert differences(before, state()) == [], f"{who}: {name} of {rows}"


@pytest.mark.usefixtures("undrawn")
def test_nothing_is_done_at_a_store_of_somebody_else(world: World) -> None:
    tried = 0
    for (kind, page), _data in SENT.items():
        data = data_for(world, kind, page)
        for who, rows in FORGERS:
            for name, row in (("store", "tenancy_store"), ("other", "loyalty_loyaltycard")):
                if name not in data:
                    continue
                forged = getattr(world, rows)[row]
                value = forged.card_number if name == "other" else forged.pk
                before = state()
                with undone():
                    send(world.client(who), path_of(world, kind, page), data | {name: value})
                    assert differences(before, state()) == [], f"{who} at {page}: {name} of {rows}"
                tried += 1
    assert tried >= 15


# --- Tables beside a form ----------------------------------------------------------------------------------


def asked(world: World, who: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.user = "GET", world.people[who]
    return request


def test_every_table_beside_a_form_has_an_entry() -> None:
    there = {
        key(model()): [inline.model._meta.label_lower for inline in inlines]
        for model, page in admin.site._registry.items()
        if (inlines := page.get_inlines(HttpRequest(), model()))
    }
    assert there == INLINES


def forged_lines(world: World, kind: str) -> list[dict[str, Any]]:
    """For each table of a page: its one line is a stranger's row, to be renamed, moved, or removed."""
    page, parent = admin.site._registry[type(world.mine[kind])], world.mine[kind]
    sent = []
    with scope.everything("a test forges"):
        for inline in page.get_inline_instances(asked(world, "operator"), parent):
            formset = inline.get_formset(asked(world, "operator"), parent)
            prefix, foreign = formset.get_default_prefix(), formset.fk.name
            theirs = world.theirs[kind]
            line = formset.model._default_manager.filter(**{foreign: theirs}).first()
            assert line is not None, f"{inline} has no line of theirs"
            for total in (1, 2):
                forms = {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 1}
                for number in range(total):
                    forms |= {
                        f"{prefix}-{number}-id": line.pk,
                        f"{prefix}-{number}-{foreign}": theirs.pk,
                        f"{prefix}-{number}-name_en": "Mine now",
                        f"{prefix}-{number}-points_cost": 1,
                        f"{prefix}-{number}-stamp_count": 9,
                        f"{prefix}-{number}-state": "void",
                        f"{prefix}-{number}-DELETE": "on",
                    }
                sent += [forms, {name: value for name, value in forms.items() if "DELETE" not in name}]
    return sent


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("kind", INLINES)
def test_a_line_of_somebody_else_is_not_reached_through_a_table(world: World, kind: str) -> None:
    bring_back(world.theirs["loyalty_purchase"], world.stranger, cents=1)
    form = world.client("operator").get(path_of(world, kind, "change"))
    data = filled(form) if "adminform" in (form.context_data or {}) else {}
    watched = [world.theirs[kind], *_lines(world)]
    before = [values(row) for row in watched]
    for who in ("owner", "manager"):
        for forged in forged_lines(world, kind):
            with undone():
                world.client(who).post(path_of(world, kind, "change"), data | forged)
                assert [values(row) for row in watched] == before, who


def _lines(world: World) -> list[models.Model]:
    with factories.inside(world.stranger):
        return [
            *PurchaseReturn.objects.all(),
            world.theirs["loyalty_loyaltytransaction"],
            world.theirs["wallet_walletpass"],
            world.theirs["loyalty_loyaltycard"],
            *PointsReward.objects.order_by("pk"),
        ]


@pytest.mark.usefixtures("undrawn")
def test_an_owner_renames_a_reward_beside_the_program(world: World) -> None:
    path = path_of(world, "loyalty_loyaltyprogram", "change")
    with factories.inside(world.shop):
        reward = PointsReward.objects.order_by("position", "pk")[0]
    data = filled(world.client("operator").get(path))
    ids = {field: value for field, value in data.items() if re.fullmatch(r"rewards-\d+-id", field)}
    (name,) = [field for field, value in ids.items() if value == reward.pk]
    renamed = data | {name.replace("-id", "-name_en"): "Pretzel"}
    for who, expected in (("manager", reward.name), ("stranger", reward.name), ("owner", "Pretzel")):
        with undone():
            world.client(who).post(path, renamed)
            assert factories.fresh(reward).name_en == expected, who
