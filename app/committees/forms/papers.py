"""Forms of the papers of a committee."""

from __future__ import annotations

from app.committees.commands import PaperValues, SentFile
from app.committees.models import CommitteePaper
from app.committees.rules import PAPER_WORDS, PaperKind
from app.files.forms import UploadField
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, TextField


class VersionForm(MusterForm):
    """The next version of a paper."""

    paper = UploadField("File")
    first_day = DayField("In force from", hint="The version before it is in force until the day before.")
    decision = TextField("Decision", most=500, optional=True, hint="What adopted it.")

    def next_of(self, paper: CommitteePaper) -> PaperValues:
        """What was typed, of the paper it is a version of."""
        return PaperValues(paper.kind, paper.title, self.first_day.data, self.decision.value)

    def sent(self) -> SentFile:
        """The file that was sent."""
        sent = self.paper.data
        return SentFile(sent.content, sent.media_type, sent.name)


class PaperForm(VersionForm):
    """A paper to keep with a committee."""

    kind = ChoiceField("Kind", choices=[("", "Choose one"), *PAPER_WORDS.items()])
    title = TextField(
        "Title", optional=True, hint="Left empty: its kind. One that is there already gets its next version."
    )

    def values(self) -> PaperValues:
        """What was typed."""
        kind = PaperKind(self.kind.data)
        return PaperValues(kind, self.title.value or PAPER_WORDS[kind], self.first_day.data, self.decision.value)
