"""Pages of members: the lists, the record of an institution and of a person, and the forms that change them."""

from app.members.routes import institutions, lists, memberships, people, records, representatives
from app.members.routes.blueprint import pages
from app.members.routes.sections import Section, register_person_section, register_section

__all__ = [
    "Section",
    "institutions",
    "lists",
    "memberships",
    "pages",
    "people",
    "records",
    "register_person_section",
    "register_section",
    "representatives",
]
