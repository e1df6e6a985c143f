"""The people and rows of the console's tests: a café with everything in it, and a stranger's café beside it."""

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.fields.files import FieldFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from loyalty.models import (
    LoyaltyTransaction,
    MerchantCalendar,
    MerchantLoyaltySettings,
    Purchase,
    UndoBatch,
    UndoneLine,
)
from loyalty.reporting import standings
from loyalty.services.undoing import Figures
from tenancy import api_keys, roles, tills
from tenancy.models import BackgroundJob, FilePiece, HistoryEntry, OutboxMessage, Store, StoreUser, User
from tests import factories
from tests.factories import Shop

Rows = dict[str, models.Model]


@dataclass
class World:
    """Two shops; `mine` and `theirs` hold one row of each kind, by "app_label_modelname"."""

    shop: Shop
    stranger: Shop
    operator: User
    mine: Rows = field(default_factory=dict)
    theirs: Rows = field(default_factory=dict)
    elsewhere: Rows = field(default_factory=dict)

    def person(self, who: str) -> User | None:
        people = {
            "operator": self.operator,
            "owner": self.shop.owner,
            "manager": self.shop.manager,
            "staff": self.shop.staff,
            "stranger": self.stranger.owner,
        }
        return people.get(who)

    def client(self, who: str) -> Client:
        """A browser in which somebody is signed in; "anonymous" is nobody."""
        client = Client()
        person = self.person(who)
        if person is not None:
            client.force_login(person, backend="tenancy.sign_in.EmailBackend")
        return client


def sign_in(client: Client, person: User) -> None:
    """Sign somebody in without the form."""
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])


def key(row: models.Model) -> str:
    return f"{row._meta.app_label}_{row._meta.model_name}"


def address(row: models.Model, page: str = "change") -> str:
    """The address of a row's page in the console."""
    return reverse(f"admin:{key(row)}_{page}", args=[row.pk])


def list_address(model: type[models.Model] | str, page: str = "changelist") -> str:
    """The address of a list in the console, or of the page that adds to it."""
    name = model if isinstance(model, str) else f"{model._meta.app_label}_{model._meta.model_name}"
    return reverse(f"admin:{name}_{page}")


def export_of(user: User, text: bytes = b"card number\r\n") -> BackgroundJob:
    """An export of cards that is done, and its file."""
    job = BackgroundJob.objects.create(
        user=user,
        kind="export",
        about="loyalty.loyaltycard",
        parameters={"kind": "csv", "query": ""},
        reach=roles.reach_of(user),
        language="en",
        timezone="UTC",
        state="done",
        file_name="loyaltycard.csv",
        file_size=len(text),
        expires_at=timezone.now() + timedelta(hours=1),
    )
    FilePiece.objects.create(job=job, number=0, data=text)
    return job


def undoing_of(line: LoyaltyTransaction, person: User) -> list[models.Model]:
    """A line that somebody has looked at to undo it, and the batch that it is in."""
    batch = UndoBatch.objects.create(
        merchant_id=line.merchant_id,
        user=person,
        foreseen=asdict(Figures(lines=1, done=1, cards=1, customers=1)),
        foreseen_at=timezone.now(),
    )
    about = {"merchant_id": line.merchant_id, "batch": batch, "line": line, "card_id": line.card_id}
    return [batch, UndoneLine.objects.create(**about)]


def history_of(store: Store, person: User) -> HistoryEntry:
    """What somebody did to a store in the console."""
    kind = ContentType.objects.get_for_model(Store)
    return HistoryEntry.objects.create(
        merchant_id=store.merchant_id,
        store=store,
        user=person,
        action="changed",
        content_type=kind,
        object_id=str(store.pk),
        name=store.name,
    )


def _rows(shop: Shop) -> Rows:
    """One row of each kind at the first store of a shop."""
    card = factories.card(shop.store, stamps=2, cents=500)
    pin = factories.staff_pin(shop.store)
    with factories.inside(shop):
        card.customer.refresh_from_db()
        rows: list[models.Model] = [
            shop.merchant,
            shop.store,
            shop.program,
            card,
            card.customer,
            factories.promotion(shop.program, is_planned=False),
            pin,
            shop.staff,
            StoreUser.objects.get(user=shop.staff),
            MerchantLoyaltySettings.objects.get(merchant=shop.merchant),
            Purchase.objects.get(card=card),
            LoyaltyTransaction.objects.filter(card=card).order_by("-id")[0],
            api_keys.make(store=shop.store, name="Till", by=None)[0],
            factories.invitation(shop.store, shop.owner),
            tills.make(store=shop.store, name="Counter 1", by=None)[0],
            OutboxMessage.objects.create(
                merchant=shop.merchant, event="tests.event", subscriber="tests.nobody"
            ),
            export_of(shop.owner),
            history_of(shop.store, shop.owner),
        ]
    return {key(row): row for row in rows}


def _rows_of_other_store(shop: Shop) -> Rows:
    """Rows of the same merchant that the manager of the first store has nothing to do with."""
    colleague = factories.member(shop.other_store)
    with factories.inside(shop):
        rows: list[models.Model] = [
            shop.other_store,
            factories.staff_pin(shop.other_store, name="Marc"),
            factories.customer(shop.other_store),
            StoreUser.objects.get(user=colleague),
            history_of(shop.other_store, shop.owner),
        ]
    return {key(row): row for row in rows}


def build() -> World:
    """Make both shops with all their rows."""
    world = World(factories.shop(), factories.shop(), factories.operator())
    world.mine, world.theirs = _rows(world.shop), _rows(world.stranger)
    world.elsewhere = _rows_of_other_store(world.shop)
    return world


def filled(response: HttpResponse, **changes: Any) -> dict[str, Any]:
    """What a browser would send from a form of the console, after some fields were changed."""
    data: dict[str, Any] = {}
    page = response.context_data  # also where the page was not drawn
    forms = [page["adminform"].form]
    for inline in page.get("inline_admin_formsets", ()):
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for bound in form:
            subwidgets = getattr(bound.field.widget, "widgets", None)
            value = bound.value()
            is_whole = subwidgets and not isinstance(
                value, list
            )  # a page that was sent has its parts already
            values = bound.field.widget.decompress(value) if is_whole else value if subwidgets else [value]
            names = (
                [f"{bound.html_name}_{n}" for n in range(len(values))] if subwidgets else [bound.html_name]
            )
            data |= {name: value for name, value in zip(names, values, strict=True) if _is_sent(value)}
    data |= changes
    return {name: value for name, value in data.items() if value is not None}


def _is_sent(value: Any) -> bool:
    return value is not None and value is not False and not isinstance(value, FieldFile)


def errors(response: HttpResponse) -> dict[str, list[str]]:
    """What a page says is wrong, by field."""
    found: dict[str, list[str]] = dict(response.context["adminform"].form.errors)
    return found


def said(response: HttpResponse) -> list[str]:
    """The messages above a page."""
    return [str(message) for message in response.context["messages"]]


def move_on(world: World) -> None:
    """Have standings copied, as each minute does, once every transaction of before has ended."""
    with factories.inside(world.shop):
        calendar, _made = MerchantCalendar.objects.get_or_create(merchant=world.shop.merchant)
        calendar.safe_id = LoyaltyTransaction.objects.latest("pk").pk
        standings.move_on(calendar)
        calendar.save()


def overview(world: World, who: str, **query: object) -> dict:
    return world.client(who).get(reverse("admin:index"), query).context
