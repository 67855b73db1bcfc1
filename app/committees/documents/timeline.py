"""The seats of a committee over the years, as a chart and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.committees.queries import SeatSpan
from app.committees.rules import OFFICE_WORDS, SINGLE_OFFICES
from app.core import clock
from app.core.charts import Chart
from app.core.periods import add_months
from app.web import wording
from app.web.span_charts import Look, Stretch, lanes_chart

LOOKS = {
    "Office": Look("$accent", "$canvas", "$on-accent"),
    "Member": Look("$info-bg", "$canvas", "$info"),
    "To come": Look("$canvas", "$info", "$info"),
    "Vacant": Look("$bad-bg", "$bad", "$bad"),
}
OFFICE, MEMBER, COMING, VACANT = LOOKS
AHEAD = 6  # Months that are shown of what has no last day.


def timeline_chart(spans: Sequence[SeatSpan], on: date) -> Chart:
    """Bars of the holders of each seat; gaps stand out, what comes is hollow, a line stands on the day looked at."""
    ends = [span.period.last for span in spans if span.period.last] + [on]
    edge = add_months(max(ends), AHEAD)
    stretches = [_stretch(span, edge) for span in spans]
    told = "today" if on == clock.today() else wording.day(on)
    return lanes_chart(stretches, LOOKS, f"Seats over the years: {span_words(spans, on)}", on=on, on_words=told)


def span_words(spans: Sequence[SeatSpan], on: date) -> str:
    """How many seats there are or were, how many are vacant on the day, and how often they were before."""
    seats = len({span.number for span in spans})
    gaps = [span for span in spans if span.holder is None]
    vacant = sum(span.period.contains(on) for span in gaps)
    said = f"{wording.plural(seats, 'seat', 'seats')}, {wording.count(vacant)} vacant on {wording.long_day(on)}"
    before = len(gaps) - vacant
    return f"{said}; {wording.plural(before, 'gap', 'gaps')} before" if before else said


def _stretch(span: SeatSpan, edge: date) -> Stretch:
    first, last = span.period.first, span.period.last
    shown = f"{wording.day(first)} to {wording.day(last)}" if last else f"since {wording.day(first)}"
    office = f", {OFFICE_WORDS[span.office].lower()}" if span.office in SINGLE_OFFICES and span.office else ""
    text = f"{span.holder}{office}" if span.holder else "Vacant"
    return Stretch(span.seat, _kind(span), first, last or edge, text, span.family_name or "", shown)


def _kind(span: SeatSpan) -> str:
    if span.holder is None:
        return VACANT
    if span.is_coming:
        return COMING
    return OFFICE if span.office in SINGLE_OFFICES else MEMBER
