"""Forms of single steps: a comment, a reason, a day."""

from __future__ import annotations

from app.web.forms import DayField, MusterForm, ProseField, TextField


class CommentForm(MusterForm):
    """What one says with a step, if anything."""

    comment = ProseField("Comment for the other side", most=2000, optional=True)


class ReasonForm(MusterForm):
    """Why a step is taken; the other side reads it."""

    comment = ProseField("Why", most=2000, hint="The other side reads it.")


class TerminateForm(MusterForm):
    """Until when it still holds, and why it ends."""

    last_day = DayField("Last day", hint="It still holds on this day; no shipment begins after it.")
    reason = TextField("Why", most=500)


class PublicationForm(MusterForm):
    """On which day the results were published."""

    published_on = DayField("Published on")
