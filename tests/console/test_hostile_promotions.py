"""What no promotion can say is refused beside its field, by the API and by the console, and nothing is kept of it."""

from typing import Any

import pytest
from django.core import signing

from loyalty.models import Promotion
from tenancy import scope
from tenancy.models import BackgroundJob
from tests import factories
from tests.console.world import World, address, errors, filled, list_address
from tests.loyalty.api.till import Caller

HUGE = 10**30
LONG = "1." + "0" * 29 + "1"
HOURS = {"from_time": "14:00", "until_time": "17:00"}

# Field by field, what is sent to the API. Besides it a promotion is given a name and a factor, and could be made.
SENT: list[tuple[str, Any, dict[str, Any]]] = [
    *[("name", value, {}) for value in ("", "a\0b", "x" * 81, None, ["a"], {"en": "a"})],
    *[("effect", value, {}) for value in ("double", "", None, "factor\0", 1)],
    *[
        ("factor", value, {})
        for value in ("1", "0", "-2", "1.005", LONG, HUGE, "1e400", "NaN", "Infinity", "2\0")
    ],
    *[("amount", value, {"effect": "points", "factor": None}) for value in (0, -1, 1.5, HUGE, "NaN", True)],
    *[
        ("first_day", value, {})
        for value in ("9999-12-31", "0001-01-01", "2026-02-30", "2026", "\0", 20260101)
    ],
    ("last_day", "2026-05-01", {"first_day": "2026-05-02"}),
    ("last_day", "9999-12-31", {}),
    *[("weekdays", value, {}) for value in ([8], [0], [-1], [HUGE], [1] * 8, ["\0"], "2", [None])],
    *[("from_time", value, HOURS) for value in ("14:00:30", "25:00", "17:00", "\0", "14:00:00.5", None)],
    ("until_time", "17:00:01", HOURS),
    *[("store_ids", value, {}) for value in ([0], [-1], [HUGE], ["\0"], [None], list(range(1, 10_000)))],
    *[("audience", value, {}) for value in ("nobody", None, "", "birthday", "every_nth_visit", "with_tag")],
    *[("days", value, {"audience": "birthday"}) for value in (31, -1, HUGE, "1.5")],
    *[("every", value, {"audience": "every_nth_visit"}) for value in (1, 0, -3, HUGE)],
    *[("tag", value, {"audience": "with_tag"}) for value in ("", "x" * 41, "a\0", ["a"])],
    *[("friend_amount", value, {"audience": "brought_by_friend"}) for value in (0, HUGE, 5)],
    *[("month_limit", value, {}) for value in (0, 5, HUGE)],
    *[("least_cents", value, {}) for value in (-1, HUGE, "1.5")],
    *[
        (name, value, {})
        for name in ("skus", "categories")
        for value in (["\0"], ["x"] * 5_000, ["x" * 65], "x")
    ],
    *[
        (name, value, {})
        for name in ("card_day_limit", "card_limit", "budget")
        for value in (0, -1, HUGE, 10**9 + 1, "many")
    ],
    *[("not_with", value, {}) for value in ([HUGE], [0], ["\0"], list(range(1, 1000)))],
]
TYPED = {"name": "name_en", "categories": "categories", "skus": "skus"}


def kept() -> list[int]:
    with scope.everything("a test looks"):
        return list(Promotion.all_objects.order_by("pk").values_list("pk", flat=True))


def foreign() -> dict[str, list[int]]:
    """A store and a promotion of another merchant."""
    other = factories.shop()
    return {"store_ids": [other.store.pk], "not_with": [factories.promotion(other.program).pk]}


@pytest.mark.django_db
def test_the_api_refuses_what_no_promotion_can_say() -> None:
    shop = factories.shop()
    owner = Caller(user=shop.owner)
    where = f"admin/programs/{shop.program.pk}/promotions/"
    fine = {"name": "Happy hour", "effect": "factor", "factor": "2"}
    made = owner.post(where, fine)
    assert made.status_code == 201, made.json()
    own = f"{where}{made.json()['id']}/"
    every = [*SENT, *[(name, value, {}) for name, value in foreign().items()]]
    before, was = kept(), owner.get(own).json()
    for name, value, besides in every:
        body = fine | besides | {name: value}
        for answer in (owner.post(where, body), owner.patch(own, body)):
            assert answer.status_code == 400, (name, value, answer.status_code)
            assert answer.json()["code"] == "invalid", (name, value)
            assert answer.json()["errors"], (name, value)
    assert kept() == before
    assert owner.get(own).json() == was
    fields = {"weekdays": [2, 1, 2], "from_time": "14:00", "until_time": "17:00:00", "skus": ["7", "7"]}
    said = owner.patch(own, fields).json()
    assert (said["weekdays"], said["from_time"], said["until_time"]) == ([2, 1], "14:00", "17:00")
    assert said["skus"] == ["7"]


def typed(value: Any) -> Any:
    """As a browser sends it."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return "" if value is None else str(value)


def test_the_form_of_the_console_refuses_what_no_promotion_can_say(world: World) -> None:
    client = world.client("owner")
    page = client.get(list_address(Promotion, "add"))
    fine = filled(page, name_en="Happy hour", factor="2")
    every = [*SENT, *[(name, value, {}) for name, value in foreign().items()]]
    before = kept()
    harmless = {"month_limit", "name"}  # not asked for without a friend; lists are written with commas
    for name, value, besides in every:
        if name in harmless or value is None or (name in ("skus", "categories") and value == "x"):
            continue
        if (name, value) in (
            ("first_day", 20260101),
            ("amount", True),
            ("weekdays", "2"),
            ("tag", ["a"]),
            ("weekdays", [1] * 8),
        ):
            continue  # a browser sends texts, and what is ticked
        data = fine | {key: typed(each) for key, each in besides.items()}
        sent = (
            ",".join(map(str, value))
            if name in ("skus", "categories") and isinstance(value, list)
            else typed(value)
        )
        answer = client.post(list_address(Promotion, "add"), data | {name: sent})
        if isinstance(value, list) and len(value) > 900:
            assert answer.status_code in (200, 400)  # more fields than a form has
            continue
        assert answer.status_code == 200, (name, value, answer.status_code)
        assert errors(answer), (name, value)
        said = client.post(list_address(Promotion, "sentence_new"), data | {name: sent})
        assert (said.status_code, said.json()["sentence"]) == (200, ""), (name, value)
    assert kept() == before


def test_what_a_choice_does_not_ask_for_is_not_saved(world: World) -> None:
    client = world.client("owner")
    page = client.get(list_address(Promotion, "add"))
    besides = {
        "amount": "-7",
        "days": "3",
        "every": "1",
        "tag": "x" * 50,
        "friend_amount": "nine",
        "month_limit": "2",
    }

    answer = client.post(
        list_address(Promotion, "add"), filled(page, name_en="Double", factor="2", **besides)
    )

    assert answer.status_code == 302, errors(answer)
    with factories.inside(world.shop):
        row = Promotion.objects.order_by("-pk")[0]
        said = [row.factor, row.amount, row.days, row.every, row.tag, row.friend_amount, row.month_limit]
    assert said == [2, None, None, None, "", None, None]

    page = client.get(address(row))
    answer = client.post(
        address(row), filled(page, effect="points", amount="5", audience="birthday", days="1")
    )
    assert answer.status_code == 302, errors(answer)
    row = factories.fresh(row)
    assert (row.effect, row.factor, row.amount, row.audience, row.days) == ("points", None, 5, "birthday", 1)

    page = client.get(address(row))
    answer = client.post(address(row), filled(page, audience="everybody"))
    assert answer.status_code == 302, errors(answer)
    assert factories.fresh(row).days is None


def test_the_question_of_a_rehearsal_takes_no_draft_but_its_own(world: World) -> None:
    client = world.client("owner")
    where = address(world.shop.program, "rehearse")
    with scope.everything("a test looks"):
        before = BackgroundJob.objects.count()
    draft = signing.dumps({"changes": {}}, salt="another")
    for body in (
        {"days": "31"},
        {"days": "\0"},
        {"days": str(HUGE)},
        {"days": "-30"},
        {"days": "90", "draft": draft},
        {"days": "90", "draft": "\0"},
        {"days": "90", "draft": "x" * 100_000},
    ):
        answer = client.post(where, body)
        assert (answer.status_code, answer.context["form"].errors != {}) == (200, True), body
    for query in (f"?promotion={HUGE}", "?promotion=-1", "?promotion[]=1"):
        assert client.get(where + query).status_code == 200, query
    assert client.get(f"{where}?promotion=\0").status_code == 400
    for rest in ("0", str(HUGE), "-1", "abc"):
        assert client.get(
            where.replace(f"{world.shop.program.pk}/rehearse", f"rehearsed/{rest}")
        ).status_code in (302, 404)
    with scope.everything("a test looks"):
        assert BackgroundJob.objects.count() == before
