"""Forms of imports of lines: the file, what its rows are narrowed to, and what spellings mean."""

from __future__ import annotations

from collections.abc import Sequence

from app.files.forms import Upload, UploadField
from app.files.rules import TEXT
from app.lines.commands.imports import LineFile, SpellingAnswer
from app.lines.queries.imports import LineImportRecord, Question
from app.lines.rules.imports.kinds import MAKES_NEW, TOPIC_WORDS, Answer, RowOutcome
from app.web.choices import ChoiceField
from app.web.forms import FilterForm, MusterForm, TextField
from app.web.wording import pill_word, plural

MOST_MEGABYTES = 160
PREFIX, OPEN = "spelling_", "-"
ANY = ("", "Any")


class LineFileField(UploadField):
    """A file of lines: what it is, is said by its content once it is there."""

    def kind_of(self, content: bytes) -> str | None:  # noqa: ARG002 - which of the files it is, is told by its rows
        """A text, as all of them are."""
        return TEXT


class LineImportForm(MusterForm):
    """A file to bring."""

    table = LineFileField(
        "File",
        kinds=frozenset({TEXT}),
        most_megabytes=MOST_MEGABYTES,
        hint=f"As it was downloaded; at most {MOST_MEGABYTES} MB. What kind of file it is, is told by its content.",
    )

    def brought(self) -> LineFile:
        """What was sent."""
        upload: Upload = self.table.data
        return LineFile(upload.name, upload.content, upload.media_type)


class LineRowsForm(FilterForm):
    """What the rows of an import are narrowed to."""

    outcome = ChoiceField(
        "Outcome", optional=True, choices=[ANY, *((each.value, pill_word(each)) for each in RowOutcome)]
    )
    q = TextField("Words", optional=True, hint="Of what the row is called, or of its message.")


class AnswersForm(MusterForm):
    """What spellings mean; `answers_form` gives it its fields."""

    def answers(self) -> dict[int, SpellingAnswer]:
        """What was answered, by the ids of the questions; what was left open is not among them."""
        chosen = {
            int(field.short_name.removeprefix(PREFIX)): field.data
            for field in self.visible_fields
            if field.short_name.startswith(PREFIX) and field.data != OPEN
        }
        return {question_id: _answer(text) for question_id, text in chosen.items()}


def answers_form(record: LineImportRecord, questions: Sequence[Question]) -> AnswersForm:
    """The form for what an import asks, nothing answered yet."""
    fields = {f"{PREFIX}{each.id}": _field(each) for each in questions}
    chosen = dict.fromkeys(fields, OPEN)
    form: AnswersForm = type("AnswersOfImport", (AnswersForm,), fields)(data={**chosen, "version": record.version})
    return form


def _field(question: Question) -> ChoiceField:
    offered = [(OPEN, "Not answered yet"), *((str(each), f"It is {name}") for each, name in question.likely)]
    offered.append((Answer.LEAVE_OUT.value, "Leave its rows out"))
    topic = TOPIC_WORDS[question.topic]
    if question.topic in MAKES_NEW:
        offered.append((Answer.NEW.value, f"Add it: a new {topic.lower()}"))
    offered += [(str(each), f"It is {name}") for each, name in question.others]
    label = f"{topic} \u201c{question.spelling}\u201d"
    return ChoiceField(label, choices=offered, hint=f"In {plural(question.rows, 'row', 'rows')}.")


def _answer(text: str) -> SpellingAnswer:
    if text in {Answer.LEAVE_OUT.value, Answer.NEW.value}:
        return SpellingAnswer(Answer(text))
    return SpellingAnswer(Answer.MEANS, int(text))
