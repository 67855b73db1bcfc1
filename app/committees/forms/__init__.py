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
from app.committees.forms.seats import (
    SeatForm,
)

__all__ = [
    "GRANTED",
    "AppointmentForm",
    "CommitteeFilterForm",
    "CommitteeForm",
    "CorrectionForm",
    "EndTermForm",
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
