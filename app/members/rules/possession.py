"""Whose an e-mail address was at an instant, where it went from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True)
class Span:
    """From an instant until just before another."""

    since: datetime
    until: datetime

    def holds(self, instant: datetime) -> bool:
        """Whether the instant is within."""
        return self.since <= instant < self.until


ALWAYS = Span(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def possession(own: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """When an address counted as somebody's, who had it in their own spans, while others had it in theirs.

    What two had at a time is nobody's alone. Between two it is whose it is next, for one writes to an address when it
    is about to be taken up; after all of them it is whose it was last.
    """
    edges = {ALWAYS.since, ALWAYS.until, *(edge for span in (*own, *others) for edge in (span.since, span.until))}
    found: list[Span] = []
    for since, until in pairwise(sorted(edges)):
        if not _is_own(since, own, others):
            continue
        if found and found[-1].until == since:
            since = found.pop().since  # noqa: PLW2901 - it goes on
        found.append(Span(since, until))
    return found


def _is_own(instant: datetime, own: Sequence[Span], others: Sequence[Span]) -> bool:
    """Whether the address is theirs at an instant at which nobody begins or ends to have it."""
    if any(span.holds(instant) for span in others):
        return False
    if any(span.holds(instant) for span in own):
        return True
    return _nearest(instant, own) < _nearest(instant, others)


def _nearest(instant: datetime, spans: Sequence[Span]) -> tuple[bool, timedelta]:
    """How far the nearest of the spans is: what begins later goes before what has ended, and none is farthest."""
    following = [span.since - instant for span in spans if span.since > instant]
    if following:
        return (False, min(following))
    return (True, min((instant - span.until for span in spans), default=ALWAYS.until - ALWAYS.since))
