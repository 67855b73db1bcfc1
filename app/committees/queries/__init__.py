"""Every read of committees, seats and appointments."""

from app.committees.queries import holdings, merging, plan_holdings, plan_merging, plan_verification, verification
from app.committees.queries.choices import committees_to_choose, people_for
from app.committees.queries.committees import (
    CommitteeFilters,
    CommitteeRow,
    find_parent,
    get_committee,
    get_editable_committee,
    list_committees,
    list_own_committees,
    list_parts,
    search_committees,
)
from app.committees.queries.joiners import (
    SeatOffer,
    find_voice,
    list_seat_offers,
)
from app.committees.queries.roster import (
    PastRow,
    RosterRow,
    get_appointment,
    get_seat,
    list_appointments_of,
    list_coming_appointments,
    list_ending_terms,
    list_past_appointments,
    list_vacancies,
    people_of_own_committees,
    roster,
)
from app.committees.queries.terms import (
    TermProposal,
    bylaws_of,
    bylaws_on,
    facts_of,
    list_served,
    propose_term,
)
from app.committees.queries.view import CommitteeView, get_committee_view

__all__ = [
    "CommitteeFilters",
    "CommitteeRow",
    "CommitteeView",
    "PastRow",
    "RosterRow",
    "SeatOffer",
    "TermProposal",
    "bylaws_of",
    "bylaws_on",
    "committees_to_choose",
    "facts_of",
    "find_parent",
    "find_voice",
    "get_appointment",
    "get_committee",
    "get_committee_view",
    "get_editable_committee",
    "get_seat",
    "holdings",
    "list_appointments_of",
    "list_coming_appointments",
    "list_committees",
    "list_ending_terms",
    "list_own_committees",
    "list_parts",
    "list_past_appointments",
    "list_seat_offers",
    "list_served",
    "list_vacancies",
    "merging",
    "people_for",
    "people_of_own_committees",
    "plan_holdings",
    "plan_merging",
    "plan_verification",
    "propose_term",
    "roster",
    "search_committees",
    "verification",
]
