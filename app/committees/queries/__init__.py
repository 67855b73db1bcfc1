"""Every read of committees, seats and appointments."""

from app.committees.queries import holdings, merging, verification
from app.committees.queries.addresses import SeatedPerson, list_seated
from app.committees.queries.balance import Balance, BalanceRow, balance_of
from app.committees.queries.books import BookChapter, BookRow, get_book, list_books, read_book
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
from app.committees.queries.comparing import Comparison, DifferenceRow, Moment, compare_rosters
from app.committees.queries.feeds import (
    MONTHS_BACK,
    FeedContents,
    OpenFeed,
    TermDays,
    feed_contents,
    get_open_feed,
    list_feeds,
)
from app.committees.queries.joiners import (
    SeatOffer,
    find_voice,
    list_seat_offers,
)
from app.committees.queries.readers import find_actor_of
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
from app.committees.queries.timeline import SeatSpan, seat_spans
from app.committees.queries.view import CommitteeView, get_committee_view

__all__ = [
    "MONTHS_BACK",
    "Balance",
    "BalanceRow",
    "BookChapter",
    "BookRow",
    "CommitteeFilters",
    "CommitteeRow",
    "CommitteeView",
    "Comparison",
    "DifferenceRow",
    "FeedContents",
    "Moment",
    "OpenFeed",
    "PastRow",
    "RosterRow",
    "SeatOffer",
    "SeatSpan",
    "SeatedPerson",
    "TermDays",
    "TermProposal",
    "balance_of",
    "bylaws_of",
    "bylaws_on",
    "committees_to_choose",
    "compare_rosters",
    "facts_of",
    "feed_contents",
    "find_actor_of",
    "find_parent",
    "find_voice",
    "get_appointment",
    "get_book",
    "get_committee",
    "get_committee_view",
    "get_editable_committee",
    "get_open_feed",
    "get_seat",
    "holdings",
    "list_appointments_of",
    "list_books",
    "list_coming_appointments",
    "list_committees",
    "list_ending_terms",
    "list_feeds",
    "list_own_committees",
    "list_parts",
    "list_past_appointments",
    "list_seat_offers",
    "list_seated",
    "list_served",
    "list_vacancies",
    "merging",
    "people_for",
    "people_of_own_committees",
    "propose_term",
    "read_book",
    "roster",
    "search_committees",
    "seat_spans",
    "verification",
]
