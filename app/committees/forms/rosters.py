"""Forms that choose what rosters are compared, which book is made, and what a calendar feed covers."""

from __future__ import annotations

from datetime import date

from flask import request

from app.committees.rules import FEED_WORDS, FeedScope
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, MusterForm


class CompareForm(FilterForm):
    """Two days whose rosters are compared."""

    first = DayField("The roster of")
    second = DayField("Compared with that of")

    @classmethod
    def proposing(cls, first: date, second: date) -> CompareForm:
        """The form of this page, with days proposed where none were typed."""
        form = cls(formdata=request.args)
        for field, day in ((form.first, first), (form.second, second)):
            field.typed = field.typed or field.write(day)
        return form


class CorrectedForm(CompareForm):
    """A day, and the day on which its roster was known otherwise."""

    second = DayField("The roster of")
    first = DayField("As it was known on")


class BookForm(MusterForm):
    """The day of a roster book, and as known on which day."""

    day = DayField("Rosters of")
    known = DayField("As known on", optional=True, hint="Empty for all that is known now.")


class FeedForm(MusterForm):
    """Which committees a calendar feed speaks of."""

    covers = ChoiceField("Terms and vacancies of", choices=[*FEED_WORDS.items()])

    @property
    def scope(self) -> FeedScope:
        """What was chosen."""
        return FeedScope(self.covers.data)
