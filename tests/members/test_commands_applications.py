"""Applications: sent and confirmed by mail, reviewed, decided, turned into members step by step, and removed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, select

from app.accounts.commands import Refused, throttle
from app.accounts.commands.throttle import Subjects
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError
from app.core.permissions import Role
from app.core.tables import PageRequest
from app.core.transaction import transaction
from app.members.commands import (
    Admission,
    CaseDecision,
    CaseFile,
    CriterionFacts,
    Judgement,
    Merging,
    adopt_criterion,
    answer_question,
    ask_applicant,
    assign_case,
    assign_step,
    choose_institution,
    confirm_application,
    correct_first_day,
    decline_applicant,
    end_criterion,
    enter_application,
    give_term,
    go_on_without_answer,
    invite_person,
    judge_criterion,
    merge_records,
    name_applicants,
    note_in_case,
    remove_stale_applications,
    retract_membership,
    take_case,
    take_up_applicant,
    welcome_member,
    withdraw_application,
    withdraw_by_link,
    withdraw_member,
)
from app.members.commands import InstitutionFacts as Facts
from app.members.documents.applications import Letter
from app.members.models import Application, CaseTask, Institution, Membership, Person, Representation
from app.members.queries import CaseFilters, get_case, letter_values, list_matches, people_like, search_applications
from app.members.rules import CaseState, Check, CriterionKind, InstitutionKind, Purpose, TwinKind, Verdict
from app.outbox.duties import resume_duties
from app.outbox.models import Job, Mail
from app.outbox.work import run_due_jobs
from tests.client import count_rows
from tests.conftest import TODAY
from tests.members.applying import (
    VOTER,
    admitted,
    confirmed,
    facts,
    last_link,
    officer,
    open_the_door,
    send,
    under_review,
)
from tests.members.world import OFFICE, class_id, do, institution, on, person
from tests.signin import with_password

pytestmark = pytest.mark.usefixtures("context")
AUDITOR = Actor("Auditor", 99, (Granted(Role.AUDITOR),))
FJORD = Facts("Fjord Mouse Clinic", "FMC", InstitutionKind.RESEARCH_CENTRE, "NO")


def listed(actor: Actor = AUDITOR) -> list[str]:
    return [row.number for row in search_applications(CaseFilters(), PageRequest(), actor).rows]


def test_nobody_applies_while_the_door_is_shut():
    with pytest.raises(NotFoundError):
        send()
    assert count_rows("application") == count_rows("mail") == 0


def test_what_nobody_confirmed_is_seen_by_nobody_and_has_no_number():
    open_the_door()
    sent = send()
    assert (sent.state, sent.number) == (CaseState.RECEIVED, None)
    assert listed() == []
    with pytest.raises(NotFoundError):
        get_case(sent.id, OFFICE)
    with pytest.raises(NotFoundError):
        do(take_case, sent.id)


def test_a_link_confirms_once_and_the_case_gets_its_number():
    open_the_door()
    found = confirmed()
    assert (found.state, found.number, found.entered_by) == (CaseState.CONFIRMED, "A-2016-001", None)
    assert listed() == ["A-2016-001"]
    with pytest.raises(DomainError, match="used meanwhile, or is too old"), transaction():
        confirm_application(last_link())


def test_a_link_is_kept_as_a_hash_and_ends_with_its_time():
    open_the_door()
    send()
    token = last_link()
    assert token not in str(db.session.execute(db.text("SELECT token_hash FROM application_link")).all())
    with on(TODAY + timedelta(days=8)), pytest.raises(DomainError, match="too old"), transaction():
        confirm_application(token)


def test_one_address_sends_three_at_once_and_then_waits():
    open_the_door()
    taken = [send(f"192.0.2.{number}") for number in range(1, 5)]
    assert isinstance(taken[3], Refused)
    assert "too many applications" in taken[3].words
    assert count_rows("application") == 3


def test_one_machine_and_all_machines_together_have_their_limits():
    open_the_door()
    taken = [send("192.0.2.1", contact_email=f"a{number}@fjord.example") for number in range(11)]
    assert [isinstance(each, Refused) for each in taken] == [False] * 10 + [True]
    assert not isinstance(send("198.51.100.1", contact_email="other@fjord.example"), Refused)


def test_an_applicant_withdraws_by_the_link():
    open_the_door()
    send()
    with transaction():
        withdrawn = withdraw_by_link(last_link(), CaseState.RECEIVED)
    assert withdrawn.state is CaseState.WITHDRAWN


def test_what_the_secretariat_enters_is_confirmed_from_the_start(office: Actor):
    mine = officer()
    entered = do(enter_application, facts(), actor=mine)
    assert (entered.state, entered.entered_by, entered.owner_id) == (CaseState.CONFIRMED, mine.name, mine.user_id)
    with pytest.raises(AccessDeniedError):
        do(enter_application, facts(), actor=AUDITOR)


def test_of_two_who_take_a_case_the_second_is_told():
    open_the_door()
    case = confirmed()
    first, second = officer("Odile Fennimore"), officer("Quentin Ashdown")
    assert do(take_case, case.id, actor=first).state is CaseState.UNDER_REVIEW
    with pytest.raises(DomainError, match="Somebody else has taken this case"):
        do(take_case, case.id, actor=second)


def test_a_question_is_answered_once_with_documents_and_the_review_goes_on():
    case = under_review(officer())
    do(ask_applicant, case.id, "Who keeps your mice?")
    token = last_link()
    assert get_case(case.id, AUDITOR).application.state is CaseState.MORE_ASKED
    with transaction():
        answer_question(token, "Ingrid does.", [CaseFile("plan.pdf", b"%PDF-1.7 plan", "application/pdf")])
    found = get_case(case.id, AUDITOR)
    assert found.application.state is CaseState.UNDER_REVIEW
    assert [note.written_by for note in found.notes][-1] == "The applicant"
    assert [document.file.name for document in found.documents] == ["plan.pdf"]
    with pytest.raises(DomainError, match="used meanwhile"), transaction():
        answer_question(token, "Again", [])


def test_a_review_goes_on_without_an_answer_and_the_link_is_spent():
    case = under_review(officer())
    do(ask_applicant, case.id, "Who keeps your mice?")
    do(go_on_without_answer, case.id)
    with pytest.raises(DomainError, match="used meanwhile"), transaction():
        answer_question(last_link(), "Too late", [])


def test_criteria_of_the_day_and_the_class_are_assessed():
    asked = CriterionFacts("It gives its country", CriterionKind.COMPUTED, TODAY, Check.COUNTRY)
    shares = do(adopt_criterion, CriterionFacts("It shares its lines", CriterionKind.SAID, TODAY))
    clinic = do(adopt_criterion, CriterionFacts("It runs a clinic", CriterionKind.JUDGED, TODAY))
    do(adopt_criterion, asked)
    do(adopt_criterion, CriterionFacts("Of funders", CriterionKind.JUDGED, TODAY, class_id=class_id("funder")))
    over = do(adopt_criterion, CriterionFacts("Over", CriterionKind.JUDGED, date(2016, 1, 1)))
    do(end_criterion, over.id, last_day=date(2016, 5, 23))
    case = under_review(officer(), said=(shares.id, clinic.id))
    verdicts = {each.criterion.text: each.verdict for each in get_case(case.id, AUDITOR).criteria}
    assert verdicts == {
        "It shares its lines": Verdict.MET,
        "It runs a clinic": Verdict.TO_JUDGE,
        "It gives its country": Verdict.MET,
    }
    do(judge_criterion, case.id, clinic.id, Judgement(is_met=False, reason="Not yet"))
    do(judge_criterion, case.id, clinic.id, Judgement(is_met=True, reason="Seen on 2 May"))
    last = next(each for each in get_case(case.id, AUDITOR).criteria if each.criterion.id == clinic.id)
    assert (last.verdict, last.why) == (Verdict.MET, "test: Seen on 2 May")
    with pytest.raises(NotFoundError):
        do(judge_criterion, case.id, over.id, Judgement(is_met=True, reason="No"))


def test_a_declined_applicant_gets_a_letter_and_the_case_is_closed():
    case = under_review(officer())
    do(decline_applicant, case.id, CaseDecision("D-2016-015", "No mice"), Letter("Your application", "We regret."))
    assert db.session.scalars(select(Mail.body)).all() == ["We regret."]
    with pytest.raises(DomainError, match="This case is closed"):
        do(take_case, case.id)


def test_an_admitted_applicant_becomes_a_member_step_by_step_and_nothing_is_done_twice():
    mine = officer()
    case = admitted(mine)
    with pytest.raises(DomainError, match="First comes: Institution"):
        do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    with pytest.raises(DomainError, match="done already, by Odile Fennimore: Fjord Mouse Clinic taken up"):
        do(take_up_applicant, case.id, FJORD, actor=mine)
    do(give_term, case.id, Admission(case.class_id, TODAY, None, "D-2016-014"), actor=mine)
    do(name_applicants, case.id, {}, actor=mine)
    do(welcome_member, case.id, Letter("Welcome", "Dear Ingrid"), actor=mine)
    for again in (
        lambda: do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine),
        lambda: do(name_applicants, case.id, {}, actor=mine),
        lambda: do(welcome_member, case.id, Letter("Welcome", "Dear Ingrid"), actor=mine),
    ):
        with pytest.raises(DomainError, match="done already"):
            again()
    counted = [db.session.scalar(select(func.count()).select_from(each)) for each in (Institution, Membership, Person)]
    assert counted == [1, 1, 1]
    purposes = db.session.scalars(select(Representation.purpose).order_by(Representation.id)).all()
    assert purposes == [Purpose.VOTING, Purpose.BILLING]
    assert db.session.scalars(select(Mail.subject).order_by(Mail.id)).all() == ["Welcome", "Your invitation to Muster"]
    found = get_case(case.id, AUDITOR)
    done = {task.kind: (task.done_by, task.outcome) for task in found.tasks if task.done_at}
    assert done["term"] == ("Odile Fennimore", "Member as Partner from 24 May 2016.")


@pytest.mark.parametrize(("before", "mails"), [("invited", 1), ("able to sign in", 0), ("neither", 1)])
def test_the_welcome_invites_only_who_cannot_sign_in_and_was_not_invited(before: str, mails: int):
    mine = officer()
    case = admitted(mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine)
    with pytest.raises(DomainError, match="First comes: Representatives"):
        do(welcome_member, case.id, Letter("Welcome", "Dear Ingrid"), actor=mine)
    do(name_applicants, case.id, {}, actor=mine)
    (ingrid,) = db.session.scalars(select(Person)).all()
    if before == "invited":
        do(invite_person, ingrid.id)
    elif before == "able to sign in":
        with transaction():
            with_password(ingrid.user_id)
    do(welcome_member, case.id, Letter("Welcome", "Dear Ingrid"), actor=mine)
    subjects = db.session.scalars(select(Mail.subject)).all()
    assert (subjects.count("Welcome"), subjects.count("Your invitation to Muster")) == (1, mails)


def test_who_changes_their_mind_while_joining_withdraws_but_a_member_leaves():
    mine = officer()
    case = admitted(mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    assert CaseState(case.state) is CaseState.JOINING
    do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine)
    with pytest.raises(DomainError, match="It is a member from 24 May 2016 on: record that it leaves instead"):
        do(withdraw_application, case.id, reason="Another plan", actor=mine)
    do(retract_membership, case.membership_id, reason="It never joined")
    do(withdraw_application, case.id, reason="Another plan", actor=mine)
    assert CaseState(case.state) is CaseState.WITHDRAWN
    with pytest.raises(DomainError, match="closed"):
        do(name_applicants, case.id, {}, actor=mine)


def test_who_withdraws_before_its_membership_begins_withdraws_from_that_first():
    mine = officer()
    case = admitted(mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    do(give_term, case.id, Admission(case.class_id, TODAY + timedelta(days=30)), actor=mine)
    with pytest.raises(DomainError, match="It is to be a member from 23 June 2016 on: withdraw that membership first"):
        do(withdraw_application, case.id, reason="Another plan", actor=mine)
    do(withdraw_member, case.membership_id, last_day=TODAY, reason="Another plan", actor=mine)
    do(withdraw_application, case.id, reason="Another plan", actor=mine)


def test_the_case_of_who_joins_follows_a_first_day_put_right():
    mine = officer()
    case = admitted(mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine)
    do(correct_first_day, case.membership_id, first_day=date(2016, 7, 1), reason="As the letter said")
    assert letter_values(case, mine)["first_day"] == "1 July 2016"


def test_with_a_case_go_its_owners_steps_and_those_given_to_others_stay_theirs():
    mine, other, third = officer(), officer("Quentin Ashdown"), officer("Wilhelmina Drayton")
    case = admitted(mine)
    tasks = {task.kind: task.id for task in db.session.scalars(select(CaseTask))}
    do(assign_step, tasks["welcome"], third.user_id, actor=mine)
    do(take_up_applicant, case.id, FJORD, actor=mine)
    do(assign_case, case.id, other.user_id, actor=mine)
    owners = {task.kind: task.owner_id for task in db.session.scalars(select(CaseTask))}
    assert [owners[kind] for kind in ("institution", "term", "welcome")] == [mine.user_id, other.user_id, third.user_id]


def test_a_step_that_fails_leaves_nothing_behind():
    mine = officer()
    case = admitted(mine)
    institution("Elsewhere", "ELS", ror="01cwqze88")
    with pytest.raises(DomainError, match="Another institution has this ROR"):
        do(take_up_applicant, case.id, Facts("Fjord", "F", FJORD.kind, "NO", ror="01cwqze88"), actor=mine)
    db.session.rollback()
    assert db.session.scalars(select(CaseTask.done_at).where(CaseTask.kind == "institution")).all() == [None]
    assert db.session.get_one(Application, case.id).state is CaseState.ADMITTED


def test_those_on_record_are_suggested_and_chosen_never_by_themselves():
    mine = officer()
    known = institution("Fjord Mouse Clinic", "Fjord", country="NO")
    ingrid = person(known, "Ingrid", "Solberg", email="i.solberg@fjord.example")
    case = admitted(mine)
    assert [(match.id, match.why) for match in list_matches(case, mine)] == [(known.id, "the same name")]
    do(choose_institution, case.id, known.id, actor=mine)
    do(give_term, case.id, Admission(case.class_id, TODAY), actor=mine)
    people = get_case(case.id, mine).people
    like = people_like(people, mine)
    assert like[people[0].id] == [(ingrid.id, "Ingrid Solberg, same name")]
    do(name_applicants, case.id, {each.id: ingrid.id for each in people}, actor=mine)
    assert set(db.session.scalars(select(Representation.person_id))) == {ingrid.id}


def test_in_the_place_of_who_was_merged_the_survivor_is_suggested():
    """Nobody can be taken up with the address of who was merged, so that a case would stand still for ever."""
    mine = officer()
    ada = person(institution(), "Ada", "Lindqvist", email="ada@fjord.example")
    ingrid = person(institution("Fjord Clinic", "Fjord", country="NO"), "Ingrid", "Solberg", email=VOTER.email)
    do(merge_records, Merging(TwinKind.PERSON, ada.id, ingrid.id, "One person"))
    people = get_case(admitted(mine).id, mine).people
    why = "same e-mail as who was merged into them"
    assert people_like(people, mine) == {each.id: [(ada.id, f"Ada Lindqvist, {why}")] for each in people}


def test_a_survivor_is_suggested_by_their_own_name_too():
    mine = officer()
    known = institution("Fjord Mouse Clinic", "Fjord", country="NO")
    ingrid, ada = person(known, "Ingrid", "Solberg"), person(institution(), "Ada", "Lindqvist")
    do(merge_records, Merging(TwinKind.PERSON, ingrid.id, ada.id, "One person"))
    people = get_case(admitted(mine).id, mine).people
    assert people_like(people, mine) == {each.id: [(ingrid.id, "Ingrid Solberg, same name")] for each in people}


def test_the_daily_round_removes_what_nobody_confirmed_with_its_mail():
    open_the_door()
    send()
    assert count_rows("mail") == 1
    with on(TODAY + timedelta(days=7)):
        assert do(remove_stale_applications) == 0
    with on(TODAY + timedelta(days=9)):
        resume_duties()
        run_due_jobs()
        assert [count_rows(table) for table in ("application", "applicant", "application_link", "mail")] == [0] * 4
        assert do(remove_stale_applications) == 0


def test_the_daily_round_over_applications_comes_again_after_one_that_was_lost():
    open_the_door()
    send()
    with transaction():
        db.session.execute(delete(Job).where(Job.kind == "members.tend_applications"))
    with on(TODAY + timedelta(days=9)):
        resume_duties()
        run_due_jobs()
    assert count_rows("application") == 0


def test_who_led_nowhere_is_removed_when_the_policy_says_and_open_cases_stay():
    open_the_door(keeps_applications_months=3)
    mine = officer()
    gone, stays = under_review(mine), under_review(mine)
    do(note_in_case, gone.id, "They wrote that they withdraw", actor=mine)
    do(withdraw_application, gone.id, reason="They wrote so", actor=mine)
    with on(date(2016, 8, 24)):
        assert do(remove_stale_applications) == 0
    with on(date(2016, 8, 25)):
        assert do(remove_stale_applications) == 1
    assert listed() == [stays.number]


def test_all_together_send_two_hundred_in_a_day_and_the_next_one_waits():
    open_the_door()
    with transaction():
        for number in range(199):
            throttle.count_application(Subjects.of(f"a{number}@many.example", f"10.0.{number % 250}.1", kind="apply"))
    assert not isinstance(send("198.51.100.1"), Refused)
    assert isinstance(send("198.51.100.2", contact_email="other@fjord.example"), Refused)
    with on(TODAY + timedelta(days=2)):
        assert not isinstance(send("198.51.100.2", contact_email="other@fjord.example"), Refused)


def test_the_link_of_an_earlier_question_does_not_answer_a_later_one():
    case = under_review(officer())
    do(ask_applicant, case.id, "Who keeps your mice?")
    earlier = last_link()
    do(go_on_without_answer, case.id)
    do(ask_applicant, case.id, "And since when?")
    with pytest.raises(DomainError, match="used meanwhile"), transaction():
        answer_question(earlier, "Since 2009", [])
    with transaction():
        assert answer_question(last_link(), "Since 2009", []).state is CaseState.UNDER_REVIEW
