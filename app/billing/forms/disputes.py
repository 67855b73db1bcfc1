"""Forms of disputes and of blocks of reminders."""

from __future__ import annotations

from app.web.forms import DayField, MusterForm, TextField


class DisputeForm(MusterForm):
    """Since when an invoice is in dispute, and why."""

    since = DayField("In dispute since")
    reason = TextField("What the payer disputes", most=500)


class SettleForm(MusterForm):
    """How a dispute was settled, and when."""

    settled_on = DayField("Settled on", hint="From this day on the invoice is reminded of again.")
    outcome = TextField("How it was settled", most=500)


class BlockForm(MusterForm):
    """Until when a payer is not reminded, and why."""

    until = DayField("Not reminded until", hint="This day included.")
    reason = TextField("Why", most=500)
