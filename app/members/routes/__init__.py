"""Pages of members: the lists, the record of an institution and of a person, and the forms that change them."""

from app.members.routes import (applications, apply, cards, classes, contacts, criteria, departures, directory, erasure, imports, institutions, joining, lists, memberships, papers, people, personal, places, policy, records, renewals, representatives, retention, reviews, tabs)
from app.members.routes.blueprint import (pages)
from app.members.routes.offices import (OfficeHeld, register_offices)
from app.members.routes.sections import (Part, Section, register_part, register_person_section, register_section)

__all__ = ["OfficeHeld", "Part", "Section", "applications", "apply", "cards", "classes", "contacts", "criteria", "departures", "directory", "erasure", "imports", "institutions", "joining", "lists", "memberships", "pages", "papers", "people", "personal", "places", "policy", "records", "register_offices", "register_part", "register_person_section", "register_section", "renewals", "representatives", "retention", "reviews", "tabs"]
