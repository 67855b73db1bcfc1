"""Forms of erasing a person, and of keeping one for longer."""

from __future__ import annotations

from app.web.forms import DayField, MusterForm, TextField


class ErasureForm(MusterForm):
    """Why a person is erased."""

    reason = TextField(
        "Why", most=500, hint="Such as: asked for it by letter of 3 May. Without the name: this stays on record."
    )


class KeepForm(MusterForm):
    """How long a person is kept beyond their day, and why."""

    last_day = DayField("Keep until", hint="The end of this day.")
    reason = TextField("Why", most=500, hint="Such as: a claim about the agreement of 2014 is open.")
