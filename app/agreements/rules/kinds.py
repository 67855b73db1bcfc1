"""The kinds of templates, and of the agreements that are drafted from them."""

from __future__ import annotations

from enum import StrEnum


class TemplateKind(StrEnum):
    """What a template, and an agreement made from it, is."""

    CONSORTIUM = "consortium"
    MASTER = "master"
    LETTER = "letter"
    SIMPLE = "simple"
    BESPOKE = "bespoke"
    CONSENT = "consent"
