"""The seats of an institution that is merged into another follow it, with whoever sits on them."""

from __future__ import annotations

from app.committees.models import Seat
from app.members.commands.pointers import register_pointer

register_pointer(Seat, "institution_id", "seats on committees")
