"""Guards of a platform's own identity provider: whom it signs in, and who keeps it busy."""

from tests.mutants.mutant import mutant

IDENTITY = "tests/accounts/test_identity.py"
NOT_SIGNED_IN = "tests/accounts/test_not_signed_in.py"
KEPT = "tests/accounts/test_kept_second_factor.py"

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
    mutant(
        "provider-down-behind-its-proxy",
        "tenancy/identity.py",
        "if response.status_code >= 500 or",
        "if False and",
        f"{NOT_SIGNED_IN}::test_a_provider_that_does_not_answer_is_told_of",
    ),
    mutant(
        "cancelled-told-as-no-account",
        "tenancy/identity.py",
        "WORDS.get(error, UNFINISHED)",
        "NO_ACCOUNT",
        f"{NOT_SIGNED_IN}::test_every_error_that_the_library_knows_has_its_words",
    ),
    mutant(
        "strangers-word-about-the-provider",
        "tenancy/identity.py",
        'request.GET.get("error", "") if state else ""',
        'request.GET.get("error", "")',
        f"{NOT_SIGNED_IN}::test_a_strangers_link_says_nothing_about_the_provider",
    ),
    mutant(
        "sent-form-kept-in-the-session",
        "loyalty_site/accounts/again.py",
        "if not isinstance(exception, ReauthenticationRequired):",
        "if True:",
        f"{KEPT}::test_nothing_that_was_sent_is_kept_in_a_session_not_even_a_strangers",
    ),
    mutant(
        "passkey-made-for-nothing",
        "loyalty_site/accounts/again.py",
        "webauthn.set_state(asked)",
        "pass",
        f"{KEPT}::test_nor_where_another_passkey_says_who_it_is",
    ),
    mutant(
        "a-form-sent-twice-makes-two-cards",
        "loyalty/pages/customer/enrollment.py",
        'key=f"join:{sent}" if request.POST.get(ONCE) else None',
        "key=None",
        "tests/loyalty/pages/test_enrollment_again.py"
        "::test_a_form_without_a_name_that_is_sent_twice_makes_one_card_with_one_bonus",
    ),
]
