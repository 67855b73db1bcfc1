"""What the directory is narrowed to."""

from __future__ import annotations

from app.web.choices import ChoiceField
from app.web.forms import FilterForm, TextField


class DirectoryFilterForm(FilterForm):
    """Words, class and country; the page offers classes and the countries that have members."""

    q = TextField("Words", optional=True, hint="Of a name.")
    member_as = ChoiceField("Class", optional=True)
    country = ChoiceField("Country", optional=True)
