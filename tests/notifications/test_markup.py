"""A text has a few marks, and becomes plain text and HTML without a hole."""

from notifications import markup
from notifications.markup import Block, Part

URL = "https://example.com/card/BC/"


def test_paragraphs_lists_and_a_button_are_told_apart():
    assert markup.parse(f"Hello,\nthere\n\n[Open]({URL})\n\nFor you:\n- **one**\n- see [two]({URL})\n") == [
        Block("paragraph", ((Part("plain", "Hello,"),), (Part("plain", "there"),))),
        Block("button", ((Part("link", "Open", URL),),)),
        Block("paragraph", ((Part("plain", "For you:"),),)),
        Block("list", ((Part("bold", "one"),), (Part("plain", "see "), Part("link", "two", URL)))),
    ]


def test_a_quoted_value_stays_what_it_is():
    for value in (r"**a** [b](http://c) \ - d *", "- list", "4539-1488-0343", "(x)", "\\*", "\\\\", "a\\"):
        assert markup.parse(markup.quote(value)) == [Block("paragraph", ((Part("plain", value),),))]


def test_a_quoted_address_works_as_a_link():
    address = "https://example.com/a(b)-c*d?x=[1]"
    assert markup.parse(f"[Open]({markup.quote(address)})") == [
        Block("button", ((Part("link", "Open", address),),))
    ]


def test_an_address_that_is_no_web_address_is_not_a_link():
    for address in (
        "javascript:alert",
        "data:text/html,x",
        "//example.com",
        "ftp://example.com",
        'https://a"onclick=b',
    ):
        (block,) = markup.parse(f"[Open]({address})")
        assert [part.kind for part in block.lines[0]] == ["plain"]


def test_the_plain_part_writes_addresses_out():
    text = f"**Hello** \\*\n\n[Open your card]({URL})\n\n- [Apple]({URL})\n- two"
    assert markup.plain_text(text) == f"Hello *\n\nOpen your card\n{URL}\n\n- Apple <{URL}>\n- two"
