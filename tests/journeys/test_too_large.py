"""A file of 200 MB in a real browser: the page it was chosen on says that it is too large, and how large it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.journeys.conftest import SignIn

pytestmark = pytest.mark.browser
SIZE = 200 * 1024 * 1024


def test_a_file_of_200_megabytes_is_refused_on_the_page_it_was_chosen_on(signed_in: SignIn, tmp_path: Path) -> None:
    statement = tmp_path / "statement.xml"
    with statement.open("wb") as file:
        file.truncate(SIZE)
    page = signed_in("Finance Committee", script=False)
    page.goto("/bank/import")
    page.get_by_label("File").set_input_files(statement)
    page.get_by_role("button", name="Import").click()
    assert page.locator("h1").inner_text() == "Import statements"
    assert "The file is larger than 20 MB." in page.locator("main").inner_text()
    page.get_by_label("File").set_input_files({"name": "a.xml", "mimeType": "text/xml", "buffer": b"<Document/>"})
    page.get_by_role("button", name="Import").click()
    assert "larger" not in page.locator("main").inner_text()
    assert "Nothing was imported." in page.locator("main").inner_text()
