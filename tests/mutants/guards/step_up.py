"""Guards of what asks once more who it is: each page by itself, and how long a sign-in counts."""

from tests.mutants.mutant import Mutant, mutant

STEP_UP = "tests/accounts/test_step_up.py"
PAGES = "loyalty_site/console/step_up.py"
ASKED = f"{STEP_UP}::test_what_hurts_asks_again_after_ten_minutes_and_not_before"


def silent(name: str, old: str, new: str, page: str) -> Mutant:
    """A mutant of the table of pages that ask, of which one asks no more."""
    return mutant(f"{name}-without-asking-again", PAGES, old, new, f"{ASKED}[{page}]")


MUTANTS = [
    mutant(
        "form-that-was-open-too-long",
        "loyalty_site/console/step_up.py",
        "and not step_up.is_fresh(request)",
        "and False",
        f"{STEP_UP}::test_nothing_moves_by_a_form_that_was_open_too_long",
    ),
    mutant(
        "form-that-is-lost-over-a-question",
        "loyalty_site/accounts/again.py",
        "kept = [] if request.FILES else list(pairs(request.POST))",
        "kept = []",
        f"{STEP_UP}::test_what_was_filled_in_is_carried_along_and_sent_by_one_more_click",
    ),
    mutant(
        "form-of-somebody-else",
        "loyalty_site/accounts/carried.py",
        "    if not is_theirs:\n",
        "    if False:\n",
        "tests/accounts/test_carried.py::test_nobody_else_sends_it",
    ),
    mutant(
        "form-that-leads-nowhere",
        "loyalty_site/accounts/again.py",
        "    if kept and back:\n",
        "    if kept:\n",
        f"{STEP_UP}::test_nothing_is_sent_on_to_another_site",
    ),
    mutant(
        "stamp-from-the-future",
        "tenancy/step_up.py",
        "return 0 <= age <",
        "return age <",
        f"{STEP_UP}::test_a_stamp_from_the_future_counts_for_nothing",
    ),
    silent(
        "keys-seen",
        '"tenancy_apikey": Pages(READING, changing=True)',
        '"tenancy_apikey": Pages(changing=True)',
        "tenancy_apikey changelist",
    ),
    silent(
        "keys-made-and-revoked",
        '"tenancy_apikey": Pages(READING, changing=True)',
        '"tenancy_apikey": Pages(READING)',
        "tenancy_apikey revoke",
    ),
    silent(
        "members-changed",
        '    "tenancy_storeuser": Pages(changing=True),\n',
        "",
        "tenancy_storeuser change",
    ),
    silent(
        "people-invited",
        '    "tenancy_invitation": Pages(changing=True),\n',
        "",
        "tenancy_invitation add",
    ),
    silent(
        "accounts-changed",
        '    "tenancy_user": Pages(changing=True),\n',
        "",
        "tenancy_user unlock",
    ),
    silent(
        "second-factor-taken-back",
        '    "tenancy_merchant": Pages(changing=True),',
        "    ",
        "tenancy_merchant change",
    ),
    silent(
        "person-erased",
        '{"erase", "export_data", "export"}',
        '{"export_data", "export"}',
        "customers_customer erase",
    ),
    silent(
        "person-exported",
        '{"erase", "export_data", "export"}',
        '{"erase", "export"}',
        "customers_customer export_data",
    ),
    silent(
        "customers-exported",
        '{"erase", "export_data", "export"}',
        '{"erase", "export_data"}',
        "customers_customer export",
    ),
    silent(
        "lists-exported",
        'EXPORT = Pages(frozenset({"export"}))',
        "EXPORT = Pages()",
        "loyalty_loyaltycard export",
    ),
    silent(
        "files-taken",
        '"tenancy_backgroundjob": Pages(frozenset({"download"}))',
        '"tenancy_backgroundjob": Pages()',
        "tenancy_backgroundjob download",
    ),
    mutant(
        "rows-ticked-without-asking-again",
        PAGES,
        'page == "changelist" and method == "POST"',
        "False",
        f"{STEP_UP}::test_nothing_moves_by_a_form_that_was_open_too_long",
    ),
    mutant(
        "second-factor-set-up-without-asking-again",
        "tenancy/adapter.py",
        "return not step_up.is_fresh(self.request)",
        "return False",
        f"{STEP_UP}::test_the_second_factor_itself_is_set_up_only_by_whoever_has_just_signed_in",
    ),
    mutant(
        "sign-in-that-counts-for-an-hour",
        "loyalty_site/settings/accounts.py",
        "ACCOUNT_REAUTHENTICATION_TIMEOUT = 600",
        "ACCOUNT_REAUTHENTICATION_TIMEOUT = 3600",
        f"{ASKED}[tenancy_apikey add]",
    ),
]
