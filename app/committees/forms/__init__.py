"""Forms of committees, seats and appointments."""

from app.committees.forms.appointments import (
    AppointmentForm,
    CorrectionForm,
    EndTermForm,
    WithdrawalForm,
    entry_meanwhile,
    filled_from_appointment,
)
from app.committees.forms.committees import (
    GRANTED,
    CommitteeFilterForm,
    CommitteeForm,
    OwnCommitteeForm,
    changed_meanwhile,
    filled_from,
)
from app.committees.forms.moving import (
    FreeSeatsForm,
    SeatOfferForm,
)
from app.committees.forms.rosters import (
    BookForm,
    CompareForm,
    CorrectedForm,
    FeedForm,
)
from app.committees.forms.seats import (
    SeatForm,
)

__all__ = [
    "GRANTED",
    "AppointmentForm",
    "BookForm",
    "CommitteeFilterForm",
    "CommitteeForm",
    "CompareForm",
    "CorrectedForm",
    "CorrectionForm",
    "EndTermForm",
    "FeedForm",
    "FreeSeatsForm",
    "OwnCommitteeForm",
    "SeatForm",
    "SeatOfferForm",
    "WithdrawalForm",
    "changed_meanwhile",
    "entry_meanwhile",
    "filled_from",
    "filled_from_appointment",
]
