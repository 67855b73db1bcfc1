"""Pages of members: the lists, the record of an institution and of a person, and the forms that change them."""

from app.members.routes import institutions, lists, memberships, people, policy, records, representatives
from app.members.routes.blueprint import pages
from app.members.routes.sections import Section, register_person_section, register_section

__all__ = [
    "Section",
    "institutions",
    "lists",
    "memberships",
    "pages",
    "people",
    "policy",
    "records",
    "register_person_section",
    "register_section",
    "representatives",
]
