"""Files of lines in the formats in which they come, with dirt planted in them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

PROJECT_HEAD = (
    "# This report lists the KOMP alleles of the mouse genome database.\n"
    "#\n"
    "# KOMP Project ID\tProject\tMGI Allele Accession ID\tAllele Symbol\tAllele Name\tMGI Marker Accession ID\t"
    "Gene Symbol\tMutant ES Cell Line(s)\n"
)
PHENOTYPIC_HEAD = "#\n# MGI Allele Accession ID\tAllele Symbol\tAllele Name\tAllele Type\tAllele Attribute\n#\n"
MARKER_HEADS = (
    "MGI Accession ID\tChr\tcM Position\tgenome coordinate start\tgenome coordinate end\tstrand\tMarker Symbol\t"
    "Status\tMarker Name\tMarker Type\tFeature Type\tMarker Synonyms (pipe-separated)\n"
)
STOCK_HEADS = (
    "STRAIN/STOCK_ID",
    "STRAIN/STOCK_DESIGNATION",
    "OTHER_NAMES",
    "STRAIN_TYPE",
    "STATE",
    "MGI_ALLELE_ACCESSION_ID",
    "ALLELE_SYMBOL",
    "ALLELE_NAME",
    "MUTATION_TYPE",
    "CHROMOSOME",
    "MGI_GENE_ACCESSION_ID",
    "GENE_SYMBOL",
    "GENE_NAME",
    "SDS_URL",
    "ACCEPTED_DATE",
    "MPT_IDS",
    "PUBMED_IDS",
    "RESEARCH_AREAS ",
)
PRODUCTION_HEADS = (
    "plan_id",
    "attempt_id",
    "gentar_id",
    "colony",
    "centre",
    "consortium",
    "gene_mgi_id",
    "gene_symbol",
    "allele_mgi_id",
    "allele_symbol",
    "clone",
    "background_strain",
    "funder",
    "Plan Created date",
    "Attempt In Progress date",
    "Founder Obtained date",
    "Genotype Confirmed date",
)
AKT2 = ("CSD24", "KOMP-CSD", "MGI:4433388", "Akt2<tm1a(KOMP)Wtsi>", "targeted mutation 1a", "MGI:104874", "Akt2")
RSPH = (
    "VG10",
    "KOMP-Regeneron",
    "MGI:4436678",
    "Rsph3b<tm1(KOMP)Vlcg>",
    "targeted mutation 1",
    "MGI:1922106",
    "Rsph3b",
)


def project_report(*rows: Sequence[str]) -> bytes:
    """KOMP_Allele.rpt or one of its twins."""
    return (PROJECT_HEAD + "".join("\t".join(row) + "\n" for row in rows)).encode()


def phenotypic_report(*rows: Sequence[str]) -> bytes:
    """MGI_PhenotypicAllele.rpt."""
    return (PHENOTYPIC_HEAD + "".join("\t".join(row) + "\n" for row in rows)).encode()


def phenotypic(mgi_id: str, symbol: str, marker_id: str, gene: str, **more: str) -> tuple[str, ...]:
    """A row of it."""
    kind = more.get("kind", "Targeted")
    return (
        mgi_id,
        symbol,
        "",
        kind,
        more.get("attributes", ""),
        "",
        marker_id,
        gene,
        "",
        "",
        "",
        more.get("others", ""),
        "",
    )


def marker_list(*rows: Sequence[str]) -> bytes:
    """MRK_List2.rpt."""
    return (MARKER_HEADS + "".join("\t".join(row) + "\n" for row in rows)).encode()


def marker(mgi_id: str, symbol: str, name: str = "a gene", status: str = "O", chromosome: str = "7") -> tuple[str, ...]:
    """A row of it."""
    return (
        mgi_id,
        chromosome,
        "16.58",
        "27290977",
        "27340251",
        "+",
        symbol,
        status,
        name,
        "Gene",
        "protein coding",
        "",
    )


def production(*rows: dict[str, str], heads: Iterable[str] = PRODUCTION_HEADS) -> bytes:
    """A production export as CSV."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, list(heads), restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return target.getvalue().encode()


def colony(name: str = "MDAV", **more: str) -> dict[str, str]:
    """A row of it."""
    row = {
        "plan_id": "12345",
        "attempt_id": "3456",
        "gentar_id": "PIN:0000012345",
        "colony": name,
        "centre": "WTSI",
        "consortium": "BaSH",
        "gene_mgi_id": "MGI:104874",
        "gene_symbol": "Akt2",
        "allele_symbol": "Akt2<sup>tm1a(KOMP)Wtsi</sup>",
        "clone": "EPD0047_1_F05",
        "background_strain": "C57BL/6N",
        "Plan Created date": "2011-10-01",
        "Attempt In Progress date": "2011-11-14",
        "Genotype Confirmed date": "2012-06-30",
    }
    return row | more


def catalogue(*rows: dict[str, str], above: str = "") -> bytes:
    """The catalogue of the MMRRC."""
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, STOCK_HEADS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return (above + target.getvalue()).encode()


def stock(number: str = "MMRRC:043921-UCD", **more: str) -> dict[str, str]:
    """A row of an allele of a stock."""
    row = {
        "STRAIN/STOCK_ID": number,
        "STRAIN/STOCK_DESIGNATION": "C57BL/6N-<i>Akt2<sup>tm1a(KOMP)Wtsi</sup></i>/Mmucd",
        "OTHER_NAMES": "RRID:MMRRC_043921-UCD",
        "STRAIN_TYPE": "MSR",
        "STATE": "LM,SP",
        "MGI_ALLELE_ACCESSION_ID": "MGI:4433388",
        "ALLELE_SYMBOL": "Akt2<tm1a(KOMP)Wtsi>",
        "MUTATION_TYPE": "TM",
        "ACCEPTED_DATE": "04/24/2013",
    }
    return row | more
