"""How the register is open, what applicants have to fulfil, and an application that waits, as diary entries."""

from __future__ import annotations

from functools import partial

from app.core.periods import ONE_DAY
from app.core.tables import PageRequest
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts, address_of
from app.members.commands import (
    ApplicantFacts,
    ApplicationFacts,
    CriterionFacts,
    adopt_criterion,
    adopt_policy,
    assign_case,
    enter_application,
    note_in_case,
)
from app.members.queries import CaseFilters, search_applications
from app.members.rules import Check, CriterionKind, InstitutionKind, Policy, Purpose


def write_applications(diary: Diary, classes: dict[str, int]) -> None:
    """From the day the register opens to the day the owner of the newest application noted something."""
    opened = diary.facts["register"]["open_from"]
    diary.on(opened, partial(_open, diary))
    for criterion in diary.facts["criterion"]:
        diary.on(opened, partial(_ask, diary, criterion))
    for application in diary.facts["application"]:
        received = application["received"]
        diary.on(received, partial(_enter, diary, application, classes[application["class"]]))
        diary.on(received + ONE_DAY, partial(_review, diary, application))


def _open(diary: Diary) -> None:
    adopt_policy(diary.facts["register"]["open_from"], Policy(accepts_applications=True), actor=diary.actor)


def _ask(diary: Diary, facts: Facts) -> None:
    check = Check(facts["check"]) if "check" in facts else None
    first_day = diary.facts["register"]["open_from"]
    adopt_criterion(CriterionFacts(facts["text"], CriterionKind(facts["kind"]), first_day, check), actor=diary.actor)


def _enter(diary: Diary, facts: Facts, class_id: int) -> None:
    given_name, _, family_name = facts["voting"].rpartition(" ")
    email = address_of(facts["voting"], facts["short_name"])
    enter_application(
        ApplicationFacts(
            name=facts["name"],
            short_name=facts["short_name"],
            kind=InstitutionKind(facts["kind"]),
            class_id=class_id,
            contact_name=facts["voting"],
            contact_email=email,
            country=facts["country"],
            website=facts["website"],
            message=facts["message"],
            people=(ApplicantFacts(Purpose.VOTING, given_name, family_name, email),),
        ),
        actor=diary.actor,
    )


def _review(diary: Diary, facts: Facts) -> None:
    owner = diary.people[facts["owner"]]
    filters = CaseFilters(text=facts["name"])
    application_id = search_applications(filters, PageRequest(), diary.actor).rows[0].id
    assign_case(application_id, owner.user_id, actor=diary.actor)
    note_in_case(application_id, facts["note"], actor=diary.actor)
