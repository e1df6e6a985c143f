"""What is sent to every page that does something."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from loyalty.models import CardCode
from tenancy import scope
from tests import factories
from tests.console.access.gates import WITHOUT_A_ROW, name_of
from tests.console.access.people import World
from tests.console.world import filled

Data = dict[str, Any]


def path_of(world: World, kind: str, page: str, rows: str = "mine") -> str:
    """The address of a page, for the row of *mine*, *elsewhere* or *theirs* where it is a row's."""
    if page in WITHOUT_A_ROW:
        return reverse(f"admin:{name_of(kind, page)}")
    row = world.further.get(name_of(kind, page)) or getattr(world, rows)[kind]
    return reverse(f"admin:{name_of(kind, page)}", args=[row.pk])


def _code(world: World) -> int:
    """The code of the shop's own card, whosever page is tried."""
    with scope.everything("a test asks for a code"):
        return CardCode.objects.get(card=world.mine["loyalty_loyaltycard"].pk).pk


# --- What is sent ------------------------------------------------------------------------------------------


def _at_store(world: World, **more: Any) -> Data:
    return {"key": f"form-{factories.number()}", "store": world.shop.store.pk, "reason": "Why"} | more


def _file(world: World) -> Data:
    lines = "".join(f"p{number}@example.com,Anna\n" for number in range(10_000))  # a worker's, not a page's
    return {
        "store": world.shop.store.pk,
        "file": SimpleUploadedFile("people.csv", f"email,first_name\n{lines}".encode()),
    }


def _form(page: str, **changes: Any) -> Callable[[World, str], Data]:
    """What an operator's browser would send from the form of a page, with changes."""

    def send(world: World, kind: str) -> Data:
        form = world.client("operator").get(path_of(world, kind, page))
        return filled(form, **{name: _value(world, value) for name, value in changes.items()})

    return send


def _value(world: World, value: Any) -> Any:
    return value(world) if callable(value) else value


def _store(world: World) -> int:
    return world.shop.store.pk


def _program(world: World) -> int:
    return world.shop.program.pk


def _house(world: World) -> int:
    return world.shop.merchant.pk


def _bare(world: World) -> int:
    return world.further["bare"].pk


TOMORROW = {"clocked_time_0": "2031-01-01", "clocked_time_1": "09:00:00"}
NEW: dict[str, Data] = {
    "tenancy_merchant": {"name": "New", "owner_email": "new@example.com", "default_language": "en"},
    "tenancy_store": {"merchant": _house, "name": "Beach", "store_code": "beach", "city": "Esch"},
    "tenancy_invitation": {"email": "nora@example.com", "role": "staff", "stores": _store},
    "tenancy_apikey": {"name": "Till two", "store": _store, "scopes": ["read", "earn"]},
    "tenancy_till": {"name": "Counter 2", "store": _store},
    "customers_customer": {"merchant": _house, "store": _store, "email": "new@example.com"},
    "loyalty_loyaltyprogram": {
        "merchant": _bare,
        "loyalty_type": "stamps",
        "card_name_en": "Card",
        "stamps_reward_description_en": "a coffee",
    },
    "loyalty_promotion": {"program": _program, "name_en": "Happy hour", "factor": "2"},
    "loyalty_merchantloyaltysettings": {"merchant": _bare},
    "webhooks_endpoint": {"merchant": _house, "url": "https://8.8.8.8/hooks", "types": ["stamps.given"]},
    "tenancy_savedquestion": {
        "merchant": _house,
        "name": "Undone",
        "about": "loyalty.loyaltytransaction",
        "query": "state=undone",
    },
    "loyalty_cardbatch": {"name": "Box", "store": _store, "count": 2, "design": "white"},
    "loyalty_staffpin": {"store": _store, "name": "Marc", "pin": "4826", "is_active": "on"},
    "notifications_emailtemplate": {
        "store": _store,
        "code": "loyalty_card_link",
        "subject_en": "Your card",
        "body_en": "Hello",
    },
    "django_celery_beat_periodictask": {
        "name": "Again",
        "task": "groundwork.relay_outbox",
        "crontab": lambda world: world.mine["django_celery_beat_crontabschedule"].pk,
    },
    "django_celery_beat_crontabschedule": {"minute": "11"},
    "django_celery_beat_intervalschedule": {"every": 41, "period": "hours"},
    "django_celery_beat_clockedschedule": TOMORROW,
    "django_celery_beat_solarschedule": {"event": "sunrise", "latitude": "49", "longitude": "6"},
}
CHANGED: dict[str, Data] = {
    "tenancy_merchant": {"name": "Renamed"},
    "tenancy_store": {"city": "Esch"},
    "tenancy_storeuser": {"role": "manager"},
    "tenancy_user": {"is_active": None},
    "customers_customer": {"first_name": "Renamed"},
    "loyalty_loyaltyprogram": {"card_color": "#112233", "confirm": "on"},
    "loyalty_promotion": {"name_en": "Renamed"},
    "loyalty_merchantloyaltysettings": {"void_window_hours": 48},
    "loyalty_staffpin": {"name": "Renamed"},
    "notifications_emailtemplate": {"subject_en": "Renamed"},
    "webhooks_endpoint": {"url": "https://8.8.8.8/hooks", "description": "Renamed"},
    "django_celery_beat_periodictask": {"description": "Renamed"},
    "django_celery_beat_crontabschedule": {"minute": "12"},
    "django_celery_beat_intervalschedule": {"every": 43},
    "django_celery_beat_clockedschedule": TOMORROW,
    "django_celery_beat_solarschedule": {"event": "sunrise"},
}
# What is sent to the other pages. Those that are missing here only show something.
SENT: dict[tuple[str, str], Callable[[World], Data]] = {
    ("loyalty_loyaltycard", "give_stamp"): lambda world: _at_store(world, count=1),
    ("loyalty_loyaltycard", "adjust_points"): lambda world: _at_store(world, points_delta=5),
    ("loyalty_loyaltycard", "send_link"): lambda world: {},
    ("loyalty_loyaltycard", "replace"): _at_store,
    ("loyalty_loyaltycard", "merge"): lambda world: _at_store(
        world, other=world.further["other_card"].card_number
    ),
    ("loyalty_loyaltycard", "deactivate"): _at_store,
    ("loyalty_loyaltycard", "remove_code"): lambda world: _at_store(world, code=_code(world)),
    ("loyalty_loyaltycard", "reactivate"): _at_store,
    ("loyalty_loyaltycard", "import_customers"): _file,
    ("loyalty_loyaltycard", "import_columns"): lambda world: {"column_0": "email"},
    ("loyalty_loyaltycard", "import_preview"): lambda world: {"announce": ""},
    ("loyalty_importbatch", "take_back"): lambda world: {},
    ("loyalty_undobatch", "undo_now"): lambda world: {"reason": "Why"},
    ("loyalty_undobatch", "take_back"): lambda world: {},
    ("tenancy_merchant", "export_everything"): lambda world: {},
    ("loyalty_loyaltytransaction", "undo"): lambda world: {"reason": "Why"},
    ("loyalty_loyaltycard", "let_go"): _at_store,
    ("loyalty_purchase", "bring_back"): lambda world: {"key": "the form", "amount": "5.00", "reason": "Why"},
    ("loyalty_loyaltyprogram", "activate"): lambda world: {},
    ("loyalty_loyaltyprogram", "deactivate"): lambda world: {},
    ("loyalty_promotion", "plan"): lambda world: {},
    ("loyalty_promotion", "stop"): lambda world: {},
    ("loyalty_promotion", "copy"): lambda world: {},
    ("loyalty_loyaltyprogram", "rehearse"): lambda world: {"days": "30"},
    ("loyalty_staffpin", "end_lockout"): lambda world: {},
    ("loyalty_observation", "fine"): lambda world: {"note": "For the office"},
    ("loyalty_observation", "look_now"): lambda world: {},
    ("customers_customer", "columns"): lambda world: {"columns": ["email"]},
    ("loyalty_loyaltycard", "columns"): lambda world: {"columns": ["stamp_count"]},
    ("loyalty_loyaltytransaction", "columns"): lambda world: {"columns": ["stamps"]},
    ("customers_customer", "erase"): lambda world: {},
    ("tenancy_apikey", "revoke"): lambda world: {},
    ("tenancy_invitation", "resend"): lambda world: {},
    ("tenancy_invitation", "revoke"): lambda world: {},
    ("tenancy_user", "send_reset_link"): lambda world: {},
    ("tenancy_user", "unlock"): lambda world: {},
    ("loyalty_cardbatch", "revoke"): lambda world: {},
    ("tenancy_till", "revoke"): lambda world: {},
    ("tenancy_till", "new_code"): lambda world: {},
    ("tenancy_user", "reset_second_factor"): lambda world: {},
    ("notifications_emaillog", "send_this_again"): lambda world: {},
    ("wallet_walletpass", "try_this_again"): lambda world: {},
    ("wallet_walletpass", "examine"): lambda world: {},
    ("webhooks_endpoint", "send_test"): lambda world: {},
    ("webhooks_endpoint", "replay"): lambda world: {"since": "2026-03-10"},
    ("webhooks_endpoint", "rotate"): lambda world: {},
    ("webhooks_delivery", "send_this_again"): lambda world: {},
}
READING = frozenset(
    {
        "changelist",
        "change",
        "history",
        "poster",
        "join_page",
        "terminal",
        "qr_picture",
        "qr_drawing",
        "transactions",
        "print_pdf",
        "number_list",
        "import_faults",
        "export_data",
        "progress",
        "download",
        "preview",
        "preview_new",
        "rehearse_this",
        "sentence",
        "sentence_new",
        "rehearsed",
    }
)


def data_for(world: World, kind: str, page: str) -> Data:
    """What a page that does something is sent by those who may; the same by those who may not."""
    if page == "add":
        return _form("add", **NEW[kind])(world, kind) if kind in NEW else {}
    if page == "edit":
        return _form("change", **CHANGED[kind])(world, kind) if kind in CHANGED else {"name": "Renamed"}
    if page == "delete":
        return {"post": "yes"}
    if page == "restore":
        return {}
    if page in READING:
        return {"post": "yes", "reason": "mine now", "code": "loyalty_enrollment"}
    return SENT[kind, page](world)


def send(client: Client, path: str, data: Data) -> Any:
    """Send a form. A file is read from its beginning each time."""
    for value in data.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    return client.post(path, data)
