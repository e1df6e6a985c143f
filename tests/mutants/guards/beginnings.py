"""A merchant's beginning, and the currency that it keeps."""

from tests.mutants.mutant import mutant

CURRENCY = "tests/console/test_currency.py"
BEGINNING = "tests/console/test_beginning.py"

MUTANTS = [
    mutant(
        "currency-of-any-three-letters",
        "tenancy/models/merchant.py",
        "if code not in CURRENCIES:",
        "if len(code) != 3:",
        f"{CURRENCY}::test_a_merchant_is_made_with_a_currency_of_the_list",
        f"{CURRENCY}::test_where_nothing_was_bought_an_operator_may_still_choose",
    ),
    mutant(
        "currency-changed-under-the-ledger",
        "tenancy/services.py",
        "if currency_is_used(changed):",
        "if False:",
        f"{CURRENCY}::test_the_currency_stays_once_something_was_bought",
    ),
    mutant(
        "currency-that-is-not-held",
        "loyalty/services/purchases.py",
        "    hold_currency(store.merchant)\n",
        "",
        "tests/loyalty/services/test_purchases.py::test_a_purchase_goes_by_the_currency_that_it_holds",
    ),
    mutant(
        "currency-of-a-page-that-was-open-since-before",
        "tenancy/services.py",
        "merchant.currency = old.currency",
        "merchant.currency = merchant.currency",
        f"{CURRENCY}::test_a_page_that_was_open_since_before_brings_no_old_currency_back",
    ),
    mutant(
        "currency-form-that-does-not-look",
        "tenancy/console/merchant.py",
        "if is_another and services.currency_is_used(self.instance):",
        "if False:",
        f"{CURRENCY}::test_the_currency_stays_once_something_was_bought",
    ),
    mutant(
        "merchant-made-by-anybody",
        "tenancy/openings.py",
        "    if not actor.is_operator:\n        raise OperatorRequired()\n",
        "",
        f"{BEGINNING}::test_the_service_makes_no_merchant_for_an_owner",
    ),
    mutant(
        "store-code-that-another-store-has",
        "tenancy/openings.py",
        "store_code=proposed_code(merchant.slug)",
        "store_code=merchant.slug",
        f"{BEGINNING}::test_a_code_that_somebody_else_s_store_has_is_not_proposed",
    ),
    mutant(
        "owner-s-steps-for-whoever-reads",
        "loyalty_site/console/beginning.py",
        "    if role_for(user, merchant.pk) not in OWNERS:\n        return []\n",
        "",
        f"{BEGINNING}::test_managers_accountants_and_staff_are_shown_no_steps_of_the_owner",
    ),
    mutant(
        "poster-step-done-by-staff",
        "loyalty/pages/poster.py",
        "    if role in MANAGERS:\n        merchants.note_poster(store.merchant)\n",
        "    merchants.note_poster(store.merchant)\n",
        f"{BEGINNING}::test_a_poster_that_staff_open_is_not_the_owner_s_step",
    ),
]
