"""Everything that is sent to the console, by everybody, judged by what the database holds afterwards.

Each refusal has its twin: the same form, sent by those who may, moves something.
"""

import pytest
from django.contrib import admin
from django.db import models
from django.urls import reverse

from tests.console.access.doings import READING, data_for, path_of, send
from tests.console.access.gates import ACTIONS, GATES, PREVIEWS, WITHOUT_A_ROW
from tests.console.access.people import VISITORS, World, is_let_in, is_shown, may_list
from tests.console.access.state import BOOKS, differences, state, undone, values
from tests.console.access.states import IN_STATE
from tests.console.access.test_pages import is_refused
from tests.console.world import list_address

pytestmark = pytest.mark.usefixtures("undrawn")
DOINGS = [
    (kind, page)
    for kind, pages in GATES.items()
    for page in pages
    if page not in PREVIEWS and not (page == "change" and "edit" in pages)
]
TICKED = [(kind, action) for kind, actions in ACTIONS.items() for action in actions]
# These go out to a worker and leave no trace in the tables.
WITHOUT_A_TRACE = frozenset(
    {("django_celery_beat_periodictask", "run_tasks"), ("loyalty_loyaltycard", "send_link")}
)

# These empty counters, and only the history tells of it.
ONLY_IN_THE_BOOKS = frozenset({("tenancy_user", "unlock")})


def is_allowed(who: str, kind: str, page: str) -> bool:
    letters = GATES[kind][page]
    if who == "stranger" and (kind, page) in (("tenancy_store", "add"), ("webhooks_endpoint", "add")):
        return True  # it becomes one of theirs, whatever merchant is sent
    if page in ("columns", "look_now") or (kind, page) == ("tenancy_savedquestion", "add"):
        return may_list(who, letters)  # it is about whoever sends it, and their own merchants
    if page in WITHOUT_A_ROW:
        # What is added is added to the first store; a role elsewhere is none there.
        return may_list(who, letters) if page in READING else is_let_in(who, letters, kind)
    return is_let_in(who, letters, kind)


def prepare(world: World, kind: str, page: str) -> None:
    if (kind, page) in IN_STATE:
        IN_STATE[kind, page](world, world.mine[kind])


@pytest.mark.parametrize(("kind", "page"), DOINGS, ids=[f"{kind} {page}" for kind, page in DOINGS])
def test_what_is_sent_to_a_page_is_done_for_those_who_may_and_for_nobody_else(
    world: World, kind: str, page: str
) -> None:
    with undone():
        data = data_for(world, kind, page)
        prepare(world, kind, page)
        path = path_of(world, kind, page)
        for who in VISITORS:
            client, allowed = world.client(who), is_allowed(who, kind, page)
            without = BOOKS if allowed and (kind, page) not in ONLY_IN_THE_BOOKS else frozenset()
            before = state(without)
            with undone():
                response = send(client, path, data)
                moved = differences(before, state(without))
            if not allowed:
                assert moved == [], f"{who} at {path} moved {moved}"
                assert is_refused(response) or page in WITHOUT_A_ROW, (
                    f"{who} at {path}: {response.status_code}"
                )
            elif page not in READING:
                assert moved, f"{who} at {path} moved nothing: {response.status_code}"
            else:
                assert moved == [], f"{who} at {path} moved {moved} by looking"


# --- The actions of the lists ------------------------------------------------------------------------------


def test_every_action_has_an_entry(world: World) -> None:
    for model, page in admin.site._registry.items():
        kind = f"{model._meta.app_label}_{model._meta.model_name}"
        named = {name for _function, name, _text in page._get_base_actions()}
        nobodys = set() if GATES[kind]["delete"] else {"delete_selected"}
        assert named - nobodys == set(ACTIONS.get(kind, {})), kind
        assert page.list_editable == (), "say in this file who may change what in a list"
        assert (*page.actions_row, *page.actions_submit_line) == ()


def tick(world: World, who: str, kind: str, action: str, row: models.Model, **more: object) -> None:
    data = {"action": action, "_selected_action": [row.pk], "post": "yes", "reason": "Why"} | more
    world.client(who).post(list_address(kind), data)


@pytest.mark.parametrize(("kind", "action"), TICKED, ids=[f"{kind} {action}" for kind, action in TICKED])
def test_an_action_reaches_the_rows_of_those_who_may_and_no_others(
    world: World, kind: str, action: str
) -> None:
    row = world.mine[kind]
    with undone():
        prepare(world, kind, action)
        for who in VISITORS:
            allowed = is_let_in(who, ACTIONS[kind][action], kind)
            before = state(BOOKS if allowed else frozenset())
            with undone():
                tick(world, who, kind, action, row)
                moved = differences(before, state(BOOKS if allowed else frozenset()))
            moves = allowed and (kind, action) not in WITHOUT_A_TRACE
            assert bool(moved) == moves, f"{who}: {action} of {kind} moved {moved}"


@pytest.mark.parametrize(("kind", "action"), TICKED, ids=[f"{kind} {action}" for kind, action in TICKED])
def test_all_rows_are_all_that_are_shown(world: World, kind: str, action: str) -> None:
    for who in ("owner", "manager", "stranger"):
        others = [
            row
            for rows in ("mine", "elsewhere", "theirs")
            if (row := getattr(world, rows).get(kind))
            and not is_shown(who, GATES[kind]["changelist"], kind, rows)
        ]
        with undone():
            before = [values(row) for row in others]
            tick(world, who, kind, action, world.theirs.get(kind, world.mine[kind]), select_across="1")
            assert [values(row) for row in others] == before, who


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
def test_an_action_that_there_is_not_does_nothing(world: World, model: type[models.Model]) -> None:
    kind = f"{model._meta.app_label}_{model._meta.model_name}"
    row = world.mine[kind]
    forms = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": row.pk, "form-0-name": "Mine"}
    before = state()
    for who in ("operator", "owner", "stranger"):
        with undone():
            if not GATES[kind]["delete"]:
                tick(world, who, kind, "delete_selected", row)
            tick(world, who, kind, "", row, _save="Save", **forms)
            assert differences(before, state()) == [], who


# --- Previews: a form is drawn, and nothing is kept ---------------------------------------------------------


@pytest.mark.parametrize("who", VISITORS)
def test_an_unsaved_form_is_drawn_for_those_who_see_the_page(world: World, who: str) -> None:
    for kind, pages in GATES.items():
        for page in PREVIEWS & pages.keys():
            rowless = page in WITHOUT_A_ROW or kind == "notifications_emailtemplate"
            path = reverse(f"admin:{kind}_{page}", args=[] if rowless else [world.mine[kind].pk])
            allowed = (may_list if rowless else is_let_in)(who, pages[page], *(() if rowless else (kind,)))
            before = state()
            response = world.client(who).post(path, {"code": "loyalty_enrollment", "loyalty_type": "stamps"})
            assert (response.status_code == 200) == allowed, f"{who} at {path}: {response.status_code}"
            assert is_refused(response) == (not allowed), f"{who} at {path}: {response.status_code}"
            assert differences(before, state()) == []
            assert world.client(who).get(path).status_code in (302, 405)
