"""Imports of lines: the case from its file to what it wrote, the dry run, the answers and the writing."""

from app.lines.commands.imports import applying, checking, erasing
from app.lines.commands.imports.answering import SpellingAnswer, answer_spellings
from app.lines.commands.imports.cases import (
    LineFile,
    apply_lines,
    bring_lines,
    check_lines_again,
    discard_lines,
)

__all__ = [
    "LineFile",
    "SpellingAnswer",
    "answer_spellings",
    "apply_lines",
    "applying",
    "bring_lines",
    "check_lines_again",
    "checking",
    "discard_lines",
    "erasing",
]
