"""Customers: finding or creating one, and their right to see and to erase what is kept about them."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction

from customers import agreements, phone_codes, tags
from customers.birthdays import as_data
from customers.errors import PhoneTaken
from customers.events import CustomerChanged, CustomerErased, CustomerRenamed
from customers.models import Customer
from customers.names import split_name
from customers.ports import personal_data
from groundwork import clock
from groundwork.formats.email import normalize_email
from groundwork.formats.phone import to_e164
from groundwork.messaging import outbox
from tenancy import former
from tenancy.models import Merchant, Store

NAME_FIELDS = frozenset({"first_name", "last_name"})


def find_by_email(*, merchant: Merchant, email: str) -> Customer | None:
    """The merchant's living customer with this address, whatever its case."""
    return Customer.objects.filter(merchant=merchant, email=normalize_email(email)).first()


def find_by_phone(*, merchant: Merchant, phone: str) -> Customer | None:
    """The merchant's living customer with this number (E.164)."""
    return Customer.objects.filter(merchant=merchant, phone=phone).first() if phone else None


def find(*, merchant: Merchant, email: str | None = None, phone: str | None = None) -> Customer | None:
    """The merchant's living customer by address, or by number (E.164) where no address is given."""
    if email:
        return find_by_email(merchant=merchant, email=email)
    return find_by_phone(merchant=merchant, phone=phone or "")


def find_or_create(
    *, store: Store, email: str | None = None, phone: str | None = None, **about: Any
) -> tuple[Customer, bool]:
    """A merchant's customer by e-mail, else by phone, made if unknown; two calls at the same moment get the same one.

    Without either of them it is somebody new each time. An existing customer is returned unchanged. Call it inside a
    transaction. Parameters: about - what `_unsaved` takes. Raises PhoneTaken if a number given beside an unknown
    address is somebody else's.
    """
    number = to_e164(phone, store.country) if phone else None
    known_by: dict[str, Any] = {"merchant": store.merchant, "email": email, "phone": number}
    existing = find(**known_by)
    if existing is not None:
        return existing, False
    customer = _unsaved(store, email=email, phone=number or "", **about)
    try:
        with transaction.atomic():
            customer.save(force_insert=True)
    except IntegrityError:
        winner = find(**known_by)
        if winner is not None:
            return winner, False
        if find_by_phone(merchant=store.merchant, phone=customer.phone):
            raise PhoneTaken() from None
        raise
    return customer, True


def _unsaved(
    store: Store,
    *,
    email: str | None,
    phone: str,
    name: str = "",
    birth_date: date | None = None,
    language: str | None = None,
    marketing_consent: bool | None = None,
    terms_version: str = "",
) -> Customer:
    """Somebody new, with what they agreed to; `terms_version`: of the terms that they accepted."""
    first_name, last_name = split_name(name)
    customer = Customer(
        merchant=store.merchant,
        store=store,
        email=email,
        first_name=first_name,
        last_name=last_name,
        phone=phone,
        birth_date=birth_date,
        preferred_language=language or "",
    )
    if marketing_consent:
        agreements.decide_on_offers(customer, wants=True)
    if terms_version:
        agreements.note(customer, agreements.TERMS, given=True, version=terms_version)
    return customer


def make_nameless(*, store: Store) -> Customer:
    """A customer of whom nothing is known yet but where they were first met."""
    return Customer.objects.create(merchant_id=store.merchant_id, store=store)


def fill_in(customer: Customer, *, store: Store, phone: str | None, birth_date: date | None) -> None:
    """Note a phone or birthday that was missing; what is known already, or somebody else's, is never taken.

    Call it inside a transaction.
    """
    changed = []
    if birth_date and not customer.birth_date:
        customer.birth_date = birth_date
        changed.append("birth_date")
    if changed:
        customer.save(update_fields=[*changed, "updated_at"])
    number = to_e164(phone, store.country) if phone and not customer.phone else None
    if number and not take_phone(customer, number):
        customer.phone = ""
    if changed or (number and customer.phone):
        announce(customer)


def announce(customer: Customer) -> None:
    """Tell that something about a person has changed; inside the transaction that changed it."""
    outbox.record(CustomerChanged(merchant_id=customer.merchant_id, customer_id=customer.pk))


def take_phone(customer: Customer, number: str) -> bool:
    """Note a customer's number (E.164), unless it is somebody else's; says whether it was noted."""
    customer.phone = number
    with suppress(IntegrityError), transaction.atomic():
        customer.save(update_fields=["phone", "updated_at"])
        return True
    return False


def save_added(*, customer: Customer) -> None:
    """Keep somebody whom staff have typed in, and what they agreed to."""
    if customer.marketing_consent:
        wording = agreements.offers_wording(customer.merchant)
        agreements.note(customer, agreements.OFFERS, given=True, wording=wording)
    customer.save()


@transaction.atomic
def save_edited(*, customer: Customer, changed: Collection[str]) -> None:
    """Keep what was edited about a known person; `changed` names the fields. A new name is announced."""
    if "marketing_consent" in changed:
        wording = agreements.offers_wording(customer.merchant)
        agreements.note(customer, agreements.OFFERS, given=customer.marketing_consent, wording=wording)
    if "email" in changed:
        customer.email_confirmed_at = None
    if "phone" in changed:
        customer.phone_confirmed_at = None
    customer.save()
    announce(customer)
    if NAME_FIELDS.intersection(changed):
        outbox.record(CustomerRenamed(merchant_id=customer.merchant_id, customer_id=customer.pk))


def lock_all(customer_ids: Collection[int]) -> list[Customer]:
    """Lock people, deleted ones too, in the order of their ids. Call it inside a transaction, before their cards."""
    rows = Customer.all_objects.filter(pk__in=customer_ids).order_by("pk")
    return list(rows.select_for_update(no_key=True, of=("self",)))


def join_tags(*, remaining: Customer, other: Customer) -> None:
    """Give somebody the tags of another one who turned out to be the same person; both are locked."""
    both = tags.joined(remaining.tags, other.tags)
    if both != remaining.tags:
        remaining.tags = both
        remaining.save(update_fields=["tags", "updated_at"])
        announce(remaining)


@dataclass(frozen=True)
class OwnData:
    """All that people say about themselves on their card's page."""

    name: str
    birth_date: date | None
    language: str
    marketing_consent: bool
    email: str | None = None  # "" for a field that was emptied, None for one that nobody saw
    phone: str | None = None  # E.164


class Waiting(NamedTuple):
    """Which of a person's new addresses wait for their confirmation."""

    email: bool
    phone: bool


@transaction.atomic
def change_own_data(*, customer: Customer, data: OwnData) -> Waiting:
    """Keep what people say about themselves; says what waits for its confirmation.

    Until it is confirmed, the address or number that is known stays; one that is left out stays too. Another one that
    waited is forgotten by who empties the field, or types the known one again.
    """
    person = Customer.objects.select_for_update(no_key=True, of=("self",)).get(pk=customer.pk)
    if data.name != person.name:  # left as it stands, a first name of two words stays one
        person.first_name, person.last_name = split_name(data.name)
        outbox.record(CustomerRenamed(merchant_id=person.merchant_id, customer_id=person.pk))
    person.birth_date, person.preferred_language = data.birth_date, data.language
    agreements.decide_on_offers(person, wants=data.marketing_consent)
    is_new = bool(data.email) and data.email != person.email
    if data.email is not None:
        person.pending_email = data.email if is_new else None
    has_new_phone = bool(data.phone) and data.phone not in (person.phone, person.pending_phone)
    if data.phone and has_new_phone:
        phone_codes.begin(person, data.phone)
    elif data.phone not in (None, person.pending_phone):
        person.pending_phone = ""
    person.save()
    announce(person)
    return Waiting(is_new, has_new_phone)


def export_person(*, customer: Customer) -> dict[str, Any]:
    """Everything that is kept about a person, as data for JSON; each app adds its own part."""
    data: dict[str, Any] = {
        "customer": {
            "merchant": customer.merchant.name,
            "email": customer.email,
            "email_confirmed_at": customer.email_confirmed_at,
            "pending_email": customer.pending_email,
            "first_name": customer.first_name,
            "last_name": customer.last_name,
            "phone": customer.phone,
            "phone_confirmed_at": customer.phone_confirmed_at,
            "pending_phone": customer.pending_phone,
            "birth_date": as_data(customer.birth_date) or None,
            "preferred_language": customer.preferred_language,
            "tags": customer.tags,
            "marketing_consent": customer.marketing_consent,
            "marketing_consent_at": customer.marketing_consent_at,
            "agreements": customer.agreements,
            "created_at": customer.created_at,
        },
        "formerly": former.of_person(customer.pk),
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
    blank: dict[str, Any] = {
        "email": None,
        "email_confirmed_at": None,
        "pending_email": None,
        "first_name": "",
        "last_name": "",
        "phone": "",
        "phone_confirmed_at": None,
        "pending_phone": "",
        "phone_code_at": None,
        "phone_code_tries": 0,
        "birth_date": None,
        "preferred_language": "",
        "tags": [],
        "marketing_consent": False,
        "marketing_consent_at": None,
        "agreements": [],
        "is_active": False,
        "erased_at": clock.now(),
    }
    for field, value in blank.items():
        setattr(locked, field, value)
    locked.save(update_fields=[*blank, "updated_at"])
    former.forget(locked.pk)
    outbox.record(CustomerErased(merchant_id=locked.merchant_id, customer_id=locked.pk))
