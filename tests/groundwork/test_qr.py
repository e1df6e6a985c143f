"""The code that every till's scanner reads."""

import pytest

from groundwork.formats import qr
from loyalty import tokens


def test_a_cards_letters_make_a_small_code_in_alphanumeric_mode():
    code = qr.code(tokens.letters())

    assert code.mode == "alphanumeric"
    assert code.designator == "2-M"


def test_an_svg_for_a_page_is_dark_on_white_with_a_quiet_zone_and_without_styles():
    drawing = qr.svg(tokens.letters(), title='Card <4> "5"')

    assert 'viewBox="0 0 33 33"' in drawing  # 25 modules and 4 on each side
    assert "style" not in drawing
    assert "<title>Card &lt;4&gt;" in drawing
    assert 'fill="#fff"' in drawing


@pytest.mark.parametrize(("kind", "beginning"), [(qr.png, b"\x89PNG"), (qr.svg_file, b"<?xml")])
def test_files_to_download(kind, beginning):
    assert kind("https://example.com/join/here/").startswith(beginning)
