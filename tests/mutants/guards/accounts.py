"""Guards of people's accounts: links, sessions, the second factor, step-up, and a provider that signs in."""

from tests.mutants.mutant import mutant

ACCOUNTS = "tests/accounts/test_accounts.py"
FORGOTTEN = "tests/accounts/test_forgotten.py"
EMAILS = "tests/notifications/test_account_emails.py"
STEP_UP = "tests/accounts/test_step_up.py"
FACTOR = "tests/accounts/test_second_factor.py"
SECOND_FACTOR_REQUIRED = "tests/accounts/test_second_factor_required.py"
IDENTITY = "tests/accounts/test_identity.py"

MUTANTS = [
    # --- links and sessions ---
    mutant(
        "sessions-that-outlive-their-end",
        "tenancy/models/people.py",
        'signed = f"{self.password}:{self.session_epoch}"',
        'signed = f"{self.password}"',
        f"{ACCOUNTS}::test_all_sessions_end_at_once_at_terminal_and_console",
    ),
    mutant(
        "every-device-a-new-one",
        "tenancy/adapter.py",
        "if user.pk not in known_devices.people(request):",
        "if True:",
        f"{ACCOUNTS}::test_a_sign_in_on_a_new_device_is_told_and_on_a_known_one_is_not",
    ),
    mutant(
        "reset-that-tells-who-has-an-account",
        "tenancy/accounts.py",
        "ids.first() or NOBODY",
        "ids.get()",
        f"{FORGOTTEN}::test_nobody_is_told_whether_an_address_has_an_account",
    ),
    mutant(
        "older-wishes-that-still-count",
        "tenancy/accounts.py",
        "    waiting.delete()\n",
        "",
        f"{ACCOUNTS}::test_only_the_newest_wish_counts_and_for_a_day",
    ),
    mutant(
        "password-that-is-not-looked-at",
        "tenancy/sign_in.py",
        "return attempts.judge(counters(request, user.email), lambda: user.check_password(password))",
        "return True",
        f"{ACCOUNTS}::test_nobody_asks_for_another_address_without_the_password",
    ),
    mutant(
        "e-mail-to-an-account-that-is-gone",
        "notifications/account_kinds.py",
        "User.objects.filter(pk=user_id, is_active=True)",
        "User.objects.filter(pk=user_id)",
        f"{EMAILS}::test_an_account_that_is_gone_is_not_written_to",
    ),
    mutant(
        "address-changed-from-network-to-network",
        "loyalty_site/accounts/views.py",
        '        rate_limits.check("email_change", str(user.pk))\n',
        "",
        f"{ACCOUNTS}::test_one_account_asks_for_so_many_addresses_from_wherever_it_is",
    ),
    # --- signed in again ---
    mutant(
        "form-that-was-open-too-long",
        "loyalty_site/console/step_up.py",
        "and not step_up.is_fresh(request)",
        "and False",
        f"{STEP_UP}::test_nothing_moves_by_a_form_that_was_open_too_long",
    ),
    mutant(
        "stamp-from-the-future",
        "tenancy/step_up.py",
        "return 0 <= age <",
        "return age <",
        f"{STEP_UP}::test_a_stamp_from_the_future_counts_for_nothing",
    ),
    # --- the second factor ---
    mutant(
        "console-without-a-second-factor",
        "loyalty_site/console/site.py",
        "if second_factor.is_missing(request.user):",
        "if False:",
        f"{SECOND_FACTOR_REQUIRED}::test_an_operator_sets_one_up_before_the_console_opens",
    ),
    mutant(
        "secrets-as-they-are",
        "tenancy/second_factor.py",
        "return _keys().encrypt(text.encode()).decode()",
        "return text",
        f"{FACTOR}::test_secrets_are_encrypted_at_rest_and_outlive_a_new_key",
    ),
    mutant(
        "last-one-that-may-go",
        "tenancy/second_factor.py",
        "return not is_required(authenticator.user) or others",
        "return True or others",
        f"{SECOND_FACTOR_REQUIRED}::test_whoever_must_have_one_does_not_remove_the_last",
    ),
    mutant(
        "second-factors-tried-without-end",
        "loyalty_site/settings/accounts.py",
        '"5/5m/key,30/5m/ip"',
        "None",
        f"{FACTOR}::test_codes_cannot_be_tried_without_end",
    ),
    mutant(
        "deleted-account-that-still-opens",
        "tenancy/deletions.py",
        "second_factor.forget(row)",
        "pass",
        f"{SECOND_FACTOR_REQUIRED}::test_nothing_that_opens_a_deleted_account_is_left",
    ),
    # --- somebody else's provider ---
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
]
