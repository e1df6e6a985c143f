"""Guards of a platform's own identity provider: whom it signs in, and who keeps it busy."""

from tests.mutants.mutant import mutant

IDENTITY = "tests/accounts/test_identity.py"

MUTANTS = [
    mutant(
        "token-of-anybody",
        "tenancy/identity.py",
        'raise OAuth2Error("the ID token',
        'str("the ID token',
        f"{IDENTITY}::test_a_token_that_is_wrong_opens_nothing",
    ),
    mutant(
        "address-that-nobody-confirmed",
        "tenancy/identity.py",
        "if each.verified]",
        "]",
        f"{IDENTITY}::test_nobody_else_comes_in_and_no_account_is_made",
    ),
    mutant(
        "another-subject-of-the-same-address",
        "tenancy/identity.py",
        "if user is None or SocialAccount",
        "if user is None or False and SocialAccount",
        f"{IDENTITY}::test_another_subject_with_the_same_address_is_refused",
    ),
    mutant(
        "token-that-is-good-for-ever",
        "tenancy/identity.py",
        'if "exp" not in decoded:',
        "if False:",
        f"{IDENTITY}::test_a_token_that_is_wrong_opens_nothing",
    ),
    mutant(
        "signed-in-again-by-one-click",
        "tenancy/adapter.py",
        "step_up.note(request, at)",
        "pass",
        f"{IDENTITY}::test_it_counts_as_signed_in_again_since_the_provider_says_it_was",
    ),
    mutant(
        "provider-that-anybody-keeps-busy",
        "loyalty_site/accounts/oidc.py",
        'rate_limits.check("identity_provider", client.network(request))',
        "pass",
        f"{IDENTITY}::test_strangers_do_not_keep_the_provider_busy",
    ),
    mutant(
        "answers-of-another-make",
        "tenancy/identity.py",
        "STUMBLES = (AttributeError, KeyError, TypeError, ValueError)",
        "STUMBLES = (ArithmeticError,)",
        f"{IDENTITY}::test_an_answer_of_another_make_opens_nothing",
    ),
]
