"""Limits of sign-in, the rules of passwords (NIST SP 800-63B revision 4) and of grants."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

ABSOLUTE_LIMIT = timedelta(hours=12)
INVITATION_LIFE = timedelta(days=14)
RESET_LIFE = timedelta(hours=1)


class LinkPurpose(StrEnum):
    """What a single-use link is for."""

    INVITATION = "invitation"
    RESET = "reset"


class GrantSource(StrEnum):
    """What a grant follows from, and ends with."""

    HAND = "hand"
    APPOINTMENT = "appointment"
    REPRESENTATION = "representation"
