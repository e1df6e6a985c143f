"""Wallets: what Google and Apple must prove, and what one merchant's refused part must not take from others."""

from tests.mutants.mutant import mutant

CALLBACK = "tests/wallet/test_callback.py"
WEB_SERVICE = "tests/wallet/test_web_service.py"
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
        "message-without-which-nothing-goes",
        "wallet/google/optional.py",
        '    "messages": "messages",\n',
        "",
        "tests/wallet/test_news.py::test_a_message_that_google_refuses_costs_nobody_their_balance",
    ),
    mutant(
        "shop-that-writes-links",
        "wallet/shops.py",
        "return _told(shops, escape,",
        "return _told(shops, str,",
        "tests/wallet/test_back_of_pass.py::test_an_iphone_shows_the_shops_and_calls_them_at_a_tap",
    ),
    mutant(
        "look-of-another-merchant",
        "wallet/services/designs.py",
        # A merchant has one program: that it is theirs is said twice.
        "        merchant_id=design.merchant_id,\n        card__program_id=design.program_id,\n",
        "",
        "tests/wallet/test_fan_out.py::test_a_changed_look_is_nothing_to_the_cards_of_another_merchant",
    ),
    # --- who asked, and who holds it ---
    mutant(
        "word-of-google-that-was-overtaken",
        "wallet/services/callbacks.py",
        "if message.expires_at < known.told_at:",
        "if False:",
        "tests/wallet/test_asked_for.py::test_google_word_that_was_overtaken_changes_nothing",
    ),
    mutant(
        "pass-kept-up-that-nobody-has",
        "wallet/models.py",
        "KEPT_UP = Q(retired_at__isnull=True) & ~SLEEPING",
        "KEPT_UP = Q(retired_at__isnull=True)",
        "tests/wallet/test_asked_for.py::test_a_pass_that_was_taken_out_is_not_kept_up_and_is_whole_when_it_comes_back",
    ),
    mutant(
        "held-pass-that-is-retired",
        "wallet/services/unsaved.py",
        'if answer.is_good and answer.body.get("hasUsers"):',
        "if False:",
        "tests/wallet/test_asked_for.py::test_an_object_that_nobody_saved_is_retired_once_and_then_gone",
    ),
    mutant(
        "offers-of-another-merchant",
        "wallet/console.py",
        "visible_to(request.user, WalletOffer.objects.all())",
        "WalletOffer.objects.all()",
        "tests/wallet/test_asked_for.py::test_the_way_to_the_wallet_is_counted_exactly_for_each_store",
    ),
    mutant(
        "balance-on-a-replaced-pass",
        "wallet/apple/payload.py",
        "    if facts.is_retired:\n        return\n",
        "",
        "tests/wallet/test_news.py::test_whoever_finds_a_replaced_card_reads_nothing_of_a_balance",
    ),
    mutant(
        "issuer-that-is-no-number",
        "wallet/config.py",
        'if not ISSUER_ID.fullmatch(values["WALLET_GOOGLE_ISSUER_ID"]):',
        "if False:",
        "tests/wallet/test_without_credentials.py::test_an_issuer_is_a_number",
    ),
    mutant(
        "renewed-certificate-not-read",
        "wallet/config.py",
        "return tuple(credentials.file_state(value) for _name, value in values)",
        "return ()",
        "tests/wallet/test_without_credentials.py::test_a_certificate_that_is_renewed_at_the_same_path_is_used_at_once",
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
]
