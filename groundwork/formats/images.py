"""Uploaded pictures: looked at, turned upright, made smaller and written anew. Pure, on bytes.

What is kept is never the file that was sent but a fresh one: no metadata, no hidden content, a known type.
"""

import io

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile, ImageOps

MAXIMUM_BYTES = 5_000_000
# Judged by what a header says, before anything is decoded: 4 bytes a pixel, up to four times over. A JPEG is decoded
# in about the size that is wanted. A photograph of 24 megapixels is one; a drawing of more than 12 is none.
MAXIMUM_PIXELS = {"JPEG": 25_000_000, "PNG": 12_000_000, "GIF": 12_000_000, "WEBP": 8_000_000}
SCANS_AT_MOST = 100  # of a JPEG, each over all of its pixels; ten are usual
SCAN = b"\xff\xda"
ORIENTATION = 0x0112
SIDEWAYS = (5, 6, 7, 8)
SMOOTH = ("RGB", "RGBA", "L", "LA", "CMYK", "YCbCr")  # what is made smaller as it is
LOGO_SIZE = (1_000, 1_000)
PICTURE_SIZE = (2_000, 1_200)
COLORS_OF_A_LOGO = 12
COLORFUL = 60  # between the strongest and the weakest of red, green and blue, of 255
PAGE_BYTES = 30_000  # of the 100 kB that a page may have
PAGE_QUALITIES = (78, 60, 40, 20, 5)


class ImageRefusedError(ValueError):
    """A file that is no picture of ours; `reason` is for the person who chose it."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(str(reason))


def encode_again(data: bytes, *, at_most: tuple[int, int]) -> tuple[bytes, str]:
    """Read a picture and write it anew, no larger than `at_most` (pixels, width and height).

    Returns the bytes and the ending of their type: "png" where something is see-through, else "jpg" or "png",
    whichever the picture came as. Raises ImageRefusedError.
    """
    if len(data) > MAXIMUM_BYTES:
        raise ImageRefusedError(_("This file is too large: 5 MB at most."))
    picture = read(data, at_most=at_most)
    buffer = io.BytesIO()
    if picture.mode == "RGBA" or picture.info.get("came_as") == "PNG":
        picture.save(buffer, "PNG", optimize=True)
        return buffer.getvalue(), "png"
    picture.save(buffer, "JPEG", quality=88, optimize=True, progressive=True)
    return buffer.getvalue(), "jpg"


def for_a_page(data: bytes, size: tuple[int, int]) -> bytes:
    """A picture cut to exactly `size` (pixels) from its middle, as a WebP that a bad phone loads in a blink.

    Raises ImageRefusedError.
    """
    picture = ImageOps.fit(read(data, at_most=PICTURE_SIZE), size, Image.Resampling.LANCZOS)
    for quality in PAGE_QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=4)
        if buffer.tell() <= PAGE_BYTES:
            break
    return buffer.getvalue()


def main_color(data: bytes) -> str | None:
    """The colour ("#rrggbb") that a picture is remembered by: the most frequent one that is neither grey nor pale.

    None if it has no such colour. Raises ImageRefusedError.
    """
    small = read(data, at_most=(64, 64)).convert("RGBA")
    seen = Image.new("RGBA", small.size, (255, 255, 255, 255))
    seen.alpha_composite(small)
    few = seen.convert("RGB").quantize(COLORS_OF_A_LOGO)
    palette = few.getpalette() or []
    counted: list[tuple[int, int]] = few.getcolors() or []  # type: ignore[assignment]
    for count, index in sorted(counted, reverse=True):
        red, green, blue = palette[3 * index : 3 * index + 3]
        if (
            count * 100 >= few.width * few.height
            and max(red, green, blue) - min(red, green, blue) >= COLORFUL
        ):
            return f"#{red:02x}{green:02x}{blue:02x}"
    return None


def read(data: bytes, *, at_most: tuple[int, int]) -> Image.Image:
    """The picture, upright, no larger than `at_most`, in RGB or RGBA and without anything beside its pixels.

    Raises ImageRefusedError.
    """
    try:
        with Image.open(io.BytesIO(data), formats=tuple(MAXIMUM_PIXELS)) as opened:
            _judge(opened, data)
            return _clean(opened, at_most)
    except ImageRefusedError:
        raise
    except (
        Exception
    ) as error:  # Pillow raises what its decoders raise: OSError, SyntaxError, struct.error, ...
        raise ImageRefusedError(_("This is no picture that can be read. Use PNG, JPEG or WebP.")) from error


def _judge(opened: ImageFile.ImageFile, data: bytes) -> None:
    """Refuse a picture that would cost more than it is worth; nothing of it is decoded yet."""
    kind = opened.format if opened.format in MAXIMUM_PIXELS else "JPEG"  # MPO: a JPEG with more behind it
    limit = MAXIMUM_PIXELS[kind]
    if opened.width * opened.height > limit:
        text = _("This picture has too many pixels: %(count)d million at most.")
        raise ImageRefusedError(text % {"count": limit // 1_000_000})
    if kind == "JPEG" and data.count(SCAN) > SCANS_AT_MOST:
        raise ValueError("A JPEG of very many scans.")


def _clean(opened: ImageFile.ImageFile, at_most: tuple[int, int]) -> Image.Image:
    opened.seek(0)
    came_as, mode = opened.format, "RGBA" if opened.has_transparency_data else "RGB"
    box = at_most[::-1] if opened.getexif().get(ORIENTATION) in SIDEWAYS else at_most
    picture: Image.Image = opened if opened.mode in SMOOTH else opened.convert(mode)
    picture.thumbnail(box, Image.Resampling.LANCZOS)
    upright = ImageOps.exif_transpose(picture)
    clean = Image.new(mode, upright.size)
    clean.paste(upright.convert(mode))
    clean.info = {"came_as": came_as}
    return clean
