"""Guards of people's accounts: links, sessions, and the second factor."""

from tests.mutants.mutant import mutant

ACCOUNTS = "tests/accounts/test_accounts.py"
ADDRESS = "tests/accounts/test_address.py"
FORGOTTEN = "tests/accounts/test_forgotten.py"
EMAILS = "tests/notifications/test_account_emails.py"
FACTOR = "tests/accounts/test_second_factor.py"
SECOND_FACTOR_REQUIRED = "tests/accounts/test_second_factor_required.py"
PASSKEYS = "tests/accounts/test_passkeys.py"
INVITED = "tests/loyalty/pages/test_invitation.py"

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
        "if user.pk not in known_devices.PEOPLE.ids(request):",
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
        f"{ADDRESS}::test_only_the_newest_wish_counts_and_for_a_day",
    ),
    mutant(
        "wish-for-an-address-that-outlives-the-password",
        "tenancy/accounts.py",
        "    EmailChange.objects.filter(user=user, confirmed_at__isnull=True).delete()\n",
        "",
        f"{ADDRESS}::test_what_a_thief_of_the_password_asked_for_ends_with_the_password",
    ),
    mutant(
        "password-that-is-not-looked-at",
        "tenancy/sign_in.py",
        "return attempts.judge(counters(request, user.email), lambda: user.check_password(password))",
        "return True",
        f"{ADDRESS}::test_nobody_asks_for_another_address_without_the_password",
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
        f"{ADDRESS}::test_one_account_asks_for_so_many_addresses_from_wherever_it_is",
    ),
    mutant(
        "address-changed-by-opening-a-link",
        "loyalty_site/accounts/views.py",
        """raise LinkSpent()
        if request.method == "POST":""",
        """raise LinkSpent()
        if request.method:""",
        f"{ADDRESS}::test_another_address_counts_once_confirmed_there_and_the_old_one_is_told",
    ),
    mutant(
        "address-changed-without-a-word-to-the-old-one",
        "tenancy/accounts.py",
        '    outbox.record(AccountEmailRequested(kind="email_changed", about_id=change.pk))\n',
        "",
        f"{ADDRESS}::test_another_address_counts_once_confirmed_there_and_the_old_one_is_told",
    ),
    mutant(
        "address-that-is-confirmed-for-ever",
        "tenancy/account_links.py",
        ", max_age=EmailChange.LIFE",
        "",
        f"{ADDRESS}::test_only_the_newest_wish_counts_and_for_a_day",
    ),
    mutant(
        "links-asked-for-without-end",
        "loyalty_site/accounts/views.py",
        '        rate_limits.check("account_link", client.network(request))\n        accounts.request_password',
        "        accounts.request_password",
        f"{FORGOTTEN}::test_so_many_links_are_asked_for_from_one_address",
    ),
    mutant(
        "reset-link-that-lasts-for-days",
        "loyalty_site/settings/base.py",
        "PASSWORD_RESET_TIMEOUT = 2 * 3600",
        "PASSWORD_RESET_TIMEOUT = 72 * 3600",
        f"{FORGOTTEN}::test_a_link_is_good_for_two_hours",
    ),
    mutant(
        "password-changed-without-a-word",
        "tenancy/accounts.py",
        '    outbox.record(AccountEmailRequested(kind="password_changed", about_id=user.pk))\n',
        "",
        f"{FORGOTTEN}::test_whoever_forgot_their_password_chooses_another_by_a_link",
    ),
    mutant(
        "pause-that-outlives-a-new-password",
        "loyalty_site/accounts/views.py",
        "        sign_in.forgive(form.user.email)\n",
        "",
        f"{FORGOTTEN}::test_a_new_password_forgets_the_wrong_ones",
    ),
    mutant(
        "new-account-whose-session-is-on-no-list",
        "tenancy/sign_in.py",
        "    UserSession.objects.create_from_request(request)\n",
        "",
        f"{INVITED}::test_a_new_person_sees_and_ends_that_session_and_is_told_of_no_new_device",
    ),
    mutant(
        "own-device-told-as-a-strangers",
        "tenancy/sign_in.py",
        "    known_devices.PEOPLE.add(request, response, user.pk)\n",
        "",
        f"{INVITED}::test_a_new_person_sees_and_ends_that_session_and_is_told_of_no_new_device",
    ),
    mutant(
        "session-cookie-of-anything",
        "loyalty_site/middleware.py",
        "if key and not (key.isalnum()",
        "if False and not (key.isalnum()",
        "tests/loyalty_site/test_sign_in.py::test_a_session_cookie_that_we_never_gave_is_as_good_as_none",
    ),
    mutant(
        "secrets-in-a-proxys-memory",
        "loyalty_site/middleware.py",
        "if request.session.accessed and not",
        "if False and not",
        f"{ACCOUNTS}::test_no_page_of_an_account_is_kept_by_a_browser_or_a_proxy",
    ),
    mutant(
        "session-that-keeps-an-address",
        "tenancy/sign_in.py",
        "perform_password_login(self.request, {}, login)",
        'perform_password_login(self.request, {"email": user.email}, login)',
        f"{ACCOUNTS}::test_a_session_holds_no_address",
    ),
    mutant(
        "console-shut-by-a-time-zone-that-is-none",
        "tenancy/models/people.py",
        "with suppress(ZoneInfoNotFoundError, ValueError):",
        "with suppress(ArithmeticError):",
        "tests/console/test_people.py::test_a_time_zone_that_is_none_is_mended_by_the_owner_in_their_console",
    ),
    # --- the second factor ---
    mutant(
        "operators-with-a-password-alone",
        "tenancy/second_factor.py",
        "return bool(settings.OPERATORS_NEED_SECOND_FACTOR)",
        "return False",
        f"{SECOND_FACTOR_REQUIRED}::test_an_operator_sets_one_up_before_the_console_opens",
    ),
    mutant(
        "merchant-that-requires-it-in-vain",
        "tenancy/second_factor.py",
        "return any(row.merchant.requires_second_factor for row in",
        "return any(False for row in",
        f"{SECOND_FACTOR_REQUIRED}::"
        "test_a_merchant_may_require_it_of_whoever_opens_the_console_and_its_tills_work_on",
    ),
    mutant(
        "second-factor-changed-without-a-word",
        "tenancy/adapter.py",
        'if template_prefix.startswith("mfa/"):',
        "if False:",
        f"{FACTOR}::test_an_app_is_set_up_and_its_owner_is_told",
    ),
    mutant(
        "second-factor-reset-without-a-word",
        "tenancy/second_factor.py",
        'outbox.record(AccountEmailRequested(kind="second_factor_reset", about_id=user.pk))',
        "pass",
        f"{SECOND_FACTOR_REQUIRED}::test_an_operator_resets_anothers_who_is_told_and_signs_in_by_password",
    ),
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
        "return SEALED.close(text)",
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
        "tenancy/second_factor_forms.py",
        "sign_in.within_limits(counters, super().clean_code)",
        "super().clean_code()",
        f"{FACTOR}::test_codes_cannot_be_tried_without_end",
    ),
    mutant(
        "codes-that-begin-anew-with-each-password",
        "tenancy/sign_in.py",
        'return [Counter(f"code:{account}", FREE_OF_A_PERSON, forgiving=True)]',
        "return counters(request, user.email)",
        f"{FACTOR}::test_wrong_codes_are_followed_by_pauses_and_the_right_password_ends_none",
    ),
    mutant(
        "codes-of-strangers-on-ones-own-device",
        "tenancy/sign_in.py",
        'return [Counter(f"code:{account}:{device}", FREE_OF_A_PERSON, forgiving=True)]',
        "pass",
        f"{FACTOR}::test_strangers_with_the_password_keep_nobody_from_their_own_device",
    ),
    # --- passkeys ---
    mutant(
        "passkeys-tried-without-end",
        "tenancy/passkeys.py",
        "sign_in.within_limits(counters, self._judged)",
        "self._judged()",
        f"{PASSKEYS}::test_passkeys_are_not_tried_without_end_and_it_is_said_when_to_come_back",
    ),
    mutant(
        "copy-of-a-passkey",
        "tenancy/passkeys.py",
        "if count <= last and (count or last):",
        "if False:",
        f"{PASSKEYS}::test_a_copy_of_a_passkey_is_found_out_by_its_count",
    ),
    mutant(
        "passkey-that-counts-from-its-second-use",
        "tenancy/passkeys.py",
        "row.data.get(COUNT, row.wrap().authenticator_data.counter)",
        "row.data.get(COUNT, 0)",
        f"{PASSKEYS}::test_the_count_of_its_registration_is_the_first_that_counts",
    ),
    mutant(
        "passkey-that-must-count",
        "tenancy/passkeys.py",
        "if count <= last and (count or last):",
        "if count <= last:",
        f"{PASSKEYS}::test_a_passkey_that_does_not_count_signs_in_as_often_as_it_likes",
    ),
    mutant(
        "junk-that-is-read-as-a-passkey",
        "tenancy/passkeys.py",
        "except Exception as error:",
        "except TypeError as error:",
        f"{PASSKEYS}::test_what_is_no_passkey_is_refused_in_words",
    ),
    mutant(
        "whatever-comes-along-with-a-passkey",
        "tenancy/passkeys.py",
        "return _plain(self.kind.from_dict(super().to_python(value)))",
        "said = super().to_python(value); self.kind.from_dict(said); return said",
        f"{PASSKEYS}::test_of_a_new_passkey_only_what_was_understood_is_kept",
    ),
    mutant(
        "deleted-account-that-still-opens",
        "tenancy/deletions.py",
        "second_factor.forget(row)",
        "pass",
        f"{SECOND_FACTOR_REQUIRED}::test_nothing_that_opens_a_deleted_account_is_left",
    ),
    mutant(
        "passkeys-asked-for-without-end",
        "loyalty_site/accounts/passkeys.py",
        '        rate_limits.check("passkey", client.network(request))\n',
        "",
        f"{PASSKEYS}::test_strangers_ask_for_the_question_so_often_and_begin_no_session_more",
    ),
]
