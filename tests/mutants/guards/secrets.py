"""Guards of what opens something at a counter or on a phone: PINs, staff tokens, addresses of cards."""

from tests.mutants.mutant import mutant

PINS = "tests/loyalty/services/test_pins.py"
OFFLINE = "tests/loyalty/services/test_offline.py"
CARD = "tests/loyalty/pages/test_card_page.py"
JOIN = "tests/loyalty/pages/test_enrollment.py"

OWN_DATA = "tests/loyalty/pages/test_own_data.py"
OWN_PHONE = "tests/loyalty/pages/test_own_phone.py"
ENROLMENT = "tests/loyalty/api/test_enrolment.py"

MUTANTS = [
    # --- The way to a card, and the address that brings it back ---
    mutant(
        "card-address-for-who-was-known",
        "loyalty/outputs/enrollment.py",
        " if enrollment.customer_is_new else None",
        "",
        f"{ENROLMENT}::test_who_was_known_before_is_not_shown_the_way_to_their_card",
    ),
    mutant(
        "address-that-is-confirmed-by-another-link",
        "customers/email_confirmation.py",
        ' and digest_of(person.pending_email or "") == digest',
        "",
        f"{OWN_DATA}::test_a_link_is_for_one_address_and_one_card",
    ),
    mutant(
        "form-opened-earlier-takes-back-what-another-phone-typed",
        "loyalty/pages/customer/data_form.py",
        "        cleaned |= {name: self.initial[name] for name in self._outrun() if name in cleaned}\n",
        "",
        f"{OWN_DATA}::test_two_phones_with_one_card_change_only_what_each_of_them_has_typed",
    ),
    mutant(
        "address-that-is-confirmed-for-a-card-that-was-replaced",
        "loyalty/links.py",
        "    return address if (card_id, token) == (card.pk, digest(card.access_token)) else None",
        "    return address",
        f"{OWN_DATA}::test_a_link_for_a_card_that_was_replaced_confirms_nothing",
    ),
    mutant(
        "way-to-the-card-for-whoever-reads-a-mistyped-address",
        "notifications/rendering.py",
        ' if code not in RECIPIENTS else ""',
        "",
        f"{OWN_DATA}::test_a_letter_to_a_mistyped_address_is_no_way_to_the_card",
    ),
    mutant(
        "letters-to-address-after-address",
        "loyalty/pages/customer/own_data.py",
        'rate_limits.check("email_change", f"card:{card.pk}")',
        "pass",
        f"{OWN_DATA}::test_nobody_has_letters_sent_to_address_after_address",
    ),
    mutant(
        "letters-to-one-address-from-card-after-card",
        "loyalty/pages/customer/own_data.py",
        'rate_limits.check("email_change", f"address:{digest(address)}")',
        "pass",
        f"{OWN_DATA}::test_no_address_is_written_to_by_card_after_card",
    ),
    mutant(
        "address-taken-back-that-still-waits",
        "customers/services.py",
        "data.email if is_new else None",
        "data.email if is_new else person.pending_email",
        f"{OWN_DATA}::test_who_takes_a_wrong_address_back_no_longer_waits_for_it",
    ),
    # --- The phone that brings it back ---
    mutant(
        "phone-taken-without-its-code",
        "customers/phone_codes.py",
        "    if not fits(person, code):",
        "    if False:",
        f"{OWN_PHONE}::test_who_merely_types_a_number_neither_gets_nor_takes_it",
    ),
    mutant(
        "phone-code-guessed-for-ever",
        "customers/phone_codes.py",
        "        person.phone_code_tries += 1\n",
        "",
        f"{OWN_PHONE}::test_a_code_is_good_for_ten_minutes_five_tries_and_its_own_card",
    ),
    mutant(
        "phone-code-that-never-ends",
        "customers/phone_codes.py",
        "asked_at is not None and now - asked_at < LIFE",
        "asked_at is not None",
        f"{OWN_PHONE}::test_a_code_is_good_for_ten_minutes_five_tries_and_its_own_card",
    ),
    mutant(
        "phone-codes-without-end-from-one-card",
        "loyalty/pages/customer/own_data.py",
        'rate_limits.check("phone_code", f"card:{card.pk}")',
        "pass",
        f"{OWN_PHONE}::test_no_card_and_no_number_is_sent_code_after_code",
    ),
    mutant(
        "phone-codes-without-end-to-one-number",
        "loyalty/pages/customer/own_data.py",
        'rate_limits.check("phone_code", f"number:{digest(number)}")',
        "pass",
        f"{OWN_PHONE}::test_no_card_and_no_number_is_sent_code_after_code",
    ),
    mutant(
        "phone-confirmed-after-it-was-changed",
        "customers/services.py",
        '    if "phone" in changed:\n        customer.phone_confirmed_at = None\n',
        "",
        f"{OWN_PHONE}::test_a_number_that_staff_noted_can_be_confirmed_and_counts_no_more_once_it_is_changed",
    ),
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
        "dict[str, Any]:\n    actor.require_manager()\n",
        "dict[str, Any]:\n",
        f"{PINS}::test_staff_decide_nothing_about_pins_and_other_stores_pins_are_not_found",
    ),
    mutant(
        "till-without-a-pin",
        "loyalty/services/staff_tokens.py",
        "        if required:\n            raise StaffPinRequired()\n",
        "",
        "tests/loyalty/api/test_stamps.py::test_a_program_with_pins_wants_a_staff_token",
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
    mutant(
        "lock-out-that-ends-no-token",
        "loyalty/services/pins.py",
        "            staff_tokens.end(attempt, TokenEnd.LOCKED, now=clock.now())",
        "            pass",
        "tests/loyalty/services/test_pins.py::test_a_manager_who_ends_a_lock_out_does_not_revive_tokens",
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
        "filter(**key, merchant__deleted_at",
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
]
