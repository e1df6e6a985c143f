"""Within v1 nothing is taken away: the document is compared with that of the last release.

At a release the document is kept anew: `python -m tests.loyalty.api.released 1.1.0`.
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from loyalty.api.reference import document
from tests.loyalty.api.breaking import breaks
from tests.loyalty.api.released import released

STAMPS = "/api/v1/stores/{store_code}/cards/{card_id}/stamps/"
CARDS = "/api/v1/stores/{store_code}/cards/"


# Taken to break nobody, and told of in docs/api/changelog.md. Emptied when a release is kept.
HARMLESS = {
    # It was there for what was to come, and always empty.
    f"POST {CARDS}{{card_id}}/purchases/quote/: 200.promotions[] {how}"
    for how in ("may be object",)
}


def test_nothing_of_the_last_release_is_gone() -> None:
    assert set(breaks(released(), document())) == HARMLESS


# --- The comparison itself --------------------------------------------------------------------------------

Change = Callable[[dict[str, Any]], object]


def schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    return document["components"]["schemas"][name]


def member(document: dict[str, Any], name: str, field: str) -> dict[str, Any]:
    return schema(document, name)["properties"][field]


BREAKING: dict[str, tuple[Change, str]] = {
    "a call is gone": (lambda it: it["paths"].pop(STAMPS), "is gone"),
    "a method is gone": (lambda it: it["paths"][CARDS].pop("post"), "is gone"),
    "a member of an answer is gone": (
        lambda it: schema(it, "Reward")["properties"].pop("points_cost"),
        "points_cost is gone",
    ),
    "a member of an answer may be missing": (
        lambda it: schema(it, "Reward")["required"].remove("points_cost"),
        "points_cost may be missing",
    ),
    "a member of an answer is of another kind": (
        lambda it: member(it, "Reward", "points_cost").update(type="string"),
        "points_cost may be string",
    ),
    "a member of an answer may be null": (
        lambda it: member(it, "Reward", "points_cost").update(type=["integer", "null"]),
        "points_cost may be null",
    ),
    "a time is no time any more": (
        lambda it: member(it, "CardCode", "created_at").pop("format"),
        "created_at is written as None",
    ),
    "a value of an answer is gone": (
        lambda it: schema(it, "TransactionTypeEnum")["enum"].remove("stamp_earned"),
        "is never ['stamp_earned']",
    ),
    "a status is gone": (lambda it: it["paths"][CARDS]["post"]["responses"].pop("200"), "never answers 200"),
    "a header is gone": (
        lambda it: it["paths"][STAMPS]["post"]["responses"]["201"]["headers"].pop("X-Request-Id"),
        "no header X-Request-Id",
    ),
    "a new member is needed": (
        lambda it: schema(it, "GiveStampsRequest").update(required=["count"]),
        "count is needed",
    ),
    "a member is not taken any more": (
        lambda it: schema(it, "GiveStampsRequest")["properties"].pop("notes"),
        "notes is gone",
    ),
    "null is not taken any more": (
        lambda it: member(it, "PurchaseRequest", "stamps").update(type="integer"),
        "stamps cannot be null",
    ),
    "less may be sent": (
        lambda it: member(it, "GiveStampsRequest", "notes").update(maxLength=10),
        "maxLength 10",
    ),
    "more must be sent": (
        lambda it: member(it, "PurchaseRequest", "purchase_amount_cents").update(minimum=100),
        "minimum 100",
    ),
    "a value is not taken any more": (
        lambda it: schema(it, "LanguageEnum")["enum"].remove("lb"),
        "is never ['lb']",
    ),
    "free text becomes a choice": (
        lambda it: member(it, "GiveStampsRequest", "notes").update(enum=["a"]),
        "is one of few",
    ),
    "text must look otherwise": (
        lambda it: member(it, "GiveStampsRequest", "notes").update(pattern="^a"),
        "is written otherwise",
    ),
    "a parameter is gone": (
        lambda it: it["paths"][CARDS]["get"]["parameters"].pop(0),
        "takes no",
    ),
    "a parameter is needed": (
        lambda it: it["paths"][STAMPS]["post"]["parameters"][0].update(required=True),
        "needs Idempotency-Key",
    ),
    "a new parameter is needed": (
        lambda it: it["paths"][STAMPS]["post"]["parameters"].append(
            {"in": "query", "name": "till", "required": True, "schema": {"type": "string"}}
        ),
        "needs till",
    ),
    "keys may not call it any more": (
        lambda it: it["paths"][STAMPS]["post"]["security"].remove({"apiKey": []}),
        "not for",
    ),
    "another scope is asked for": (
        lambda it: it["paths"][STAMPS]["post"].update({"x-scopes": ["manage"]}),
        "not with the scope ['earn']",
    ),
    "a problem has another status": (
        lambda it: it["components"]["examples"]["card_inactive"]["value"].update(status=410),
        "card_inactive is 410",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_would_break_a_program_is_seen(name: str) -> None:
    change, said = BREAKING[name]
    changed = deepcopy(released())
    change(changed)
    found = list(breaks(released(), changed))
    assert found != []
    assert all(said in each for each in found)


def added(it: dict[str, Any]) -> None:
    """All that may be added within a version."""
    it["paths"]["/api/v1/news/"] = deepcopy(it["paths"]["/api/v1/stores/"])
    schema(it, "Reward")["properties"]["picture"] = {"type": "string"}
    schema(it, "Reward")["required"].append("picture")
    schema(it, "GiveStampsRequest")["properties"]["till"] = {"type": "string"}
    schema(it, "TransactionTypeEnum")["enum"].append("stamps_lent")
    member(it, "GiveStampsRequest", "notes").update(maxLength=5000)
    member(it, "GiveStampsRequest", "notes").update(type=["string", "null"])
    it["paths"][CARDS]["get"]["parameters"].append(
        {"in": "query", "name": "language", "schema": {"type": "string"}}
    )
    it["paths"][STAMPS]["post"]["responses"]["418"] = {"description": "- `teapot`: No."}
    member(it, "Card", "valid_at_store").update(type="string")


def test_what_is_added_breaks_nothing() -> None:
    changed = deepcopy(released())
    added(changed)
    assert list(breaks(released(), changed)) == []
