"""Papers and drawings of committees: the roster of one, the book of all, seats over the years, calendars of terms."""

from app.committees.documents.book import BookPaper, book_html, book_paper
from app.committees.documents.calendars import terms_calendar
from app.committees.documents.roster import PaperSeat, RosterPaper, paper_seat, roster_html, roster_paper
from app.committees.documents.timeline import span_words, timeline_chart

__all__ = [
    "BookPaper",
    "PaperSeat",
    "RosterPaper",
    "book_html",
    "book_paper",
    "paper_seat",
    "roster_html",
    "roster_paper",
    "span_words",
    "terms_calendar",
    "timeline_chart",
]
