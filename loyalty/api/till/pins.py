"""Staff PINs, as managers keep them. A PIN is never shown again."""

from typing import Any

from django.utils.crypto import salted_hmac
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from groundwork.errors import NotFound
from groundwork.idempotency.once import Answer
from loyalty import models, selectors
from loyalty.api.base import StoreView, answer
from loyalty.api.documentation import documented
from loyalty.api.fields import Flag, Text
from loyalty.errors import PinNameTaken, PinNotFound, PinTooSimple
from loyalty.outputs.store import StaffPin, staff_pin, staff_pins
from loyalty.services import pins
from tenancy.models import Scope

TAGS = ["pins"]


class NewPinInput(serializers.Serializer):
    name = Text(max_length=models.StaffPin._meta.get_field("name").max_length)
    pin = Text(max_length=64, trim_whitespace=False)
    staff_code = Text(
        required=False, allow_blank=True, max_length=models.StaffPin._meta.get_field("staff_code").max_length
    )
    is_active = Flag(required=False)


class ChangedPinInput(NewPinInput):
    """Any part of it."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, partial=True, **options)


class StaffPins(StoreView):
    """Everybody who has a PIN at the store."""

    for_managers = frozenset({"GET", "POST"})

    @documented(
        "Staff PINs", scope=Scope.MANAGE, answers={200: StaffPin}, refusals=[NotFound], paged=True, tags=TAGS
    )
    def get(self, request: Request) -> Response:
        return self.page(selectors.pins_at(self.store), staff_pins)

    @documented(
        "Add a person",
        scope=Scope.MANAGE,
        body=NewPinInput,
        answers={201: StaffPin},
        refusals=[PinTooSimple, PinNameTaken],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request) -> Response:
        return self.perform(pins.create, self._made, **self.read(NewPinInput))

    def remembered(self) -> Any:
        """With the site's secret in place of the PIN: a plain digest of some digits tells them to who has the table."""
        sent: Any = self.request.data
        return {**sent, "pin": salted_hmac("loyalty.api.pins", sent["pin"], algorithm="sha256").hexdigest()}

    def _made(self, row: models.StaffPin) -> Answer:
        return answer(201, staff_pin(row))


class OneStaffPin(StoreView):
    """One person's PIN."""

    for_managers = frozenset({"GET", "PATCH", "DELETE"})

    @documented("A staff PIN", scope=Scope.MANAGE, answers={200: StaffPin}, refusals=[PinNotFound], tags=TAGS)
    def get(self, request: Request, pin_id: int) -> Response:
        row = selectors.pins_at(self.store).filter(pk=pin_id).first()
        if row is None:
            raise PinNotFound()
        return Response(staff_pin(row))

    @documented(
        "Change a person",
        scope=Scope.MANAGE,
        body=ChangedPinInput,
        answers={200: StaffPin},
        refusals=[PinNotFound, PinTooSimple, PinNameTaken],
        tags=TAGS,
    )
    def patch(self, request: Request, pin_id: int) -> Response:
        """A new PIN, or switching it off, ends the tokens of the old one."""
        given = self.read(ChangedPinInput)
        return Response(staff_pin(pins.change(store=self.store, actor=self.actor, pin_id=pin_id, **given)))

    @documented("Remove a person", scope=Scope.MANAGE, answers={204: None}, refusals=[PinNotFound], tags=TAGS)
    def delete(self, request: Request, pin_id: int) -> Response:
        pins.remove(store=self.store, actor=self.actor, pin_id=pin_id)
        return Response(status=204)


class UnlockStaffPin(StoreView):
    """A lock-out ends before its time."""

    for_managers = frozenset({"POST"})

    @documented(
        "End a lock-out",
        scope=Scope.MANAGE,
        answers={200: StaffPin},
        refusals=[PinNotFound],
        exactly_once=True,
        tags=TAGS,
    )
    def post(self, request: Request, pin_id: int) -> Response:
        return self.perform(pins.end_lockout, self._unlocked, pin_id=pin_id)

    def _unlocked(self, row: models.StaffPin) -> Answer:
        return answer(200, staff_pin(row))
