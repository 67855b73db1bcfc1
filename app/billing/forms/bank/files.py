"""Forms of files of statements: the file, and how a table is read."""

from __future__ import annotations

from typing import Any

from app.billing.commands.bank import FileBrought
from app.billing.queries.bank import WaitingFile
from app.billing.rules.bank.files import ZIP
from app.billing.rules.bank.statements import MOST_BYTES
from app.billing.rules.bank.tables import DAY_FORMATS, DECIMALS, DELIMITERS, ROLE, ROLES, TableMapping
from app.files.forms import Upload, UploadField
from app.web.choices import ChoiceField
from app.web.forms import MusterForm, NumberField

MOST_MEGABYTES = MOST_BYTES // 1024 // 1024
ANY_TEXT, XML, ARCHIVE = "text/plain; charset=utf-8", "application/xml", "application/zip"
NONE = "-"


class StatementField(UploadField):
    """A file of statements; what is wrong with it is said by who reads it."""

    def __init__(self, label: str, **options: Any) -> None:
        """Take any kind: by its content it is read, or refused with the reason."""
        hint = f"CAMT.053, MT940 or CSV, or a ZIP archive of them; at most {MOST_MEGABYTES} MB."
        super().__init__(label, kinds={ANY_TEXT, XML, ARCHIVE}, most_megabytes=MOST_MEGABYTES, hint=hint, **options)

    def kind_of(self, content: bytes) -> str | None:
        """As it is sent back to whoever asks for the file."""
        if content.startswith(ZIP):
            return ARCHIVE
        return XML if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else ANY_TEXT


class StatementForm(MusterForm):
    """A file to import."""

    untouched = "Nothing was imported."

    file = StatementField("File")
    account = ChoiceField("Account", optional=True, hint="Only a CSV may need it: other files name their account.")

    def brought(self) -> FileBrought:
        """What was sent."""
        upload: Upload = self.file.data
        return FileBrought(upload.name, upload.content, upload.media_type)


class ColumnsForm(MusterForm):
    """How a table is read; `columns_form` gives it a field for each role."""

    untouched = "Nothing was imported."

    account = ChoiceField("Account", hint="Whose statement this is; the table does not say.")
    delimiter = ChoiceField("Between columns", choices=DELIMITERS.items())
    decimal = ChoiceField("Amounts are written", choices=DECIMALS.items())
    day_format = ChoiceField("Days are written", choices=[(key, example) for key, (example, _) in DAY_FORMATS.items()])
    head_rows = NumberField("Rows above the first entry", most=100)

    def mapping(self) -> TableMapping:
        """What was chosen."""
        chosen = {role: str(self[f"{ROLE}{role}"].data) for role in ROLES}
        return TableMapping(
            delimiter=str(self.delimiter.data),
            decimal=str(self.decimal.data),
            day_format=str(self.day_format.data),
            head_rows=int(self.head_rows.data),
            columns={role: int(place) for role, place in chosen.items() if place != NONE},
        )


def columns_form(file: WaitingFile, account_id: int | None = None) -> ColumnsForm:
    """The form for the columns of a table, filled as such tables were read before, or as they most likely are.

    `account_id` is whose statement it is, where that was said with the file.
    """
    offered = [(NONE, "Not in this table"), *((str(place), head) for place, head in enumerate(file.head.heads))]
    fields = {f"{ROLE}{role}": ChoiceField(words, choices=offered) for role, words in ROLES.items()}
    known = file.remembered or file.head.guess
    form: ColumnsForm = type("ColumnsOfTable", (ColumnsForm,), fields)(data=_filled(known, file, account_id))
    form.account.offer([(each.id, each.called) for each in file.accounts])
    return form


def _filled(known: TableMapping, file: WaitingFile, account_id: int | None) -> dict[str, object]:
    """What the form says at first."""
    chosen = {f"{ROLE}{role}": str(known.columns.get(role, NONE)) for role in ROLES}
    only = str(file.accounts[0].id) if len(file.accounts) == 1 else str(account_id or "")
    signs = {"delimiter": known.delimiter, "decimal": known.decimal, "day_format": known.day_format}
    return {**chosen, **signs, "head_rows": known.head_rows, "account": only}
