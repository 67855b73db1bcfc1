"""Pictures that people send: drawn anew, so that nothing but the picture itself is kept of the file."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.errors import DomainError
from app.files.rules import JPEG, PNG

MOST_PIXELS = 40_000_000
UNREADABLE = "This picture cannot be read."


def drawn_anew(content: bytes, *, widest: int, field: str) -> tuple[bytes, str]:
    """A PNG or JPEG as new bytes with their type, at most `widest` pixels a side, without metadata.

    What is no picture, or unpacks to more than forty million pixels, is refused at the field it came by.
    """
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise DomainError("This picture has too many pixels.", field)
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((widest, widest))
            return _written(upright, is_photo=picture.format == "JPEG")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DomainError(UNREADABLE, field) from error


def _written(picture: Image.Image, *, is_photo: bool) -> tuple[bytes, str]:
    target = BytesIO()
    if is_photo:
        picture.convert("RGB").save(target, "JPEG", quality=88, optimize=True)
        return target.getvalue(), JPEG
    picture.convert("RGBA").save(target, "PNG", optimize=True)
    return target.getvalue(), PNG
