"""The brand on a pass: uploads are shown as they are, logos can be told from their ground, stamps from each other."""

import io
from collections import Counter

import pytest
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from groundwork.formats.colors import Color, contrast
from loyalty.models import LoyaltyProgram
from tests import factories
from tests.wallet import workers
from tests.wallet.conftest import carried, deliver
from tests.wallet.fake_google import FakeGoogle
from wallet import drawing, logos, previews
from wallet.colors import palette
from wallet.facts import Look
from wallet.stamps import spots

STRIP = (375, 144)
DARK = "#1f2a24"


@pytest.fixture
def uploads(settings, tmp_path):
    """Keeps a picture under a name, as the console does, and returns a look that shows it."""
    settings.MEDIA_ROOT = str(tmp_path)

    def kept(picture: Image.Image, field: str = "logo") -> Look:
        name = f"upload-{len(list(tmp_path.iterdir()))}.png"
        picture.save(tmp_path / name)
        return Look(DARK, "#f2d43d", "M", **{field: name}, version=str(tmp_path))

    return kept


def mark(size: tuple[int, int], color: str) -> Image.Image:
    """A logo on nothing, with some of nothing around it."""
    picture = Image.new("RGBA", size)
    box = (size[0] // 10, size[1] // 10, size[0] * 9 // 10, size[1] * 9 // 10)
    ImageDraw.Draw(picture).rectangle(box, fill=color)
    return picture


def test_an_uploaded_picture_is_shown_as_it_is_with_stamps_that_read_on_it(uploads) -> None:
    look = uploads(Image.new("RGB", (1000, 400), "#e07020"), "picture")
    strip = drawing.strip(look, filled=2, target=10, size=STRIP)
    seen = [strip.getpixel((x, y)) for x in range(0, 375, 3) for y in range(0, 144, 3)]
    assert seen.count((224, 112, 32)) > len(seen) * 0.3
    empty = spots(10, STRIP)[7]
    place = Color(*strip.getpixel((round(empty.x - empty.radius * 0.75), round(empty.y))))
    full = spots(10, STRIP)[0]
    stamp = Color(*strip.getpixel((round(full.x - full.radius * 0.75), round(full.y))))
    assert contrast(place, stamp) >= 3
    text = drawing.strip(look, filled=0, target=0, size=STRIP, with_text=True)
    assert contrast(Color(*text.getpixel((10, 72))), palette(look.color).text) >= 4.5
    assert text.getpixel((370, 72)) == (224, 112, 32)


def test_a_wide_logo_fills_its_box_and_leaves_the_square_to_the_initial(uploads) -> None:
    wide = uploads(mark((900, 150), "#f4efe6"))
    assert logos.is_wide(wide)
    assert logos.logo(wide, (160, 50)).width == 160
    plain = Look(DARK, "#f2d43d", "M")
    assert logos.square_logo(wide, 87).tobytes() == logos.square_logo(plain, 87).tobytes()
    square = uploads(mark((300, 310), "#f4efe6"))
    assert not logos.is_wide(square)
    assert logos.square_logo(square, 87).tobytes() != logos.square_logo(plain, 87).tobytes()


def test_a_dark_logo_on_dark_ground_gets_a_plate_and_a_light_one_none(uploads) -> None:
    lost = uploads(mark((300, 300), "#101512"))
    assert logos.is_lost(lost)
    on_plate = logos.logo(lost, (160, 50))
    assert contrast(Color(*on_plate.getpixel((on_plate.width // 2, 1))[:3]), Color.parse("#101512")) >= 4.5
    light = uploads(mark((300, 300), "#f4efe6"))
    assert not logos.is_lost(light)
    assert logos.logo(light, (160, 50)).size == (50, 50)


def test_stamps_are_legible_and_fill_the_strip_with_any_target() -> None:
    for target in range(1, 51):
        placed = spots(target, STRIP)
        assert len(placed) == target
        assert min(spot.radius for spot in placed) >= 10  # points
        for spot in placed:
            assert spot.radius <= spot.x <= STRIP[0] - spot.radius
            assert spot.radius <= spot.y <= STRIP[1] - spot.radius
        left, right = min(spot.x for spot in placed), max(spot.x for spot in placed)
        assert abs(left + right - STRIP[0]) < 1
        assert target < 3 or right - left > STRIP[0] * 0.5


def test_many_stamps_are_counted_by_full_rows_in_both_wallets() -> None:
    for size in (STRIP, (1032, 336)):
        rows = Counter(round(spot.y) for spot in spots(50, size))
        assert list(rows.values()) == [10] * 5


def test_an_empty_card_shows_in_the_stamps_colour_what_is_looked_forward_to_and_nothing_else() -> None:
    """The place of the reward."""
    look, target = Look(DARK, "#f2d43d", "M"), 10
    stamp = tuple(palette(DARK, "#f2d43d").stamp)
    strip = drawing.strip(look, filled=0, target=target, size=STRIP)
    goal = spots(target, STRIP)[-1]
    found = [(x, y) for x in range(STRIP[0]) for y in range(STRIP[1]) if strip.getpixel((x, y)) == stamp]
    assert found
    assert all(abs(x - goal.x) <= goal.radius + 1 and abs(y - goal.y) <= goal.radius + 1 for x, y in found)


def test_a_wide_logo_goes_to_google_apart_and_is_taken_back_and_the_console_warns(
    google: FakeGoogle, shop: factories.Shop, settings, tmp_path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path)

    def upload(picture: Image.Image) -> LoyaltyProgram:
        buffer = io.BytesIO()
        picture.save(buffer, "PNG")
        program = LoyaltyProgram.objects.get(pk=shop.program.pk)
        program.card_color = DARK
        program.logo.save("logo.png", ContentFile(buffer.getvalue()))
        return program

    with factories.inside(shop):
        program = upload(mark((900, 150), "#f4efe6"))
        drawn = {
            each["platform"]: each["html"] for each in previews.program_previews(program, "en", rewards=[])
        }
    assert '<span class="pass-title"></span>' in drawn["apple"]  # the logo says whose it is, once
    assert 'class="pass-wide"' in drawn["google"]
    carried(factories.card(shop.store))
    deliver()
    (made,) = google.classes.values()
    assert made["wideProgramLogo"]["sourceUri"]["uri"].endswith("/wide-logo.png")
    assert made["programLogo"]["sourceUri"]["uri"].endswith("/logo.png")
    with factories.inside(shop):
        program = upload(mark((300, 300), "#101512"))
        warned = previews.program_previews(program, "en", rewards=[])[0]["html"]
    assert "can hardly be told from the card" in warned
    workers.sweep_passes()
    deliver()
    (made,) = google.classes.values()
    assert "wideProgramLogo" not in made
