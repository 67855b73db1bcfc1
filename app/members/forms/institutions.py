"""Forms of institutions: what their list is narrowed to, their facts, names and whose part they are."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import BooleanField

from app.core.languages import LANGUAGE_WORDS, Language
from app.members.commands import (
    ContactFacts,
    InstitutionFacts,
    Naming,
)
from app.members.forms.naming import InstitutionField
from app.members.rules import (
    KIND_WORDS,
    Identifiers,
    InstitutionKind,
    MembershipState,
    country_choices,
    read_identifiers,
)
from app.web.choices import ChoiceField
from app.web.forms import (
    DayField,
    FilterForm,
    MusterForm,
    ProseField,
    TextField,
)

ANY = ("", "Any")


STATE_WORDS = {
    MembershipState.ACTIVE: "Active",
    MembershipState.SUSPENDED: "Suspended",
    MembershipState.ADMITTED: "Admitted",
    MembershipState.WITHDRAWN: "Withdrawn",
    MembershipState.LAPSED: "Lapsed",
}

REFERENCE_HINT = "Where their office routes invoices by it, such as a Leitweg-ID; printed on every invoice."
LANGUAGES = [("", "That of the consortium"), *LANGUAGE_WORDS.items()]
CALLED_SO_ANYWAY = "It is another one: call it so anyway"


class InstitutionFilterForm(FilterForm):
    """What the list of institutions is narrowed to; the page offers classes and countries."""

    q = TextField("Words", optional=True, hint="Of a name it has or had, its ROR or number.")
    kind = ChoiceField("Kind", optional=True, choices=[ANY, *KIND_WORDS.items(), ("composite", "Composite member")])
    member_as = ChoiceField("Class", optional=True)
    country = ChoiceField("Country", optional=True)
    state = ChoiceField("State", optional=True, choices=[ANY, *STATE_WORDS.items()])


class ContactForm(MusterForm):
    """How an institution is reached and where its invoices go."""

    website = TextField("Website", optional=True, hint="With https:// before it.")
    postal_address = ProseField("Address", optional=True, most=500)
    billing_address = ProseField("Invoices go to", optional=True, most=500, hint="Left empty, they go to the address.")
    purchase_order = TextField("Purchase order", optional=True, most=40, hint="Printed on every invoice.")
    buyer_reference = TextField("Buyer reference", optional=True, most=40, hint=REFERENCE_HINT)
    document_language = ChoiceField("Language of papers", optional=True, choices=LANGUAGES)

    def contact(self) -> ContactFacts:
        """What was typed."""
        return ContactFacts(
            website=self.website.value,
            postal_address=self.postal_address.value,
            billing_address=self.billing_address.value,
            purchase_order=self.purchase_order.value,
            buyer_reference=self.buyer_reference.value,
            document_language=Language(self.document_language.data) if self.document_language.data else None,
        )


class InstitutionForm(MusterForm):
    """All that is on record of an institution."""

    name = TextField("Name", hint="A new name from some day on is given by Rename; here its spelling is put right.")
    short_name = TextField("Short name", most=40)
    kind = ChoiceField("Kind", choices=[("", "Choose one"), *KIND_WORDS.items()])
    is_composite = BooleanField("It is itself a consortium")
    country = ChoiceField("Country", choices=[("", "Choose one"), *country_choices()])
    unit = TextField("Unit addressed", optional=True, hint="Printed under its name on papers, such as a clinic.")
    ror = TextField(
        "ROR", optional=True, most=60, hint="Nine characters, such as 01cwqze88, or the address at ror.org."
    )
    vat_number = TextField("VAT number", optional=True, most=24)
    website = TextField("Website", optional=True, hint="With https:// before it.")
    postal_address = ProseField("Address", optional=True, most=500)
    billing_address = ProseField("Invoices go to", optional=True, most=500, hint="Left empty, they go to the address.")
    purchase_order = TextField("Purchase order", optional=True, most=40, hint="Printed on every invoice.")
    buyer_reference = TextField("Buyer reference", optional=True, most=40, hint=REFERENCE_HINT)
    document_language = ChoiceField("Language of papers", optional=True, choices=LANGUAGES)

    def check_rules(self) -> None:
        """What tells the institution from others."""
        read_identifiers(Identifiers(self.country.value, self.ror.value, self.website.value, self.vat_number.value))

    def institution(self) -> InstitutionFacts:
        """What was typed."""
        return InstitutionFacts(
            name=str(self.name.value),
            short_name=str(self.short_name.value),
            kind=InstitutionKind(self.kind.data),
            country=str(self.country.value),
            is_composite=bool(self.is_composite.data),
            ror=self.ror.value,
            vat_number=self.vat_number.value,
            website=self.website.value,
            unit=self.unit.value,
            postal_address=self.postal_address.value,
            billing_address=self.billing_address.value,
            purchase_order=self.purchase_order.value,
            buyer_reference=self.buyer_reference.value,
            document_language=Language(self.document_language.data) if self.document_language.data else None,
        )


class EditInstitutionForm(InstitutionForm):
    """What is to hold of an institution, and since when."""

    anyway = BooleanField(CALLED_SO_ANYWAY)
    since = DayField(
        "Changed on",
        optional=True,
        hint="What was on record holds until the day before. Left empty, it was a mistake and is put right.",
    )


class NewInstitutionForm(InstitutionForm):
    """An institution to take up."""

    founded = DayField("Named so since", optional=True, hint="Left empty: for as long as anyone looks back.")
    anyway = BooleanField("It is another one: add it anyway")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Say nothing of renaming: there is no name yet."""
        super().__init__(*args, **options)
        self["name"].description = ""


class RenameForm(MusterForm):
    """Another name from a day on."""

    anyway = BooleanField(CALLED_SO_ANYWAY)
    name = TextField("New name")
    short_name = TextField("New short name", most=40)
    first_day = DayField("From", hint="The old name holds until the end of the day before, and is still found.")
    reason = TextField("Why", optional=True, most=500)

    def naming(self) -> Naming:
        """What was typed."""
        return Naming(str(self.name.value), str(self.short_name.value), self.first_day.data)


class RightNameForm(MusterForm):
    """What was wrong about a name; of the first one the spelling alone."""

    anyway = BooleanField(CALLED_SO_ANYWAY)
    name = TextField("Name")
    short_name = TextField("Short name", most=40)
    first_day = DayField("From", hint="The name before it holds until the end of the day before.")
    reason = TextField("Why it is corrected", most=500, hint="What was known until now stays on record.")

    def naming(self, first_day: date) -> Naming:
        """What was typed; from the day on record where none is asked for."""
        since = self.first_day.data if "first_day" in self else first_day
        return Naming(str(self.name.value), str(self.short_name.value), since)


class ParentForm(MusterForm):
    """Of which institution another one is a part."""

    parent_id = InstitutionField("Part of", optional=True)
    since = DayField("Since", optional=True, hint="Left empty: as long as anyone looks back.")
