"""What papers and electronic invoices say of the consortium and of its payers: registers, parts of addresses, numbers,
texts and languages.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NEW = (
    ("street", sa.Text(), ""),
    ("postcode", sa.String(length=40), ""),
    ("city", sa.String(length=200), ""),
    ("legal_id", sa.String(length=40), ""),
    ("tax_number", sa.String(length=40), ""),
    ("tax_note_de", sa.String(length=500), ""),
    ("tax_note_fr", sa.String(length=500), ""),
    ("language", sa.String(length=40), "en"),
    ("invoice_intro", sa.Text(), ""),
    ("invoice_intro_de", sa.Text(), ""),
    ("invoice_intro_fr", sa.Text(), ""),
    ("invoice_note_de", sa.Text(), ""),
    ("invoice_note_fr", sa.Text(), ""),
    ("invoice_numbers", sa.String(length=40), "INV-{year}-{number}"),
    ("credit_note_numbers", sa.String(length=40), "CN-{year}-{number}"),
    ("number_digits", sa.Integer(), "4"),
)
PAYERS = ("institution", "institution_particulars")
TOWNS = (
    re.compile(r"(?P<postcode>(?:[A-Z]{1,2}-)?\d[\d -]{1,6}\d(?:\s[A-Z]{2}\b)?)\s+(?P<city>[^\W\d].*)"),
    re.compile(r"(?P<city>.*?),?\s*\b(?P<postcode>[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})"),
    re.compile(r"(?P<city>.*?),?\s*\b(?P<postcode>[A-Z]\d[A-Z]\s?\d[A-Z]\d)"),
    re.compile(r"(?P<city>.*[^\W\d].*?),?\s+(?P<postcode>\d{3,6}(?:-\d{3,4})?)"),
)
PROFILE = sa.table(
    "consortium_profile",
    *(sa.column(name) for name in ("first_day", "country", "address", "street", "postcode", "city")),
)
TOWN_FIRST = {"AU", "CA", "GB", "IE", "IN", "JP", "KR", "NZ", "SG", "TH", "TW", "US"}


def upgrade() -> None:
    """Read the parts of addresses that were typed in lines; what has no town in its last line is all street."""
    with op.batch_alter_table("consortium_profile") as batch:
        for name, kind, value in NEW:
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=value))
        batch.add_column(sa.Column("logo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True))
        batch.create_foreign_key(op.f("fk_consortium_profile_logo_id"), "stored_file", ["logo_id"], ["id"])
        batch.create_check_constraint(op.f("ck_consortium_profile_number_digits"), "number_digits BETWEEN 1 AND 9")
    connection = op.get_bind()
    for day, text in connection.execute(sa.select(PROFILE.c.first_day, PROFILE.c.address)).all():
        parts = _read(text)
        connection.execute(PROFILE.update().where(PROFILE.c.first_day == day).values(**parts))
    with op.batch_alter_table("consortium_profile") as batch:
        batch.drop_column("address")
        for name, _, _ in NEW:
            batch.alter_column(name, server_default=None)
    for table in PAYERS:
        op.add_column(table, sa.Column("buyer_reference", sa.String(length=40), nullable=True))
        op.add_column(table, sa.Column("document_language", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Write the parts of addresses in lines again."""
    for table in PAYERS:
        op.drop_column(table, "document_language")
        op.drop_column(table, "buyer_reference")
    with op.batch_alter_table("consortium_profile") as batch:
        batch.add_column(sa.Column("address", sa.Text(), nullable=False, server_default=""))
    connection = op.get_bind()
    columns = (PROFILE.c.first_day, PROFILE.c.country, PROFILE.c.street, PROFILE.c.postcode, PROFILE.c.city)
    for day, country, street, postcode, city in connection.execute(sa.select(*columns)).all():
        town = (city, postcode) if country in TOWN_FIRST else (postcode, city)
        text = "\n".join(line for line in (street, " ".join(part for part in town if part)) if line)
        connection.execute(PROFILE.update().where(PROFILE.c.first_day == day).values(address=text))
    with op.batch_alter_table("consortium_profile") as batch:
        batch.alter_column("address", server_default=None)
        batch.drop_constraint(op.f("ck_consortium_profile_number_digits"), type_="check")
        batch.drop_constraint(op.f("fk_consortium_profile_logo_id"), type_="foreignkey")
        batch.drop_column("logo_id")
        for name, _, _ in NEW:
            batch.drop_column(name)


def _read(text: str) -> dict[str, str]:
    """Street, postcode and town of an address in lines."""
    *above, last = text.splitlines() or [""]
    for pattern in TOWNS:
        if found := pattern.fullmatch(last):
            return {"street": "\n".join(above), "postcode": found["postcode"], "city": found["city"].strip(" ,")}
    return {"street": text, "postcode": "", "city": ""}
