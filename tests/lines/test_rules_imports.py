"""Files of lines are known by their content, and dirt in them spoils no row but its own."""

from __future__ import annotations

from datetime import date

import pytest

from app.core.errors import DomainError
from app.lines.rules import Stage
from app.lines.rules.imports.kinds import LineFileKind
from app.lines.rules.imports.recognising import count_rows, recognise, rows_of
from app.lines.rules.imports.spellings import nearest
from app.lines.rules.imports.stages import STATUSES, stage_of
from app.lines.rules.imports.texts import LONGEST_LINE, BadRow
from tests.lines.line_files import (
    AKT2,
    RSPH,
    catalogue,
    colony,
    marker,
    marker_list,
    phenotypic,
    phenotypic_report,
    production,
    project_report,
    stock,
)

KOMP = project_report((*AKT2, "EPD0047_1_F05,EPD0047_1_F06"), (*RSPH, "10555A-A4"))
JSON = (
    b'\xef\xbb\xbf{"rows": [{"colony": "MDAV", "centre": "WTSI", "allele_symbol": "Akt2<tm1a(KOMP)Wtsi>",'
    b' "statuses": [{"status": "Genotype confirmed", "date": "2012-06-30T00:00:00Z"},'
    b' {"status": "Chimeras/Founder Obtained", "date": "2012-02-01"}]}]}'
)


def read(content):
    """The rows of a file, and what is wrong with those that cannot be taken, by their lines."""
    rows = list(rows_of(content, recognise(content)))
    good = [row for row in rows if not isinstance(row, BadRow)]
    return good, {row.line: row.problem for row in rows if isinstance(row, BadRow)}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (KOMP, LineFileKind.ALLELES),
        (KOMP.replace(b"\n", b"\r\n"), LineFileKind.ALLELES),
        (KOMP.decode().encode("utf-16"), LineFileKind.ALLELES),
        (phenotypic_report(phenotypic("MGI:1", "A<y>", "MGI:2", "A")), LineFileKind.PHENOTYPIC_ALLELES),
        (marker_list(marker("MGI:104874", "Akt2")), LineFileKind.MARKERS),
        (production(colony()), LineFileKind.PRODUCTION),
        (b"\xef\xbb\xbf" + production(colony()).replace(b",", b";"), LineFileKind.PRODUCTION),
        (JSON, LineFileKind.PRODUCTION),
        (catalogue(stock(), above="This MMRRC catalog data file was generated on 04-JUL-11\n\n"), LineFileKind.STOCKS),
    ],
)
def test_a_file_is_known_by_its_content(content, kind):
    assert recognise(content) is kind
    assert count_rows(content, kind) >= 1
    assert read(content)[0]
    assert read(content)[1] == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 and so on", "none of those that can be read"),
        (b"\x1f\x8b\x08packed", "unpack it first"),
        (b"name,country\nICS,FR\n", "none of those that can be read"),
        (b"\n\n  \n", "empty"),
        (b"colony,status,status_date\nA,Genotype confirmed,2012-01-01\n", "no column for: centre, allele symbol"),
        (b"[{]", "no valid JSON"),
        (b'{"one": 1}', "neither a list"),
        (b'[{"name": "ICS"}]', "No row of the JSON"),
        (b"[" * 100_000, "no valid JSON"),
    ],
)
def test_what_is_no_such_file_is_refused_in_plain_words(content, words):
    with pytest.raises(DomainError, match=words) as refused:
        count_rows(content, recognise(content))
    assert refused.value.field == "table"


def test_an_allele_report_gives_what_it_says_and_refuses_dirty_rows_one_by_one():
    content = project_report(
        (*AKT2, "EPD0047_1_F05, EPD0047_1_F06,EPD0047_1_F05"),
        (*AKT2,),
        (*RSPH[:2], "4436678", *RSPH[3:], ""),
        (*RSPH[:3], "<sup>", *RSPH[4:], ""),
        (*RSPH[:3], "Rsph3b<sup>tm1(KOMP)Vlcg</sup>", *RSPH[4:], "null"),
        (*RSPH[:4], "x" * (LONGEST_LINE + 1), *RSPH[5:], ""),
        (*RSPH[:4], "nu\0l", *RSPH[5:], ""),
    ).replace(b"targeted mutation 1\t", b"mutation cibl\xe9e \x96 1\t")
    (first, second), bad = read(content)
    assert first.clones == ("EPD0047_1_F05", "EPD0047_1_F06")
    assert (first.symbol, first.pipeline, first.marker_id) == ("Akt2<tm1a(KOMP)Wtsi>", "KOMP-CSD", "MGI:104874")
    assert (second.symbol, second.clones, second.name) == ("Rsph3b<tm1(KOMP)Vlcg>", (), "mutation cibl\u00e9e \u2013 1")
    assert bad[5] == "The line has 7 columns instead of 8."
    assert "no MGI id" in bad[6]
    assert "not the symbol" in bad[7]
    assert "bytes long" in bad[9]
    assert "no text" in bad[10]
    assert list(bad) == [5, 6, 7, 9, 10]


def test_phenotypic_alleles_keep_their_kind_attributes_and_other_names():
    row = phenotypic(
        "MGI:1", "A<y>", "MGI:2", "A", kind="Spontaneous", attributes="Null/knockout|Reporter", others="Ay|yellow"
    )
    (allele,), bad = read(phenotypic_report(row))
    assert (allele.kind, allele.synonyms, bad) == ("Spontaneous; Null/knockout, Reporter", "Ay|yellow", {})


def test_a_withdrawn_marker_names_the_one_that_took_its_place():
    content = marker_list(
        marker("MGI:104874", "Akt2"),
        marker("MGI:5", "Old1", "withdrawn, = Akt2", "W"),
        marker("NULL", "Old2", "withdrawn, = Akt2", "W"),
        marker("MGI:6", "Odd", status="X"),
        marker("MGI:7", "Short")[:-1],
    )
    rows, bad = read(content)
    assert [(row.symbol, row.current) for row in rows] == [("Akt2", None), ("Old1", "Akt2")]
    assert "without an MGI id of its own" in bad[4]
    assert "instead of O" in bad[5]
    assert bad[6] == "The line has 11 columns instead of 12."


def test_a_production_row_gives_each_stage_with_the_first_of_its_days():
    heads = ("colony", "centre", "allele", "Chimeras obtained date", "Founder Obtained date", "status", "status date")
    row = dict(
        zip(
            heads,
            ("A1", "ICS", "Akt2<em1(IMPC)H>", "2012-03-04", "2012-02-03", "Phenotyping Complete", ""),
            strict=True,
        )
    )
    rows, bad = read(production(row | {"status date": "2014-01-02 00:00:00"}, row, heads=heads))
    assert rows[0].reached == ((Stage.FOUNDERS, date(2012, 2, 3)), (Stage.PHENOTYPED, date(2014, 1, 2)))
    assert "has no day" in bad[3]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"colony": ""}, "says no colony"),
        ({"centre": "n/a"}, "says no centre"),
        ({"allele_symbol": "<b>Akt2</b>"}, "not the symbol"),
        ({"gene_mgi_id": "104874"}, "no MGI id of a gene"),
        ({"Genotype Confirmed date": "31/12/2012"}, "no day"),
        ({"Genotype Confirmed date": "2012-02-30"}, "no day"),
        ({"Genotype Confirmed date": "0001-01-01"}, "no day"),
        ({"plan_id": "1" * 41}, "longer than 40"),
        ({"colony": "a\0b"}, "no text"),
    ],
)
def test_a_dirty_production_row_is_refused_with_its_reason(values, words):
    rows, bad = read(production(colony("before"), colony() | values, colony("behind")))
    assert [row.colony for row in rows] == ["before", "behind"]
    assert words in bad[3]


def test_a_quotation_mark_left_open_spoils_its_own_row_alone():
    content = production(colony("one"), colony("two"), colony("three", clone="a\nb")).replace(b"two", b'"two')
    rows, bad = read(content)
    assert [row.colony for row in rows] == ["one", "three"]
    assert rows[1].clone == "a b"
    assert list(bad) == [3]
    assert "quotation mark" in bad[3]


def test_a_json_row_takes_its_statuses_from_a_list():
    (row,), _ = read(JSON)
    assert row.reached == ((Stage.FOUNDERS, date(2012, 2, 1)), (Stage.CONFIRMED, date(2012, 6, 30)))
    _, bad = read(JSON.replace(b"Genotype confirmed", b"Asleep"))
    assert "known neither to iMits nor to GenTaR" in bad[1]


def test_the_many_rows_of_a_stock_are_one_stock():
    gene = {"MGI_ALLELE_ACCESSION_ID": "", "ALLELE_SYMBOL": "", "MGI_GENE_ACCESSION_ID": "MGI:104874"}
    (first, second), bad = read(
        catalogue(
            stock(**gene), stock(), stock("MMRRC:000002-UNC", ACCEPTED_DATE="00/00/0000", STATE="CA"), stock("000003")
        )
    )
    assert (first.rows, first.alleles) == (2, {"MGI:4433388": "Akt2<tm1a(KOMP)Wtsi>"})
    assert first.accepted == date(2013, 4, 24)
    assert sorted(first.forms) == ["live", "sperm"]
    assert (second.accepted, second.forms) == (None, frozenset())
    assert "no stock of the MMRRC" in bad[5]


def test_every_stage_is_meant_by_a_status_and_an_unknown_one_by_none():
    assert set(STATUSES.values()) == set(Stage)
    assert stage_of("Assigned - ES Cell QC In Progress") is Stage.PLANNED
    assert stage_of("Chimeras/Founder Obtained") is Stage.FOUNDERS
    assert stage_of("Mouse made") is None


def test_what_is_called_most_alike_comes_first():
    names = [
        (1, "Institut Clinique de la Souris"),
        (2, "Helmholtz Zentrum M\u00fcnchen"),
        (3, "MRC Harwell"),
        (4, "RIKEN"),
    ]
    assert nearest("Harwell MRC", names) == [3]
    assert nearest("Helmholtz-Zentrum Muenchen", names) == [2]
    assert nearest("Sanger", names) == []
