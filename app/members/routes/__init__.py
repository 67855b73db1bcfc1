"""Pages of members: the lists, the record of an institution and of a person, and the forms that change them."""

from app.members.routes import institutions, lists, memberships, papers, people, policy, records, representatives, tabs
from app.members.routes.blueprint import pages
from app.members.routes.sections import Part, Section, register_part, register_person_section, register_section

__all__ = [
    "Part",
    "Section",
    "institutions",
    "lists",
    "memberships",
    "pages",
    "papers",
    "people",
    "policy",
    "records",
    "register_part",
    "register_person_section",
    "register_section",
    "representatives",
    "tabs",
]
