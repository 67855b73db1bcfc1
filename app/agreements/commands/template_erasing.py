"""How templates forget who adopted their versions; the texts stay what they are."""

from __future__ import annotations

from sqlalchemy import update

from app.agreements.models import TemplateVersion
from app.core.database import db
from app.core.personal_data import DataSubject, erases


@erases("templates they adopted")
def erase_adoptions(subject: DataSubject) -> int:
    """Take the names of who adopted versions out of them, where nobody else bears them."""
    adopted = TemplateVersion.adopted_by
    change = update(TemplateVersion).where(adopted.in_(subject.signatures)).values({adopted: subject.alias})
    found = db.session.execute(change.returning(TemplateVersion.id).execution_options(synchronize_session=False))
    return len(found.all())
