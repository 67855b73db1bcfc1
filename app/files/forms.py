"""A file sent with a form: its bytes decide what it is, its name is made safe, its size is bounded."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import FileStorage
from wtforms import Field, Form, ValidationError
from wtforms.widgets import FileInput

from app.files.rules import DOCUMENTS, KIND_WORDS, SPREADSHEETS, media_type_of
from app.files.spreadsheets import spreadsheet_type
from app.web.downloads import safe_name
from app.web.security import is_upload_refused
from app.web.wording import join_words

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: a safe name, its bytes, and the type the bytes witness."""

    name: str
    content: bytes
    media_type: str


class UploadField(Field):
    """One file of certain kinds, at most so many megabytes; its bytes are read once."""

    widget = FileInput()
    data: Any

    def __init__(
        self,
        label: str,
        *,
        kinds: Collection[str] = DOCUMENTS,
        most_megabytes: int = 10,
        optional: bool = False,
        hint: str = "",
        **options: Any,
    ) -> None:
        """Take the kinds accepted, as media types of app.files.rules."""
        said = hint or f"{join_words(KIND_WORDS[kind] for kind in KIND_WORDS if kind in kinds)}, "
        super().__init__(label, description=hint or f"{said}at most {most_megabytes} MB.", **options)
        self.kinds, self.most, self.optional = kinds, most_megabytes * MEGABYTE, optional

    def process(self, *args: Any, **options: Any) -> None:
        """Say of a file that was too large to be read how large it may be."""
        super().process(*args, **options)
        if is_upload_refused():
            self.errors = [self._too_large]

    @property
    def _too_large(self) -> str:
        return f"The file is larger than {self.most // MEGABYTE} MB."

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep the file sent, if any."""
        sent = next((value for value in valuelist if isinstance(value, FileStorage) and value.filename), None)
        self.data = sent

    def pre_validate(self, form: Form) -> None:  # noqa: ARG002
        """Read the bytes, and refuse what is too large or of another kind."""
        sent, self.data = self.data, None
        if sent is None:
            if not self.optional:
                message = "Please choose a file."
                raise ValidationError(message)
            return
        sent.stream.seek(0)  # a request that is run again reads it again
        content = sent.stream.read(self.most + 1)
        if len(content) > self.most:
            raise ValidationError(self._too_large)
        if not content:
            message = "The file is empty."
            raise ValidationError(message)
        kind = self.kind_of(content)
        if kind is None or kind not in self.kinds:
            wanted = join_words(KIND_WORDS[each] for each in KIND_WORDS if each in self.kinds)
            message = f"By its content this file is none of these: {wanted}."
            raise ValidationError(message)
        self.data = Upload(safe_name(str(sent.filename)), content, kind)

    def kind_of(self, content: bytes) -> str | None:
        """What the bytes are."""
        return media_type_of(content)

    @property
    def upload(self) -> Upload | None:
        """The file sent, None for none; after validation."""
        return self.data if isinstance(self.data, Upload) else None


def ask_again(form: Form) -> None:
    """Say beside each file that was sent with a form which is shown once more that it must be chosen again."""
    for field in form:
        if isinstance(field, UploadField) and field.upload is not None:
            field.errors = [*field.errors, "Choose the file again: a page cannot keep it."]


class SpreadsheetField(UploadField):
    """A table as CSV in any usual encoding, or as XLSX."""

    def __init__(self, label: str, *, most_megabytes: int, hint: str = "", **options: Any) -> None:
        """Take no other kinds of files."""
        super().__init__(label, kinds=SPREADSHEETS, most_megabytes=most_megabytes, hint=hint, **options)

    def kind_of(self, content: bytes) -> str | None:
        """What the bytes are, in more encodings than other texts."""
        return spreadsheet_type(content)
