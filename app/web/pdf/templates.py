"""Papers as HTML: an environment of their own, since they are made in workers where there is no request."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core import clock
from app.web import wording

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"


def paper_html(template: str, **values: object) -> str:
    """The HTML of templates/documents/<template>.html. An undefined name is an error; all values are escaped."""
    return environment().get_template(f"documents/{template}.html").render(values)


@cache
def environment() -> Environment:
    """The environment of all papers, made once a process."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "day": wording.day,
        "long_day": wording.long_day,
        "moment": moment,
        "w3c": w3c,
        "number": number,
        "eights": eights,
    }
    return made


def moment(instant: datetime) -> str:
    """An instant as it must read for years: with its zone, 1 Jul 2027 14:03 BST."""
    return f"{wording.instant(instant)}{wording.NO_BREAK}{clock.local(instant):%Z}"


def w3c(instant: datetime) -> str:
    """An instant for the metadata: 2027-07-01T13:03:00Z."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def number(value: int | Decimal) -> str:
    """A plain number: grouped, without trailing zeros, with a true minus."""
    digits = f"{value:,f}" if isinstance(value, Decimal) else f"{value:,}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.replace("-", "\u2212")


def eights(digest: str) -> str:
    """A SHA-256 in groups of eight, as it stands at the foot of a paper."""
    return "SHA-256 " + " ".join(digest[start : start + 8] for start in range(0, len(digest), 8))
