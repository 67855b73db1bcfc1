"""The steps of an agreement from draft to its end: who may take them, what they freeze, what they do to others."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.agreements.commands import (
    Scan,
    ScannedSignature,
    answer_changes,
    approve_agreement,
    ask_for_changes,
    change_draft,
    expire_agreements,
    note_publication,
    record_signed_copy,
    reject_agreement,
    reopen_agreement,
    send_for_review,
    terminate_agreement,
    withdraw_agreement,
)
from app.agreements.commands.seals import seal_certificates
from app.agreements.documents.sealing import SealFinding, check_copy
from app.agreements.models import AgreementSignature, AgreementStep, AgreementTemplate, MasterParty, Signatory
from app.agreements.queries.covering import agreements_covering, consents_for, terms_held
from app.agreements.rules import AgreementState as S
from app.agreements.rules import Relation, Restrictions, Side, TemplateKind
from app.agreements.rules.drafting import DraftValues, Item, Parties, Terms, content_hash
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import Actor
from app.core.clock import clock_at
from app.core.database import db
from app.core.errors import AccessDeniedError, DomainError, NotFoundError, StaleError
from app.core.transaction import transaction
from app.core.verification import run_checks
from app.files.queries import open_file
from app.outbox.models import Mail
from tests.agreements.signing_world import (
    OFFICE,
    TODAY,
    World,
    approved,
    drafted,
    fresh,
    in_force,
    made_world,
    newest,
    pressed,
    signed,
)
from tests.committees.sitting import refused
from tests.trailed import beside_the_trail

pytestmark = pytest.mark.usefixtures("context")
PROVIDER, RECIPIENT = Side.PROVIDER, Side.RECIPIENT


@pytest.fixture
def world(context) -> World:
    return made_world()


def act(command, agreement_id, actor=OFFICE, **values):
    """One step by somebody who has just looked."""
    with transaction():
        return command(agreement_id, version=fresh(agreement_id).version, actor=actor, **values)


def test_sides_negotiate_until_the_other_one_approves_and_each_step_is_dated_and_attributed(world):
    giver, taker = world.acts(PROVIDER), world.acts(RECIPIENT)
    one = drafted(world.values(), actor=giver)
    assert fresh(one).number is None
    act(send_for_review, one, giver, comment="As discussed")
    with pytest.raises(AccessDeniedError), transaction():
        approve_agreement(one, comment=None, version=fresh(one).version, actor=giver)
    act(ask_for_changes, one, taker, comment="Longer, please")
    act(change_draft, one, taker, values=world.values(last_day=date(2018, 12, 31)), comment=None)
    act(answer_changes, one, taker, comment=None)
    act(approve_agreement, one, giver, comment=None)
    steps = db.session.scalars(select(AgreementStep).order_by(AgreementStep.id)).all()
    assert [(each.to_state, each.side) for each in steps] == [
        (S.DRAFT, PROVIDER),
        (S.IN_REVIEW, PROVIDER),
        (S.CHANGES_REQUESTED, RECIPIENT),
        (S.CHANGES_REQUESTED, RECIPIENT),
        (S.IN_REVIEW, RECIPIENT),
        (S.APPROVED, PROVIDER),
    ]
    assert steps[3].changes == {"Last day": ["31 December 2017", "31 December 2018"]}
    assert (steps[1].by, steps[1].comment, steps[1].at) == (giver.name, "As discussed", clock.now())
    assert fresh(one).number == "MTA-2016-001"
    assert newest(one).sha256 == content_hash(newest(one).content)


def test_numbers_are_taken_at_approval_without_holes(world):
    first, left, second = (drafted(world.values()) for _ in range(3))
    act(withdraw_agreement, left, reason="Not needed")
    for each in (second, first):
        act(send_for_review, each, comment=None)
        act(approve_agreement, each, comment=None)
    assert [fresh(each).number for each in (first, left, second)] == ["MTA-2016-002", None, "MTA-2016-001"]


def test_a_stale_form_overwrites_nothing(world):
    one = drafted(world.values())
    with pytest.raises(StaleError), transaction():
        change_draft(one, world.values(title="Other"), comment=None, version=7, actor=OFFICE)
    assert fresh(one).title == "Ap4e1 to Davis"


def test_who_is_no_party_does_not_learn_that_there_is_an_agreement(world):
    one = drafted(world.values())
    stranger = Actor("Stranger", 999)
    with pytest.raises(NotFoundError), transaction():
        send_for_review(one, comment=None, version=1, actor=stranger)


def test_both_sides_sign_the_same_bytes_and_then_it_is_in_force(world):
    one = approved(world.values())
    signed(world, one, RECIPIENT)
    assert fresh(one).state is S.SIGNED
    signed(world, one, PROVIDER)
    agreement, version = fresh(one), newest(one)
    assert (agreement.state, agreement.executed_on, agreement.first_day) == (S.EXECUTED, TODAY, TODAY)
    found = db.session.scalars(select(AgreementSignature).order_by(AgreementSignature.id)).all()
    assert [(each.side, each.name, each.office) for each in found] == [
        (RECIPIENT, "Elspeth Hartnoll", "Director"),
        (PROVIDER, "Elspeth Tarrant", "Director"),
    ]
    assert {each.document_sha256 for each in found} == {version.file_sha256}
    before, sealed = open_file(version.file_id or 0).content, open_file(version.sealed_file_id or 0).content
    assert sealed.startswith(before)
    assert check_copy(sealed, before, seal_certificates()) is SealFinding.HOLDS


@pytest.mark.parametrize(
    ("typed", "told"),
    [({"words": "yes"}, "Type the words"), ({"password": "wrong"}, "not your present password")],
)
def test_nobody_signs_without_the_words_and_the_right_password(world, typed, told):
    one = approved(world.values())
    try:
        said = signed(world, one, PROVIDER, **typed).words
    except DomainError as error:
        said = error.message
    assert told in said
    assert db.session.scalars(select(AgreementSignature)).all() == []


def test_only_who_is_entitled_on_the_day_signs(world):
    one = approved(world.values())
    entitled = db.session.scalars(select(Signatory).where(Signatory.institution_id == world.giver.id)).one()
    with transaction():
        entitled.last_day = date(2016, 5, 23)
        entitled.withdrawn_because = "Left"
        send_note(entitled)
    with pytest.raises(NotFoundError):
        signed(world, one, PROVIDER)
    scan = Scan(b"\x89PNG scan", "image/png", "scan.png")
    told = refused(
        lambda: record_signed_copy(
            one, scan, [ScannedSignature(PROVIDER, entitled.id, TODAY)], version=fresh(one).version, actor=OFFICE
        ),
        "provider_signatory",
    )
    assert "not entitled to sign on this day" in told


def send_note(entitled):
    """Its change is on the trail."""
    record("agreements.test", Subject("signatory", entitled.id), summary="Withdrawn", actor=OFFICE)


def test_a_side_signs_a_version_once(world):
    one = approved(world.values())
    signed(world, one, PROVIDER)
    with pytest.raises(DomainError, match="has signed already"):
        signed(world, one, PROVIDER)


def test_signatures_never_carry_over_to_changed_bytes(world):
    one = approved(world.values())
    signed(world, one, PROVIDER)
    act(reopen_agreement, one, reason="One more line")
    act(change_draft, one, values=world.values(purpose="To cross"), comment=None)
    act(answer_changes, one, comment=None)
    act(approve_agreement, one, comment=None)
    pressed(one)
    assert (newest(one).number, fresh(one).number, fresh(one).state) == (2, "MTA-2016-001", S.APPROVED)
    signed(world, one, RECIPIENT)
    assert fresh(one).state is S.SIGNED


def test_a_scan_is_taken_with_its_days_and_a_sealed_copy_only_where_it_holds(world):
    one = approved(world.values())
    signed(world, one, PROVIDER)
    sealed = open_file(newest(one).sealed_file_id or 0).content
    signatory = db.session.scalars(select(Signatory).where(Signatory.institution_id == world.taker.id)).one()
    by = [ScannedSignature(RECIPIENT, signatory.id, TODAY)]

    def bring(content, media_type="application/pdf"):
        scan = Scan(content, media_type, "copy.pdf")
        with transaction():
            record_signed_copy(one, scan, by, version=fresh(one).version, actor=OFFICE)

    changed = sealed.replace(b"Signed by Elspeth", b"Signed by Somebod")
    for content, told in ((sealed, "nobody has signed it"), (changed, "does not hold")):
        with pytest.raises(DomainError, match=told) as error:
            bring(content)
        assert error.value.field == "file"
    bring(b"\xff\xd8\xff scan", "image/jpeg")
    assert (fresh(one).state, fresh(one).executed_on) == (S.EXECUTED, TODAY)


def test_an_amendment_is_signed_again_and_until_then_its_parent_governs(world):
    first = in_force(world, world.values(last_day=date(2018, 12, 31)))
    more = world.values(last_day=date(2019, 12, 31))
    second = approved(more, parent_id=first, relation=Relation.AMENDMENT)
    signed(world, second, PROVIDER)
    assert fresh(first).state is S.EXECUTED
    with clock_at(datetime(2016, 6, 1, 9, tzinfo=UTC)):
        signed(world, second, RECIPIENT)
    parent = fresh(first)
    assert (parent.state, parent.ended_on) == (S.AMENDED, date(2016, 5, 31))
    ids = [
        [each.agreement_id for each in agreements_covering([world.line.id], world.giver.id, world.taker.id, day)]
        for day in (date(2016, 5, 31), date(2016, 6, 1))
    ]
    assert ids == [[first], [second]]


def test_only_what_is_in_force_is_amended_and_by_its_own_parties(world):
    one = drafted(world.values())
    told = "Nothing of this kind can follow"
    with pytest.raises(DomainError, match=told):
        drafted(world.values(), parent_id=one, relation=Relation.AMENDMENT)
    first = in_force(world, world.values())
    others = DraftValues(Parties(world.taker.id, world.giver.id), Terms("The other way"), [Item(world.line.id)])
    with pytest.raises(DomainError, match="the parties are those of it"):
        drafted(others, parent_id=first, relation=Relation.AMENDMENT)


def test_a_renewal_supersedes_what_still_holds_and_leaves_what_ends_before_it(world):
    kept = in_force(world, world.values(last_day=date(2016, 12, 31)))
    later = world.values(first_day=date(2017, 1, 1), last_day=date(2018, 12, 31))
    in_force(world, later, parent_id=kept, relation=Relation.RENEWAL)
    assert fresh(kept).state is S.EXECUTED
    at_once = world.values(first_day=date(2016, 7, 1), last_day=date(2018, 12, 31))
    in_force(world, at_once, parent_id=kept, relation=Relation.RENEWAL)
    assert (fresh(kept).state, fresh(kept).ended_on) == (S.SUPERSEDED, date(2016, 6, 30))


def test_a_letter_needs_both_to_be_parties_of_its_master_on_the_day_it_is_executed(world, master):
    letter = approved(world.values(), TemplateKind.LETTER, master_id=master.id)
    signed(world, letter, PROVIDER)
    with pytest.raises(DomainError, match="UC Davis"):
        signed(world, letter, RECIPIENT)
    with transaction():
        joins(master, world.taker)
    signed(world, letter, RECIPIENT)
    assert fresh(letter).state is S.EXECUTED


def test_the_provider_alone_signs_a_consent(world):
    one = in_force(world, world.values(third=True), TemplateKind.CONSENT)
    assert fresh(one).state is S.EXECUTED
    args = ([world.line.id], world.giver.id, world.taker.id)
    assert [each.agreement_id for each in consents_for(*args, world.third.id, TODAY)] == [one]
    assert consents_for(*args, world.giver.id, TODAY) == []
    assert agreements_covering(*args, TODAY) == []
    assert terms_held([world.line.id], world.taker.id, TODAY) == []


def test_a_terminated_agreement_covers_until_its_day_and_what_is_held_under_it_stays_bound(world):
    one = in_force(world, world.values())
    args = ([world.line.id], world.giver.id, world.taker.id)
    told = "choose today or a later day"
    with pytest.raises(DomainError, match=told):
        act(terminate_agreement, one, reason="Breach", last_day=date(2016, 5, 23))
    act(terminate_agreement, one, reason="Breach", last_day=date(2016, 5, 31))
    assert fresh(one).state is S.TERMINATED
    assert len(agreements_covering(*args, date(2016, 5, 31))) == 1
    assert agreements_covering(*args, date(2016, 6, 1)) == []
    (held,) = terms_held([world.line.id], world.taker.id, date(2016, 6, 1))
    assert not held.is_live(date(2016, 6, 1))


def test_what_is_over_expires_once_and_late_rather_than_never(world):
    one = in_force(world, world.values(last_day=date(2016, 5, 31)))
    with clock_at(datetime(2016, 5, 31, 12, tzinfo=UTC)):
        expire_agreements()
    assert fresh(one).state is S.EXECUTED
    db.session.rollback()
    with clock_at(datetime(2016, 6, 9, 12, tzinfo=UTC)):
        expire_agreements()
        expire_agreements()
    assert (fresh(one).state, fresh(one).ended_on) == (S.EXPIRED, date(2016, 5, 31))


def test_a_rejected_agreement_is_over(world):
    one = approved(world.values())
    act(reject_agreement, one, world.acts(RECIPIENT), reason="No funds")
    assert fresh(one).state is S.REJECTED
    with pytest.raises(DomainError, match="nothing to sign"):
        signed(world, one, PROVIDER)


def test_publication_ends_an_embargo(world):
    one = in_force(world, world.values(restrictions=Restrictions(embargo_to_publication=True)))
    act(note_publication, one, published_on=TODAY)
    (held,) = terms_held([world.line.id], world.taker.id, TODAY)
    assert (held.is_under_embargo(date(2016, 5, 23)), held.is_under_embargo(TODAY)) == (True, False)


def test_whose_turn_it_is_hears_of_it_by_mail(world):
    approved(world.values(Item(None, "Frozen tissue")))
    mails = db.session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [each.subject for each in mails] == ["To sign: MTA-2016-001, Ap4e1 to Davis"] * 2


@pytest.fixture
def master(world):
    """A master agreement of which the provider is a party."""
    with transaction():
        made = AgreementTemplate(code="UBMTA", title="Master", kind=TemplateKind.MASTER, created_at=clock.now())
        db.session.add(made)
        db.session.flush()
        joins(made, world.giver)
    return made


def joins(master, institution):
    """An institution becomes a party of a master from today on."""
    party = MasterParty(template_id=master.id, institution_id=institution.id, first_day=TODAY, recorded_at=clock.now())
    db.session.add(party)
    db.session.flush()
    record("agreements.test", Subject("agreement_template", master.id), summary="Joined", actor=OFFICE)


def test_flask_verify_names_what_was_changed_behind_the_trail(world):
    one = in_force(world, world.values())
    in_force(world, world.values(last_day=date(2019, 12, 31)), parent_id=one, relation=Relation.AMENDMENT)
    assert [each.problems for each in run_checks() if each.problems] == []
    db.session.rollback()
    with beside_the_trail():
        newest(one).content = newest(one).content | {"law": "None"}
        fresh(one).number = "MTA-2016-007"
        signature = db.session.scalars(select(AgreementSignature).order_by(AgreementSignature.id)).all()[0]
        signature.document_sha256 = "0" * 64
        signature.signed_on = date(2015, 1, 1)
        fresh(one).ended_on = date(2017, 1, 1)
    told = " ".join(problem for each in run_checks() for problem in each.problems)
    for words in (
        "does not say what was approved",
        "Number 1 of the agreements of 2016",
        "Number 7 of the agreements of 2016",
        "by nobody who was entitled",
        "other bytes than those of its version",
        "still holds beside its amendment",
    ):
        assert words in told
