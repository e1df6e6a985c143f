"""A file of customers, looked at, checked and brought over in the console."""

import csv
import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from customers.models import Customer
from loyalty.models import LoyaltyCard
from tests import factories
from tests.console.world import World

PAGE = "/admin/loyalty/loyaltycard/import/"
GOOD = """email,first_name,last_name,phone,birth_date,language,newsletter,stamps,points
lea@example.com,Léa,Muller,621 123 456,1990-12-31,fr,yes,4,120
marc@example.com,Marc,Weber,,,de,no,0,50
nora@example.com,Nora,Schmit,,,,,12,0
"""


def upload(world: World, text: str | bytes, who: str = "owner", **fields: object) -> HttpResponse:
    """The first step: choose the file; leads to its columns, or to the job that looks at it."""
    data = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("customers.csv", data)
    return world.client(who).post(PAGE, {"store": world.shop.store.pk, "file": file} | fields, follow=True)


def choose(world: World, columns: HttpResponse, who: str = "owner", **chosen: str) -> HttpResponse:
    """The second step: say what the columns are, where it is not what was guessed; leads to the check."""
    form = columns.context["form"]
    fields = {name: form[name].initial or "" for name in form.fields} | chosen
    return world.client(who).post(columns.request["PATH_INFO"], fields, follow=True)


def check(world: World, text: str | bytes, who: str = "owner", **fields: object) -> HttpResponse:
    """Both, with the columns as they were guessed."""
    page = upload(world, text, who, **fields)
    return choose(world, page, who) if page.request["PATH_INFO"].endswith("/columns/") else page


def confirm(world: World, checked: HttpResponse, who: str = "owner", **fields: object) -> HttpResponse:
    """The third step."""
    return world.client(who).post(checked.request["PATH_INFO"], fields, follow=True)


def bring(world: World, text: str | bytes = GOOD, **fields: object) -> HttpResponse:
    return confirm(world, check(world, text), **fields)


def card_of(world: World, email: str) -> LoyaltyCard:
    with factories.inside(world.shop):
        return LoyaltyCard.objects.select_related("customer").get(customer__email=email)


def faults(response: HttpResponse) -> list[tuple[int, str]]:
    return [(fault.line, fault.column) for fault in response.context["faults"]]


def faulty_file(world: World, checked: HttpResponse) -> list[dict[str, str]]:
    """The faulty lines, as they are downloaded to be mended."""
    page = f"{checked.request['PATH_INFO']}faults/"
    text = b"".join(world.client("owner").get(page).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def people(world: World) -> int:
    with factories.inside(world.shop):
        return Customer.objects.count()
