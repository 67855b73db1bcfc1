"""A constituency, who belongs to it, and a seat whose holder it elects, as diary entries."""

from __future__ import annotations

from functools import partial

from app.committees.commands import AppointmentValues, SeatValues, add_seat, appoint
from app.committees.commands.constituencies import form_constituency
from app.committees.rules import SeatKind
from app.committees.rules.constituencies import Belonging
from app.core.periods import Period
from app.demonstration.commands.diary import Diary
from app.demonstration.rules import Facts


def write_constituencies(diary: Diary) -> None:
    """Constituencies by their countries, each with its seat."""
    for facts in diary.facts["constituency"]:
        diary.on(facts["formed"], partial(_form, diary, facts))


def _form(diary: Diary, facts: Facts) -> None:
    countries = [Belonging(country) for country in facts["countries"]]
    day, name = facts["formed"], facts["name"]
    formed = form_constituency(name, countries, day, actor=diary.actor)
    values = SeatValues(SeatKind.CONSTITUENCY, facts["seat"], Period(day), constituency_id=formed.id)
    seat = diary.seats[name] = add_seat(diary.committees[facts["committee"]].id, values, actor=diary.actor)
    holder = diary.person(facts["holder"], facts["institution"], day)
    held = AppointmentValues(holder.id, Period(day), decision=facts["decision"])
    appoint(seat.id, held, actor=diary.actor)
