"""A till that calls the API as its user, with its key, or by the cookie of a device that was enrolled."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.test import Client

from loyalty.models import LoyaltyCard, LoyaltyTransaction, StaffPin
from tenancy import tills
from tenancy.models import Store, User
from tests import factories

BACKEND = "tenancy.sign_in.EmailBackend"


class Caller:
    """Somebody who calls the API: signed in, with a key, with what a device carries, or nobody."""

    def __init__(
        self, user: User | None = None, *, key: str = "", carries: str = "", base: str = "/api/v1/"
    ) -> None:
        self.client, self.base = Client(), base
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        if user is not None:
            self.client.force_login(user, backend=BACKEND)
        if carries:
            self.client.cookies[tills.COOKIE] = carries

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        once: str | None = None,
        token: str = "",
        headers: dict[str, str] | None = None,
    ) -> HttpResponse:
        """Make a call below `base`; `once` is the idempotency key, `token` the staff token."""
        sent = dict(self.headers) | (headers or {})
        if once is not None:
            sent["Idempotency-Key"] = once
        if token:
            sent["X-Staff-Token"] = token
        return self.client.generic(
            method,
            self.base + path,
            data=b"" if body is None else body if isinstance(body, bytes) else _json(body),
            content_type="application/json",
            headers=sent,
        )

    def get(self, path: str = "", **options: Any) -> HttpResponse:
        return self.call("GET", path, **options)

    def post(self, path: str = "", body: Any = None, **options: Any) -> HttpResponse:
        return self.call("POST", path, body, **options)

    def patch(self, path: str = "", body: Any = None, **options: Any) -> HttpResponse:
        return self.call("PATCH", path, body, **options)

    def put(self, path: str = "", body: Any = None, **options: Any) -> HttpResponse:
        return self.call("PUT", path, body, **options)

    def delete(self, path: str = "", **options: Any) -> HttpResponse:
        return self.call("DELETE", path, **options)


class Till(Caller):
    """A caller at a store: paths are below the store's own address."""

    def __init__(self, store: Store, user: User | None = None, *, key: str = "", carries: str = "") -> None:
        self.store = store
        super().__init__(user, key=key, carries=carries, base=f"/api/v1/stores/{store.store_code}/")

    def unlock(self, who: StaffPin | None = None, pin: str = factories.PIN) -> str:
        """Somebody types their PIN on this device: their staff token."""
        person = who or factories.staff_pin(self.store, name=f"Marc {factories.number()}", pin=pin)
        token: str = self.post(f"staff/{person.pk}/unlock/", {"pin": pin}).json()["token"]  # type: ignore[attr-defined]
        return token


def _json(body: Any) -> bytes:
    return json.dumps(body, cls=DjangoJSONEncoder).encode()


def balances(card: LoyaltyCard) -> tuple[int, int, int]:
    """Stamps, points, and how many lines the ledger has."""
    now = factories.fresh(card)
    with factories.inside(card):
        return now.stamp_count, now.points_balance, LoyaltyTransaction.objects.filter(card=card).count()


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response["Content-Type"] == "application/problem+json"
    return response.json()
