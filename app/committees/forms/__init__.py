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
    FoundingForm,
    OwnCommitteeForm,
    changed_meanwhile,
    filled_from,
)
from app.committees.forms.moving import (
    FreeSeatsForm,
    SeatOfferForm,
)
from app.committees.forms.naming import (
    DissolvingForm,
    ReasonForm,
    RenameForm,
    RightNameForm,
    filled_from_name,
    name_meanwhile,
)
from app.committees.forms.papers import PaperForm, VersionForm
from app.committees.forms.seats import (
    AlternateForm,
    ChangeSeatForm,
    EndAlternateForm,
    EndSeatForm,
    SeatForm,
    end_meanwhile,
    filled_from_seat,
    for_kind,
    seat_meanwhile,
)

__all__ = [
    "GRANTED",
    "AlternateForm",
    "AppointmentForm",
    "ChangeSeatForm",
    "CommitteeFilterForm",
    "CommitteeForm",
    "CorrectionForm",
    "DissolvingForm",
    "EndAlternateForm",
    "EndSeatForm",
    "EndTermForm",
    "FoundingForm",
    "FreeSeatsForm",
    "OwnCommitteeForm",
    "PaperForm",
    "ReasonForm",
    "RenameForm",
    "RightNameForm",
    "SeatForm",
    "SeatOfferForm",
    "VersionForm",
    "WithdrawalForm",
    "changed_meanwhile",
    "end_meanwhile",
    "entry_meanwhile",
    "filled_from",
    "filled_from_appointment",
    "filled_from_name",
    "filled_from_seat",
    "for_kind",
    "name_meanwhile",
    "seat_meanwhile",
]
