"""What the pages themselves take care of, in a browser: the till's, the console's, the customers'."""

from tests.mutants.mutant import mutant

CLOCK = "tests/browser/test_terminal_clock.py"
HANDS = "tests/browser/test_terminal_hands.py"
BETWEEN = "tests/browser/test_terminal_in_between.py"

MUTANTS = [
    mutant(
        "till-by-its-own-clock",
        "static/terminal/api.js",
        '    hear(response.headers.get("Date"));\n',
        "",
        f"{CLOCK}::test_what_is_noted_without_a_network_is_booked_at_its_moment[chromium-10]",
    ),
    mutant(
        "clock-forgotten-by-a-reload",
        "static/terminal/session.js",
        "    rememberAhead(saved?.ahead);\n",
        "",
        f"{CLOCK}::test_whoever_is_at_the_till_stays_there_when_it_is_loaded_anew[chromium-1500]",
    ),
    mutant(
        "anybodys-answer-is-the-servers",
        "static/terminal/delivery.js",
        '  if (!posting?.card) throw new NoAnswer("no card");\n',
        "",
        f"{BETWEEN}::test_an_answer_of_somebody_in_between_is_none_and_the_stamp_waits_for_the_servers[chromium-200-null]",
    ),
    mutant(
        "keys-go-through-a-result",
        "static/terminal/keypad.js",
        "!isOn() || isCovered() || ",
        "!isOn() || ",
        "tests/browser/test_terminal_purchases.py::test_what_a_result_covers_is_not_booked_once_more_by_the_keyboard[chromium]",
    ),
    mutant(
        "a-tap-too-many-counts",
        "static/terminal/sheet.js",
        '  dialog.style.pointerEvents = "none";\n',
        "",
        f"{HANDS}::test_a_tap_too_many_on_the_last_stamp_redeems_nothing[chromium]",
    ),
    mutant(
        "two-clicks-send-twice",
        "static/console/console.js",
        "  if (sent.has(form)) return event.preventDefault();\n",
        "",
        "tests/browser/test_console.py::test_a_second_click_on_save_adds_nothing_more[chromium]",
    ),
    mutant(
        "form-lost-without-a-network",
        "static/pages/join.js",
        "    if (holdsBack(form)) return event.preventDefault();\n",
        "",
        "tests/browser/test_customer_forms.py::"
        "test_what_is_sent_without_a_network_stays_where_it_was_typed_until_there_is_one[chromium-join]",
    ),
]
