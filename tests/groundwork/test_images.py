"""Uploaded pictures: what is kept is never the file that was sent."""

import io

import pytest
from PIL import Image

from groundwork.formats.images import MAXIMUM_BYTES, ImageRefusedError, encode_again

AT_MOST = (100, 100)


def written(picture: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def read(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_a_large_picture_is_made_to_fit_and_keeps_its_shape() -> None:
    data, ending = encode_again(written(Image.new("RGB", (400, 200), "red"), "JPEG"), at_most=AT_MOST)
    assert (read(data).size, read(data).format, ending) == ((100, 50), "JPEG", "jpg")


def test_a_small_picture_keeps_its_size() -> None:
    data, _ = encode_again(written(Image.new("RGB", (30, 20), "red"), "PNG"), at_most=AT_MOST)
    assert read(data).size == (30, 20)


def test_what_is_see_through_stays_so() -> None:
    data, ending = encode_again(written(Image.new("RGBA", (10, 10), (255, 0, 0, 0)), "WEBP"), at_most=AT_MOST)
    assert ending == "png"
    assert read(data).convert("RGBA").getpixel((5, 5))[3] == 0


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010E] = "taken at home"
    data, _ = encode_again(written(Image.new("RGB", (40, 20), "blue"), "JPEG", exif=exif), at_most=AT_MOST)
    assert read(data).size == (20, 40)
    assert dict(read(data).getexif()) == {}
    assert b"taken at home" not in data


def test_what_hides_behind_a_picture_is_gone() -> None:
    sent = written(Image.new("RGB", (10, 10)), "PNG") + b"<script>alert(1)</script>"
    data, _ = encode_again(sent, at_most=AT_MOST)
    assert b"<script>" not in data


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        written(Image.new("RGB", (10, 10)), "PNG")[:45],
        written(Image.new("RGB", (10, 10)), "TIFF"),
    ],
)
def test_what_is_no_picture_is_refused(sent: bytes) -> None:
    with pytest.raises(ImageRefusedError, match="no picture"):
        encode_again(sent, at_most=AT_MOST)


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(ImageRefusedError, match="5 MB"):
        encode_again(b"\0" * (MAXIMUM_BYTES + 1), at_most=AT_MOST)


def test_a_bomb_of_pixels_is_refused_unread() -> None:
    bomb = written(Image.new("1", (20_000, 20_000)), "PNG")
    assert len(bomb) < MAXIMUM_BYTES
    with pytest.raises(ImageRefusedError):
        encode_again(bomb, at_most=AT_MOST)
