"""What background work and mails are filtered by."""

from __future__ import annotations

from app.outbox.rules import JobState, MailState, job_word, mail_word
from app.web.choices import ChoiceField
from app.web.forms import FilterForm, TextField

JOB_STATES = [("", "Any"), *((state.value, job_word(state, 0)) for state in JobState)]
MAIL_STATES = [("", "Any"), *((state.value, mail_word(state)) for state in MailState)]


class JobFilters(FilterForm):
    """The state of a job."""

    state = ChoiceField(
        "State", choices=[("", "Any"), *((each, job_word(each, 0)) for each in JobState)], optional=True
    )

    @property
    def wanted(self) -> JobState | None:
        """The state asked for."""
        return JobState(self.state.data) if self.state.data else None


class MailFilters(FilterForm):
    """Whom a mail goes to or what it says on top, and its state."""

    words = TextField("Words", optional=True, hint="In the name, the address or the subject")
    state = ChoiceField("State", choices=[("", "Any"), *((each, mail_word(each)) for each in MailState)], optional=True)

    @property
    def wanted(self) -> MailState | None:
        """The state asked for."""
        return MailState(self.state.data) if self.state.data else None
