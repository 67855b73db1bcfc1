"""The free texts of the register that outlast the erasure of a person: notes, reasons, questions, decisions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, not_, or_

from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject
from app.files.models import StoredFile
from app.members.models import (
    Application,
    ApplicationDocument,
    ApplicationNote,
    ApplicationStep,
    CaseTask,
    ContactRoute,
    CriterionFinding,
    Departure,
    DistinctPair,
    ImportRow,
    InstitutionDocument,
    InstitutionNote,
    InstitutionParticulars,
    KeptPerson,
    Mailing,
    MailTemplate,
    Membership,
    MembershipStep,
    Merger,
    RegisterImport,
)
from app.members.queries.kept_by_imports import lines_about
from app.members.rules import TwinKind


@free_texts("members.institutions")
def texts_of_institutions(_subject: DataSubject) -> Sequence[AnySelect]:
    """What was noted of institutions, their papers and addresses, and why their memberships took a step."""
    held, paper = InstitutionParticulars, InstitutionDocument
    steps = free_text("Reason of a step", "institution", Membership.institution_id, MembershipStep.reason)
    files = free_text("Name of a document", "institution", paper.institution_id, StoredFile.name)
    return [
        free_text("Note", "institution", InstitutionNote.institution_id, InstitutionNote.text),
        free_text("Postal address", "institution", held.institution_id, held.postal_address),
        free_text("Billing address", "institution", held.institution_id, held.billing_address),
        free_text("Title of a document", "institution", paper.institution_id, paper.title),
        free_text("Why a document was withdrawn", "institution", paper.institution_id, paper.withdrawn_because),
        files.join(paper, paper.file_id == StoredFile.id),
        steps.join(Membership, Membership.id == MembershipStep.membership_id),
    ]


@free_texts("members.applications")
def texts_of_applications(_subject: DataSubject) -> Sequence[AnySelect]:
    """What applicants wrote, and what was asked, noted, found and decided in the course of a case."""
    case, paper = Application, ApplicationDocument
    files = free_text("Name of a document", "application", paper.application_id, StoredFile.name)
    return [
        free_text("Message", "application", case.id, case.message),
        free_text("Postal address", "application", case.id, case.postal_address),
        free_text("Question", "application", case.id, case.question),
        free_text("Decision", "application", case.id, case.decision),
        free_text("Reason of a decision", "application", case.id, case.decision_reason),
        free_text("Note", "application", ApplicationNote.application_id, ApplicationNote.text),
        free_text("Reason of a step", "application", ApplicationStep.application_id, ApplicationStep.reason),
        free_text("Review", "application", CriterionFinding.application_id, CriterionFinding.reason),
        files.join(paper, paper.file_id == StoredFile.id),
        free_text("Outcome of a step", "application", CaseTask.application_id, CaseTask.outcome).where(
            CaseTask.application_id.is_not(None)
        ),
        free_text("Outcome of a step", "departure", CaseTask.departure_id, CaseTask.outcome).where(
            CaseTask.departure_id.is_not(None)
        ),
        free_text("Reason of a departure", "departure", Departure.id, Departure.reason),
    ]


@free_texts("members.people")
def texts_of_people(subject: DataSubject) -> Sequence[AnySelect]:
    """What is on record of other people, and what was written to many."""
    identity = subject.person_id or 0
    return [
        free_text("Contact route", "person", ContactRoute.person_id, ContactRoute.text).where(
            ContactRoute.person_id != identity
        ),
        free_text("Why somebody is kept", "person", KeptPerson.person_id, KeptPerson.reason).where(
            KeptPerson.person_id != identity
        ),
        free_text("Text of a template", "mail_template", MailTemplate.id, MailTemplate.text),
        free_text("Text of a mailing", "mailing", Mailing.id, Mailing.text),
    ]


@free_texts("members.twins")
def texts_of_twins(subject: DataSubject) -> Sequence[AnySelect]:
    """Why two others were made one, or told apart."""
    identity = subject.person_id or 0
    of_them = and_(Merger.kind == TwinKind.PERSON, or_(Merger.merged_id == identity, Merger.survivor_id == identity))
    pair = DistinctPair
    theirs = and_(pair.kind == TwinKind.PERSON, or_(pair.one_id == identity, pair.other_id == identity))
    return [
        free_text("Reason of a merger", Merger.kind, Merger.survivor_id, Merger.reason).where(not_(of_them)),
        free_text("Why two are not the same", pair.kind, pair.one_id, pair.reason).where(not_(theirs)),
    ]


@free_texts("members.imports")
def texts_of_imports(subject: DataSubject) -> Sequence[AnySelect]:
    """What imports were told of lines that were about others."""
    lines = lines_about(subject.person_id or 0).subquery()
    theirs = (
        lines.select()
        .where(lines.c.import_id == ImportRow.import_id, lines.c.line == ImportRow.line)
        .correlate(ImportRow)
        .exists()
    )
    return [
        free_text("Name of a line", "import", ImportRow.import_id, ImportRow.label).where(not_(theirs)),
        free_text("Message of a line", "import", ImportRow.import_id, ImportRow.told).where(not_(theirs)),
        free_text("Notice", "import", RegisterImport.id, RegisterImport.notice),
    ]
