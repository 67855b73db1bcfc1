"""The content of a version of an agreement, as it is frozen for signing, for tests of its paper."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

MADE_AT = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
CONSORTIUM = "International Mouse Phenotyping Consortium"
CONTENT: dict[str, Any] = {
    "number": "MTA-2026-014",
    "version": 2,
    "kind": "consortium",
    "title": "Rsph3b for the study of hearing",
    "template": {"code": "MTA", "title": "Agreement of the consortium", "version": 1, "sha256": "0" * 64},
    "relation": {"kind": "amendment", "number": "MTA-2025-003", "title": "Rsph3b"},
    "provider": {
        "name": "MRC Harwell",
        "address": "4 Placeholder Campus\nHARWELL ZZ3 3ZZ",
        "country": "GB",
        "scientist": "Gwen Ashcombe",
    },
    "recipient": {"name": "The Jackson Laboratory", "address": None, "country": "US", "scientist": None},
    "third": None,
    "purpose": "Hearing of adult mice.",
    "first_day": "2026-05-01",
    "last_day": None,
    "onward": "with_consent",
    "commercial": "forbidden",
    "embargo_until": "2027-05-01",
    "embargo_to_publication": True,
    "citation": None,
    "at_end": "destroy",
    "fees": None,
    "law": "England and Wales",
    "body": "# Transfer\n{provider} gives {recipient} {material}.",
    "items": [
        {
            "position": 1,
            "line_id": 7,
            "description": None,
            "allele": "Rsph3b<tm1a(KOMP)Wtsi>",
            "colony": "MEAA",
            "strain": "C57BL/6N",
            "centre": "WTSI",
        },
        {"position": 2, "line_id": None, "description": "Two straws of sperm"},
    ],
}
