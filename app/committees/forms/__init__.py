"""Forms of committees, seats and appointments."""

from app.committees.forms.appointments import (
    AppointmentForm,
    CorrectionForm,
    EndLeaveForm,
    EndTermForm,
    EntryForm,
    LeaveCorrectionForm,
    LeaveForm,
    OfficeForm,
    WithdrawalForm,
    entry_meanwhile,
    filled_from_appointment,
    filled_from_leave,
)
from app.committees.forms.bylaws import TERMS, VOTES, BylawsForm, bylaws_meanwhile
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
    "TERMS",
    "VOTES",
    "AppointmentForm",
    "BylawsForm",
    "CommitteeFilterForm",
    "CommitteeForm",
    "CorrectionForm",
    "EndLeaveForm",
    "EndTermForm",
    "EntryForm",
    "FreeSeatsForm",
    "LeaveCorrectionForm",
    "LeaveForm",
    "OfficeForm",
    "OwnCommitteeForm",
    "SeatForm",
    "SeatOfferForm",
    "WithdrawalForm",
    "bylaws_meanwhile",
    "changed_meanwhile",
    "entry_meanwhile",
    "filled_from",
    "filled_from_appointment",
    "filled_from_leave",
]
