"""Mails to many: one message a person, spaced in time, what was seen and nothing else, all of it on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, StaleError
from app.core.site import this_site
from app.core.tables import PageRequest
from app.members.commands import TemplateText, add_mail_template, add_route, edit_mail_template, send_mailing
from app.members.models import MailTemplate
from app.members.queries import Audience, list_recipients, plan_mailing, search_mailings
from app.members.rules import Purpose, RouteFacts, RouteKind, RoutePurpose
from app.outbox.models import Job, Mail
from tests.conftest import TODAY
from tests.members.world import OFFICE, do, institution, member, person, voice

TEXT = TemplateText("Call", "Meeting of {consortium}: {institution}", "Dear {person},\n\n{class} at {institution}.")

pytestmark = pytest.mark.usefixtures("context")


def template(text: TemplateText = TEXT) -> MailTemplate:
    written: MailTemplate = do(add_mail_template, text)
    return written


def test_a_template_with_an_unknown_place_is_refused_at_its_field():
    with pytest.raises(DomainError, match=r"\{instituton\}") as refused:
        template(replace(TEXT, subject="For {instituton}"))
    assert refused.value.field == "subject"
    with pytest.raises(DomainError) as refused:
        template(replace(TEXT, text="{}"))
    assert refused.value.field == "text"


def test_a_template_is_changed_only_as_it_was_seen():
    written = template()
    do(edit_mail_template, written.id, replace(TEXT, name="Second call"), version=written.version)
    with pytest.raises(StaleError):
        do(edit_mail_template, written.id, TEXT, version=1)
    assert db.session.get_one(MailTemplate, written.id).name == "Second call"


def test_a_person_who_speaks_for_two_institutions_gets_one_message_that_names_both():
    first, second = institution("First Institute", "F"), institution("Second Institute", "S")
    who = person(first)
    for each in (first, second):
        member(each)
        voice(who, each)
    plan = plan_mailing(template().id, Audience((), (first.id, second.id), Purpose.VOTING), OFFICE, on=TODAY)
    (letter,) = plan.letters
    assert letter.subject == "Meeting of : First Institute, Second Institute"
    assert letter.body == "Dear Thibault Ferronays,\n\nPartner at First Institute, Second Institute."


def test_who_has_no_address_and_who_has_nobody_are_left_out_by_name():
    ics, silent = institution(), institution("Silent Institute", "SI")
    mute = person(ics, "Ada", "Mute", email=None)
    voice(mute, ics)
    other = institution("Third Institute", "T")
    voice(person(other), other)
    chosen = Audience((), (ics.id, silent.id, other.id), Purpose.VOTING)
    plan = plan_mailing(template().id, chosen, OFFICE, on=TODAY)
    assert [(each.name, each.why) for each in plan.left_out] == [
        ("Silent Institute", "it has no voting representative on record"),
        ("Ada Mute", "no e-mail address is on record"),
    ]
    assert [letter.name for letter in plan.letters] == ["Thibault Ferronays"]


def test_who_gave_an_address_for_a_purpose_is_written_to_there_and_only_for_it():
    ics = institution()
    who, mute = person(ics), person(ics, "Ada", "Mute", email=None)
    for each in (who, mute):
        voice(each, ics, Purpose.BILLING)
        route = RouteFacts(RouteKind.EMAIL, RoutePurpose.BILLING, f"invoices{each.id}@ics.example", TODAY)
        do(add_route, each.id, route)
    voice(who, ics)

    def reached(purpose: Purpose, on: date = TODAY) -> list[str]:
        plan = plan_mailing(written.id, Audience((), (ics.id,), purpose), OFFICE, on=on)
        return [letter.email for letter in plan.letters]

    written = template()
    assert reached(Purpose.BILLING) == [f"invoices{who.id}@ics.example", f"invoices{mute.id}@ics.example"]
    assert reached(Purpose.VOTING) == [who.email]
    assert reached(Purpose.BILLING, TODAY - timedelta(days=1)) == [who.email]


def test_a_sending_keeps_its_text_its_recipients_and_their_mails():
    ics = institution()
    people = [person(ics), person(ics, "Ada", "Zimmer"), person(ics, "Ole", "Mute", email=None)]
    written = template()
    audience = Audience(people=tuple(who.id for who in people))
    plan = plan_mailing(written.id, audience, OFFICE, on=TODAY)
    sent = do(send_mailing, written.id, audience, seen=plan.digest)
    rows = [(row.name, row.state, row.left_out) for row in list_recipients(sent.id, OFFICE)]
    assert rows == [
        ("Ole Mute", None, "no e-mail address is on record"),
        ("Thibault Ferronays", "kept", None),
        ("Ada Zimmer", "kept", None),
    ]
    (listed,) = search_mailings(PageRequest(sort="sent_at"), OFFICE).rows
    assert (listed.name, listed.messages, listed.left_out, listed.sent_by) == ("Call", 2, 1, OFFICE.name)
    assert sorted(db.session.scalars(select(Mail.to_address))) == ["ada.zimmer@ics.example", people[0].email]


def test_only_what_was_seen_is_sent():
    ics = institution()
    who = person(ics)
    written, audience = template(), Audience(people=(who.id,))
    with pytest.raises(DomainError, match="has changed meanwhile"):
        do(send_mailing, written.id, audience, seen="another plan")
    assert db.session.scalars(select(Mail)).all() == []


def test_a_mailing_that_reaches_nobody_says_of_each_why_and_is_not_sent():
    ics = institution()
    mute = person(ics, "Ada", "Mute", email=None)
    written = template()
    for audience, why in (
        (Audience(people=(mute.id,)), ["no e-mail address is on record"]),
        (Audience(institutions=(ics.id,), purpose=Purpose.BILLING), ["it has no billing contact on record"]),
        (Audience(), []),
    ):
        plan = plan_mailing(written.id, audience, OFFICE, on=TODAY)
        assert ([each.why for each in plan.left_out], plan.letters) == (why, ())
        with pytest.raises(DomainError, match="nobody to write to"):
            do(send_mailing, written.id, audience, seen=plan.digest)


def test_messages_leave_two_seconds_apart(monkeypatch: pytest.MonkeyPatch):
    ics = institution()
    people = [person(ics, name, "Moreau") for name in ("Ada", "Bo", "Cy")]
    written, audience = template(), Audience(people=tuple(who.id for who in people))
    with_server = replace(this_site(), smtp_url="smtp://127.0.0.1:1")
    monkeypatch.setattr("app.outbox.commands.this_site", lambda: with_server)
    plan = plan_mailing(written.id, audience, OFFICE, on=TODAY)
    do(send_mailing, written.id, audience, seen=plan.digest)
    due = list(db.session.scalars(select(Job.run_at).order_by(Job.id)))
    assert [later - earlier for earlier, later in pairwise(due)] == [timedelta(seconds=2)] * 2


def test_only_the_secretariat_writes_to_many():
    written = template()
    for act in (
        lambda actor: do(send_mailing, written.id, Audience(), seen="", actor=actor),
        lambda actor: do(add_mail_template, TEXT, actor=actor),
        lambda actor: list_recipients(1, actor),
    ):
        with pytest.raises(AccessDeniedError):
            act(Actor("Nobody", user_id=7))
