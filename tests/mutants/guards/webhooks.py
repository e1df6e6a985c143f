"""Webhooks: where nobody may be led, what is lost to nobody, and who keeps nobody else waiting."""

from tests.mutants.mutant import mutant

ADDRESSES = "tests/webhooks/test_addresses.py"
DELIVERY = "tests/webhooks/test_delivery.py"
FEED = "tests/webhooks/test_feed.py"
API = "tests/webhooks/test_api.py"
NAMES = f"{ADDRESSES}::test_nobody_reaches_our_own_network_by_a_name"
NONE = f"{ADDRESSES}::test_an_address_that_is_none_is_refused_before_anything_is_asked"
LATE = "tests/concurrency/test_late_events.py::test_a_late_line_is_told_and_an_early_one_does_not_wait"

MUTANTS = [
    # --- where nobody is led ---
    mutant(
        "private-address-behind-a-name",
        "webhooks/addresses.py",
        "if not settings.WEBHOOKS_ALLOW_PRIVATE and not all(map(is_public, found)):",
        "if False:",
        f"{NAMES}[10.0.0.1]",
    ),
    mutant(
        "one-good-address-is-enough",
        "webhooks/addresses.py",
        "not all(map(is_public, found))",
        "not any(map(is_public, found))",
        f"{NAMES}[10.0.0.1]",
    ),
    mutant(
        "address-in-disguise",
        "webhooks/addresses.py",
        "        if any(ip in network for network in TRANSLATED):\n            return False\n",
        "",
        f"{NAMES}[64:ff9b::7f00:1]",
    ),
    mutant(
        "address-of-many",
        "webhooks/addresses.py",
        "return ip.is_global and not ip.is_multicast",
        "return ip.is_global",
        f"{NAMES}[ff0e::1]",
    ),
    mutant(
        "user-name-in-an-address",
        "webhooks/addresses.py",
        'or "@" in parts.netloc',
        "",
        f"{NONE}[https://user@shop.example/]",
    ),
    mutant(
        "webhook-over-http",
        "webhooks/addresses.py",
        'is_public = scheme == "https" and (port',
        "is_public = (port",
        f"{NONE}[http://shop.example/hooks]",
    ),
    mutant(
        "port-of-another-service",
        "webhooks/addresses.py",
        ' and (port == PORTS["https"] or port >= FIRST_FREE_PORT)',
        "",
        f"{NONE}[https://shop.example:22/]",
    ),
    mutant(
        "name-resolved-once-more",
        "webhooks/posting.py",
        "socket.create_connection((self.ip, self.port)",
        "socket.create_connection((self.target.host, self.port)",
        f"{ADDRESSES}::test_what_was_looked_at_is_connected_to_and_the_name_is_asked_for_once",
    ),
    mutant(
        "nobody-vouches-for-a-receiver",
        "webhooks/posting.py",
        "return ssl.create_default_context()",
        "return ssl._create_unverified_context()",
        f"{ADDRESSES}::test_over_tls_the_name_is_what_is_asked_for_and_proved",
    ),
    mutant(
        "endless-answer",
        "webhooks/posting.py",
        "response.read1(LONGEST_ANSWER - len(read))",
        "response.read1()",
        f"{DELIVERY}::test_an_endless_answer_is_cut_and_counts_by_its_status",
    ),
    # --- what is lost to nobody, and doubled for nobody ---
    mutant(
        "late-line-passed-over",
        "webhooks/services/progress.py",
        "upto = progress.safe_id if made_upto is None",
        "upto = progress.fence_id if made_upto is None",
        LATE,
    ),
    mutant(
        "number-safe-too-early",
        "groundwork/database/fences.py",
        "now.oldest >= row.fence_xid",
        "now.next >= row.fence_xid",
        f"{FEED}::test_numbers_are_safe_once_every_transaction_of_before_has_ended",
        LATE,
    ),
    mutant(
        "what-was-forgotten-comes-back",
        "webhooks/services/log.py",
        ", created_at__gte=clock.now() - KEPT)",
        ")",
        f"{FEED}::test_thirty_days_are_kept_and_what_is_forgotten_does_not_come_back",
    ),
    mutant(
        "cursor-ahead-of-the-log",
        "webhooks/selectors.py",
        "return position if position <= log.position else 0",
        "return position",
        f"{FEED}::test_a_cursor_that_is_ahead_of_the_log_begins_anew",
    ),
    mutant(
        "card-as-it-is-now",
        "loyalty/outputs/told.py",
        "then = card if card.newest_line == line.pk else _at(card, line)",
        "then = card",
        f"{DELIVERY}::test_a_day_at_the_shop_is_told_once_to_each_who_wants_it",
    ),
    mutant(
        "former-secret-for-ever",
        "webhooks/services/endpoints.py",
        " and now < endpoint.rotated_at + FORMER_SECRET_FOR",
        "",
        f"{DELIVERY}::test_for_a_day_both_secrets_sign",
    ),
    mutant(
        "webhook-secrets-as-they-are",
        "groundwork/sealing.py",
        "return self._keys().encrypt(text.encode()).decode()",
        "return text",
        f"{DELIVERY}::test_for_a_day_both_secrets_sign",
    ),
    # --- who keeps nobody else waiting ---
    mutant(
        "merchant-with-all-the-places",
        "webhooks/services/queue.py",
        "of_merchant[endpoint.merchant_id] >= OF_A_MERCHANT",
        "False",
        f"{DELIVERY}::test_a_receiver_that_says_nothing_keeps_nobody_elses_waiting",
    ),
    mutant(
        "two-at-once-to-an-endpoint",
        "webhooks/services/queue.py",
        "ready.filter(~Exists(on_its_way), next__isnull=False)",
        "ready.filter(next__isnull=False)",
        f"{DELIVERY}::test_an_endpoint_has_one_delivery_on_its_way_until_its_worker_is_lost",
    ),
    mutant(
        "endpoints-without-end",
        "webhooks/services/endpoints.py",
        ">= MOST:",
        ">= 10 * MOST:",
        f"{API}::test_a_merchant_has_twenty_endpoints_and_another_one_has_its_own",
    ),
    # --- who may, and who is forgotten ---
    mutant(
        "webhooks-for-everybody",
        "webhooks/api/base.py",
        "        if not merchant_ids:\n            raise OwnerRequired()\n",
        "",
        f"{API}::test_nobody_else_sees_or_changes_them",
    ),
    mutant(
        "erased-and-still-told",
        "webhooks/services/people.py",
        '        said["data"] = _blanked(said["data"])\n',
        "",
        "tests/webhooks/test_erasure.py::test_an_erased_person_is_in_no_event_and_no_answer",
    ),
    mutant(
        "erased-and-still-answered",
        "webhooks/services/people.py",
        'told.update(response_body="", ',
        "told.update(",
        "tests/webhooks/test_erasure.py::test_an_erased_person_is_in_no_event_and_no_answer",
    ),
]
