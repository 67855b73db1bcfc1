"""The forms by which material is asked for: which lines, for whom, and what for."""

from __future__ import annotations

from app.agreements.queries.offered import lines_meant
from app.core.errors import DomainError
from app.exchange.queries.giving import Wanted
from app.exchange.rules.exchanges import PAYER_WORDS, Payer
from app.lines.rules import FORM_WORDS, MaterialForm
from app.members.forms.naming import InstitutionField
from app.web.choices import ChoiceField
from app.web.forms import FilterForm, MusterForm, NumberField, ProseField

LINES_HINT = (
    "One on each row: a colony such as H-123, with its centre in brackets where several have it; or an allele. "
    "What differs from below stands after it: H-123; embryos; 20."
)
MOST = 100_000


class StartForm(FilterForm):
    """Who asks, and for which lines: by these it is found who could give them."""

    taker = InstitutionField("For")
    lines = ProseField("Lines", most=8000, hint=LINES_HINT)
    form = ChoiceField("Form", choices=list(FORM_WORDS.items()))
    quantity = NumberField("Quantity", least=1, most=MOST, hint="Animals, embryos, straws or samples.")

    def rows(self) -> list[tuple[str, MaterialForm, int]]:
        """The rows typed: the name of a line, its form and its quantity; refused where one cannot be read."""
        usual = (MaterialForm(self.form.data), int(self.quantity.data or 1))
        return [_read(row, *usual) for row in str(self.lines.data or "").splitlines() if row.strip()]


class RequestForm(MusterForm):
    """For which scientist the material is, what for, and who pays."""

    person_id = ChoiceField("Scientist", hint="Of the institution that asks.")
    purpose = ProseField("What it is for", most=4000)
    payer = ChoiceField("Who pays for the shipment", choices=list(PAYER_WORDS.items()))

    @property
    def chosen_payer(self) -> Payer:
        """Who pays."""
        return Payer(self.payer.data)


def _read(row: str, form: MaterialForm, quantity: int) -> tuple[str, MaterialForm, int]:
    name, *more = (part.strip() for part in row.split(";"))
    for part in more:
        if part.isascii() and part.isdecimal() and 1 <= int(part[:7]) <= MOST:
            quantity = int(part)
        else:
            form = _form(part, row)
    return name, form, quantity


def _form(typed: str, row: str) -> MaterialForm:
    named = {words.casefold(): form for form, words in FORM_WORDS.items()} | {each.value: each for each in MaterialForm}
    found = named.get(typed.casefold())
    if found is None:
        words = ", ".join(FORM_WORDS.values())
        raise DomainError(f"\u201c{row.strip()}\u201d: write a form ({words}) or a quantity after the line.", "lines")
    return found


def wanted_of(texts: list[str]) -> list[Wanted]:
    """What the address of a request asks for, such as 12.sperm.10; what cannot be read is left out."""
    found = []
    for text in texts:
        parts = text.split(".")
        if len(parts) == 3 and all(part.isascii() and part.isdecimal() and len(part) < 10 for part in parts[::2]):
            line_id, form, quantity = parts
            if form in set(MaterialForm) and int(quantity):
                found.append(Wanted(int(line_id), MaterialForm(form), int(quantity)))
    return found


def read_items(form: StartForm) -> list[str]:
    """What is asked for as it stands in an address; where a row means no one line, that stands beside the field."""
    try:
        rows = form.rows()
        lines = lines_meant([name for name, _, _ in rows])
    except DomainError as refused:
        form.lines.errors = [refused.message]
        return []
    return [address_of(Wanted(line, kind, most)) for line, (_, kind, most) in zip(lines, rows, strict=True)]


def address_of(wanted: Wanted) -> str:
    """What is asked for, as it stands in an address."""
    return f"{wanted.line_id}.{wanted.form.value}.{wanted.quantity}"
