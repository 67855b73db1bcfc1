"""Forms of imports: the file, which column of it is what, and what the list of its rows is narrowed to."""

from __future__ import annotations

from app.files.forms import SpreadsheetField, Upload
from app.members.commands.imports import ImportFile
from app.members.forms.institutions import ANY
from app.members.queries.imports import ImportRecord
from app.members.rules.imports import (
    COLUMNS,
    IMPORT_WORDS,
    MESSAGE_HEAD,
    OUTCOME_HEAD,
    ImportKind,
    Outcome,
)
from app.web.choices import ChoiceField
from app.web.forms import FilterForm, MusterForm, TextField
from app.web.wording import pill_word

MOST_MEGABYTES = 48
LEAVE_OUT = "-"
PREFIX = "column_"


class ImportForm(MusterForm):
    """A table to bring."""

    kind = ChoiceField("A table of", choices=[("", "Choose one"), *IMPORT_WORDS.items()])
    table = SpreadsheetField(
        "File",
        most_megabytes=MOST_MEGABYTES,
        hint=f"CSV or XLSX, one line of heads and then a row each; at most {MOST_MEGABYTES} MB and 200,000 rows.",
    )

    def brought(self) -> ImportFile:
        """What was sent."""
        upload: Upload = self.table.data
        return ImportFile(ImportKind(self.kind.data), upload.name, upload.content, upload.media_type)


class ColumnsForm(MusterForm):
    """Which column of the register each column of a file is; `columns_form` gives it its fields."""

    def mapping(self) -> dict[int, str]:
        """The columns chosen, by their place in the file."""
        chosen = {field.short_name: field.data for field in self.visible_fields}
        return {int(name.removeprefix(PREFIX)): key for name, key in chosen.items() if key != LEAVE_OUT}


def columns_form(record: ImportRecord) -> ColumnsForm:
    """The form for the columns of one import, filled with what they most likely are."""
    offered = [(LEAVE_OUT, "Leave out"), *((column.key, column.title) for column in COLUMNS[record.kind])]
    places = [place for place, head in enumerate(record.heads) if head not in {OUTCOME_HEAD, MESSAGE_HEAD}]
    fields = {
        f"{PREFIX}{place}": ChoiceField(record.heads[place], choices=offered, hint=_sample(record.samples[place]))
        for place in places
    }
    chosen = {f"{PREFIX}{place}": record.mapping.get(place, LEAVE_OUT) for place in places}
    form: ColumnsForm = type("ColumnsOfFile", (ColumnsForm,), fields)(data={**chosen, "version": record.version})
    return form


def _sample(values: tuple[str, ...]) -> str:
    shown = [" ".join(value.split()) for value in values]
    return " \u00b7 ".join(value if len(value) <= 40 else f"{value[:39]}\u2026" for value in shown) or "Empty"


class OutcomeFilterForm(FilterForm):
    """What the rows of an import are narrowed to."""

    outcome = ChoiceField("Outcome", optional=True, choices=[ANY, *((each.value, pill_word(each)) for each in Outcome)])
    q = TextField("Words", optional=True, hint="Of what the row is called, or of its message.")
