"""What the trail is filtered by."""

from __future__ import annotations

from typing import Any

from app.audit.queries import TrailFilters
from app.audit.subjects import kind_choices
from app.web.choices import ChoiceField
from app.web.forms import DayField, FilterForm, TextField


class TrailForm(FilterForm):
    """Who, what, about which kind of record, when."""

    words = TextField("Words", optional=True, hint="In the summary")
    who = TextField("Who", optional=True)
    action = TextField("Action", optional=True, hint="Such as members.rename")
    kind = ChoiceField("About", optional=True)
    first_day = DayField("From", optional=True)
    last_day = DayField("To", optional=True)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Offer the kinds of records there are."""
        super().__init__(*arguments, **options)
        self.kind.offer(kind_choices(), empty="Anything")

    @property
    def wanted(self) -> TrailFilters:
        """The filters as values."""
        return TrailFilters(
            who=self.who.data or None,
            action=self.action.data or None,
            kind=self.kind.data or None,
            words=self.words.data or None,
            first_day=self.first_day.data,
            last_day=self.last_day.data,
        )
