"""Which pages of the console ask who it is once more: all of them, and nowhere else (`tenancy.step_up`)."""

from dataclasses import dataclass

from django.http import HttpRequest

from tenancy import step_up

READING = frozenset({"changelist", "history"})


@dataclass(frozen=True)
class Pages:
    """Of one kind of row: the `named` pages; with `changing`, all beyond reading, and what is sent to the list."""

    named: frozenset[str] = frozenset()
    changing: bool = False

    def ask(self, page: str, method: str) -> bool:
        """Whether a page asks."""
        sent_to_list = page == "changelist" and method == "POST"
        return page in self.named or (self.changing and (page not in READING or sent_to_list))


EXPORT = Pages(frozenset({"export"}))
# By the beginning of the names of addresses: "app_model", as Django's admin makes them.
ASKING: dict[str, Pages] = {
    # who gets in
    "tenancy_apikey": Pages(READING, changing=True),
    "tenancy_storeuser": Pages(changing=True),
    "tenancy_invitation": Pages(changing=True),
    "tenancy_user": Pages(changing=True),
    "tenancy_merchant": Pages(changing=True),  # says whether a second factor is required
    # who is told what happens, and by which secret they know us
    "webhooks_endpoint": Pages(changing=True),
    "webhooks_delivery": EXPORT,
    # people: to erase one, or to carry them off
    "customers_customer": Pages(frozenset({"erase", "export_data", "export"})),
    "loyalty_loyaltycard": EXPORT,
    "loyalty_loyaltytransaction": EXPORT,
    "loyalty_undoneline": EXPORT,
    "loyalty_staffpin": EXPORT,
    "notifications_emaillog": EXPORT,
    "tenancy_historyentry": EXPORT,
    "tenancy_backgroundjob": Pages(frozenset({"download"})),
}


def asks(name: str, method: str) -> bool:
    """Whether an address asks, by its name among the console's."""
    for kind, pages in ASKING.items():
        if name.startswith(f"{kind}_"):
            return pages.ask(name.removeprefix(f"{kind}_"), method)
    return False


def is_due(request: HttpRequest) -> bool:
    """Whether somebody has to say again who they are before this page of the console."""
    match = request.resolver_match
    name = match.url_name if match else None
    return name is not None and asks(name, request.method or "") and not step_up.is_fresh(request)
