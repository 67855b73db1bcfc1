"""Papers and drawings of committees: the roster of one, the book of all, seats over the years, calendars, mails."""

from app.committees.documents.book import BookPaper, book_html, book_paper
from app.committees.documents.calendars import terms_calendar
from app.committees.documents.messages import (
    Asked,
    SeatMessage,
    appointed_message,
    nomination_message,
    plan_message,
    refusal_message,
)
from app.committees.documents.roster import PaperSeat, RosterPaper, paper_seat, roster_html, roster_paper
from app.committees.documents.timeline import span_words, timeline_chart

__all__ = [
    "Asked",
    "BookPaper",
    "PaperSeat",
    "RosterPaper",
    "SeatMessage",
    "appointed_message",
    "book_html",
    "book_paper",
    "nomination_message",
    "paper_seat",
    "plan_message",
    "refusal_message",
    "roster_html",
    "roster_paper",
    "span_words",
    "terms_calendar",
    "timeline_chart",
]
