"""Who writes to whom on papers: the consortium as it writes on a day, and an institution at its address."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

from app.accounts.models import ConsortiumProfile
from app.accounts.queries import find_profile
from app.core import clock
from app.core.errors import DomainError
from app.files.queries import open_file
from app.members.models import Institution
from app.members.rules import PaperParty, address_lines, on_envelope


def party_of_consortium(profile: ConsortiumProfile) -> PaperParty:
    """The consortium as the sender of a paper."""
    return PaperParty(
        name=profile.name,
        address=(*profile.postal.lines, on_envelope(profile.country)),
        short_name=f"{profile.short_name} {profile.unit}".strip(),
        unit=profile.unit,
        vat_line=f"VAT {profile.vat_number}" if profile.vat_number else profile.tax_note,
        email=profile.email,
        web=profile.website.removeprefix("https://").rstrip("/"),
    )


def logo_of_consortium(profile: ConsortiumProfile) -> str:
    """The address under which a paper shows the picture of the consortium, which is within it; empty without one."""
    if profile.logo_id is None:
        return ""
    picture = open_file(profile.logo_id)
    return f"data:{picture.media_type};base64,{b64encode(picture.content).decode()}"


def correspondents(institution: Institution) -> tuple[PaperParty, PaperParty]:
    """The consortium as it writes today, and an institution as a letter of its reaches it."""
    profile = writing_profile()
    sender = replace(party_of_consortium(profile), logo=logo_of_consortium(profile))
    return sender, _party_of_institution(institution, profile.country)


def writing_profile() -> ConsortiumProfile:
    """What the consortium says of itself on the papers of today; refused where it has said nothing yet."""
    profile = find_profile(clock.today())
    if profile is None:
        raise DomainError("The consortium has not said who writes: adopt a profile under Settings first.")
    return profile


def _party_of_institution(institution: Institution, home: str) -> PaperParty:
    """An institution at its postal address, or where its invoices go if it has no other."""
    address = institution.postal_address or institution.billing_address or ""
    return PaperParty(
        name=institution.name,
        address=address_lines(address, institution.country, home),
        short_name=institution.short_name,
        unit=institution.unit or "",
    )
