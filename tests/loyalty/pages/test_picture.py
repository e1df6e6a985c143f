"""A program's picture and logo on the pages of customers: cut to their place, and light."""

import io
import random

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from PIL import Image

from groundwork.formats import images
from loyalty.pages.customer.brand import picture_url
from tests import factories

pytestmark = pytest.mark.django_db


def noise(size: tuple[int, int]) -> bytes:
    """The hardest there is to make small: every pixel another colour."""
    pixels = random.Random(7).randbytes(size[0] * size[1] * 3)
    buffer = io.BytesIO()
    Image.frombytes("RGB", size, pixels).resize((2000, 1200)).save(buffer, "JPEG")
    return buffer.getvalue()


@pytest.fixture
def shop(tmp_path, settings) -> factories.Shop:
    settings.MEDIA_ROOT = tmp_path
    shop = factories.shop()
    shop.program.hero_image.save("hero.jpg", ContentFile(noise((200, 120))))
    shop.program.logo.save("logo.jpg", ContentFile(noise((30, 30))))
    return shop


def test_the_picture_crosses_the_card_in_a_size_for_phones(shop, client):
    page = client.get(reverse("join", args=[shop.store.store_code])).content.decode()
    address = picture_url(shop.program.hero_image, "band")
    assert f'src="{address}"' in page
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")
    assert "immutable" in response["Cache-Control"]
    assert len(response.content) <= images.PAGE_BYTES
    assert Image.open(io.BytesIO(response.content)).size == (720, 240)


def test_it_is_on_the_customers_card_too(shop, client):
    card = factories.card(shop.store)
    page = client.get(reverse("card", args=[card.access_token])).content.decode()
    assert page.count(picture_url(shop.program.hero_image, "band")) == 1


def test_the_logo_is_small_as_well(shop, client):
    response = client.get(picture_url(shop.program.logo, "mark"))
    assert Image.open(io.BytesIO(response.content)).size == (120, 120)


def test_a_program_without_a_picture_has_no_hole_in_its_card(client):
    shop = factories.shop()
    assert picture_url(shop.program.hero_image, "band") == ""
    page = client.get(reverse("join", args=[shop.store.store_code])).content.decode()
    assert "pass-picture" not in page


@pytest.mark.parametrize("address", ["band/other.jpg", "poster/hero.jpg", "band/..%2Fhero.jpg", "band/hero"])
def test_what_is_no_picture_of_a_program_is_not_found(shop, client, address):
    assert client.get(f"/brand/{address}.webp").status_code == 404
