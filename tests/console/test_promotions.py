"""Promotions in the console: written as a sentence, switched on, stopped, copied; what each has given."""

import html
from typing import Any

from django.http import HttpResponse

from loyalty.models import Promotion, PromotionState
from loyalty.services import promotions, purchases
from tests import factories
from tests.console.world import World, address, errors, filled, list_address, said

TUESDAY = {
    "name_en": "Quiet Tuesday",
    "factor": "2",
    "weekdays": ["2"],
    "from_time": "14:00",
    "until_time": "17:00",
    "card_day_limit": "100",
}


def newest(world: World) -> Promotion:
    with factories.inside(world.shop):
        found = Promotion.objects.select_related("merchant").order_by("-pk").first()
    assert found is not None
    return found


def test_an_owner_writes_a_promotion_that_reads_as_a_sentence(world: World) -> None:
    client = world.client("owner")
    page = client.get(list_address(Promotion, "add"))
    here = {"store_ids": [str(world.shop.store.pk)]}

    response = client.post(list_address(Promotion, "add"), filled(page, **TUESDAY, **here))

    assert response.status_code == 302
    made = newest(world)
    assert (made.name_en, made.weekdays, made.store_ids) == ("Quiet Tuesday", [2], [world.shop.store.pk])
    assert (made.planned_at, made.program_id) == (None, world.shop.program.pk)
    shown = client.get(address(made)).content.decode()
    sentence = "On Tuesdays from 14:00 to 17:00, points count double at"
    assert f"{sentence} {world.shop.store.name}, at most 100 points a card and day" in shown


def read_back(world: World, who: str, language: str = "en", **typed: object) -> HttpResponse:
    """What the form of a new promotion is answered while somebody fills it in."""
    data = filled(world.client("owner").get(list_address(Promotion, "add")))
    client = world.client(who)
    return client.post(
        list_address(Promotion, "sentence_new"), data | typed, headers={"Accept-Language": language}
    )


def test_the_form_reads_what_is_typed_back_as_a_sentence(world: World) -> None:
    before = newest(world).pk
    typed = TUESDAY | {"name_en": "", "store_ids": [str(world.shop.store.pk)]}
    said = "On Tuesdays from 14:00 to 17:00, points count double at {}, at most 100 points a card and day."
    assert read_back(world, "owner", **typed).json() == {
        "sentence": said.format(world.shop.store.name),
        "faults": [],
    }
    typed |= {"until_time": "", "audience": "every_nth_visit"}
    assert read_back(world, "owner", **typed).json() == {
        "sentence": "",
        "faults": [
            "Until: Say from when until when, or neither for the whole day.",
            "Every so many visits: Say which visit counts: every second one, or more.",
        ],
    }
    assert newest(world).pk == before


def test_a_saved_draft_reads_back_what_is_typed_and_stays_as_it_is(world: World) -> None:
    client, draft = world.client("owner"), world.mine["loyalty_promotion"]
    page = client.get(address(draft))
    assert page.context["spoken"]["sentence"] in html.unescape(page.content.decode())
    answer = client.post(address(draft, "sentence"), filled(page, factor="3"))
    assert answer.json()["sentence"].startswith("Points count triple")
    assert factories.fresh(draft).factor == 2

    wrong = client.post(address(draft), filled(page, factor="3", until_time="17:00"))  # without script
    assert wrong.context["spoken"]["faults"] == [
        "Until: Say from when until when, or neither for the whole day."
    ]


def test_only_owners_have_their_form_read_back_and_not_without_end(world: World, settings: Any) -> None:
    refused = {
        who: read_back(world, who, **TUESDAY).status_code for who in ("manager", "staff", "accountant")
    }
    assert set(refused.values()) <= {302, 403}
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"preview": "2/m"}
    answers = [read_back(world, "owner", **TUESDAY) for _time in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[2]["Retry-After"]) > 0


def test_an_hour_that_ends_when_it_begins_is_refused_for_what_it_is(world: World) -> None:
    client = world.client("owner")
    page = client.get(list_address(Promotion, "add"))
    before = newest(world).pk
    typed = {"name_en": "Nothing", "factor": "2", "from_time": "10:00", "until_time": "10:00"}
    response = client.post(list_address(Promotion, "add"), filled(page, **typed))
    said = {"until_time": ["It would end when it begins. Leave both empty for the whole day."]}
    assert errors(response) == said
    assert newest(world).pk == before


def test_what_makes_no_sense_is_said_beside_its_field(world: World) -> None:
    client = world.client("owner")
    page = client.get(list_address(Promotion, "add"))
    before = newest(world).pk

    wrong = {"name_en": "", "factor": "", "until_time": "17:00", "audience": "birthday"}
    response = client.post(list_address(Promotion, "add"), filled(page, **wrong))
    assert errors(response) == {"name_en": ["Name the promotion in one language at least."]} | {
        "effect": ["Say either by how much points are multiplied, or how many are given."],
        "until_time": ["Say from when until when, or neither for the whole day."],
        "days": ["Say how many days: up to 30 around a birthday, 1 or more to come back."],
    }
    assert newest(world).pk == before


def test_nothing_of_another_merchant_can_be_named(world: World) -> None:
    client = world.client("operator")
    page = client.get(list_address(Promotion, "add"))
    before = newest(world).pk
    mixed = TUESDAY | {"program": world.shop.program.pk, "store_ids": [str(world.stranger.store.pk)]}

    response = client.post(list_address(Promotion, "add"), filled(page, **mixed))

    assert errors(response) == {"store_ids": ["This belongs to another merchant."]}
    assert newest(world).pk == before
    response = client.post(
        list_address(Promotion, "add"), filled(page, **mixed | {"store_ids": [str(world.shop.store.pk)]})
    )
    assert response.status_code == 302
    assert newest(world).store_ids == [world.shop.store.pk]


def test_it_is_switched_on_stopped_and_copied(world: World) -> None:
    client, draft = world.client("owner"), world.mine["loyalty_promotion"]

    page = client.post(address(draft, "plan"), follow=True)
    assert said(page) == ["The promotion is switched on: it holds from its first day on."]
    row = factories.fresh(draft)
    assert row.planned_at is not None
    assert client.get(address(draft, "delete")).status_code == 403

    client.post(address(draft, "stop"))
    assert factories.fresh(draft).stopped_at is not None
    assert client.get(address(draft)).context["spoken"]["sentence"] == "Points count double."

    page = client.post(address(draft, "copy"), follow=True)
    copied = newest(world)
    assert (copied.pk > draft.pk, copied.planned_at, copied.factor) == (True, None, row.factor)
    assert page.redirect_chain[-1][0] == address(copied)


def test_what_runs_changes_in_its_name_its_last_day_and_its_budget(world: World) -> None:
    client, row = world.client("owner"), world.mine["loyalty_promotion"]
    with factories.inside(world.shop):
        promotions.plan(promotion_id=row.pk, actor=factories.actor("owner"))

    page = client.get(address(row))
    assert not {"factor", "weekdays", "store_ids"} & set(page.context["adminform"].form.fields)
    response = client.post(address(row), filled(page, name_en="Still happy", last_day="2099-01-01"))

    assert response.status_code == 302
    kept = factories.fresh(row)
    assert (kept.name_en, str(kept.last_day), kept.factor) == ("Still happy", "2099-01-01", 2)


def test_the_list_says_what_each_has_given(world: World) -> None:
    shop = world.shop
    running = factories.promotion(shop.program, "Double")
    first, second = factories.card(shop.store), factories.card(shop.store)
    with factories.inside(shop):
        bought = [
            purchases.record(
                store=shop.store, card_id=card.pk, actor=factories.actor("staff"), purchase_amount_cents=cents
            )
            for card, cents in ((first, 500), (first, 250), (second, 1000))
        ]
        assert [done.points.given for done in bought] == [100, 50, 200]
        assert running.state_at(bought[0].transactions[0].transaction_at, shop.merchant.tzinfo) == (
            PromotionState.RUNNING
        )

    page = world.client("owner").get(list_address(Promotion))

    (row,) = (row for row in page.context["cl"].result_list if row.pk == running.pk)
    figures = row.figures
    assert (figures.times, figures.cards, figures.purchases) == (3, 2, 3)
    assert (figures.whole_points, figures.stamps, figures.bought_cents) == (175, 0, 1750)
    assert "Points count double" in page.content.decode()
