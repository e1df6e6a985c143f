"""Tills as devices, what is typed on them, and the scopes and ends of API keys."""

from tests.mutants.mutant import mutant

TILLS = "tests/tenancy/test_tills.py"
DEVICES = "tests/loyalty/api/test_till_devices.py"
ENROLLMENT = "tests/loyalty/services/test_enrollment.py"
SCOPES = "tests/loyalty/api/test_scopes.py"
PAGE = "tests/loyalty/pages/test_device.py"
CONSOLE = "tests/console/test_tills.py"
DISPLAY = "tests/loyalty/pages/test_display.py"

MUTANTS = [
    # --- The code ---
    mutant(
        "code-that-never-ends",
        "tenancy/tills.py",
        "code_hash=code_digest(code), code_expires_at__gt=now",
        "code_hash=code_digest(code)",
        f"{TILLS}::test_a_code_is_good_for_fifteen_minutes",
    ),
    mutant(
        "code-that-is-used-twice",
        "tenancy/tills.py",
        "            code_hash=None,\n            code_expires_at=None,\n            updated_at=now,\n        )\n"
        "        if not enrolled:",
        "            updated_at=now,\n        )\n        if not enrolled:",
        f"{TILLS}::test_a_code_works_once",
    ),
    mutant(
        "code-kept-without-the-sites-secret",
        "tenancy/tills.py",
        'salted_hmac("tenancy.tills.code", normalize_code(code), algorithm="sha256").hexdigest()',
        "digest(normalize_code(code))",
        f"{TILLS}::test_a_copy_of_the_table_does_not_give_a_code_away",
    ),
    mutant(
        "code-for-a-till-that-has-its-device",
        "tenancy/tills.py",
        "Till.objects.filter(pk=till.pk, token_hash__isnull=True, revoked_at__isnull=True)",
        "Till.objects.filter(pk=till.pk)",
        f"{TILLS}::test_there_is_no_new_code_for_a_till_with_a_device_or_without_a_future",
    ),
    mutant(
        "codes-tried-without-end",
        "loyalty/pages/terminal/device.py",
        '    rate_limits.check("till_pair", client.network(request))\n',
        "",
        f"{PAGE}::test_codes_can_be_tried_only_so_often_from_one_address",
    ),
    mutant(
        "code-used-up-by-looking",
        "loyalty/pages/terminal/views.py",
        '    if request.method == "POST":\n        return kept_by_nobody(device.enrol(request))',
        '    if request.method == "POST" or "code" in request.GET:\n'
        "        request.POST = request.POST or request.GET\n"
        "        return kept_by_nobody(device.enrol(request))",
        f"{PAGE}::test_opening_the_address_of_the_qr_code_uses_no_code_up",
    ),
    mutant(
        "an-owner-without-a-program-is-led-to-a-terminal",
        "loyalty/pages/terminal/views.py",
        "opens_console(visitor.user) and not _runs(stores[0])",
        "False",
        "tests/loyalty/pages/test_terminal.py::"
        "test_who_owns_one_store_is_led_to_the_console_until_its_program_runs",
    ),
    mutant(
        "new-code-by-looking",
        "loyalty/console/till.py",
        'if request.method == "POST":\n            row = self.row',
        "if request.method:\n            row = self.row",
        f"{CONSOLE}::test_looking_at_the_question_makes_no_code",
    ),
    # --- The device ---
    mutant(
        "till-that-was-revoked",
        "tenancy/tills.py",
        "LIVING = Q(revoked_at__isnull=True, ",
        "LIVING = Q(",
        f"{TILLS}::test_a_revoked_till_is_refused_at_once_and_revoking_twice_changes_nothing",
        f"{DEVICES}::test_the_next_call_of_a_revoked_till_is_refused",
    ),
    mutant(
        "till-of-a-deleted-store",
        "tenancy/tills.py",
        "store__deleted_at__isnull=True, merchant__deleted_at__isnull=True)",
        ")",
        f"{TILLS}::test_the_till_of_a_deleted_store_or_merchant_opens_nothing",
    ),
    mutant(
        "token-of-a-till-kept-as-it-is",
        "tenancy/tills.py",
        'return hashlib.sha256(token.encode(errors="replace")).hexdigest()',
        "return token[:64]",
        f"{TILLS}::test_a_code_makes_a_device_the_till_and_neither_code_nor_token_is_kept",
    ),
    mutant(
        "device-that-is-two-tills",
        "tenancy/tills.py",
        "        if carried:\n",
        "        if False:\n",
        f"{TILLS}::test_a_device_is_one_till_what_it_was_before_ends",
    ),
    mutant(
        "till-called-from-another-site",
        "loyalty/api/authentication.py",
        "        till = tills.recognise(token)\n        self.enforce_csrf(request)\n",
        "        till = tills.recognise(token)\n",
        f"{DEVICES}::test_a_till_sends_the_csrf_token_as_people_do",
    ),
    mutant(
        "revoked-till-saved-by-a-session",
        "loyalty/api/base.py",
        "[ApiKeyAuthentication, TillDevice, StaffSession]",
        "[ApiKeyAuthentication, StaffSession, TillDevice]",
        f"{DEVICES}::test_a_device_that_was_a_till_is_not_saved_by_a_good_session",
        f"{DEVICES}::test_a_till_is_nobody_else_whoever_signs_in_on_it",
    ),
    mutant(
        "till-that-scripts-can-read",
        "loyalty/pages/terminal/device.py",
        "        httponly=True,\n",
        "",
        f"{PAGE}::test_what_the_tablet_carries_is_for_no_script_and_no_other_site_and_lasts_400_days",
    ),
    mutant(
        "till-sent-without-tls",
        "loyalty/pages/terminal/device.py",
        "        secure=settings.SESSION_COOKIE_SECURE,\n",
        "",
        f"{PAGE}::test_in_production_it_goes_over_tls_only",
    ),
    mutant(
        "owner-who-stays-signed-in-on-the-counter",
        "loyalty/pages/terminal/device.py",
        '    logout(request)\n    response = redirect("terminal", ',
        '    response = redirect("terminal", ',
        f"{PAGE}::test_nobody_stays_signed_in_on_a_device_that_becomes_a_till",
    ),
    mutant(
        "owner-who-stays-signed-in-on-the-customers-screen",
        "loyalty/pages/terminal/device.py",
        '    logout(request)\n    response = redirect("terminal-display", ',
        '    response = redirect("terminal-display", ',
        f"{DISPLAY}::test_who_is_signed_in_does_not_stay_so_on_a_screen_and_a_till_does_not_become_one",
    ),
    mutant(
        "page-of-any-store-for-a-till",
        "loyalty/pages/terminal/device.py",
        "open_stores().filter(pk=self.till.store_id)",
        "open_stores()",
        f"{PAGE}::test_a_till_opens_its_own_store_and_is_a_stranger_elsewhere",
    ),
    mutant(
        "tablet-that-sends-twice",
        "tenancy/actor.py",
        'return "tills"',
        'return f"till:{self.till.pk}"',
        f"{DEVICES}::test_what_a_lost_tablet_may_have_sent_is_not_done_twice_after_it_is_enrolled_anew",
    ),
    # --- Its screen for customers ---
    mutant(
        "screen-code-used-twice",
        "tenancy/displays.py",
        "if till_id is None or not cache.delete(key):",
        "if till_id is None:",
        f"{DISPLAY}::test_a_code_is_good_once_and_for_ten_minutes_and_a_newer_screen_ends_the_first",
    ),
    mutant(
        "screen-code-that-never-ends",
        "tenancy/displays.py",
        "till.pk, timeout=CODE_LIFE.total_seconds())",
        "till.pk, timeout=None)",
        f"{DISPLAY}::test_a_code_is_good_once_and_for_ten_minutes_and_a_newer_screen_ends_the_first",
    ),
    mutant(
        "screen-of-a-revoked-till",
        "tenancy/displays.py",
        "Till.objects.filter(tills.LIVING, display_hash=tills.digest(token))",
        "Till.objects.filter(display_hash=tills.digest(token))",
        f"{DISPLAY}::test_the_screen_of_a_revoked_till_shows_nothing_and_can_be_opened_no_more",
    ),
    mutant(
        "screen-paired-with-a-revoked-till",
        "tenancy/displays.py",
        "Till.objects.filter(tills.LIVING, pk=till_id, token_hash__isnull=False)",
        "Till.objects.filter(pk=till_id, token_hash__isnull=False)",
        f"{DISPLAY}::test_a_code_of_a_till_that_was_revoked_since_pairs_nothing",
    ),
    mutant(
        "customer-who-stays-on-the-screen",
        "tenancy/displays.py",
        "dict(moment), timeout=SHOWN_FOR.total_seconds())",
        "dict(moment), timeout=None)",
        f"{DISPLAY}::test_nobody_stays_on_the_screen_longer_than_a_minute",
    ),
    mutant(
        "screen-that-every-till-speaks-to",
        "tenancy/displays.py",
        'return f"display:shown:{till.pk}"',
        'return "display:shown"',
        f"{DISPLAY}::test_only_its_own_till_speaks_to_a_screen_and_only_the_screen_is_told",
    ),
    mutant(
        "till-that-is-told-what-its-screen-shows",
        "loyalty/pages/terminal/display.py",
        "    if till is None:\n        raise Http404\n    return JsonResponse",
        "    till = till or Till.objects.exclude(display_hash=None).get()\n    return JsonResponse",
        f"{DISPLAY}::test_only_its_own_till_speaks_to_a_screen_and_only_the_screen_is_told",
    ),
    mutant(
        "till-that-becomes-its-screen",
        "loyalty/pages/terminal/device.py",
        "    if till_of(request) is not None:\n        return None\n",
        "",
        f"{DISPLAY}::test_who_is_signed_in_does_not_stay_so_on_a_screen_and_a_till_does_not_become_one",
    ),
    # --- What is typed on it ---
    mutant(
        "token-of-another-device",
        "loyalty/services/staff_tokens.py",
        "staff_pin__store_id=store_id, device=device",
        "staff_pin__store_id=store_id",
        f"{DEVICES}::test_a_staff_token_is_good_on_the_device_where_the_pin_was_typed_and_on_no_other",
    ),
    mutant(
        "person-who-guesses-anew-with-each-sign-in",
        "loyalty/api/till/stores.py",
        "self.actor.device if self.actor.till else self.actor.credential",
        "self.actor.device",
        f"{DEVICES}::test_guesses_are_counted_for_each_till_and_for_a_person_however_often_they_sign_in",
    ),
    # --- What a key may ---
    mutant(
        "key-for-every-call",
        "loyalty/api/access.py",
        "if self.api_key is not None and not set(among) & set(self.api_key.scopes):",
        "if False:",
        f"{SCOPES}::test_a_call_outside_its_scopes_names_the_one_that_a_key_lacks_and_moves_nothing",
        f"{SCOPES}::test_a_key_makes_the_calls_of_its_scopes_and_no_others",
    ),
    mutant(
        "key-that-never-ends",
        "tenancy/api_keys.py",
        "        if row.has_ended(now):\n            raise NotAuthenticated()\n",
        "",
        f"{SCOPES}::test_a_key_is_good_until_its_end_and_then_nobody",
    ),
    mutant(
        "key-that-is-over-when-made",
        "tenancy/console/api_key.py",
        "if expires_at is not None and expires_at <= timezone.now():",
        "if False:",
        f"{CONSOLE}::test_a_key_without_a_scope_of_ours_or_a_future_is_not_made",
    ),
    mutant(
        "every-key-a-manager",
        "tenancy/roles.py",
        "Role.MANAGER if Scope.MANAGE in api_key.scopes else Role.STAFF",
        "Role.MANAGER",
        f"{DEVICES}::test_a_key_that_does_not_manage_is_staff_where_roles_decide",
    ),
    mutant(
        "debts-let-go-by-nobody",
        "loyalty/services/debts.py",
        "at_the_terminal = bool(actor.staff_token)",
        "at_the_terminal = False",
        "tests/loyalty/services/test_returns.py::test_what_a_person_at_the_till_lets_go_is_theirs",
    ),
    # --- what a till needs before it stands ---
    mutant(
        "a-till-that-loads-everything-at-once",
        "static/terminal/queue-view.js",
        'import { openSheet } from "./sheet.js";\n',
        'import { openSheet } from "./sheet.js";\nimport "./mend-sheet.js";\n',
        "tests/loyalty/pages/test_terminal_shell.py::test_what_a_till_needs_later_is_not_loaded_before_it_stands",
    ),
    mutant(
        "a-name-that-a-browser-translates",
        "loyalty/templatetags/pages.py",
        '<span translate="no">{}</span>',
        "<span>{}</span>",
        "tests/loyalty/pages/test_names.py::test_nor_on_a_card_that_is_closed",
    ),
    mutant(
        "cards-made-by-nobody",
        "loyalty/services/enrollment.py",
        '        "staff_pin": staff_pin,\n',
        "",
        f"{ENROLLMENT}::test_whoever_has_typed_their_pin_is_named_with_the_card_that_they_make",
    ),
]
