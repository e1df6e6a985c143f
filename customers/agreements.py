"""What a person agreed to and took back, with when and in which words: kept on the customer, oldest first.

An *agreement* is {kind, given, at, wording, version}. What was noted is never changed, only erased with the person.
"""

from datetime import datetime

from django.utils.translation import gettext, override

from customers.models import Customer
from groundwork import clock
from tenancy.models import Merchant

OFFERS, TERMS = "offers", "terms"


def offers_wording(merchant: Merchant) -> str:
    """What a customer reads beside the box for offers, in the active language."""
    sentence = gettext("Send me offers from %(merchant)s by e-mail. I can stop at any time.")
    return sentence % {"merchant": merchant.name}


def note(customer: Customer, kind: str, *, given: bool, wording: str = "", version: str = "") -> datetime:
    """Add to what a customer agreed to, or took back, and say when; whoever calls saves it.

    Parameters: wording - what they read; version - of a text that is too long to be kept with each of them.
    """
    now = clock.now()
    noted = {"kind": kind, "given": given, "at": now.isoformat(), "wording": wording}
    customer.agreements = [*customer.agreements, noted | {"version": version}]
    return now


def bring_along(customer: Customer, *, language: str) -> None:
    """Note a consent to offers that an earlier list knew of, in words that nobody kept; whoever calls saves it."""
    with override(language):
        wording = gettext("Offers by e-mail: consent taken over from an earlier list.")
    decide_on_offers(customer, wants=True, wording=wording)


def decide_on_offers(customer: Customer, *, wants: bool, wording: str = "") -> None:
    """Give or take back the consent to offers, and note it if that is new; whoever calls saves it.

    Parameters: wording - what they read, where that is not what the pages say.
    """
    if wants == customer.marketing_consent:
        return
    customer.marketing_consent = wants
    at = note(customer, OFFERS, given=wants, wording=wording or offers_wording(customer.merchant))
    customer.marketing_consent_at = at if wants else None
