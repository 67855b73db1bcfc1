"""Every read of members, for any day and as known at any moment."""

from app.members.queries import (checks, erased)
from app.members.queries.addresses import (BillingAddress, get_billing_address, list_billing_addresses)
from app.members.queries.contacts import (BillingRoute, billing_routes, find_photo, get_photo, get_route, has_photo, list_routes)
from app.members.queries.institutions import (FullFacts, InstitutionFilters, InstitutionRecord, InstitutionRow, count_countries, get_editable_institution, get_institution, institution_choices, list_names, search_institutions)
from app.members.queries.memberships import (ClassCount, MembershipClassRow, MembershipPeriod, count_members, get_class, get_membership, get_step, list_classes, list_ending, list_memberships, list_memberships_of)
from app.members.queries.papers import (DocumentRow, UnitRow, get_document, get_unit, list_aliases, list_documents, list_notes, list_units, open_document, open_logo)
from app.members.queries.people import (Contact, PersonFilters, PersonRecord, PersonRow, get_affiliation, get_editable_person, get_person, list_people_of, person_choices, search_people)
from app.members.queries.personal import (get_data_subject, get_own_data_subject, subject_of)
from app.members.queries.policy import (list_policies, newest_policy, policy_on)
from app.members.queries.representations import (RepresentationRow, get_representation, list_representations, list_representatives)
from app.members.queries.retention import (LeaverRow, find_leaver, get_leaver, keeping_months, list_due, register_bonds, search_leavers)
from app.members.queries.scope import (may_edit_person, register_person_scope, sees_details)

__all__ = ["BillingAddress", "BillingRoute", "ClassCount", "Contact", "DocumentRow", "FullFacts", "InstitutionFilters", "InstitutionRecord", "InstitutionRow", "LeaverRow", "MembershipClassRow", "MembershipPeriod", "PersonFilters", "PersonRecord", "PersonRow", "RepresentationRow", "UnitRow", "billing_routes", "checks", "count_countries", "count_members", "erased", "find_leaver", "find_photo", "get_affiliation", "get_billing_address", "get_class", "get_data_subject", "get_document", "get_editable_institution", "get_editable_person", "get_institution", "get_leaver", "get_membership", "get_own_data_subject", "get_person", "get_photo", "get_representation", "get_route", "get_step", "get_unit", "has_photo", "institution_choices", "keeping_months", "list_aliases", "list_billing_addresses", "list_classes", "list_documents", "list_due", "list_ending", "list_memberships", "list_memberships_of", "list_names", "list_notes", "list_people_of", "list_policies", "list_representations", "list_representatives", "list_routes", "list_units", "may_edit_person", "newest_policy", "open_document", "open_logo", "person_choices", "policy_on", "register_bonds", "register_person_scope", "search_institutions", "search_leavers", "search_people", "sees_details", "subject_of"]
