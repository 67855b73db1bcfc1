"""What signatories and templates hold about a person, what stands against an erasure, and free texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import or_, select

from app.agreements.models import AgreementTemplate, MasterParty, Signatory, TemplateRule, TemplateVersion
from app.core.database import db
from app.core.history import as_known
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds
from app.files.models import StoredFile
from app.members.models import Institution
from app.members.queries import register_bonds

GROUND = "Who could sign for an institution on which day proves that its agreements were signed by who was entitled"


@register_bonds
def signing() -> AnySelect:
    """Who may sign for an institution is tied to the consortium until they are withdrawn."""
    return select(Signatory.person_id, Signatory.last_day, Signatory.recorded_at, Signatory.superseded_at)


@holds("agreements.signatories", place=30)
def signatory_of(subject: DataSubject) -> Held | None:
    """Every institution a person could sign for, with what was corrected since."""
    asked = (
        select(Signatory, Institution.name, StoredFile.name)
        .join(Institution, Institution.id == Signatory.institution_id)
        .outerjoin(StoredFile, StoredFile.id == Signatory.evidence_file_id)
        .where(Signatory.person_id == subject.person_id)
        .order_by(Signatory.first_day, Signatory.id)
    )
    rows = [
        {
            "Institution": institution,
            "Office": row.office,
            "From": row.first_day,
            "Until": row.last_day,
            "Why it ended": row.withdrawn_because,
            "Evidence": evidence,
            "Corrected": row.superseded_at,
        }
        for row, institution, evidence in db.session.execute(asked)
    ]
    why = "The list of signatories names who may sign for an institution, for any day."
    return held_rows("Signatory of institutions", why, rows, Fate.KEPT, ground=GROUND, until="without the name")


@holds("agreements.adopted", place=84)
def versions_adopted(subject: DataSubject) -> Held | None:
    """The versions of templates that somebody adopted, by their name."""
    of = TemplateVersion
    asked = select(of.adopted_at, AgreementTemplate.code, of.number).join(
        AgreementTemplate, AgreementTemplate.id == of.template_id
    )
    found = asked.where(of.adopted_by.in_(subject.signatures)).order_by(of.adopted_at, of.id)
    rows = [
        {"What": "Version of a template adopted", "When": row.adopted_at, "Record": f"{row.code}, version {row.number}"}
        for row in db.session.execute(found)
    ]
    why = "Each version of a template says who adopted it."
    return held_rows("Templates adopted", why, rows, Fate.REPLACED)


@forbids_erasure("agreements.signatories")
def signs_still(subject: DataSubject, on: date) -> Iterator[Obstacle]:
    """Who may sign on the day or later is withdrawn first: nobody could tell who is entitled."""
    asked = (
        select(Signatory.id, Institution.name)
        .join(Institution, Institution.id == Signatory.institution_id)
        .where(
            Signatory.person_id == subject.person_id,
            as_known(Signatory),
            or_(Signatory.last_day.is_(None), Signatory.last_day >= on),
        )
        .order_by(Institution.sort_name, Signatory.id)
    )
    for row in db.session.execute(asked):
        yield Obstacle(f"They may sign agreements for {row.name}: withdraw them first.", "signatory", row.id)


@free_texts("agreements.templates")
def texts_of(_subject: DataSubject) -> Sequence[AnySelect]:
    """What people typed about templates, the rule table, and signatories."""
    template, version = AgreementTemplate, TemplateVersion
    versions = (
        ("Text of a template", version.body),
        ("Fees of a template", version.fees),
        ("Law of a template", version.law),
        ("Decision of a template", version.decision),
    )
    papers = free_text("Name of a signatory's paper", "signatory", Signatory.id, StoredFile.name)
    proofs = free_text("Name of a paper of a party", "agreement_template", MasterParty.template_id, StoredFile.name)
    return [
        free_text("Code of a template", "agreement_template", template.id, template.code),
        free_text("Title of a template", "agreement_template", template.id, template.title),
        *(free_text(what, "agreement_template", version.template_id, column) for what, column in versions),
        free_text("Pipeline in the rule table", "template_rule", TemplateRule.id, TemplateRule.pipeline),
        free_text("Office of a signatory", "signatory", Signatory.id, Signatory.office),
        free_text("Why a signatory was withdrawn", "signatory", Signatory.id, Signatory.withdrawn_because),
        papers.join(Signatory, Signatory.evidence_file_id == StoredFile.id),
        proofs.join(MasterParty, MasterParty.evidence_file_id == StoredFile.id),
    ]
