"""Forms of the console filled in with nonsense: refused in words, never an error of ours, and nothing has moved.

The pages are those of `gates.GATES`: a new one is among them by itself. What a field takes as it is (a number as a
name) is no nonsense there, and saved; whatever is answered by the form again has moved nothing.
"""

import re
from typing import Any

import pytest
from django.test import Client

from tests.console.access.doings import READING, Data, data_for, path_of, send
from tests.console.access.people import World
from tests.console.access.state import BOOKS, State, differences, state, undone
from tests.console.access.test_addresses import NUL, OUT_OF_REACH, visitor
from tests.console.access.test_doings import DOINGS, TICKED, prepare
from tests.console.world import list_address

pytestmark = pytest.mark.usefixtures("undrawn")
FORMS = [(kind, page) for kind, page in DOINGS if page not in READING]
NONSENSE: list[Any] = [
    NUL,
    "",
    "-1",
    OUT_OF_REACH,
    "NaN",
    "1e400",
    "0000-00-00",
    "<b>{{ 1 }}{% x %}%s",
    ["1", "2"],
]
# Bodies that are no forms. A page that only asks whether one is sure takes any form for a yes.
BODIES = (
    (b"{", "application/json"),
    (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
    (b"--x\r\n", "multipart/form-data; boundary="),
)
# Their page says what was made, once, and is no way back to the form.
ANSWERED_BY_A_PAGE = frozenset(
    {
        ("tenancy_apikey", "add"),
        ("tenancy_till", "add"),
        ("tenancy_till", "new_code"),
        ("webhooks_endpoint", "add"),
        ("webhooks_endpoint", "rotate"),
    }
)


def faults(client: Client, path: str, sent: Data, before: State, *, is_saved: bool) -> list[str]:
    """What is wrong with the answer: an error of ours, or rows that moved though the form was not taken."""
    response, moved = answered(client, path, sent, before)
    if response.status_code >= 500:
        return [str(response.status_code)]
    return [] if is_saved or response.status_code == 302 else moved


def answered(client: Client, path: str, sent: Data, before: State) -> tuple[Any, list[str]]:
    """The answer to a form, and the tables that it has moved, which are put back."""
    with undone():
        return send(client, path, sent), differences(before, state(BOOKS))


def typed(data: Data) -> list[str]:
    """The fields that take a number that is nowhere right.

    Not those that are as another one: of a further language, or a box, which is ticked whatever it is sent.
    """
    names = [name for name, value in data.items() if value not in (True, "on", "yes")]
    return [name for name in names if name[-3:] not in ("_fr", "_de", "_lb")]


def refused(response: Any) -> set[str]:
    """The fields that the form of an answer finds something wrong with."""
    context = getattr(response, "context_data", None) or {}
    forms = [context["form"]] if "form" in context else []
    forms += [context["adminform"].form] if "adminform" in context else []
    for inline in context.get("inline_admin_formsets", ()):
        forms += [inline.formset.management_form, *inline.formset.forms]
    return {form.add_prefix(name) for form in forms for name in form.errors}


def taken_as_they_are(client: Client, path: str, data: Data, before: State) -> tuple[list[str], bool]:
    """Send a number that is nowhere right in all fields, putting right what is refused, until nothing is.

    Returns the fields that take it, and whether they were saved with it; all others are refused by their names.
    """
    left = typed(data)
    while left:
        wrong = dict.fromkeys(left, OUT_OF_REACH)
        response, moved = answered(client, path, data | wrong, before)
        assert response.status_code < 500, wrong
        if response.status_code == 302:
            return left, bool(moved)
        assert moved == [], wrong
        said = refused(response)
        right = [name for name in left if name in said or re.sub("_[01]$", "", name) in said]
        if not right:
            break
        left = [name for name in left if name not in right]
    return left, False


@pytest.mark.parametrize(("kind", "page"), FORMS, ids=[f"{kind} {page}" for kind, page in FORMS])
def test_a_form_answers_nonsense(world: World, kind: str, page: str) -> None:
    client, is_saved = visitor(world, "operator"), (kind, page) in ANSWERED_BY_A_PAGE
    with undone():
        data = data_for(world, kind, page)
        prepare(world, kind, page)
        path, before = path_of(world, kind, page), state(BOOKS)
        left, are_saved = typed(data), False
        if not is_saved:
            left, are_saved = taken_as_they_are(client, path, data, before)
        changes = [] if are_saved else [{name: OUT_OF_REACH} for name in left]
        changes += [dict.fromkeys(data, value) for value in NONSENSE if data]
        for change in changes:
            may_be_saved = is_saved and NUL not in change.values()
            assert faults(client, path, data | change, before, is_saved=may_be_saved) == [], change
        assert faults(client, path, {}, before, is_saved=is_saved) == []
        for body, kind_of_body in BODIES:
            assert client.post(path, body, content_type=kind_of_body).status_code < 500, kind_of_body


@pytest.mark.parametrize(("kind", "action"), TICKED, ids=[f"{kind} {action}" for kind, action in TICKED])
def test_an_action_answers_nonsense(world: World, kind: str, action: str) -> None:
    client, before, path = visitor(world, "operator"), state(), list_address(kind)
    right = {"action": action, "_selected_action": [world.mine[kind].pk], "post": "yes"}
    wrong = {
        "action": [NUL, OUT_OF_REACH, "__class__", ["", ""]],
        "_selected_action": [NUL, OUT_OF_REACH, "-1", "2000000000", "x", [["1"]]],
        "index": [NUL, OUT_OF_REACH, "-1"],
    }
    for name, values in wrong.items():
        for value in values:
            with undone():
                response = client.post(path, right | {name: value})
                moved = differences(before, state())
            assert response.status_code < 500, (name, value)
            assert name == "index" or moved == [], (name, value)
