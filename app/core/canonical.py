"""The one form of a value in JSON: of it hashes are made, so it is the same for ever."""

from __future__ import annotations

from typing import Any

import orjson

_FORM = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def canonical(value: Any) -> bytes:
    """A value of JSON, its keys sorted, without spaces, in UTF-8; TypeError for what JSON does not know.

    Floats are for the caller to keep out: an amount is a whole number of minor units.
    """
    return orjson.dumps(value, option=_FORM)
