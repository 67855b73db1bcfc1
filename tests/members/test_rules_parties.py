"""Who writes to whom on a paper: the small line above the address."""

from __future__ import annotations

import pytest

from app.members.rules import PaperParty

SHORT = ("1 Specimen House", "Sampleford ZZ9 9ZZ", "United Kingdom")


@pytest.mark.parametrize(
    ("address", "line"),
    [
        (SHORT, "IMPC Secretariat · 1 Specimen House · Sampleford ZZ9 9ZZ · United Kingdom"),
        (
            ("1 Specimen House", "Example Lane", *SHORT[1:]),
            "IMPC Secretariat · 1 Specimen House\nExample Lane · Sampleford ZZ9 9ZZ · United Kingdom",
        ),
        ((), "IMPC Secretariat"),
        (("x" * 90,), f"IMPC Secretariat\n{'x' * 90}"),
    ],
)
def test_the_line_for_the_post_is_parted_at_a_dot_where_it_is_wider_than_the_window(address, line):
    assert PaperParty("Mouse Consortium", address, short_name="IMPC Secretariat").return_line == line


def test_a_long_name_alone_stays_whole():
    assert PaperParty("y" * 90, ()).return_line == "y" * 90
