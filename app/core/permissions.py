"""Who may do what: one table of permission by role (DESIGN, section 7). What is not listed is refused."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a dated grant makes of a person."""

    SECRETARIAT = "secretariat"
    FINANCE = "finance"
    AGREEMENTS = "agreements"
    CHAIR = "chair"
    COMMITTEE_MEMBER = "committee_member"
    REPRESENTATIVE = "representative"
    AUDITOR = "auditor"


class Reach(StrEnum):
    """How far a permission goes: every record, or those of the institution or committee the grant names."""

    ALL = "all"
    OWN = "own"


class Permission(StrEnum):
    """One thing that can be done."""

    INSTITUTION_LIST = "institution.list"
    INSTITUTION_READ = "institution.read"
    INSTITUTION_EDIT = "institution.edit"
    INSTITUTION_EDIT_CONTACT = "institution.edit_contact"
    MEMBERSHIP_EDIT = "membership.edit"
    REGISTER_IMPORT = "register.import"
    APPLICATION_READ = "application.read"
    APPLICATION_EDIT = "application.edit"
    MAILING_SEND = "mailing.send"
    REGISTER_MERGE = "register.merge"
    PERSON_LIST = "person.list"
    PERSON_READ = "person.read"
    PERSON_READ_BILLING = "person.read_billing"
    PERSON_EDIT = "person.edit"
    PERSON_EXPORT = "person.export"
    PERSON_ERASE = "person.erase"
    ACCOUNT_READ = "account.read"
    ACCOUNT_EDIT = "account.edit"
    SETTING_READ = "setting.read"
    SETTING_EDIT = "setting.edit"
    FEE_READ = "fee.read"
    FEE_EDIT = "fee.edit"
    INVOICE_READ = "invoice.read"
    INVOICE_EDIT = "invoice.edit"
    INVOICE_CREDIT = "invoice.credit"
    RECEIPT_GIVE = "receipt.give"
    PAYMENT_READ = "payment.read"
    PAYMENT_EDIT = "payment.edit"
    BOOKS_CLOSE = "books.close"
    COMMITTEE_READ = "committee.read"
    COMMITTEE_FOUND = "committee.found"
    COMMITTEE_EDIT = "committee.edit"
    LINE_READ = "line.read"
    LINE_EDIT = "line.edit"
    LINE_IMPORT = "line.import"
    TEMPLATE_READ = "template.read"
    TEMPLATE_EDIT = "template.edit"
    SIGNATORY_READ = "signatory.read"
    SIGNATORY_EDIT = "signatory.edit"
    AGREEMENT_READ = "agreement.read"
    AGREEMENT_EDIT = "agreement.edit"
    REPORT_LIST = "report.list"
    REPORT_MEMBERS = "report.members"
    REPORT_MONEY = "report.money"
    REPORT_COMMITTEE = "report.committee"
    REPORT_LINES = "report.lines"
    EXCHANGE_READ = "exchange.read"
    EXCHANGE_EDIT = "exchange.edit"
    AUDIT_READ = "audit.read"
    WORK_READ = "work.read"
    WORK_EDIT = "work.edit"


S, F, A, C, M, R, U = (
    Role.SECRETARIAT,
    Role.FINANCE,
    Role.AGREEMENTS,
    Role.CHAIR,
    Role.COMMITTEE_MEMBER,
    Role.REPRESENTATIVE,
    Role.AUDITOR,
)
ALL, OWN = Reach.ALL, Reach.OWN
EVERYONE = dict.fromkeys(Role, ALL)

ALLOWED: dict[Permission, dict[Role, Reach]] = {
    Permission.INSTITUTION_LIST: EVERYONE,
    Permission.INSTITUTION_READ: {S: ALL, F: ALL, R: OWN, U: ALL},
    Permission.INSTITUTION_EDIT: {S: ALL},
    Permission.INSTITUTION_EDIT_CONTACT: {S: ALL, R: OWN},
    Permission.MEMBERSHIP_EDIT: {S: ALL},
    Permission.REGISTER_IMPORT: {S: ALL},
    Permission.APPLICATION_READ: {S: ALL, U: ALL},
    Permission.APPLICATION_EDIT: {S: ALL},
    Permission.MAILING_SEND: {S: ALL},
    Permission.REGISTER_MERGE: {S: ALL},
    Permission.PERSON_LIST: EVERYONE,
    Permission.PERSON_READ: {S: ALL, C: OWN, R: OWN, U: ALL},
    Permission.PERSON_READ_BILLING: {S: ALL, F: ALL, U: ALL},
    Permission.PERSON_EDIT: {S: ALL, R: OWN},
    Permission.PERSON_EXPORT: {S: ALL},
    Permission.PERSON_ERASE: {S: ALL},
    Permission.ACCOUNT_READ: {S: ALL, U: ALL},
    Permission.ACCOUNT_EDIT: {S: ALL},
    Permission.SETTING_READ: {S: ALL, U: ALL},
    Permission.SETTING_EDIT: {S: ALL},
    Permission.FEE_READ: {S: ALL, F: ALL, U: ALL},
    Permission.FEE_EDIT: {S: ALL, F: ALL},
    Permission.INVOICE_READ: {S: ALL, F: ALL, R: OWN, U: ALL},
    Permission.INVOICE_EDIT: {S: ALL, F: ALL},
    Permission.INVOICE_CREDIT: {S: ALL, F: ALL},
    Permission.RECEIPT_GIVE: {S: ALL, F: ALL, R: OWN},
    Permission.PAYMENT_READ: {S: ALL, F: ALL, U: ALL},
    Permission.PAYMENT_EDIT: {S: ALL, F: ALL},
    Permission.BOOKS_CLOSE: {S: ALL, F: ALL},
    Permission.COMMITTEE_READ: EVERYONE,
    Permission.COMMITTEE_FOUND: {S: ALL},
    Permission.COMMITTEE_EDIT: {S: ALL, C: OWN},
    Permission.LINE_READ: {S: ALL, A: ALL, C: ALL, M: ALL, R: ALL, U: ALL},
    Permission.LINE_EDIT: {S: ALL, A: ALL, R: OWN},
    Permission.LINE_IMPORT: {S: ALL, A: ALL},
    Permission.TEMPLATE_READ: {S: ALL, A: ALL, U: ALL},
    Permission.TEMPLATE_EDIT: {S: ALL, A: ALL},
    Permission.SIGNATORY_READ: {S: ALL, A: ALL, R: OWN, U: ALL},
    Permission.SIGNATORY_EDIT: {S: ALL, A: ALL},
    Permission.AGREEMENT_READ: {S: ALL, A: ALL, R: OWN, U: ALL},
    Permission.AGREEMENT_EDIT: {S: ALL, A: ALL, R: OWN},
    Permission.REPORT_LIST: {S: ALL, F: ALL, A: ALL, C: ALL, R: ALL, U: ALL},
    Permission.REPORT_MEMBERS: {S: ALL, R: OWN, U: ALL},
    Permission.REPORT_MONEY: {S: ALL, F: ALL, R: OWN, U: ALL},
    Permission.REPORT_COMMITTEE: {S: ALL, C: OWN, U: ALL},
    Permission.REPORT_LINES: {S: ALL, A: ALL, R: OWN, U: ALL},
    Permission.EXCHANGE_READ: {S: ALL, A: ALL, R: OWN, U: ALL},
    Permission.EXCHANGE_EDIT: {S: ALL, A: ALL, R: OWN},
    Permission.AUDIT_READ: {S: ALL, U: ALL},
    Permission.WORK_READ: {S: ALL},
    Permission.WORK_EDIT: {S: ALL},
}
