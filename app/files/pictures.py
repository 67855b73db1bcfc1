"""Pictures people send, drawn anew: only pixels are kept, nothing hides in them or tells of the camera."""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.errors import DomainError
from app.files.rules import JPEG, PNG

MOST_PIXELS = 40_000_000
KINDS = ("PNG", "JPEG")
QUALITY = 86
UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
)


def drawn_anew(content: bytes, *, side: int, field: str) -> tuple[bytes, str]:
    """A PNG or JPEG as a new one of its kind that fits a square, upright, without metadata; with its media type."""
    picture, kind = _drawn(content, side, field)
    if kind == "JPEG":
        return _as_jpeg(picture), JPEG
    made = BytesIO()
    picture.convert("RGBA").save(made, "PNG", optimize=True)
    return made.getvalue(), PNG


def small_jpeg(content: bytes, *, side: int, field: str) -> bytes:
    """A PNG or JPEG as a JPEG without metadata that fits a square, upright, on white."""
    return _as_jpeg(_drawn(content, side, field)[0])


def _drawn(content: bytes, side: int, field: str) -> tuple[Image.Image, str]:
    """The picture and its kind; the size a file claims is read before its pixels are, and refused unopened."""
    try:
        with Image.open(BytesIO(content), formats=KINDS) as checked:
            checked.verify()  # other libraries let Pillow draw what is cut short
        with Image.open(BytesIO(content), formats=KINDS) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise DomainError(f"The picture has more than {MOST_PIXELS // 1_000_000} million pixels.", field)
            opened.draft("RGB", (side, side))
            picture = ImageOps.exif_transpose(opened)
            picture.thumbnail((side, side), Image.Resampling.LANCZOS)
            return picture, str(opened.format)
    except UNREADABLE as error:
        raise DomainError("This picture cannot be read: is the file damaged?", field) from error


def _as_jpeg(picture: Image.Image) -> bytes:
    made = BytesIO()
    _on_white(picture).save(made, "JPEG", quality=QUALITY, optimize=True)
    return made.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode not in {"RGBA", "LA", "PA", "P"}:
        return picture.convert("RGB")
    drawn = picture.convert("RGBA")
    ground = Image.new("RGBA", drawn.size, "white")
    ground.alpha_composite(drawn)
    return ground.convert("RGB")
