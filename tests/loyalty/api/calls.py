"""Every call of the API: what it answers to whom, and what is sent."""

from typing import Any

from loyalty.api.urls import urlpatterns
from webhooks.api.urls import urlpatterns as of_webhooks

ADDRESSES = [*urlpatterns, *of_webhooks]
METHODS = ("get", "post", "put", "patch", "delete")
ANNA = {"email": "new@example.com", "name": "Anna", "accept_terms": True, "create_if_missing": True}
REASON = {"reason": "why"}

# --- What each kind of call answers to each kind of caller: "" is: not refused for who they are ------------

NOBODY = {"nobody": "not_authenticated"}
NO_MEMBERS = NOBODY | dict.fromkeys(("stranger", "colleague", "accountant"), "store_not_found")
NO_OWNERS = NOBODY | dict.fromkeys(
    ("colleague", "staff", "manager", "accountant", "key", "reading key", "managing key", "till"),
    "operator_required",
)

ANYBODY: dict[str, str] = {}
SOMEBODY = NOBODY
MEMBERS = NO_MEMBERS
MANAGERS = NO_MEMBERS | {
    "staff": "manager_required",
    "till": "manager_required",
    "key": "scope_missing",
    "reading key": "scope_missing",
}
# With a key that was made for reading alone nothing is done.
ACTING = MEMBERS | {"reading key": "scope_missing"}
OPERATORS = NO_OWNERS | dict.fromkeys(("owner", "stranger"), "operator_required")
OWNERS = NO_OWNERS
# A whole merchant's: for owners, and for keys that were made to manage.
OF_A_MERCHANT = NOBODY | {
    **dict.fromkeys(("colleague", "staff", "manager", "accountant", "till"), "owner_required"),
    **dict.fromkeys(("key", "reading key"), "scope_missing"),
}
OF_AN_ENDPOINT = OF_A_MERCHANT | {"stranger": "endpoint_not_found"}
OWNERS_OF_IT = NO_OWNERS | {"stranger": "program_not_found"}

# address name -> method -> (who, body)
CALLS: dict[str, dict[str, tuple[dict[str, str], dict[str, Any] | None]]] = {
    "api-stores": {"get": (SOMEBODY, None)},
    "api-store": {"get": (MEMBERS, None)},
    "api-program": {"get": (MEMBERS, None)},
    "api-staff": {"get": (MEMBERS, None)},
    "api-unlock": {"post": (ACTING, {"pin": "4711"})},
    "api-stats": {"get": (MANAGERS, None)},
    "api-cards": {"get": (MEMBERS, None), "post": (ACTING, ANNA)},
    "api-card-lookup": {"get": (MEMBERS, None)},
    "api-card": {"get": (MEMBERS, None)},
    "api-card-transactions": {"get": (MEMBERS, None)},
    "api-card-codes": {"get": (MEMBERS, None), "post": (ACTING, {"code": "4006381333931"})},
    "api-card-code": {"delete": (MANAGERS, None)},
    "api-stamps": {"post": (ACTING, {})},
    "api-stamps-redeem": {"post": (ACTING, {})},
    "api-points": {"post": (ACTING, {"purchase_amount_cents": 100})},
    "api-points-redeem": {"post": (ACTING, {"reward_id": 1})},
    "api-points-adjust": {"post": (MANAGERS, REASON | {"points_delta": 5})},
    "api-card-forgive": {"post": (MANAGERS, REASON)},
    "api-card-purchases": {"post": (ACTING, {"purchase_amount_cents": 100})},
    "api-card-quote": {"post": (ACTING, {"purchase_amount_cents": 100})},
    "api-purchases": {"get": (MEMBERS, None)},
    "api-purchase": {"get": (MEMBERS, None)},
    "api-purchase-return": {"post": (ACTING, REASON)},
    "api-purchase-return-quote": {"post": (ACTING, {})},
    "api-card-deactivate": {"post": (MANAGERS, {})},
    "api-card-reactivate": {"post": (MANAGERS, {})},
    "api-card-replace": {"post": (MANAGERS, REASON)},
    "api-card-merge": {"post": (MANAGERS, REASON | {"into_card_id": 1})},
    "api-transactions": {"get": (MEMBERS, None)},
    "api-void": {"post": (ACTING, REASON)},
    "api-pins": {"get": (MANAGERS, None), "post": (MANAGERS, {"name": "Marc", "pin": "8052"})},
    "api-pin": {
        "get": (MANAGERS, None),
        "patch": (MANAGERS, {"staff_code": "A"}),
        "delete": (MANAGERS, None),
    },
    "api-pin-unlock": {"post": (MANAGERS, None)},
    "api-admin-programs": {
        "get": (OWNERS, None),
        "post": (OPERATORS, {"merchant": "nobody", "loyalty_type": "stamps"}),
    },
    "api-admin-program": {
        "get": (OWNERS_OF_IT, None),
        "patch": (OWNERS_OF_IT, {"max_daily_stamps": 7}),
        "delete": (OPERATORS, None),
    },
    "api-admin-program-activate": {"post": (OWNERS_OF_IT, None)},
    "api-admin-program-deactivate": {"post": (OWNERS_OF_IT, None)},
    "api-admin-program-stats": {"get": (OWNERS_OF_IT, None)},
    "api-admin-promotions": {
        "get": (OWNERS_OF_IT, None),
        "post": (OWNERS_OF_IT, {"name": "Tuesday", "factor": "2"}),
    },
    "api-admin-promotion": {"get": (OWNERS_OF_IT, None), "patch": (OWNERS_OF_IT, {"factor": "3"})},
    "api-admin-promotion-plan": {"post": (OWNERS_OF_IT, None)},
    "api-admin-promotion-stop": {"post": (OWNERS_OF_IT, None)},
    "api-admin-promotion-copy": {"post": (OWNERS_OF_IT, None)},
    "api-admin-program-restore": {"put": (OPERATORS, None)},
    **{
        f"api-admin-{noun}{suffix}": {method: (OPERATORS, None)}
        for noun in ("merchants", "stores", "users", "customers", "cards")
        for suffix, method in (("", "get"), ("-one", "delete"), ("-restore", "put"))
    },
    "api-webhook-endpoints": {"get": (OF_A_MERCHANT, None), "post": (OF_A_MERCHANT, {"url": "https://a"})},
    "api-webhook-endpoint": {
        "get": (OF_AN_ENDPOINT, None),
        "patch": (OF_AN_ENDPOINT, {"description": "Books"}),
        "delete": (OF_AN_ENDPOINT, None),
    },
    "api-webhook-rotate": {"post": (OF_AN_ENDPOINT, None)},
    "api-webhook-test": {"post": (OF_AN_ENDPOINT, None)},
    "api-webhook-replay": {"post": (OF_AN_ENDPOINT, {"since": "2026-03-10T11:00:00Z"})},
    "api-webhook-deliveries": {"get": (OF_AN_ENDPOINT, None)},
    "api-webhook-resend": {"post": (OF_A_MERCHANT | {"stranger": "delivery_not_found"}, None)},
    "api-events": {"get": (OF_A_MERCHANT, None)},
    "api-public-program": {"get": (ANYBODY, None)},
    "api-public-enroll": {"post": (ANYBODY, ANNA)},
    "api-schema": {"get": (ANYBODY, None)},
    "api-docs": {"get": (ANYBODY, None)},
}
EVERY_CALL = [
    (name, method, who, body) for name, methods in CALLS.items() for method, (who, body) in methods.items()
]
