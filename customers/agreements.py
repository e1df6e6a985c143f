"""What a person agreed to and took back, with when and in which words: kept on the customer, oldest first.

An *agreement* is {kind, given, at, wording, version}. What was noted is never changed, only erased with the person.
"""

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext, override

from customers.models import Customer
from groundwork import clock
from tenancy.models import Merchant

OFFERS, TERMS = "offers", "terms"


def offers_wording(merchant: Merchant) -> str:
    """What a customer reads beside the box for offers, in the active language."""
    sentence = gettext("Send me offers from %(merchant)s by e-mail. I can stop at any time.")
    return sentence % {"merchant": merchant.name}


def note(customer: Customer, kind: str, *, given: bool, wording: str = "", version: str = "") -> None:
    """Add to what a customer agreed to, or took back; whoever calls saves it.

    Parameters: wording - what they read; version - of a text that is too long to be kept with each of them.
    """
    noted = {"kind": kind, "given": given, "at": clock.now().isoformat(), "wording": wording}
    customer.agreements = [*customer.agreements, noted | {"version": version}]


def bring_along(customer: Customer, *, language: str) -> None:
    """Note a consent to offers that an earlier list knew of, in words that nobody kept; whoever calls saves it."""
    with override(language):
        wording = gettext("Offers by e-mail: consent taken over from an earlier list.")
    note(customer, OFFERS, given=True, wording=wording)
    customer.marketing_consent = True
    customer.marketing_consent_at = parse_datetime(customer.agreements[-1]["at"])


def decide_on_offers(customer: Customer, *, wants: bool) -> None:
    """Give or take back the consent to offers, and note it if that is new; whoever calls saves it."""
    if wants == customer.marketing_consent:
        return
    customer.marketing_consent = wants
    customer.marketing_consent_at = clock.now() if wants else None
    note(customer, OFFERS, given=wants, wording=offers_wording(customer.merchant))
