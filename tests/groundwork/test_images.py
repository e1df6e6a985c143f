"""Uploaded pictures: what is kept is never the file that was sent."""

import io
import struct
import subprocess
import sys
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from PIL import Image, ImageFile

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


@pytest.fixture
def nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(picture: ImageFile.ImageFile) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)


def bomb(kind: str, mode: str, side: int, **options: object) -> bytes:
    """A picture of very many pixels in few bytes."""
    sent = written(Image.new(mode, (side, side)), kind, **options)
    assert len(sent) < MAXIMUM_BYTES
    return sent


BOMBS = {
    "a drawing": bomb("PNG", "RGB", 6_300),
    "one bit each": bomb("PNG", "1", 9_000),
    "a palette": bomb("PNG", "P", 4_000),
    "sixteen bits": bomb("PNG", "I;16", 4_000),
    "a photograph": bomb("JPEG", "L", 5_200),
    "a GIF": bomb("GIF", "P", 4_000),
    "a WebP": bomb("WEBP", "RGB", 3_000),
    "animated": bomb(
        "PNG",
        "P",
        3_600,
        save_all=True,
        append_images=[Image.new("P", (3_600, 3_600), 1)],
        default_image=True,
    ),
}


@pytest.mark.usefixtures("nothing_is_decoded")
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_of_pixels_is_refused_unread(name: str) -> None:
    with pytest.raises(ImageRefusedError, match="too many pixels"):
        encode_again(BOMBS[name], at_most=AT_MOST)


def test_a_photograph_of_24_megapixels_is_none() -> None:
    sent = written(Image.new("L", (5_712, 4_284)), "JPEG")
    assert read(encode_again(sent, at_most=AT_MOST)[0]).size == (100, 75)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize(
    ("kind", "head"), [(b"zTXt", b"a\0\0"), (b"iTXt", b"a\0\1\0\0\0"), (b"iCCP", b"a\0\0")]
)
def test_what_is_packed_beside_the_pixels_is_not_unpacked_to_more_than_a_megabyte(
    kind: bytes, head: bytes
) -> None:
    sent = written(Image.new("RGB", (10, 10)), "PNG")
    packed = chunk(kind, head + zlib.compress(b"a" * 50_000_000))
    tracemalloc.start()
    try:
        with suppress(ImageRefusedError):
            encode_again(sent[:33] + packed + sent[33:], at_most=AT_MOST)
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()


def test_a_photograph_of_a_thousand_scans_is_refused() -> None:
    """Each goes over all pixels: a second of work for ten bytes."""
    sent = written(Image.new("RGB", (400, 300), "red"), "JPEG", progressive=True)
    last, end = sent.rindex(b"\xff\xda"), sent.rindex(b"\xff\xd9")
    with pytest.raises(ImageRefusedError, match="no picture"):
        encode_again(sent[:end] + sent[last:end] * 1_000 + sent[end:], at_most=AT_MOST)
    assert encode_again(sent, at_most=AT_MOST)[1] == "jpg"


@pytest.mark.parametrize(
    ("kind", "mode", "size"),
    [("PNG", "RGBA", (4_000, 3_000)), ("JPEG", "RGB", (5_700, 4_300)), ("WEBP", "RGBA", (2_900, 2_700))],
)
def test_the_largest_pictures_take_so_much_memory_and_no_more(
    kind: str, mode: str, size: tuple[int, int]
) -> None:
    sent = written(Image.new(mode, size), kind, **({"progressive": True} if kind == "JPEG" else {}))
    done = subprocess.run([sys.executable, "-c", MEASURE], input=sent, capture_output=True, check=True)
    assert int(done.stdout) < 250_000  # KiB


MEASURE = """
import resource, sys
from groundwork.formats import images
taken = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = taken()
images.encode_again(sys.stdin.buffer.read(), at_most=images.PICTURE_SIZE)
print(taken() - before)
"""
