"""Postal addresses: their parts are read from the lines that people type."""

from __future__ import annotations

import pytest

from app.core.addresses import PostalAddress, read_address


@pytest.mark.parametrize(
    ("line", "postcode", "city"),
    [
        ("Sampleford ZZ9 9ZZ", "ZZ9 9ZZ", "Sampleford"),
        ("LONDON NW1 2BE", "NW1 2BE", "LONDON"),
        ("75005 Paris", "75005", "Paris"),
        ("D-80539 München", "D-80539", "München"),
        ("00-950 Warszawa", "00-950", "Warszawa"),
        ("1012 AB Amsterdam", "1012 AB", "Amsterdam"),
        ("114 28 Stockholm", "114 28", "Stockholm"),
        ("115 00 Αθήνα", "115 00", "Αθήνα"),
        ("BETHESDA, MD 20892", "20892", "BETHESDA, MD"),
        ("Toronto, ON M5G 1X5", "M5G 1X5", "Toronto, ON"),
        ("Tsukuba 305-0074", "305-0074", "Tsukuba"),
        ("〒305-0074 つくば市", "〒305-0074", "つくば市"),
    ],
)
def test_town_is_told_from_its_postcode(line, postcode, city):
    assert read_address(f"1 Main Street\n{line}", "GB") == PostalAddress(("1 Main Street",), postcode, city, "GB")


def test_name_of_the_country_is_no_part_of_the_town():
    read = read_address("1 Main Street\n75005 Paris\nFRANCE", "FR", "France")
    assert (read.streets, read.city) == (("1 Main Street",), "Paris")


def test_postcode_on_a_line_of_its_own_has_its_city_above():
    assert read_address("1 Main Street\nLondon\nNW1 2BE", "GB").city == "London"


def test_lines_without_a_town_all_stay_lines():
    assert read_address("Building 31\nMain Campus", "US").streets == ("Building 31", "Main Campus")


def test_a_fourth_line_of_the_street_stands_with_the_third():
    assert PostalAddress(("a", "b", "c", "d")).three_streets == ["a", "b", "c, d"]
    assert PostalAddress(("a",)).three_streets == ["a", "", ""]
