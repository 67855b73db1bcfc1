"""The consortium's own key for sealing papers: made once, kept locked up with the secret of the site."""

from __future__ import annotations

from base64 import b64decode, b64encode

from sqlalchemy import select

from app.accounts.queries import find_profile
from app.agreements.documents.sealing import SealKey, locked_up, new_seal_key, unlocked
from app.agreements.models import ConsortiumSeal
from app.audit.commands import Subject, record
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.site import this_site


def seal_key() -> SealKey:
    """The key to seal with; the first time one is made, and again once the secret of the site is another one."""
    asked = select(ConsortiumSeal).order_by(ConsortiumSeal.id.desc()).limit(1)
    kept = db.session.scalar(asked)
    if kept is not None:
        key = unlocked(b64decode(kept.locked_key), b64decode(kept.certificate), this_site().secret_key)
        if key is not None:
            return key
    return _make()


def _make() -> SealKey:
    profile = find_profile(clock.today())
    made = new_seal_key(profile.name if profile else "Muster", clock.now())
    kept = ConsortiumSeal(
        certificate=b64encode(made.certificate).decode(),
        locked_key=b64encode(locked_up(made, this_site().secret_key)).decode(),
        made_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    record(
        "agreements.make_seal",
        Subject("consortium_seal", kept.id),
        summary="Made a key and a certificate to seal agreements with",
        actor=program("Sealing of agreements"),
    )
    return made


def seal_certificates() -> list[bytes]:
    """The certificates of all seals that were ever made, by which a copy that comes back is known."""
    asked = select(ConsortiumSeal.certificate).order_by(ConsortiumSeal.id)
    return [b64decode(each) for each in db.session.scalars(asked)]
