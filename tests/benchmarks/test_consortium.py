"""The generated consortium of the benchmarks is one that the program itself could have made."""

from sqlalchemy import func, select

from app.accounts.models import Grant
from app.audit.models import AuditEntry
from app.billing.models import Invoice, Payment
from app.billing.queries import verification
from app.committees.models import Appointment, Committee, Seat
from app.committees.queries import roster
from app.core.database import db
from app.core.history import as_known
from app.core.verification import run_checks
from app.members.models import Institution, Person
from app.members.rules import read_ror
from app.outbox.models import Job
from benchmarks.consortium import Size, generate
from benchmarks.consortium.rosters import make_rosters
from benchmarks.consortium.words import institution_name, ror_of
from tests.conftest import TODAY

SMALL = Size(institutions=20, people=80, committees=3, invoices=120, audit_entries=1_500, years=2)


def test_generated_consortium_holds_every_check_and_has_the_size_asked_for(context):
    assert verification.__doc__, "importing it names the checks of billing"
    generate(SMALL, TODAY)
    assert {finding.check: finding.problems for finding in run_checks() if finding.problems} == {}
    assert count(Institution) == 20
    assert count(Person) == 80
    assert count(Committee) == 3
    assert count(Invoice) == 120
    assert count(AuditEntry) == 1_500
    assert count(Job) == 0
    assert 60 < count(Payment) < 120
    assert count(Appointment) == 3 * 9 * 2
    assert count(Grant) >= count(Appointment)
    db.session.rollback()


def test_generated_rosters_of_twenty_years_hold_every_check(context):
    make_rosters(Size(institutions=20, people=80, committees=10, years=20), TODAY, seed=7)
    assert {finding.check: finding.problems[:3] for finding in run_checks() if finding.problems} == {}
    assert count(Committee) == 10
    assert count(Seat) == 10 * 10
    standing = select(func.count()).select_from(Appointment).where(as_known(Appointment))
    assert db.session.scalar(standing) == 10 * 10 * 4
    assert len(roster(None, on=TODAY)) == 10 * 10
    db.session.rollback()


def test_institutions_of_any_size_have_names_of_their_own_and_valid_rors():
    names = [institution_name(number) for number in range(1_000)]
    assert len({name for name, _ in names}) == len({short for _, short in names}) == 1_000
    assert len({read_ror(ror_of(number)) for number in range(1_000)}) == 1_000


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0
