"""What stands in the addresses of pages besides Django's own kinds of path."""

import re

_BRAND = re.compile("[0-9a-f]{6}(?:-[0-9a-f]{6})?")
_PICTURE = re.compile(r"[A-Za-z0-9_-]{1,90}\.[a-z]{3,4}")


class BrandColors:
    """One or two colours: `c2553a` or `c2553a-f2d43d`. Reverses also from what a program stores, `#C2553A`."""

    regex = _BRAND.pattern

    def to_python(self, value: str) -> tuple[str, str]:
        brand, _dash, secondary = value.partition("-")
        return brand, secondary

    def to_url(self, value: str | tuple[str, ...]) -> str:
        colors = [value] if isinstance(value, str) else value
        key = "-".join(color.removeprefix("#").lower() for color in colors if color)
        if not _BRAND.fullmatch(key):
            raise ValueError(f"No colours: {value!r}")
        return key


class PictureName:
    """The name of an uploaded picture, without its folder."""

    regex = _PICTURE.pattern

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        if not _PICTURE.fullmatch(value):
            raise ValueError(f"No picture: {value!r}")
        return value


class AccessToken:
    """The random letters behind which a customer's page lives."""

    regex = "[A-Za-z0-9_-]{20,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
