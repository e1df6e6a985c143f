"""Wallets: what one merchant's refused part must not take from others, and a look that is spread over all passes."""

from tests.mutants.mutant import mutant

REFUSALS = "tests/wallet/test_google_refusals.py"

MUTANTS = [
    mutant(
        "forbidden-object-that-stops-all",
        "wallet/services/google_sync.py",
        "isinstance(row, WalletPass) and row.attempts == 0",
        "isinstance(row, WalletPass)",
        f"{REFUSALS}::test_an_object_that_is_forbidden_among_others_stops_none_of_them",
    ),
    mutant(
        "refused-card-that-is-said-to-come",
        "wallet/services/google_sync.py",
        "raise WalletRefused(",
        "raise WalletUnavailable(",
        f"{REFUSALS}::test_a_customer_is_told_what_is_true_of_a_refused_card",
    ),
    mutant(
        "refused-part-sent-again-and-again",
        "wallet/services/left_out.py",
        "return dict(row.left_out) if is_fresh else {}",
        "return {}",
        f"{REFUSALS}::test_a_refused_part_is_left_alone_for_a_day_and_then_tried",
    ),
    mutant(
        "refused-part-never-tried-again",
        "wallet/tasks.py",
        "left_out.try_again()",
        "pass",
        f"{REFUSALS}::test_a_refused_part_is_left_alone_for_a_day_and_then_tried",
    ),
    mutant(
        "changed-design-not-tried-whole",
        "wallet/services/designs.py",
        "        design.left_out_at = None  #",
        "        #",
        f"{REFUSALS}::test_a_changed_design_is_tried_whole_at_once",
    ),
    mutant(
        "part-that-google-does-not-name",
        "wallet/google/optional.py",
        'wanted.kind == "loyaltyClass"',
        "False",
        f"{REFUSALS}::test_a_part_that_google_does_not_name_is_found",
    ),
    mutant(
        "look-of-another-merchant",
        "wallet/services/designs.py",
        "        card__program_id=design.program_id,\n",
        "",
        "tests/wallet/test_fan_out.py::test_a_changed_look_is_spread_in_batches",
    ),
]
