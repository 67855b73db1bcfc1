"""The whole demonstration as one command: everything of it, or nothing."""

from __future__ import annotations

import secrets
import tomllib
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import select

from app.accounts.commands import ProfileValues, adopt_profile, grant_by_hand, set_password
from app.accounts.models import User
from app.core.actor import Actor
from app.core.database import db
from app.core.errors import DomainError
from app.core.paging import exists_row
from app.core.periods import Period
from app.core.permissions import Role
from app.demonstration.commands.bank import write_bank
from app.demonstration.commands.bodies import write_committee
from app.demonstration.commands.cases import write_applications
from app.demonstration.commands.chasing import write_chasing
from app.demonstration.commands.constituencies import write_constituencies
from app.demonstration.commands.diary import Diary
from app.demonstration.commands.lines import write_lines
from app.demonstration.commands.material import write_material
from app.demonstration.commands.money import write_fees
from app.demonstration.commands.papers import write_papers
from app.demonstration.commands.people import write_people
from app.demonstration.commands.register import write_institution
from app.demonstration.commands.succession import write_succession
from app.demonstration.rules import Facts, SignIn
from app.members.models import Institution, MembershipClass

BEGINNING = date(2011, 9, 29)
FACTS = Path(__file__).parents[1] / "impc.toml"
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def is_empty() -> bool:
    """Whether the database holds neither an institution nor a user."""
    return not (exists_row(select(Institution.id)) or exists_row(select(User.id)))


def load_demonstration(*, actor: Actor) -> list[SignIn]:
    """Tell the story of the consortium from 2011 to 2016 in an empty database; the ways to sign in to it."""
    if not is_empty():
        raise DomainError("The demonstration is loaded into an empty database only; this one holds records.")
    diary = Diary(tomllib.loads(FACTS.read_text(encoding="utf-8")), actor)
    classes = {row.code: row.id for row in db.session.scalars(select(MembershipClass).order_by(MembershipClass.id))}
    diary.on(BEGINNING, partial(_adopt_profile, diary))
    for institution in diary.facts["institution"]:
        write_institution(diary, institution, classes)
    for committee in diary.facts["committee"]:
        write_committee(diary, committee)
    write_constituencies(diary)
    write_fees(diary, classes)
    write_chasing(diary)
    write_bank(diary)
    write_people(diary, BEGINNING)
    write_applications(diary, classes)
    write_succession(diary)
    write_papers(diary)
    write_lines(diary)
    write_material(diary)
    diary.live()
    return [_open_sign_in(diary, entry) for entry in diary.facts["sign_in"]]


def _adopt_profile(diary: Diary) -> None:
    adopt_profile(BEGINNING, ProfileValues(vat_number=None, **diary.facts["profile"]), diary.actor)


def _open_sign_in(diary: Diary, entry: Facts) -> SignIn:
    person = diary.person(entry["name"], None, diary.facts["record_date"])
    if entry.get("auditor"):
        grant_by_hand(
            person.user_id,
            Role.AUDITOR,
            Period(diary.facts["record_date"]),
            reason="Auditor of the demonstration",
            actor=diary.actor,
        )
    user = db.session.get_one(User, person.user_id)
    password = _make_password()
    set_password(user, password, actor=diary.actor)
    return SignIn(entry["role"], str(user.email), password)


def _make_password() -> str:
    """Four groups of five letters and digits nobody confuses, at random: about 99 bits."""
    return "-".join("".join(secrets.choice(READABLE) for _ in range(5)) for _ in range(4))
