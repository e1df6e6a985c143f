"""Uploaded pictures: looked at, turned upright, made smaller and written anew. Pure, on bytes.

What is kept is never the file that was sent but a fresh one: no metadata, no hidden content, a known type.
"""

import io

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MAXIMUM_BYTES = 5_000_000
MAXIMUM_PIXELS = 40_000_000
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
LOGO_SIZE = (1_000, 1_000)
PICTURE_SIZE = (2_000, 1_200)
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
    picture = _read(data)
    picture.thumbnail(at_most, Image.Resampling.LANCZOS)
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
    picture = ImageOps.fit(_read(data), size, Image.Resampling.LANCZOS)
    for quality in PAGE_QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "WEBP", quality=quality, method=4)
        if buffer.tell() <= PAGE_BYTES:
            break
    return buffer.getvalue()


def _read(data: bytes) -> Image.Image:
    """The picture, upright, in RGB or RGBA and without anything beside its pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            if opened.width * opened.height > MAXIMUM_PIXELS:
                raise ImageRefusedError(_("This picture has too many pixels: 40 million at most."))
            opened.seek(0)
            upright = ImageOps.exif_transpose(opened)
            mode = "RGBA" if upright.has_transparency_data else "RGB"
            clean = Image.new(mode, upright.size)
            clean.paste(upright.convert(mode))
            clean.info = {"came_as": opened.format}
    except ImageRefusedError:
        raise
    except (
        Exception
    ) as error:  # Pillow raises what its decoders raise: OSError, SyntaxError, struct.error, ...
        raise ImageRefusedError(_("This is no picture that can be read. Use PNG, JPEG or WebP.")) from error
    return clean
