"""Limits: what is done exactly once; what may be asked how often; how much is taken in."""

from tests.mutants.mutant import mutant

RATES = "tests/groundwork/test_rate_limits.py"
API_RATES = "tests/loyalty/api/test_rate_limits.py"
IDEMPOTENCY = "tests/groundwork/test_idempotency.py"
KEPT = "tests/groundwork/test_kept_answers.py"
PEOPLE_AT_ONCE = "tests/concurrency/test_people_at_once.py"
IMAGES = "tests/groundwork/test_images.py"

MUTANTS = [
    # --- exactly once ---
    mutant(
        "key-for-any-request",
        "groundwork/idempotency/once.py",
        "if kept.fingerprint != claim.fingerprint:",
        "if False:",
        f"{IDEMPOTENCY}::test_another_request_under_the_same_key_is_a_mistake",
    ),
    mutant(
        "key-that-is-not-kept",
        "groundwork/idempotency/once.py",
        "                    _keep(claim, answer)\n",
        "",
        f"{IDEMPOTENCY}::test_the_first_answer_comes_again_to_the_letter_and_the_stamp_only_once",
    ),
    mutant(
        "twin-that-is-refused",
        "groundwork/idempotency/once.py",
        "except (DomainError, IntegrityError):",
        "except IntegrityError:",
        f"{PEOPLE_AT_ONCE}::test_a_call_that_arrives_a_hundred_times_at_once_is_carried_out_once",
    ),
    mutant(
        "specimen-that-is-out-of-date",
        "groundwork/idempotency/packing.py",
        "zdict=_specimens()[bytes(packed[CHECKSUM])]",
        "zdict=list(_specimens().values())[-1]",
        f"{KEPT}::test_an_answer_is_read_by_the_specimen_that_it_was_packed_with",
    ),
    mutant(
        "answer-that-names-who-was-erased",
        "groundwork/idempotency/once.py",
        "        return part in texts\n",
        "        return False\n",
        f"{KEPT}::test_whoever_is_forgotten_is_in_no_kept_answer",
    ),
    mutant(
        "answer-with-the-card-of-who-was-erased",
        "groundwork/idempotency/once.py",
        "any(_at(part, path) in numbers for path, numbers in ids.items())",
        "False",
        f"{KEPT}::test_whoever_is_forgotten_is_in_no_kept_answer",
    ),
    mutant(
        "api-key-that-repeats-nothing",
        "loyalty/api/base.py",
        "if key is None and self.actor.api_key is not None:",
        "if False:",
        "tests/loyalty/api/test_api_keys.py::test_a_key_must_make_its_calls_repeatable",
    ),
    # --- how often, how much ---
    mutant(
        "one-call-too-many",
        "groundwork/web/rate_limits.py",
        "is_over=calls > limit)",
        "is_over=calls > limit + 1)",
        f"{RATES}::test_the_fourth_call_within_a_minute_is_told_how_long_to_wait",
    ),
    mutant(
        "clients-counted-together",
        "groundwork/web/rate_limits.py",
        'f"rate:{name}:{client}"',
        'f"rate:{name}"',
        f"{RATES}::test_each_client_and_each_limit_is_counted_apart",
    ),
    mutant(
        "address-that-anyone-can-send",
        "groundwork/web/client.py",
        "hops[-count]",
        "hops[0]",
        f"{RATES}::test_an_address_that_anyone_can_send_is_not_believed",
    ),
    mutant(
        "pins-guessed-without-limit",
        "loyalty/api/till/stores.py",
        'self.limit("pin_unlock"',
        '(lambda *given: None)("pin_unlock"',
        f"{API_RATES}::test_pins_can_be_guessed_only_so_often",
    ),
    mutant(
        "card-pages-without-limit",
        "loyalty/pages/access.py",
        '        rate_limits.check("card_page", client.network(request))\n',
        "",
        "tests/loyalty/pages/test_card_page.py::test_the_61st_look_within_a_minute_is_too_many",
    ),
    mutant(
        "picture-of-any-size",
        "groundwork/formats/images.py",
        "    if len(data) > MAXIMUM_BYTES:",
        "    if False:",
        f"{IMAGES}::test_a_file_that_is_too_large_is_refused",
    ),
    mutant(
        "picture-of-any-number-of-pixels",
        "groundwork/formats/images.py",
        "    if opened.width * opened.height > limit:",
        "    if False:",
        f"{IMAGES}::test_a_bomb_of_pixels_is_refused_unread",
    ),
]
