"""Merchants write their texts in Liquid; whatever they write, the house stays standing."""

from contextlib import suppress
from time import monotonic

import pytest

from notifications import codes, sandbox
from notifications.errors import TextRefused

VALUES = {
    "customer_name": "Anouk Weber",
    "points_balance": 240,
    "card_url": "https://example.com/card/BC/",
    "apple_url": None,
}


def refused(source: str, values: dict | None = None) -> TextRefused:
    with pytest.raises(TextRefused) as caught:
        sandbox.render_body(source, VALUES if values is None else values)
    return caught.value


def refused_when_saved(source: str) -> TextRefused:
    with pytest.raises(TextRefused) as caught:
        sandbox.check(source, VALUES.keys())
    return caught.value


def test_a_text_is_filled_with_the_values_it_was_given():
    assert sandbox.render_body(
        "Hello {{ customer_name | first_name }}, {{ points_balance }} points.", VALUES
    ) == ("Hello Anouk, 240 points.")


def test_a_missing_value_is_false_and_prints_nothing():
    assert (
        sandbox.render_body("[{{ apple_url }}]{% if apple_url %}Apple{% else %}none{% endif %}", VALUES)
        == "[]none"
    )


@pytest.mark.parametrize(("number", "word"), [(0, "points"), (1, "point"), (2, "points")])
def test_one_point_is_a_point_and_others_are_points(number, word):
    source = '{{ points_balance | pluralize: "point", "points" }}'
    assert sandbox.render_body(source, {"points_balance": number}) == word


def test_a_merchant_can_draw_the_stamps_with_a_loop():
    assert (
        sandbox.render_body("{% for i in (1..points_balance) %}●{% endfor %}", {"points_balance": 7})
        == "●●●●●●●"
    )


def test_a_value_in_a_body_cannot_bring_its_own_marks():
    assert sandbox.render_body("Hello {{ customer_name }}", {"customer_name": "[**you**](http://x)\nhi"}) == (
        r"Hello \[\*\*you\*\*\]\(http://x\) hi"
    )


def test_a_subject_is_one_line_of_plain_words():
    values = {"customer_name": "Anouk\r\nBcc: everybody@example.com"}
    assert (
        sandbox.render_subject("Hello\n {{ customer_name }}", values)
        == "Hello Anouk Bcc: everybody@example.com"
    )


# --- Refused when it is saved, with the line ----------------------------------------------------------------


def test_an_unknown_variable_is_refused_with_its_line():
    error = refused_when_saved("Hello {{ customer_name }},\n\nyou have {{ ponits_balance }} points.")
    assert (error.line, str(error)) == (3, "The variable “ponits_balance” is not known here.")


def test_an_unknown_variable_in_a_branch_that_is_never_taken_is_refused_too():
    assert refused_when_saved("{% if false %}\n{{ secret }}\n{% endif %}").line == 2


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("Hello {{ customer_name", 1),
        ("Hello\n{% if customer_name %}there", 2),
        ("a\nb\n{% endif %}", 3),
        ("a\n{{ customer_name | shout }}", 2),
        ("a\n{% for x %}{% endfor %}", 2),
        ("{{ customer_name | }}", 1),
    ],
)
def test_broken_syntax_is_refused_with_its_line(source, line):
    assert refused_when_saved(source).line == line


@pytest.mark.parametrize(
    "tag",
    [
        "include 'x'",
        "render 'x'",
        "capture x",
        "liquid",
        "echo customer_name",
        "tablerow x in y",
        "layout 'x'",
    ],
)
def test_tags_that_reach_out_of_the_text_do_not_exist(tag):
    assert refused_when_saved(f"one\n{{% {tag} %}}").line == 2


@pytest.mark.parametrize(
    "path",
    ["__class__", "__init__.__globals__", "upper", "__len__", "format", "first", "0", "['__class__']"],
)
def test_a_value_has_no_attributes(path):
    dotted = f"customer_name{path}" if path.startswith("[") else f"customer_name.{path}"
    assert refused_when_saved(f"{{{{ {dotted} }}}}").line == 1
    refused(f"{{{{ {dotted} }}}}")


@pytest.mark.parametrize("name", ["now", "today", "settings", "request", "self", "forloop"])
def test_nothing_is_there_but_the_variables_that_were_given(name):
    assert refused_when_saved(f"{{{{ {name} }}}}").line == 1


def test_the_length_of_a_value_may_be_asked():
    sandbox.check(
        "{{ customer_name.size }}{% assign words = customer_name | split: ' ' %}{{ words.first }}",
        VALUES.keys(),
    )


def test_a_text_that_is_too_long_is_refused():
    assert str(refused("x" * 10_001)) == "This text is too long: at most 10000 characters."


# --- Never too much -----------------------------------------------------------------------------------------

LARGE = [
    "{% for i in (1..1000000000000) %}x{% endfor %}",
    "{% for i in (1..100000000) reversed %}x{% endfor %}",
    "{% for i in (1..300) %}{% for j in (1..300) %}{% endfor %}{% endfor %}",
    "{% for i in (1..300) %}{% endfor %}" * 2,
    "{% for i in (1..100000000) limit: 1 %}x{% endfor %}",
    "{% assign r = (1..100000000) %}{{ r | join }}",
    "{% if (1..1000000000000000) contains 'x' %}{% endif %}",
    "{% case (1..9) %}{% when (1..1000000000000000) %}{% endcase %}",
    "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}",
    "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..60) %}{% assign a = a | replace: 'x', a %}{% endfor %}{{ a }}",
    "{% assign a = 9 %}{% for i in (1..60) %}{% assign a = a | times: a %}{% endfor %}{{ a }}",
    "{% for i in (1..300) %}" + "0123456789" * 40 + "{% endfor %}",
    "{{ '1e999999999' | times: 1 }}",
    "{{ '99999999999999999999999999' | plus: 1 }}",
    "{% if a %}" * 400 + "{% endif %}" * 400,
    "{% if 1" + " and 1" * 1600 + " %}{% endif %}",
    "{{ customer_name" + " | append: customer_name" * 400 + " }}",
]


@pytest.mark.parametrize("source", LARGE, ids=range(len(LARGE)))
def test_a_text_that_does_too_much_is_refused_at_once(source):
    began = monotonic()
    refused(source)
    assert monotonic() - began < 10  # not a speed: the machine is still there


NASTY = [
    "{{" * 5000,
    "{%" * 5000,
    "{% raw %}" * 1100,
    "{% comment %}" * 760,
    "{{ '" * 2500,
    "[" * 10_000,
    "((((" * 2500,
    "{{a|" * 2500,
]


@pytest.mark.parametrize("source", NASTY, ids=range(len(NASTY)))
def test_reading_a_nasty_text_ends_too(source):
    with suppress(TextRefused):
        sandbox.check(source, VALUES.keys())


def test_a_text_runs_out_of_time(monkeypatch):
    monkeypatch.setattr(sandbox, "MAXIMUM_SECONDS", -1.0)
    assert (
        str(refused("{{ customer_name }}"))
        == "This text does too much: too many repetitions, or too much output."
    )


@pytest.mark.parametrize(
    "source",
    ["{{ 5 | divided_by: 0 }}", "{{ customer_name | truncate: customer_name }}", "{{ 5 | slice: 'x' }}"],
)
def test_a_filter_that_does_not_fit_is_a_refusal_and_not_an_accident(source):
    assert refused(source).line == 1


def test_each_email_has_its_variables_and_an_example_for_each():
    assert list(codes.variables("loyalty_points_expiring"))[-3:] == [
        "expiring_points",
        "days_remaining",
        "expiration_date",
    ]
    for code in codes.Code.values:
        assert list(codes.example(code)) == list(codes.variables(code))
    assert codes.example("loyalty_card_link", sparse=True)["apple_url"] is None
