"""A merchant's colours and mark, as files that every cache keeps."""

import io

import pytest
from django.urls import NoReverseMatch, reverse
from PIL import Image

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
