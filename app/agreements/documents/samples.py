"""What a template is shown with: parties and material that are nobody's."""

from __future__ import annotations

from typing import Any

from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.texts import TemplateText

PROVIDER = {
    "name": "Institute of the provider",
    "address": "1 Sample Road\nSAMPLETOWN",
    "country": "",
    "scientist": "Scientist of the provider",
}
RECIPIENT = {
    "name": "Institute of the recipient",
    "address": "2 Sample Street\nSPECIMEN",
    "country": "",
    "scientist": "Scientist of the recipient",
}
THIRD = {"name": "Institute of the third party", "address": "3 Sample Square\nEXAMPLE", "country": "", "scientist": ""}
LINE = {
    "position": 1,
    "allele": "Gene<tm1a(PIPELINE)Lab>",
    "colony": "SAMPLE",
    "strain": "C57BL/6N",
    "centre": "Centre",
    "description": None,
}


def sample_content(kind: TemplateKind, title: str, text: TemplateText) -> dict[str, Any]:
    """The content of an agreement that a version would become between sample parties."""
    return {
        **text.terms,
        "number": "MTA-0000-000",
        "version": 0,
        "kind": kind.value,
        "title": title,
        "template": None,
        "relation": {"kind": "letter", "number": "MASTER", "title": "the master agreement"}
        if kind is TemplateKind.LETTER
        else None,
        "provider": PROVIDER,
        "recipient": RECIPIENT,
        "third": THIRD if kind is TemplateKind.CONSENT else None,
        "purpose": "What the material is used for.",
        "first_day": None,
        "last_day": None,
        "fees": text.fees,
        "law": text.law,
        "body": text.body,
        "items": [] if kind is TemplateKind.MASTER else [LINE],
    }
