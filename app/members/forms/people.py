"""Forms of people: what their list is narrowed to, their facts, places and what they represent."""

from __future__ import annotations

from wtforms import BooleanField

from app.members.commands import (
    AffiliationFacts,
    PersonFacts,
    RepresentationFacts,
)
from app.members.forms.contacts import LanguagesField
from app.members.forms.institutions import ANY
from app.members.forms.naming import InstitutionField
from app.members.rules import (
    PURPOSE_WORDS,
    Purpose,
    read_orcid,
)
from app.web.choices import ChoiceField
from app.web.forms import (
    DayField,
    EmailField,
    FilterForm,
    MusterForm,
    NumberField,
    TextField,
)


class PeopleFilterForm(FilterForm):
    """What the list of people is narrowed to."""

    q = TextField("Words", optional=True, hint="Of a name; with an @, of an e-mail address you may see.")
    institution = TextField("Institution", optional=True, hint="Words of a name it has or had.")
    purpose = ChoiceField("Represents as", optional=True, choices=[ANY, *PURPOSE_WORDS.items()])


class PersonForm(MusterForm):
    """What is on record of a person."""

    title = TextField("Title", optional=True, most=40)
    given_name = TextField("Given name", most=100)
    family_name = TextField("Family name", most=99)
    email = EmailField("E-mail", optional=True)
    phone = TextField("Telephone", optional=True, most=40)
    orcid = TextField("ORCID", optional=True, most=60)
    languages = LanguagesField(
        "Languages", optional=True, hint="By name or code of ISO 639, the preferred one first: English, French."
    )

    def check_rules(self) -> None:
        """The ORCID; languages are read by their field."""
        if self.orcid.value:
            read_orcid(self.orcid.value)

    def person(self) -> PersonFacts:
        """What was typed."""
        return PersonFacts(
            given_name=str(self.given_name.value),
            family_name=str(self.family_name.value),
            title=self.title.value,
            email=self.email.value,
            phone=self.phone.value,
            orcid=self.orcid.value,
            languages=self.languages.data,
        )


class NewPersonForm(PersonForm):
    """A person to take up, with where they work."""

    institution_id = InstitutionField("Works at")
    position = TextField("As", optional=True)
    first_day = DayField("There since")
    anyway = BooleanField("It is someone else: add them anyway")

    def affiliation(self) -> AffiliationFacts:
        """Where they work."""
        return AffiliationFacts(self.institution_id.chosen_id or 0, self.first_day.data, None, self.position.value)


class AffiliationForm(MusterForm):
    """A person's place at an institution."""

    institution_id = InstitutionField("Institution")
    position = TextField("As", optional=True)
    first_day = DayField("From")
    last_day = DayField("Last day", optional=True)

    def affiliation(self) -> AffiliationFacts:
        """What was typed."""
        return AffiliationFacts(
            self.institution_id.chosen_id or 0, self.first_day.data, self.last_day.data, self.position.value
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
