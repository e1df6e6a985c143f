"""Secrets: PINs, tokens, keys, passwords and signatures; and what pages and logs give away."""

from tests.mutants.mutant import mutant

PINS = "tests/loyalty/services/test_pins.py"
KEYS = "tests/tenancy/test_api_keys.py"
API_KEYS = "tests/loyalty/api/test_api_keys.py"
OFFLINE = "tests/loyalty/services/test_offline.py"
CALLBACK = "tests/wallet/test_callback.py"
WEB_SERVICE = "tests/wallet/test_web_service.py"
LOGS = "tests/loyalty_site/test_logs.py"
SIGN_IN = "tests/loyalty_site/test_sign_in.py"
CARD = "tests/loyalty/pages/test_card_page.py"
JOIN = "tests/loyalty/pages/test_enrollment.py"
EXPORT = "tests/console/test_export.py"
POLICY = "tests/loyalty_site/test_content_policy.py"
SETTINGS = "tests/loyalty_site/test_settings.py"

MUTANTS = [
    # --- PINs and staff tokens ---
    mutant(
        "pin-that-is-not-looked-at",
        "loyalty/services/pins.py",
        "    if not is_right:",
        "    if False:",
        f"{PINS}::test_the_right_pin_forgets_the_wrong_ones",
        "tests/loyalty/api/test_pins.py::test_wrong_pins_are_counted_until_the_lock_out",
    ),
    mutant(
        "guess-that-is-not-counted",
        "loyalty/services/pins.py",
        "    row.failed_attempts += 1\n",
        "",
        f"{PINS}::test_after_five_wrong_ones_even_the_right_one_is_refused_for_half_an_hour",
    ),
    mutant(
        "lock-out-that-lets-in",
        "loyalty/services/pins.py",
        "    if row.is_locked(now):",
        "    if False:",
        f"{PINS}::test_after_five_wrong_ones_even_the_right_one_is_refused_for_half_an_hour",
    ),
    mutant(
        "changed-pin-that-ends-no-token",
        "loyalty/services/pins.py",
        "        staff_tokens.end(row, TokenEnd.CHANGED, now=now)\n",
        "",
        f"{PINS}::test_a_pin_takes_its_tokens_along",
    ),
    mutant(
        "pin-of-another-store",
        "loyalty/services/pins.py",
        "StaffPin.objects.filter(store=store, pk=pin_id)",
        "StaffPin.objects.filter(pk=pin_id)",
        f"{PINS}::test_staff_decide_nothing_about_pins_and_other_stores_pins_are_not_found",
    ),
    mutant(
        "pin-that-is-1234",
        "loyalty/services/pins.py",
        "if rules.pin_is_too_simple(pin):",
        "if False:",
        f"{PINS}::test_a_pin_is_not_the_first_one_that_anybody_tries",
    ),
    mutant(
        "pins-made-by-staff",
        "loyalty/services/pins.py",
        "    actor.require_manager()\n    validate(pin)",
        "    validate(pin)",
        f"{PINS}::test_staff_decide_nothing_about_pins_and_other_stores_pins_are_not_found",
    ),
    mutant(
        "till-without-a-pin",
        "loyalty/services/staff_tokens.py",
        "        if required:\n            raise StaffPinRequired()\n",
        "",
        "tests/loyalty/api/test_balances.py::test_a_program_with_pins_wants_a_staff_token",
    ),
    mutant(
        "token-of-another-store",
        "loyalty/services/staff_tokens.py",
        "token_hash=token_hash, staff_pin__store_id=store_id",
        "token_hash=token_hash",
        f"{PINS}::test_a_token_is_good_at_its_own_store_only_and_is_kept_as_a_digest",
    ),
    mutant(
        "token-that-outlives-its-day",
        "loyalty/services/staff_tokens.py",
        "        row.expires_at, row.last_used_at + StaffToken.IDLE\n",
        "        row.last_used_at + StaffToken.IDLE, row.last_used_at + StaffToken.IDLE\n",
        f"{PINS}::test_no_token_lives_longer_than_twelve_hours_however_busy_the_shop",
    ),
    mutant(
        "token-that-never-idles",
        "loyalty/services/staff_tokens.py",
        "        row.expires_at, row.last_used_at + StaffToken.IDLE\n",
        "        row.expires_at, row.expires_at\n",
        f"{PINS}::test_a_token_lives_ten_minutes_after_its_last_use",
    ),
    mutant(
        "token-of-who-was-removed",
        "loyalty/services/staff_tokens.py",
        "    if pin.is_deleted or not pin.is_active or pin.is_locked(now):\n        return False\n"
        "    moment = at or now\n    if row.ended_at is not None and (",
        "    moment = at or now\n    if False and (",
        f"{OFFLINE}::test_a_token_of_a_pin_that_was_removed_or_locked_since_is_not_accepted",
    ),
    # --- API keys, sessions, passwords ---
    mutant(
        "key-that-was-revoked",
        "tenancy/api_keys.py",
        "        revoked_at__isnull=True,\n",
        "",
        f"{KEYS}::test_a_revoked_key_ends_at_once_and_revoking_twice_changes_nothing",
        f"{API_KEYS}::test_a_revoked_key_is_nobody",
    ),
    mutant(
        "key-of-a-deleted-store",
        "tenancy/api_keys.py",
        "        store__deleted_at__isnull=True,\n",
        "",
        f"{KEYS}::test_the_key_of_a_deleted_store_or_merchant_opens_nothing",
    ),
    mutant(
        "key-kept-as-it-is",
        "tenancy/api_keys.py",
        "return hashlib.sha256(key.encode()).hexdigest()",
        "return key[:64]",
        f"{KEYS}::test_a_key_is_shown_once_and_never_stored",
    ),
    mutant(
        "api-for-nobody-in-particular",
        "loyalty/api/access.py",
        "        if user is None and api_key is None:\n            raise NotAuthenticated()\n",
        "",
        "tests/loyalty/api/test_access.py::test_a_call_is_for_those_it_is_for",
    ),
    mutant(
        "managers-calls-for-staff",
        "loyalty/api/base.py",
        "        if _method(request) in self.for_managers:\n            self.actor.require_manager()\n",
        "",
        "tests/loyalty/api/test_access.py::test_a_call_is_for_those_it_is_for",
    ),
    mutant(
        "back-office-for-owners",
        "loyalty/api/base.py",
        "elif _method(request) in self.for_owners:",
        "elif True:",
        "tests/loyalty/api/test_access.py::test_a_call_is_for_those_it_is_for",
    ),
    mutant(
        "session-without-its-csrf-token",
        "loyalty/api/authentication.py",
        "            raise CsrfFailed()",
        "            pass",
        "tests/loyalty/api/test_problems.py::test_a_session_needs_its_csrf_token_for_what_changes_something",
    ),
    mutant(
        "passwords-guessed-without-end",
        "groundwork/web/attempts.py",
        "    if paused:",
        "    if False:",
        f"{SIGN_IN}::test_after_five_wrong_ones_even_the_right_one_waits",
        "tests/groundwork/test_attempts.py::test_nothing_is_judged_nor_counted_in_a_pause",
    ),
    mutant(
        "sign-in-that-leads-anywhere",
        "loyalty/pages/terminal/sign_in.py",
        "    redirect_authenticated_user = True\n",
        "    redirect_authenticated_user = True\n\n    def get_redirect_url(self) -> str:\n"
        '        return self.request.POST.get("next", self.request.GET.get("next", ""))\n',
        "tests/loyalty/pages/test_terminal.py::"
        "test_signing_in_goes_on_to_the_page_that_was_asked_for_on_this_site_only",
    ),
    # --- customers' pages ---
    mutant(
        "card-that-is-off-shown",
        "loyalty/pages/access.py",
        "if not (card.is_active and card.program.is_active and merchant.is_active):",
        "if False:",
        f"{CARD}::test_a_deactivated_card_is_404_and_says_what_is_the_matter",
        f"{CARD}::test_a_paused_program_is_404_and_says_so",
    ),
    mutant(
        "card-kept-by-caches",
        "loyalty/pages/access.py",
        "    patch_cache_control(response, no_store=True, private=True)\n",
        "",
        f"{CARD}::test_the_page_is_kept_by_no_cache",
    ),
    mutant(
        "card-in-search-engines",
        "loyalty/pages/access.py",
        'response["X-Robots-Tag"] =',
        'response["X-Other"] =',
        f"{CARD}::test_search_engines_may_not_list_a_card",
    ),
    mutant(
        "any-card-by-its-token",
        "loyalty/selectors.py",
        "filter(access_token=token, merchant__deleted_at",
        "filter(merchant__deleted_at",
        f"{CARD}::test_an_unknown_token_is_a_friendly_404",
    ),
    mutant(
        "note-of-another-store",
        "loyalty/pages/customer/enrollment.py",
        'return f"{settings.ROOT_URLCONF}.joined.{store.pk}"',
        'return f"{settings.ROOT_URLCONF}.joined"',
        f"{JOIN}::test_a_forged_or_foreign_note_opens_nothing",
    ),
    # --- Google and Apple ---
    mutant(
        "callback-that-nobody-signed",
        "wallet/google/callback.py",
        '    if not _is_signed(data, envelope.get("signature"), key.get("keyValue")):',
        "    if False:",
        f"{CALLBACK}::test_what_google_did_not_sign_changes_nothing",
    ),
    mutant(
        "callback-by-any-key",
        "wallet/google/callback.py",
        '    if not _signed_by_root(signed_key, intermediate["signatures"], root_keys, now):',
        "    if False:",
        f"{CALLBACK}::test_what_google_did_not_sign_changes_nothing",
    ),
    mutant(
        "callback-by-an-expired-key",
        "wallet/google/callback.py",
        "    if expires_at(key) <= now:",
        "    if False:",
        f"{CALLBACK}::test_another_recipient_sender_or_an_expired_key_changes_nothing",
    ),
    mutant(
        "callback-by-an-expired-root-key",
        "wallet/google/callback.py",
        'if key.get("protocolVersion") == PROTOCOL and _expires_after(key, now)',
        'if key.get("protocolVersion") == PROTOCOL',
        f"{CALLBACK}::test_another_recipient_sender_or_an_expired_key_changes_nothing",
    ),
    mutant(
        "callback-that-expired",
        "wallet/google/callback.py",
        "    if message.expires_at <= now:",
        "    if False:",
        f"{CALLBACK}::test_a_message_that_expired_or_lacks_something_changes_nothing",
    ),
    mutant(
        "callback-for-another-issuer",
        "wallet/google/callback.py",
        "data = signed_bytes(SENDER, issuer_id, PROTOCOL, text)",
        "data = signed_bytes(SENDER, PROTOCOL, text)",
        f"{CALLBACK}::test_saving_and_deleting_are_noted",
    ),
    mutant(
        "nonce-that-counts-again",
        "wallet/services/callbacks.py",
        "    except IntegrityError:\n        return False",
        "    except IntegrityError:\n        pass",
        f"{CALLBACK}::test_a_nonce_counts_once",
    ),
    mutant(
        "phone-without-the-passes-token",
        "wallet/apple/web_service.py",
        "if found is None or not matches or",
        "if found is None or",
        f"{WEB_SERVICE}::test_without_the_passes_own_token_nothing_works",
        f"{WEB_SERVICE}::test_the_token_of_one_pass_opens_no_other",
    ),
    mutant(
        "pass-of-any-type",
        "wallet/apple/web_service.py",
        "found = devices.find(serial) if _is_ours(pass_type) else None",
        "found = devices.find(serial)",
        f"{WEB_SERVICE}::test_an_unknown_type_or_serial_is_answered_like_a_wrong_token",
    ),
    mutant(
        "push-token-of-any-kind",
        "wallet/apple/web_service.py",
        "if not isinstance(token, str) or not PUSH_TOKEN.fullmatch(token):",
        "if not isinstance(token, str):",
        f"{WEB_SERVICE}::test_a_broken_body_is_400_and_registers_nothing",
    ),
    mutant(
        "phones-that-complain-without-end",
        "wallet/apple/web_service.py",
        'rate_limits.check("wallet_log", client.network(request))',
        "pass",
        f"{WEB_SERVICE}::test_logs_are_counted",
    ),
    # --- what is given away ---
    mutant(
        "formulas-in-files",
        "groundwork/formats/spreadsheets.py",
        "if _DANGEROUS.match(text) and not _NUMBER.match(text):",
        "if False:",
        f"{EXPORT}::test_a_name_that_is_a_formula_is_defused",
        f"{EXPORT}::test_no_text_begins_as_a_formula",
    ),
    mutant(
        "addresses-in-logs",
        "loyalty_site/logs.py",
        '    return MASK if found[0].find("@") > 0 or "%40" in found[0] else found[0]',
        "    return found[0]",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "card-addresses-in-logs",
        "loyalty_site/logs.py",
        r'    text = TOKEN_IN_PATH.sub(rf"\g<1>{MASK}", text)' + "\n",
        "",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "parameters-in-logs",
        "loyalty_site/logs.py",
        "name in HARMLESS_PARAMETERS and PLAIN",
        "PLAIN",
        f"{LOGS}::test_what_is_masked",
    ),
    mutant(
        "secret-fields-in-logs",
        "loyalty_site/logs.py",
        "return MASK if SECRET_KEY.search(key) else mask_value(value)",
        "return mask_value(value)",
        f"{LOGS}::test_fields_that_are_named_like_secrets_are_masked_whole",
    ),
    mutant(
        "secrets-that-are-halved",
        "loyalty_site/logs.py",
        'max(kept.rfind(mark) for mark in " \\n/?&,;") + 1',
        "LONGEST_TEXT",
        f"{LOGS}::test_a_long_value_is_cut_where_no_secret_is_halved",
    ),
    mutant(
        "pages-that-run-anything",
        "loyalty_site/settings/content_policy.py",
        '        "default-src": [SELF],\n',
        '        "default-src": [SELF, "\'unsafe-inline\'"],\n',
        f"{POLICY}::test_no_page_runs_inline_script_or_loads_from_elsewhere",
    ),
    mutant(
        "pages-in-frames",
        "loyalty_site/settings/content_policy.py",
        '"frame-ancestors": [NONE]',
        '"frame-ancestors": ["*"]',
        f"{POLICY}::test_no_page_runs_inline_script_or_loads_from_elsewhere",
    ),
    mutant(
        "production-with-an-unsafe-key",
        "loyalty_site/settings/production.py",
        'if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5 or SECRET_KEY.startswith("django-insecure"):',
        "if False:",
        f"{SETTINGS}::test_production_refuses_to_start_unsafe_and_names_the_setting",
    ),
    mutant(
        "production-for-any-host",
        "loyalty_site/settings/production.py",
        'if not ALLOWED_HOSTS or any(host.strip() in ("", "*", ".") for host in ALLOWED_HOSTS):',
        "if False:",
        f"{SETTINGS}::test_production_refuses_to_start_unsafe_and_names_the_setting",
    ),
    mutant(
        "lock-out-that-ends-no-token",
        "loyalty/services/pins.py",
        "            staff_tokens.end(attempt, TokenEnd.LOCKED, now=clock.now())",
        "            pass",
        "tests/loyalty/services/test_pins.py::test_a_manager_who_ends_a_lock_out_does_not_revive_tokens",
    ),
    mutant(
        "key-that-opens-every-store",
        "loyalty/api/access.py",
        "with_role(ROLE_OF_KEY, _open_stores().filter(pk=store_id))",
        "with_role(ROLE_OF_KEY, _open_stores())",
        "tests/loyalty/api/test_api_keys.py::test_a_key_opens_its_own_store_only",
    ),
    mutant(
        "address-written-another-way",
        "loyalty_site/sign_in.py",
        "return normalize_email(str(given))[:LONGEST_NAME]",
        "return str(given)[:LONGEST_NAME]",
        "tests/loyalty_site/test_sign_in.py::test_another_way_to_write_the_address_is_no_way_round",
    ),
]
