"""A file sent with a form: what its bytes are counts, whatever it is called, and its size is bounded."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from app.files.forms import MEGABYTE, UploadField
from app.files.rules import DOCX, JPEG, ODT, PDF, PICTURES, PNG, TEXT, XLSX, media_type_of
from app.web.forms import MusterForm
from app.web.requests import House


class SampleForm(MusterForm):
    class Meta:
        csrf = False

    picture = UploadField("Picture", kinds=PICTURES, most_megabytes=1, optional=True)
    paper = UploadField("Paper")


def zipped(part: str, content: str = "<x/>") -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
    return target.getvalue()


def test_a_part_that_unpacks_to_much_is_not_unpacked():
    bomb = zipped("mimetype", "\0" * 50_000_000)
    tracemalloc.start()
    assert media_type_of(bomb) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_request_that_is_run_again_reads_its_file_again(house: House):
    files = {"paper": (BytesIO(b"%PDF-1.7\n"), "a.pdf")}
    with house.test_request_context("/", method="POST", data=files, content_type="multipart/form-data"):
        for _ in range(2):
            form = SampleForm()
            assert form.validate()
            assert form.paper.upload is not None


def sent(house: House, **files: tuple[bytes, str]) -> SampleForm:
    parts = {name: (BytesIO(content), filename) for name, (content, filename) in files.items()}
    with house.test_request_context("/", method="POST", data=parts, content_type="multipart/form-data") as opened:
        form = SampleForm()
        form.validate()
        opened.request.environ["wsgi.input"].close()  # a large one is a file of the test's own making
        return form


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\x89PNG\r\n\x1a\n....", PNG),
        (b"\xff\xd8\xff\xe0", JPEG),
        (b"name;country\nICS;FR\n", TEXT),
        (zipped("xl/workbook.xml"), XLSX),
        (zipped("word/document.xml"), DOCX),
        (zipped("evil.exe"), None),
        (b"PK\x03\x04broken", None),
        (b"MZ\x90\x00", None),
        (zipped("mimetype", ODT), ODT),
        (zipped("mimetype", ODT + "x"), None),
        (zipped("mimetype", ODT).replace(b"K,(", b"\xff\xff\xff", 1), None),
        (b"", None),
    ],
)
def test_the_bytes_say_what_a_file_is(content: bytes, kind: str | None):
    assert media_type_of(content) == kind


def test_a_file_is_taken_with_a_safe_name(house: House):
    upload = sent(house, paper=(b"%PDF-1.7\n", "../../etc/Charter.pdf")).paper.upload
    assert upload is not None
    assert (upload.name, upload.media_type, upload.content) == ("_.._etc_Charter.pdf", PDF, b"%PDF-1.7\n")


def test_a_program_called_a_paper_is_refused(house: House):
    form = sent(house, paper=(b"MZ\x90\x00", "charter.pdf"))
    assert "By its content this file is none of these" in form.paper.errors[0]
    assert form.paper.upload is None


def test_a_paper_is_no_picture(house: House):
    form = sent(house, picture=(b"%PDF-1.7\n", "logo.png"), paper=(b"%PDF-1.7\n", "a.pdf"))
    assert form.picture.errors == ["By its content this file is none of these: PNG picture and JPEG picture."]


def test_a_file_too_large_empty_or_missing_is_refused(house: House):
    large = b"\x89PNG\r\n\x1a\n" + b"x" * MEGABYTE
    form = sent(house, picture=(large, "a.png"), paper=(b"", "a.pdf"))
    assert (form.picture.errors, form.paper.errors) == (["The file is larger than 1 MB."], ["The file is empty."])
    assert sent(house).paper.errors == ["Please choose a file."]
    assert sent(house).picture.errors == []
