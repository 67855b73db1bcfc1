"""Forms of institutions, people, memberships and representatives."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

from wtforms import BooleanField, Field

from app.core.errors import Difference
from app.core.periods import Period
from app.members.commands import (
    Admission,
    AffiliationFacts,
    ContactFacts,
    InstitutionFacts,
    Naming,
    PersonFacts,
    RepresentationFacts,
)
from app.members.queries import MembershipPeriod
from app.members.rules import (
    KIND_WORDS,
    PURPOSE_WORDS,
    InstitutionKind,
    MembershipState,
    Purpose,
    country_choices,
    day_words,
)
from app.web.choices import ChoiceField
from app.web.forms import (
    DayField,
    EmailField,
    FilterForm,
    MusterForm,
    NumberField,
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


class InstitutionFilterForm(FilterForm):
    """What the list of institutions is narrowed to; the page offers classes and countries."""

    q = TextField("Words", optional=True, hint="Of a name it has or had, its ROR or number.")
    kind = ChoiceField("Kind", optional=True, choices=[ANY, *KIND_WORDS.items(), ("composite", "Composite member")])
    member_as = ChoiceField("Class", optional=True)
    country = ChoiceField("Country", optional=True)
    state = ChoiceField("State", optional=True, choices=[ANY, *STATE_WORDS.items()])


class PeopleFilterForm(FilterForm):
    """What the list of people is narrowed to."""

    q = TextField("Words", optional=True, hint="Of a name, or of an e-mail address you may see.")
    institution = TextField("Institution", optional=True, hint="Words of a name it has or had.")
    purpose = ChoiceField("Represents as", optional=True, choices=[ANY, *PURPOSE_WORDS.items()])


class ContactForm(MusterForm):
    """How an institution is reached and where its invoices go."""

    website = TextField("Website", optional=True, hint="With https:// before it.")
    postal_address = ProseField("Address", optional=True, most=500)
    billing_address = ProseField("Invoices go to", optional=True, most=500, hint="Left empty, they go to the address.")
    purchase_order = TextField("Purchase order", optional=True, most=40, hint="Printed on every invoice.")

    def contact(self) -> ContactFacts:
        """What was typed."""
        return ContactFacts(
            website=self.website.value,
            postal_address=self.postal_address.value,
            billing_address=self.billing_address.value,
            purchase_order=self.purchase_order.value,
        )


class InstitutionForm(MusterForm):
    """All that is on record of an institution."""

    name = TextField("Name", hint="A new name from some day on is given by Rename; here its spelling is put right.")
    short_name = TextField("Short name", most=40)
    kind = ChoiceField("Kind", choices=[("", "Choose one"), *KIND_WORDS.items()])
    is_composite = BooleanField("It is itself a consortium")
    country = ChoiceField("Country", choices=[("", "Choose one"), *country_choices()])
    unit = TextField("Unit", optional=True, hint="The part of it that takes part, such as a clinic.")
    ror = TextField(
        "ROR", optional=True, most=60, hint="Nine characters, such as 01cwqze88, or the address at ror.org."
    )
    vat_number = TextField("VAT number", optional=True, most=24)
    website = TextField("Website", optional=True, hint="With https:// before it.")
    postal_address = ProseField("Address", optional=True, most=500)
    billing_address = ProseField("Invoices go to", optional=True, most=500, hint="Left empty, they go to the address.")
    purchase_order = TextField("Purchase order", optional=True, most=40, hint="Printed on every invoice.")
    notes = ProseField("Notes", optional=True, hint="Not shown to its representatives' colleagues elsewhere.")

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
            notes=self.notes.value,
        )


class NewInstitutionForm(InstitutionForm):
    """An institution to take up."""

    founded = DayField("Named so since", optional=True, hint="Left empty: for as long as anyone looks back.")

    def __init__(self, *args: Any, **options: Any) -> None:
        """Say nothing of renaming: there is no name yet."""
        super().__init__(*args, **options)
        self["name"].description = ""


class RenameForm(MusterForm):
    """Another name from a day on."""

    name = TextField("New name")
    short_name = TextField("New short name", most=40)
    first_day = DayField("From", hint="The old name holds until the end of the day before, and is still found.")
    reason = TextField("Why", optional=True, most=500)

    def naming(self) -> Naming:
        """What was typed."""
        return Naming(str(self.name.value), str(self.short_name.value), self.first_day.data)


class ParentForm(MusterForm):
    """Of which institution another one is a part."""

    parent_id = ChoiceField("Part of", optional=True)


class AdmissionForm(MusterForm):
    """A membership."""

    class_id = ChoiceField("Class")
    first_day = DayField("Member from")
    last_day = DayField("Last day", optional=True, hint="Only for a membership that ends by itself.")
    reason = TextField("Why", optional=True, most=500, hint="Such as the decision that admitted it.")

    def admission(self) -> Admission:
        """What was typed."""
        return Admission(int(self.class_id.data), self.first_day.data, self.last_day.data, self.reason.value)


class FromDayForm(MusterForm):
    """A change from a day on, with its reason."""

    first_day = DayField("From")
    reason = TextField("Why", most=500)


class LastDayForm(MusterForm):
    """An end, with its reason."""

    last_day = DayField("Last day", hint="All of this day still counts.")
    reason = TextField("Why", most=500)


class PersonForm(MusterForm):
    """What is on record of a person."""

    title = TextField("Title", optional=True, most=40)
    given_name = TextField("Given name", most=100)
    family_name = TextField("Family name", most=99)
    email = EmailField("E-mail", optional=True)
    phone = TextField("Telephone", optional=True, most=40)
    orcid = TextField("ORCID", optional=True, most=60)

    def person(self) -> PersonFacts:
        """What was typed."""
        return PersonFacts(
            given_name=str(self.given_name.value),
            family_name=str(self.family_name.value),
            title=self.title.value,
            email=self.email.value,
            phone=self.phone.value,
            orcid=self.orcid.value,
        )


class NewPersonForm(PersonForm):
    """A person to take up, with where they work."""

    institution_id = ChoiceField("Works at")
    position = TextField("As", optional=True)
    first_day = DayField("There since")

    def affiliation(self) -> AffiliationFacts:
        """Where they work."""
        return AffiliationFacts(int(self.institution_id.data), self.first_day.data, None, self.position.value)


class AffiliationForm(MusterForm):
    """A person's place at an institution."""

    institution_id = ChoiceField("Institution")
    position = TextField("As", optional=True)
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True)

    def affiliation(self) -> AffiliationFacts:
        """What was typed."""
        return AffiliationFacts(
            int(self.institution_id.data), self.first_day.data, self.last_day.data, self.position.value
        )


class RepresentationForm(MusterForm):
    """Who represents an institution, for what and when; the page offers its people."""

    person_id = ChoiceField("Person", hint="Of those who work there; others are added to its people first.")
    purpose = ChoiceField("As", choices=[("", "Choose one"), *PURPOSE_WORDS.items()])
    rank = NumberField("Place among alternates", least=1, most=99, hint="1 stands in first. Others leave it at 1.")
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True)
    reason = TextField("Why", optional=True, most=500)

    def representation(self) -> RepresentationFacts:
        """What was typed."""
        return RepresentationFacts(Purpose(self.purpose.data), self.first_day.data, self.last_day.data, self.rank.data)


def changed_meanwhile(form: MusterForm, saved: Any) -> list[Difference]:
    """What stands in the form and what is saved now, where they differ; empty unless the form came too late."""
    if form.conflict is None:
        return []
    pairs = [
        (field.label.text, _typed(field), _saved(field, getattr(saved, field.short_name)))
        for field in form.visible_fields
        if hasattr(saved, field.short_name)
    ]
    return [Difference(label, typed, kept) for label, typed, kept in pairs if typed != kept]


def steps_meanwhile(form: FromDayForm | LastDayForm, membership: MembershipPeriod) -> list[Difference]:
    """The day in the form and the steps on record now, where someone else changed the membership under the form."""
    if form.conflict is None:
        return []
    asked = form.visible_fields[0]
    steps = [f"{STATE_WORDS[step.state]} from {_days(step.period)}" for step in membership.steps]
    return [Difference(asked.label.text, _typed(asked), "; ".join(steps))]


def _days(period: Period) -> str:
    return day_words(period.first) + (f" to {day_words(period.last)}" if period.last else "")


def _typed(field: Field) -> str:
    return _saved(field, field.data)


def _saved(field: Field, value: Any) -> str:
    if isinstance(field, BooleanField):
        return "yes" if value else "no"
    if isinstance(value, date):
        return day_words(value)
    plain = "" if value is None else str(value.value if isinstance(value, Enum) else value)
    if isinstance(field, ChoiceField):
        return dict(field.offered).get(plain, plain)
    return plain
