"""Forms of the papers of a committee."""

from __future__ import annotations

from typing import Any

from app.committees.commands import PaperValues, SentFile
from app.committees.models import CommitteePaper
from app.committees.rules import PAPER_WORDS, PaperKind
from app.files.forms import UploadField
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField


class PaperForm(MusterForm):
    """A paper to keep with a committee."""

    kind = ChoiceField("Kind", choices=[("", "Choose one"), *PAPER_WORDS.items()])
    title = TextField(
        "Title", optional=True, hint="Left empty: its kind. One that is there already gets its next version."
    )
    paper = UploadField("File")
    first_day = DayField("In force from", hint="A version before it is in force until the day before.")
    decision = TextField("Decision", most=500, optional=True, hint="What adopted it.")

    def values(self) -> PaperValues:
        """What was typed."""
        kind = PaperKind(self.kind.data)
        return PaperValues(kind, self.title.value or PAPER_WORDS[kind], self.first_day.data, self.decision.value)

    def sent(self) -> SentFile:
        """The file that was sent."""
        sent = self.paper.data
        return SentFile(sent.content, sent.media_type, sent.name)


class VersionForm(PaperForm):
    """The next version of a paper, whose kind and title are its own."""

    def __init__(self, **given: Any) -> None:
        """Ask for no kind and no title."""
        super().__init__(**given)
        del self.kind
        del self.title

    def next_of(self, paper: CommitteePaper) -> PaperValues:
        """What was typed, of the paper it is a version of."""
        return PaperValues(paper.kind, paper.title, self.first_day.data, self.decision.value)
