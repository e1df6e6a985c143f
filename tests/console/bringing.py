"""A file of customers, looked at and brought over in the console."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from customers.models import Customer
from loyalty.models import LoyaltyCard
from tests import factories
from tests.console.world import World

PAGE = "/admin/loyalty/loyaltycard/import/"
GOOD = """email,first_name,last_name,phone,birth_date,language,marketing_consent,stamps,points
lea@example.com,Léa,Muller,621 123 456,1990-12-31,fr,yes,4,120
marc@example.com,Marc,Weber,,,de,no,0,50
nora@example.com,Nora,Schmit,,,,,12,0
"""


def check(world: World, text: str | bytes, who: str = "owner", **fields: object) -> HttpResponse:
    """The first step: choose the file and look at what it will do."""
    data = text.encode() if isinstance(text, str) else text
    file = SimpleUploadedFile("customers.csv", data)
    return world.client(who).post(PAGE, {"store": world.shop.store.pk, "file": file} | fields, follow=True)


def confirm(world: World, checked: HttpResponse, who: str = "owner", **fields: object) -> HttpResponse:
    """The second step."""
    return world.client(who).post(checked.request["PATH_INFO"], fields, follow=True)


def bring(world: World, text: str | bytes = GOOD, **fields: object) -> HttpResponse:
    return confirm(world, check(world, text), **fields)


def card_of(world: World, email: str) -> LoyaltyCard:
    with factories.inside(world.shop):
        return LoyaltyCard.objects.select_related("customer").get(customer__email=email)


def faults(response: HttpResponse) -> list[tuple[int, str]]:
    return [(fault["line"], fault["column"]) for fault in response.context["faults"]]


def people(world: World) -> int:
    with factories.inside(world.shop):
        return Customer.objects.count()
