"""Every read of committees, seats and appointments."""

from app.committees.queries import (
    holdings,
    merging,
    term_checks,
    verification,
)
from app.committees.queries.addresses import (
    SeatedPerson,
    list_seated,
)
from app.committees.queries.balance import (
    Balance,
    BalanceRow,
    balance_of,
)
from app.committees.queries.books import (
    BookChapter,
    BookRow,
    get_book,
    list_books,
    read_book,
)
from app.committees.queries.bylaws import (
    Quorum,
    find_bylaws,
    list_bylaws,
    newest_bylaws,
    quorum_on,
)
from app.committees.queries.choices import (
    committees_to_choose,
    people_for,
)
from app.committees.queries.committees import (
    CommitteeFilters,
    CommitteeRow,
    get_committee,
    get_editable_committee,
    list_committees,
    list_own_committees,
    search_committees,
)
from app.committees.queries.comparing import (
    Comparison,
    DifferenceRow,
    Moment,
    compare_rosters,
)
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
from app.committees.queries.names import (
    get_committee_name,
)
from app.committees.queries.papers import (
    PaperRow,
    get_editable_paper,
    get_paper,
    list_papers,
    list_withdrawn_papers,
    open_paper,
)
from app.committees.queries.readers import (
    find_actor_of,
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
from app.committees.queries.seats import (
    AlternateRow,
    HolderRow,
    SeatView,
    cycles_of,
    get_alternate,
    get_editable_seat,
    get_seat_view,
)
from app.committees.queries.term_view import (
    TermView,
    find_holding_over,
    get_leave,
    get_term_view,
    list_leave,
    propose_first_day,
)
from app.committees.queries.terms import (
    TermProposal,
    bylaws_of,
    bylaws_on,
    facts_of,
    list_served,
    may_appoint,
    propose_term,
)
from app.committees.queries.timeline import (
    SeatSpan,
    seat_spans,
)
from app.committees.queries.view import (
    CommitteeOnDay,
    CommitteeView,
    Place,
    get_committee_on_day,
    get_committee_view,
)

__all__ = [
    "MONTHS_BACK",
    "AlternateRow",
    "Balance",
    "BalanceRow",
    "BookChapter",
    "BookRow",
    "CommitteeFilters",
    "CommitteeOnDay",
    "CommitteeRow",
    "CommitteeView",
    "Comparison",
    "DifferenceRow",
    "FeedContents",
    "HolderRow",
    "Moment",
    "OpenFeed",
    "PaperRow",
    "PastRow",
    "Place",
    "Quorum",
    "RosterRow",
    "SeatOffer",
    "SeatSpan",
    "SeatView",
    "SeatedPerson",
    "TermDays",
    "TermProposal",
    "TermView",
    "balance_of",
    "bylaws_of",
    "bylaws_on",
    "committees_to_choose",
    "compare_rosters",
    "cycles_of",
    "facts_of",
    "feed_contents",
    "find_actor_of",
    "find_bylaws",
    "find_holding_over",
    "find_voice",
    "get_alternate",
    "get_appointment",
    "get_book",
    "get_committee",
    "get_committee_name",
    "get_committee_on_day",
    "get_committee_view",
    "get_editable_committee",
    "get_editable_paper",
    "get_editable_seat",
    "get_leave",
    "get_open_feed",
    "get_paper",
    "get_seat",
    "get_seat_view",
    "get_term_view",
    "holdings",
    "list_appointments_of",
    "list_books",
    "list_bylaws",
    "list_coming_appointments",
    "list_committees",
    "list_ending_terms",
    "list_feeds",
    "list_leave",
    "list_own_committees",
    "list_papers",
    "list_past_appointments",
    "list_seat_offers",
    "list_seated",
    "list_served",
    "list_vacancies",
    "list_withdrawn_papers",
    "may_appoint",
    "merging",
    "newest_bylaws",
    "open_paper",
    "people_for",
    "people_of_own_committees",
    "propose_first_day",
    "propose_term",
    "quorum_on",
    "read_book",
    "roster",
    "search_committees",
    "seat_spans",
    "term_checks",
    "verification",
]
