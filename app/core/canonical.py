"""Values as JSON: the one form of which hashes are made, the same for ever, and the form in which columns hold them."""

from __future__ import annotations

from typing import Any

import orjson

_PLAIN = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
_FORM = _PLAIN | orjson.OPT_SORT_KEYS
_KEPT = _PLAIN | orjson.OPT_NON_STR_KEYS


def canonical(value: Any) -> bytes:
    """A value of JSON, its keys sorted, without spaces, in UTF-8; TypeError for what JSON does not know.

    Floats are for the caller to keep out: an amount is a whole number of minor units.
    """
    return orjson.dumps(value, option=_FORM)


def kept(value: Any) -> str:
    """A value of JSON as a column holds it, its keys in their order; TypeError for what JSON does not know.

    A whole number is of 64 bits at most, a text of Unicode, and a float that is no number is kept as null.
    """
    return orjson.dumps(value, option=_KEPT).decode()
