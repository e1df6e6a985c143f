"""Customers: finding or creating one, and their right to see and to erase what is kept about them."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from customers.events import CustomerRenamed
from customers.models import Customer
from customers.ports import personal_data
from groundwork import clock
from groundwork.formats.email import normalize_email
from groundwork.formats.phone import to_e164
from groundwork.messaging import outbox
from tenancy.models import Merchant, Store

NAME_FIELDS = frozenset({"first_name", "last_name"})


def split_name(name: str) -> tuple[str, str]:
    """First and last name of a full name, split at the first space."""
    first, _, last = name.strip().partition(" ")
    return first[:80], last.strip()[:80]


def find_by_email(*, merchant: Merchant, email: str) -> Customer | None:
    """The merchant's living customer with this address, whatever its case."""
    return Customer.objects.filter(merchant=merchant, email=normalize_email(email)).first()


def find_or_create(
    *,
    store: Store,
    email: str,
    name: str = "",
    phone: str | None = None,
    birth_date: date | None = None,
    language: str | None = None,
    marketing_consent: bool | None = None,
) -> tuple[Customer, bool]:
    """A merchant's customer by e-mail, made if unknown; two calls at the same moment get the same one.

    An existing customer is returned unchanged. Call it inside a transaction.
    """
    merchant = store.merchant
    existing = find_by_email(merchant=merchant, email=email)
    if existing is not None:
        return existing, False
    first_name, last_name = split_name(name)
    customer = Customer(
        merchant=merchant,
        store=store,
        email=email,
        first_name=first_name,
        last_name=last_name,
        phone=to_e164(phone, store.country) or "" if phone else "",
        birth_date=birth_date,
        preferred_language=language or "",
        marketing_consent=bool(marketing_consent),
        marketing_consent_at=clock.now() if marketing_consent else None,
    )
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError:
        winner = find_by_email(merchant=merchant, email=email)
        if winner is None:
            raise
        return winner, False
    return customer, True


def make_nameless(*, store: Store) -> Customer:
    """A customer of whom nothing is known yet but where they were first met."""
    return Customer.objects.create(merchant_id=store.merchant_id, store=store)


def fill_in(customer: Customer, *, store: Store, phone: str | None, birth_date: date | None) -> None:
    """Note a phone or birthday that was missing; what is known already is never overwritten."""
    changed = []
    if birth_date and not customer.birth_date:
        customer.birth_date = birth_date
        changed.append("birth_date")
    number = to_e164(phone, store.country) if phone and not customer.phone else None
    if number:
        customer.phone = number
        changed.append("phone")
    if changed:
        customer.save(update_fields=[*changed, "updated_at"])


@transaction.atomic
def save_edited(*, customer: Customer, changed: Collection[str]) -> None:
    """Keep what was edited about a known person; `changed` names the fields. A new name is announced."""
    customer.save()
    if NAME_FIELDS.intersection(changed):
        outbox.record(CustomerRenamed(merchant_id=customer.merchant_id, customer_id=customer.pk))


def export_person(*, customer: Customer) -> dict[str, Any]:
    """Everything that is kept about a person, as data for JSON; each app adds its own part."""
    data: dict[str, Any] = {
        "customer": {
            "merchant": customer.merchant.name,
            "email": customer.email,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "phone": customer.phone,
            "birth_date": customer.birth_date,
            "preferred_language": customer.preferred_language,
            "marketing_consent": customer.marketing_consent,
            "marketing_consent_at": customer.marketing_consent_at,
            "created_at": customer.created_at,
        }
    }
    for app in personal_data:
        data.update(app.export(customer))
    return data


@transaction.atomic
def erase_person(*, customer: Customer) -> None:
    """Blank a person everywhere; the figures of the ledger stay. Doing it twice changes nothing."""
    locked = Customer.all_objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)
    if locked.erased_at is not None:
        return
    for app in personal_data:
        app.erase(locked)
    blank = {
        "email": None,
        "first_name": "",
        "last_name": "",
        "phone": "",
        "birth_date": None,
        "preferred_language": "",
        "marketing_consent": False,
        "marketing_consent_at": None,
        "is_active": False,
        "erased_at": clock.now(),
    }
    for field, value in blank.items():
        setattr(locked, field, value)
    locked.save(update_fields=[*blank, "updated_at"])
