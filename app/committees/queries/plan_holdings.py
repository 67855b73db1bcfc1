"""What plans of succession and elections hold about a person, what stands against an erasure, and free texts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from app.committees.models import (
    Committee,
    Election,
    ElectionSeat,
    ElectionVoter,
    LimitWaiver,
    Nomination,
    SuccessionPlan,
)
from app.committees.rules import OFFICE_WORDS
from app.committees.rules.elections import RUNNING_ELECTIONS, NominationState
from app.committees.rules.plans import OPEN_PLANS
from app.committees.rules.waivers import WaiverState
from app.core.database import db
from app.core.mentions import free_text, free_texts
from app.core.paging import AnySelect
from app.core.personal_data import DataSubject, Fate, Held, Obstacle, forbids_erasure, held_rows, holds
from app.core.tables import Cell
from app.web.wording import pill_word

GROUND = "Who stood in an election, who voted and what came of it is the consortium's own record; it names a number"
STANDING = (NominationState.PROPOSED, NominationState.ACCEPTED)
SIGNED: tuple[tuple[str, Any, Any, Any], ...] = (
    ("Successor planned", SuccessionPlan.planned_by, SuccessionPlan.planned_at, SuccessionPlan.id),
    ("Appointment asked for", SuccessionPlan.requested_by, SuccessionPlan.state_since, SuccessionPlan.id),
    ("Election called", Election.called_by, Election.called_at, Election.title),
    ("Election decided", Election.decided_by, Election.decided_at, Election.title),
    ("Election called off", Election.cancelled_by, Election.cancelled_at, Election.title),
    ("Limit asked to be waived", LimitWaiver.asked_by, LimitWaiver.asked_at, LimitWaiver.id),
    ("Request about a limit decided", LimitWaiver.decided_by, LimitWaiver.decided_at, LimitWaiver.id),
    ("Somebody nominated", Nomination.nominated_by, Nomination.nominated_at, Nomination.election_id),
)


def plans_of(subject: DataSubject) -> ColumnElement[bool]:
    """The condition that a plan is about somebody: on record, or named by an address that was theirs."""
    reached = subject.reached_at(func.coalesce(SuccessionPlan.email, ""), SuccessionPlan.planned_at)
    return or_(SuccessionPlan.person_id == (subject.person_id or 0), reached)


@holds("committees.plans", place=22)
def plans_held(subject: DataSubject) -> Held | None:
    """Plans that name a person, with what was noted and what they said."""
    asked = (
        select(SuccessionPlan, Committee.name)
        .join(Committee, Committee.id == SuccessionPlan.committee_id)
        .where(plans_of(subject))
        .order_by(SuccessionPlan.id)
    )
    rows: list[dict[str, Cell]] = [
        {
            "Committee": name,
            "Office": OFFICE_WORDS[plan.office],
            "From": plan.first_day,
            "Until": plan.last_day,
            "State": pill_word(plan.state),
            "Note": plan.note,
            "Your answer": plan.answer,
            "Reason": plan.reason,
        }
        for plan, name in db.session.execute(asked)
    ]
    return held_rows("Plans of succession", "Committees plan who follows on a seat.", rows, Fate.REPLACED)


@holds("committees.elections", place=23)
def nominations_held(subject: DataSubject) -> Held | None:
    """Elections in which a person was nominated, or could vote."""
    nominated = (
        select(Nomination, Election.title)
        .join(Election, Election.id == Nomination.election_id)
        .where(Nomination.person_id == (subject.person_id or 0))
        .order_by(Nomination.id)
    )
    rows: list[dict[str, Cell]] = [
        {
            "Election": title,
            "As": pill_word(row.state),
            "Why": row.statement,
            "Your answer": row.answer,
            "Votes": row.votes,
            "On": row.nominated_at,
        }
        for row, title in db.session.execute(nominated)
    ]
    voted = (
        select(Election.title, Election.closed_at, ElectionVoter.barred)
        .join(Election, Election.id == ElectionVoter.election_id)
        .where(ElectionVoter.person_id == (subject.person_id or 0))
        .order_by(ElectionVoter.id)
    )
    rows += [
        {"Election": row.title, "As": "Voter", "Why": row.barred, "On": row.closed_at}
        for row in db.session.execute(voted)
    ]
    why = "An election says who stood and who could vote."
    return held_rows("Elections", why, rows, Fate.REPLACED, ground=GROUND)


@holds("committees.waivers", place=24)
def waivers_held(subject: DataSubject) -> Held | None:
    """Requests that a limit of terms should not hold for a person."""
    asked = (
        select(LimitWaiver, Committee.name)
        .join(Committee, Committee.id == LimitWaiver.committee_id)
        .where(LimitWaiver.person_id == (subject.person_id or 0))
        .order_by(LimitWaiver.id)
    )
    rows: list[dict[str, Cell]] = [
        {
            "Committee": name,
            "From": waiver.first_day,
            "Until": waiver.last_day,
            "State": pill_word(waiver.state),
            "Why": waiver.reason,
            "Decision": waiver.decision,
            "Answer": waiver.answer,
        }
        for waiver, name in db.session.execute(asked)
    ]
    return held_rows("Limits of terms", "A committee asked that one should not hold.", rows, Fate.REPLACED)


@holds("committees.signed", place=83)
def signatures_held(subject: DataSubject) -> Held | None:
    """What of plans and elections says who did it."""
    rows: list[dict[str, Cell]] = [
        {"What": what, "Day": day, "Reference": str(reference or "")}
        for what, by, day_of, named in SIGNED
        for day, reference in db.session.execute(
            select(day_of, named).where(by.in_(subject.signatures)).order_by(day_of, named)
        )
    ]
    return held_rows("Plans and elections made", "They say who made them.", rows, Fate.REPLACED)


@forbids_erasure("committees.plans")
def plans_under_way(subject: DataSubject, _on: date) -> list[Obstacle]:
    """A plan or a request that is not at its end, or an election in which they stand, stands against an erasure."""
    plans = select(SuccessionPlan.id).where(plans_of(subject), SuccessionPlan.state.in_(OPEN_PLANS))
    running = (
        select(Election.id, Election.title)
        .join(Nomination, Nomination.election_id == Election.id)
        .where(
            Nomination.person_id == (subject.person_id or 0),
            Nomination.state.in_(STANDING),
            Election.state.in_(RUNNING_ELECTIONS),
        )
    )
    waivers = select(LimitWaiver.id).where(
        LimitWaiver.person_id == (subject.person_id or 0), LimitWaiver.state == WaiverState.ASKED
    )
    return [
        *(
            Obstacle("A limit is asked not to hold for them: take that back first.", "limit_waiver", each)
            for each in db.session.scalars(waivers.order_by(LimitWaiver.id))
        ),
        *(
            Obstacle("They are planned to follow on a seat: give that plan up first.", "succession_plan", each)
            for each in db.session.scalars(plans.order_by(SuccessionPlan.id))
        ),
        *(
            Obstacle(f"They stand in {row.title}: strike them there first.", "election", row.id)
            for row in db.session.execute(running.order_by(Election.id))
        ),
    ]


@free_texts("committees.plans")
def texts_of_plans(_subject: DataSubject) -> Sequence[AnySelect]:
    """What was noted and said in plans and elections, and the reasons given."""
    plan, election, ended, nomination = SuccessionPlan, Election, ElectionSeat, Nomination
    return [
        free_text("Note on a plan", "succession_plan", plan.id, plan.note),
        free_text("Why a limit does not hold", "succession_plan", plan.id, plan.limit_waived),
        free_text("Decision of a plan", "succession_plan", plan.id, plan.decision),
        free_text("Answer to a plan", "succession_plan", plan.id, plan.answer),
        free_text("Reason of a plan", "succession_plan", plan.id, plan.reason),
        free_text("Title of an election", "election", election.id, election.title),
        free_text("What nominees should know", "election", election.id, election.text),
        free_text("Decision of an election", "election", election.id, election.decision),
        free_text("Why a deadline was moved", "election", election.id, election.moved_because),
        free_text("Why an election was called off", "election", election.id, election.cancelled_because),
        free_text("Why an election fills a seat no more", "election", ended.election_id, ended.dropped_because),
        free_text("Why somebody is nominated", "election", nomination.election_id, nomination.statement),
        free_text("Answer to a nomination", "election", nomination.election_id, nomination.answer),
        free_text("Why somebody was struck", "election", nomination.election_id, nomination.struck_because),
        free_text("Why a limit should not hold", "limit_waiver", LimitWaiver.id, LimitWaiver.reason),
        free_text("Decision about a limit", "limit_waiver", LimitWaiver.id, LimitWaiver.decision),
        free_text("Why a limit holds, or again", "limit_waiver", LimitWaiver.id, LimitWaiver.answer),
    ]
