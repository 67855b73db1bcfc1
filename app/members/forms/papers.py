"""Forms of what hangs on an institution: aliases, units, the logo, documents and notes."""

from __future__ import annotations

from app.files.forms import UploadField
from app.files.rules import PICTURES
from app.members.commands import Paper, UnitFacts
from app.members.forms.bulk import SeenForm
from app.members.rules import DOCUMENT_WORDS, DocumentKind
from app.web.choices import ChoiceField
from app.web.forms import DayField, MusterForm, ProseField, TextField


class AliasForm(MusterForm):
    """Another spelling by which an institution is meant."""

    alias = TextField("Alias", hint="As files and people write it. It may mean no other institution.")


class UnitForm(MusterForm):
    """A unit and its days."""

    name = TextField("Unit", hint="Such as a clinic or a department that takes part.")
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True)

    def unit(self) -> UnitFacts:
        """What was typed."""
        return UnitFacts(str(self.name.value), self.first_day.data, self.last_day.data)


class LogoForm(MusterForm):
    """The picture an institution is shown by."""

    logo = UploadField("Picture", kinds=PICTURES, most_megabytes=5)


class DocumentForm(MusterForm):
    """A document to keep with an institution."""

    paper = UploadField("File")
    title = TextField("Title", optional=True, hint="Left empty: the name of the file.")
    kind = ChoiceField("Kind", choices=[("", "Choose one"), *DOCUMENT_WORDS.items()])
    dated = DayField("Date of the document")

    def document(self) -> Paper:
        """What was sent."""
        sent = self.paper.data
        return Paper(
            content=sent.content,
            media_type=sent.media_type,
            file_name=sent.name,
            kind=DocumentKind(self.kind.data),
            title=self.title.value or sent.name,
            dated=self.dated.data,
        )


class CommonDocumentForm(DocumentForm, SeenForm):
    """A document to keep with each of the institutions that were shown."""


class NoteForm(MusterForm):
    """Something to note about an institution."""

    text = ProseField("Note", hint="It carries today's date and your name. Those who may read it fully see it.")


class WithdrawalForm(MusterForm):
    """Why a document is taken off the record."""

    reason = TextField("Why", most=500)
