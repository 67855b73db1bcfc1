"""Reminders: one mail a payer with all it owes overdue, one level at a time, each once, and only what is open."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial

import pytest
from sqlalchemy import func, select, update

from app.billing.commands import (
    ChargeLine,
    IssueValues,
    WriteOffValues,
    adopt_reminders,
    adopt_usual_reminders,
    block_reminders,
    dispute_invoice,
    draft_charge,
    issue_invoice,
    lift_block,
    queue_reminders,
    remind_payer,
    send_reminders,
    settle_dispute,
    write_off,
)
from app.billing.commands import reminders as sending
from app.billing.commands.bank import AccountFacts, adopt_bank_account
from app.billing.models import Reminder, ReminderItem
from app.billing.queries.reminder_checks import (
    check_levels,
    check_reminded_amounts,
    check_reminder_papers,
    check_reminders,
)
from app.billing.queries.reminders import due_on, preview_reminders
from app.billing.rules import USUAL_LEVELS, ReminderTerms, WhyNot, WriteOffKind
from app.core import clock
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError
from app.core.money import Money
from app.core.transaction import transaction
from app.files.queries import open_file
from app.outbox.models import Job, Mail, MailAttachment
from app.outbox.work import run_due_jobs
from app.web.requests import House
from tests.at_once import at_once
from tests.billing.world import MAY, World, inside, pounds

ISSUED, DUE = date(2016, 4, 1), date(2016, 5, 1)


def do(verb, *given, world: World, **named):
    with transaction():
        return verb(*given, actor=world.office, **named)


@contextmanager
def on_day(day: date):
    with clock.clock_at(datetime(day.year, day.month, day.day, 11, tzinfo=UTC)):
        yield


@pytest.fixture
def late(world: World) -> World:
    """Three payers that owe 50,000.00 pounds each since 1 May 2016, 23 days ago, and the usual levels."""
    do(adopt_usual_reminders, world=world)
    world.issue(day=ISSUED, due=DUE)
    return world


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Papers without the time it takes to print them."""
    monkeypatch.setattr(sending, "print_pdf", lambda html: html.encode())


def send(world: World) -> None:
    do(queue_reminders, world=world)
    assert run_due_jobs().dead == 0


def sent() -> list[tuple[str, int, list[tuple[int | None, int]]]]:
    """Each reminder: to whom, at which level, with the level and the open amount of each invoice."""
    db.session.expire_all()
    rows = db.session.scalars(select(Reminder).order_by(Reminder.id)).all()
    items = db.session.scalars(select(ReminderItem).order_by(ReminderItem.id)).all()
    mails = {mail.id: mail.to_address for mail in db.session.scalars(select(Mail))}
    return [
        (
            mails[row.mail_id].partition("@")[0],
            row.level,
            [(item.level, item.open_minor) for item in items if item.reminder_id == row.id],
        )
        for row in rows
    ]


WHOLE = [(1, 5_000_000)]


def test_an_invoice_is_not_late_on_the_day_it_is_due(world: World):
    world.issue(day=ISSUED, due=MAY)
    do(adopt_usual_reminders, world=world)
    on_time, next_day = due_on(MAY), due_on(date(2016, 5, 25))
    assert (on_time.payers, on_time.left_out) == ((), ())
    assert [(each.days_late, each.why_not) for each in next_day.left_out] == [(1, WhyNot.TOO_EARLY)] * 3


def test_a_reminder_is_a_mail_with_its_paper_kept_once_and_hashed(late: World):
    do(block_reminders, late.members["NIH"], "Asked us to wait", world=late, until=MAY)
    do(dispute_invoice, late.invoice_of("Wellcome").id, "Not a member", world=late, since=MAY)
    send(late)
    remind_payer({"payer_id": late.members["MRC"]})
    (reminder,) = db.session.scalars(select(Reminder)).all()
    kept = open_file(reminder.pdf_id)
    assert hashlib.sha256(kept.content).hexdigest() == reminder.pdf_sha256
    assert kept.content.startswith(b"%PDF")
    mail = db.session.get_one(Mail, reminder.mail_id)
    assert db.session.scalars(select(MailAttachment.file_id)).all() == [reminder.pdf_id]
    assert (mail.to_address, mail.subject) == ("mrc@payer.example", "Reminder: Invoice INV-2016-0001 of IMPC")
    for words in ("Dear Ms Nadia Okonjo-MRC", "GBP 50,000.00 open", "23 days late", "GB33 BUKB", "RF"):
        assert words in mail.body


@pytest.mark.usefixtures("unprinted")
def test_each_payer_is_reminded_once_however_often_it_is_queued(late: World):
    send(late)
    with pytest.raises(DomainError, match="Nobody is due"):
        do(queue_reminders, world=late)
    for payer_id in late.members.values():
        remind_payer({"payer_id": payer_id})
    assert sent() == [("mrc", 1, WHOLE), ("nih", 1, WHOLE), ("wellcome", 1, WHOLE)]


@pytest.mark.usefixtures("unprinted")
def test_what_is_paid_disputed_or_blocked_between_preview_and_sending_is_left_out(late: World):
    do(queue_reminders, world=late)
    late.pay("MRC", "50000.00", date(2016, 5, 20))
    late.pay("NIH", "20000.00", date(2016, 5, 20))
    do(dispute_invoice, late.invoice_of("Wellcome").id, "Billed twice", world=late, since=MAY)
    run_due_jobs()
    assert sent() == [("nih", 1, [(1, 3_000_000)])]


@pytest.mark.usefixtures("unprinted")
def test_what_is_credited_or_written_off_is_not_reminded_of_nor_is_a_credit_note(late: World):
    late.credit(late.invoice_of("MRC"))
    late.credit(late.invoice_of("NIH"), "10000.00")
    values = WriteOffValues(pounds("500.00"), WriteOffKind.SMALL_DIFFERENCE, "Not worth asking", MAY)
    do(write_off, late.invoice_of("Wellcome").id, values, world=late)
    send(late)
    assert sent() == [("nih", 1, [(1, 4_000_000)]), ("wellcome", 1, [(1, 4_950_000)])]


@pytest.mark.usefixtures("unprinted")
def test_a_credit_note_with_something_left_is_neither_in_dispute_nor_reminded_of(late: World):
    late.pay("MRC", "50000.00", date(2016, 5, 20))
    note = late.credit(late.invoice_of("MRC"), "10000.00")
    assert note.open_minor == -1_000_000
    with pytest.raises(DomainError, match="something open"):
        do(dispute_invoice, note.id, "Too little", world=late, since=MAY)
    assert [each.payer for each in due_on(MAY).payers] == ["National Institutes of Health", "Wellcome Trust"]


def test_what_is_paid_while_the_paper_is_printed_is_left_out(late: World, monkeypatch: pytest.MonkeyPatch):
    printed = []

    def print_and_pay(html: str) -> bytes:
        printed.append(html)
        if len(printed) == 1:
            late.pay("MRC", "20000.00", date(2016, 5, 20))
        return html.encode()

    monkeypatch.setattr(sending, "print_pdf", print_and_pay)
    remind_payer({"payer_id": late.members["MRC"]})
    assert sent() == [("mrc", 1, [(1, 3_000_000)])]
    assert "30,000.00" in printed[1]


@pytest.mark.usefixtures("unprinted")
def test_a_late_run_sends_one_level_and_the_next_after_the_days_between(late: World):
    with on_day(date(2016, 8, 1)):
        send(late)
        with pytest.raises(DomainError, match="Nobody is due"):
            do(queue_reminders, world=late)
    with on_day(date(2016, 8, 14)):
        assert due_on(clock.today()).payers == ()
    for day in (date(2016, 8, 15), date(2016, 9, 30)):
        with on_day(day):
            send(late)
    with on_day(date(2017, 1, 1)):
        assert {item.why_not for item in due_on(clock.today()).left_out} == {WhyNot.REMINDED}
    assert [(to, level) for to, level, _ in sent() if to == "mrc"] == [("mrc", 1), ("mrc", 2), ("mrc", 3)]


@pytest.mark.usefixtures("unprinted")
def test_one_mail_lists_all_that_is_overdue_at_the_highest_level_due(late: World):
    send(late)
    late.join("MRC", "partner", date(2011, 1, 1))
    late.adopt("partner", "1000.00", date(2012, 1, 1))
    with on_day(date(2016, 6, 7)):
        late.issue(day=date(2016, 5, 24), due=date(2016, 5, 30))
        send(late)
    assert ("mrc", 2, [(2, 5_000_000), (1, 100_000)]) in sent()


def test_the_preview_says_who_is_not_reminded_and_why(late: World):
    do(block_reminders, late.members["NIH"], "Asked us to wait", world=late, until=date(2016, 6, 1))
    do(dispute_invoice, late.invoice_of("Wellcome").id, "Not a member", world=late, since=MAY)
    found = preview_reminders(MAY, late.office)
    assert [(each.payer, each.level) for each in found.payers] == [("Medical Research Council", 1)]
    assert [(each.payer, each.why_words) for each in found.left_out] == [
        ("National Institutes of Health", "Its payer is not reminded until 1\u00a0June 2016: Asked us to wait"),
        ("Wellcome Trust", "It is in dispute"),
    ]


def test_a_payer_in_dispute_is_reminded_of_nothing_and_the_preview_names_the_dispute(late: World):
    """RULES: none to a member in dispute, also where what is disputed is not due yet."""
    late.join("MRC", "partner", date(2011, 1, 1))
    late.adopt("partner", "1000.00", date(2012, 1, 1))
    late.issue(day=MAY, due=date(2016, 6, 23))
    contested = late.invoice_of("MRC")
    block = do(block_reminders, late.members["NIH"], "Asked us to wait", world=late, until=MAY)
    do(dispute_invoice, contested.id, "Not a partner", world=late, since=MAY)
    found = preview_reminders(MAY, late.office)
    assert [each.payer for each in found.payers] == ["Wellcome Trust"]
    assert [(each.number, each.why_words) for each in found.left_out if each.block_id is None] == [
        ("INV-2016-0001", f"Its payer is in dispute over {contested.number} since 24\u00a0May 2016: Not a partner"),
    ]
    remind_payer({"payer_id": late.members["MRC"]})
    do(lift_block, block.id, world=late)
    do(settle_dispute, contested.id, "It is one", world=late, on=MAY)
    assert sent() == []
    assert [len(due_on(MAY, late.members[short]).payers) for short in ("MRC", "NIH")] == [1, 1]


def test_what_is_disputed_and_what_its_payer_owes_besides_are_left_out_each_with_its_reason(late: World):
    late.join("MRC", "partner", date(2011, 1, 1))
    late.adopt("partner", "1000.00", date(2012, 1, 1))
    older = late.invoice_of("MRC").number
    with on_day(date(2016, 6, 7)):
        late.issue(day=date(2016, 5, 24), due=date(2016, 5, 30))
        newer = late.invoice_of("MRC")
        do(dispute_invoice, newer.id, "Billed twice", world=late, since=date(2016, 6, 7))
        left_out = due_on(clock.today(), late.members["MRC"]).left_out
    assert {each.number: each.why_not for each in left_out} == {
        older: WhyNot.PAYER_DISPUTES,
        newer.number: WhyNot.DISPUTED,
    }


def test_a_block_ends_with_its_day_or_when_it_is_lifted_and_a_dispute_when_it_is_settled(late: World):
    blocked, disputed = late.members["NIH"], late.invoice_of("Wellcome").id
    block = do(block_reminders, blocked, "Asked us to wait", world=late, until=date(2016, 6, 1))
    do(dispute_invoice, disputed, "Not a member", world=late, since=DUE)
    with pytest.raises(DomainError, match="in dispute already"):
        do(dispute_invoice, disputed, "Again", world=late, since=MAY)
    assert len(due_on(MAY).payers) == 1
    with on_day(date(2016, 6, 2)):
        assert len(due_on(clock.today()).payers) == 2
    do(lift_block, block.id, world=late)
    do(settle_dispute, disputed, "They are a member", world=late, on=MAY)
    assert len(due_on(MAY).payers) == 3


@pytest.mark.usefixtures("unprinted")
def test_reminders_go_out_by_themselves_only_where_that_is_switched_on(late: World):
    send_reminders()
    run_due_jobs()
    assert sent() == []
    do(adopt_reminders, MAY, ReminderTerms(USUAL_LEVELS, "GBP", sends_daily=True), world=late)
    send_reminders()
    send_reminders()
    run_due_jobs()
    assert len(sent()) == 3


def test_without_levels_and_without_the_right_nobody_is_reminded(world: World):
    world.issue(day=ISSUED, due=DUE)
    with pytest.raises(DomainError, match="Adopt levels of reminders"):
        do(queue_reminders, world=world)
    with pytest.raises(AccessDeniedError), transaction():
        queue_reminders(actor=Actor("Nobody", user_id=7))


def test_two_runs_at_once_remind_each_payer_once(app: House):
    with inside(app):
        world = World.found(sending.REMINDING, date(2011, 1, 1))
        do(adopt_usual_reminders, world=world)
        world.issue(day=ISSUED, due=DUE)
        payer_id = world.members["MRC"]
        found = [sending._find(payer_id), sending._find(payer_id)]  # noqa: SLF001
    outcomes: list[bool] = []

    def send_it(each: sending.DuePaper | None) -> None:
        assert each is not None
        outcomes.append(sending._send(each, b"%PDF"))  # noqa: SLF001

    assert at_once(app, *(partial(send_it, each) for each in found)) == ["done", "done"]
    assert sorted(outcomes) == [False, True]
    with inside(app):
        assert db.session.scalar(select(func.count()).select_from(Reminder)) == 1
        assert db.session.scalar(select(func.count()).select_from(Job).where(Job.kind == "outbox.send_mail")) == 0


@pytest.mark.usefixtures("unprinted")
def test_verify_tells_a_reminder_whose_rows_were_changed(late: World):
    send(late)
    proofs = (check_reminders, check_levels, check_reminder_papers, check_reminded_amounts)
    assert [line for proof in proofs for line in proof()] == []
    first = db.session.scalar(select(func.min(ReminderItem.id)))
    db.session.execute(update(ReminderItem).where(ReminderItem.id == first).values(open_minor=6_000_000, level=2))
    found = [line for proof in proofs for line in proof()]
    db.session.rollback()
    assert len(found) == 3
    assert found[1].endswith("was reminded of at level 2 after level 0.")


@pytest.mark.usefixtures("unprinted")
def test_the_days_in_the_text_of_a_reminder_are_grouped_as_every_number_on_it(late: World):
    send(late)
    with on_day(date(2019, 6, 1)):
        send(late)
        body = db.session.scalars(select(Mail.body).order_by(Mail.id.desc())).first()
    assert "is still open, 1,126 days after it was due" in str(body)


@pytest.mark.usefixtures("unprinted")
def test_a_reminder_of_two_currencies_names_the_account_of_each(late: World):
    own = AccountFacts("Euros", "Consortium", "DE89370400440532013000", "COBADEFFXXX", "A bank", "EUR", "1201", ISSUED)
    do(adopt_bank_account, own, world=late)
    late.rate("EUR", "0.80", ISSUED)
    line = ChargeLine("Workshop", Money.of("120.00", "EUR"), ISSUED, ISSUED, tax_reason="no supply")
    draft = do(draft_charge, late.members["MRC"], [line], world=late, reason="Asked for")
    do(issue_invoice, draft.id, IssueValues(ISSUED, DUE), world=late)
    send(late)
    mail = db.session.scalars(select(Mail).where(Mail.to_address == "mrc@payer.example")).one()
    home, euros = (next(part for part in mail.body.splitlines() if part.startswith(code)) for code in ("GBP:", "EUR:"))
    assert "GB33 BUKB" in home
    assert "DE89 3704" not in home
    assert "DE89 3704" in euros
    kept = open_file(db.session.scalars(select(Reminder.pdf_id).where(Reminder.mail_id == mail.id)).one()).content
    assert "Payment, EUR" in kept.decode()
    assert "Payment, GBP" in kept.decode()
