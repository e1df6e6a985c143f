"""A merchant's colours and mark, as files that every cache keeps."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.urls import NoReverseMatch, reverse
from PIL import Image

from groundwork.formats import letters
from groundwork.formats.colors import INK
from loyalty import colors
from loyalty.pages.customer.brand import draw_icon
from tenancy.models import Merchant

pytestmark = pytest.mark.django_db


def test_the_stylesheet_is_kept_for_ever(client):
    response = client.get("/brand/c2553a.css")

    assert response.status_code == 200
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    assert "Vary" not in response
    assert response.content.decode() == colors.stylesheet("c2553a")


def test_the_second_colour_stands_in_the_address(client):
    assert "--stamp:#f2d43d" in client.get("/brand/1b2440-f2d43d.css").content.decode()


@pytest.mark.parametrize("wrong", ["red", "c2553", "C2553A", "c2553a-", "c2553a;x"])
def test_what_is_no_colour_is_not_found(client, wrong):
    assert client.get(f"/brand/{wrong}.css").status_code == 404


def test_the_address_takes_colours_as_a_program_stores_them():
    assert reverse("brand-css", args=["#C2553A"]) == "/brand/c2553a.css"
    assert reverse("brand-css", args=[("#C2553A", "#f2d43d")]) == "/brand/c2553a-f2d43d.css"
    with pytest.raises(NoReverseMatch):
        reverse("brand-css", args=["red"])


def test_an_icon_is_a_letter_that_can_be_read_on_the_colour(client):
    response = client.get("/brand/f2d43d/M-192.png")

    picture = Image.open(io.BytesIO(response.content)).convert("RGB")
    assert response["Content-Type"] == "image/png"
    assert picture.size == (192, 192)
    assert picture.getpixel((2, 2)) == (242, 212, 61)
    assert tuple(INK) in {color for _count, color in picture.getcolors(1 << 16)}


@pytest.mark.parametrize("path", ["M-17.png", "MM-192.png", "-192.png"])
def test_other_icons_are_not_found(client, path):
    assert client.get(f"/brand/f2d43d/{path}").status_code == 404


@pytest.mark.parametrize(
    ("name", "letter"), [("Café", "C"), ("élan", "É"), ("'t Huis", "T"), ("", "·"), ("ß", "S")]
)
def test_the_mark_is_the_first_letter_of_the_name(name, letter):
    assert Merchant(name=name).initial == letter
    assert draw_icon("1f5c4a", letter, 180).startswith(b"\x89PNG")


def test_an_icon_is_drawn_once_for_all_who_ask_at_once(monkeypatch):
    drawings, waits = [], threading.Barrier(4)
    draw = letters.draw

    def drawing(*where, size, color):
        drawings.append(size)
        return draw(*where, size=size, color=color)

    def ask(_number):
        waits.wait()
        return draw_icon("0b1c2d", "Q", 512)

    monkeypatch.setattr(letters, "draw", drawing)
    with ThreadPoolExecutor(4) as crowd:
        seen = set(crowd.map(ask, range(4)))
    assert (len(seen), drawings) == (1, [256])


def test_one_address_has_only_so_many_icons_drawn_a_minute(client, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"brand_picture": "2/m"}
    answers = [client.get(f"/brand/f2d43d/{letter}-180.png") for letter in "ABC"]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert client.get("/brand/f2d43d/A-180.png", REMOTE_ADDR="192.0.2.7").status_code == 200
