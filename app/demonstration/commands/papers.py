"""Templates with their versions, the rule table, parties to a master and signatories, as diary entries."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app.agreements.commands.evidence import Evidence
from app.agreements.commands.masters import join_master, leave_master
from app.agreements.commands.signatories import SignatoryValues, name_signatory, withdraw_signatory
from app.agreements.commands.template_rules import RuleValues, add_rule
from app.agreements.commands.templates import TemplateFacts, VersionValues, add_template, adopt_version
from app.agreements.models import AgreementTemplate, MasterParty, Signatory
from app.agreements.rules.kinds import TemplateKind
from app.agreements.rules.terms import AtEnd, Freedom, Restrictions
from app.agreements.rules.texts import TemplateText
from app.agreements.rules.wording import terms_of
from app.core.database import db
from app.core.history import as_known
from app.core.periods import Period
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts, as_paper, day_or_none
from app.lines.rules import AlleleClass
from app.members.rules import InstitutionKind

FACTS = Path(__file__).parents[1] / "agreements.toml"
PLAIN = "text/plain; charset=utf-8"


def write_papers(diary: Diary) -> None:
    """Everything agreements are drafted from, proposed by, and signed by."""
    facts = tomllib.loads(FACTS.read_text(encoding="utf-8"))
    for template in facts["template"]:
        first, *later = template["version"]
        diary.on(first["first_day"], partial(_add, diary, template, first))
        for version in later:
            diary.on(version["first_day"], partial(_adopt, diary, template["code"], version))
    for rule in facts["rule"]:
        # Rows are put in the table in their order, on the day it is made: those of earlier days are entered late.
        diary.on(date(2014, 7, 1), partial(_add_rule, diary, rule))
    for master in facts["party"]:
        for name, joined, left, why in master["parties"]:
            diary.on(joined, partial(_join, diary, master["master"], name, joined))
            if day_or_none(left):
                diary.on(left, partial(_leave, diary, master["master"], name, (left, why)))
    for institution, person, office, first, last, why in facts["signatories"]["named"]:
        diary.on(first, partial(_name, diary, (institution, person), office, first))
        if day_or_none(last):
            diary.on(last, partial(_withdraw, diary, (institution, person), last, why))


def _add(diary: Diary, facts: Facts, version: Facts) -> None:
    master = _template(facts["master"]).id if "master" in facts else None
    known = TemplateFacts(facts["code"], facts["title"], TemplateKind(facts["kind"]), master)
    add_template(known, _version(version), actor=diary.actor)


def _adopt(diary: Diary, code: str, version: Facts) -> None:
    found = _template(code)
    adopt_version(found.id, _version(version), version=found.version, actor=diary.actor)


def _version(facts: Facts) -> VersionValues:
    held = Restrictions(
        onward=Freedom(facts["onward"]),
        commercial=Freedom(facts["commercial"]),
        embargo_to_publication=facts.get("embargo_to_publication", False),
        citation=facts.get("citation"),
        at_end=AtEnd(facts["at_end"]),
    )
    text = TemplateText(facts["body"].strip(), terms_of(held), facts.get("law"), facts.get("fees"))
    return VersionValues(text, facts["first_day"], facts["decision"])


def _add_rule(diary: Diary, facts: Facts) -> None:
    kind, allele = facts.get("recipient_kind"), facts.get("allele_class")
    values = RuleValues(
        template_id=_template(facts["template"]).id,
        period=Period(facts["first_day"], facts.get("last_day")),
        provider_id=diary.institutions[facts["provider"]].id if "provider" in facts else None,
        pipeline=facts.get("pipeline"),
        allele_class=AlleleClass(allele) if allele else None,
        recipient_kind=InstitutionKind(kind) if kind else None,
    )
    add_rule(values, actor=diary.actor)


def _join(diary: Diary, code: str, name: str, joined: date) -> None:
    text = f"{name} joins the master agreement on the exchange of lines."
    proof = Evidence(as_paper("Letter", name, text), PLAIN, f"Letter of {name}.txt")
    join_master(_template(code).id, diary.institutions[name].id, Period(joined), proof, actor=diary.actor)


def _leave(diary: Diary, code: str, name: str, end: tuple[date, str]) -> None:
    of = (MasterParty.template_id == _template(code).id, MasterParty.institution_id == diary.institutions[name].id)
    party = db.session.scalars(select(MasterParty).where(*of, as_known(MasterParty)).order_by(MasterParty.id)).one()
    leave_master(party.id, end[0], reason=end[1], version=party.version, actor=diary.actor)


def _name(diary: Diary, who: tuple[str, str], office: str, first: date) -> None:
    institution, name = who
    person = diary.person(name, institution, first)
    proof = Evidence(as_paper("Letter", institution, f"{name} signs as {office}."), PLAIN, f"Naming of {name}.txt")
    values = SignatoryValues(office, Period(first), proof)
    name_signatory(diary.institutions[institution].id, person.id, values, actor=diary.actor)


def _withdraw(diary: Diary, who: tuple[str, str], last: date, why: str) -> None:
    institution, name = who
    of = (
        Signatory.institution_id == diary.institutions[institution].id,
        Signatory.person_id == diary.people[name].id,
    )
    found = db.session.scalars(select(Signatory).where(*of, as_known(Signatory)).order_by(Signatory.id)).one()
    withdraw_signatory(found.id, last, reason=why, version=found.version, actor=diary.actor)


def _template(code: str) -> AgreementTemplate:
    found = select(AgreementTemplate).where(AgreementTemplate.code == code).order_by(AgreementTemplate.id)
    return db.session.scalars(found).one()
