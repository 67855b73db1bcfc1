"""Forms of the seats that come with a membership and go with it."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import HiddenField

from app.committees.queries import SeatOffer
from app.members.forms.applications import ChecksField
from app.web.forms import MusterForm


class SeatOfferForm(MusterForm):
    """On which committees a new member gets a seat. `seen` are those there were to choose from."""

    seen = HiddenField(default="")
    # What was ticked may not be there any more: the command says so in its own words.
    committees = ChecksField("Committees", validate_choice=False)

    def offer(self, offers: Sequence[SeatOffer], named: str) -> None:
        """Let it be chosen among these, ticked where members of the class, called so, have seats."""
        self.committees.offer(
            (each.committee_id, f"{each.committee}: {each.of_class} of the {each.members} in class {named}")
            for each in offers
        )
        if not offers:
            del self.committees

    def show_anew(self, offers: Sequence[SeatOffer]) -> None:
        """Note what there is to choose from; where something else was shown before, the ticks are those of now."""
        ids = [str(each.committee_id) for each in offers]
        if "committees" in self and self.seen.data != " ".join(ids):
            self["committees"].data = [each.committee_id for each in offers if each.of_class]
        self.seen.data = " ".join(ids)

    @property
    def offered(self) -> list[int]:
        """The committees there were to choose from."""
        texts = str(self.seen.data or "").split()
        return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 20]

    @property
    def chosen(self) -> list[int]:
        """The committees ticked; none where none has a seat to give and nothing is asked."""
        return list(self["committees"].data or ()) if "committees" in self else []


class FreeSeatsForm(MusterForm):
    """A button that frees the seats of an institution that leaves."""
