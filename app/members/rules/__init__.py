"""Kinds, states and purposes of members, which step may follow which, and the shape of their identifiers."""

from app.members.rules.classes import (ClassFacts, LONGEST_TERM, MOST_GRACE, TERM_WORDS, TermKind, TermRule, check_class)
from app.members.rules.contacts import (ERASED_NAME, ROUTE_KIND_WORDS, ROUTE_PURPOSE_WORDS, RouteFacts, RouteKind, RoutePurpose, language_names, read_languages, read_route)
from app.members.rules.institutions import (CROCKFORD, DOCUMENT_WORDS, DocumentKind, InstitutionKind, KIND_WORDS, PARTICULARS, check_country, country_choices, country_name, filed_name, read_orcid, read_ror, read_vat_number)
from app.members.rules.memberships import (ENDED_STATES, LEAVING, MEMBER_STATES, MembershipState, STATE_ORDER, STEPS, Standing, StepFact, check_step, day_words, standing_on, unbroken_since)
from app.members.rules.policy import (LONGEST_BOOKS, LONGEST_KEEPING, Policy, check_policy)
from app.members.rules.representations import (PURPOSES_WITH_ACCESS, PURPOSE_WORDS, Purpose)
from app.members.rules.retention import (Leaving, NOTICE, last_day_due)

__all__ = ["CROCKFORD", "ClassFacts", "DOCUMENT_WORDS", "DocumentKind", "ENDED_STATES", "ERASED_NAME", "InstitutionKind", "KIND_WORDS", "LEAVING", "LONGEST_BOOKS", "LONGEST_KEEPING", "LONGEST_TERM", "Leaving", "MEMBER_STATES", "MOST_GRACE", "MembershipState", "NOTICE", "PARTICULARS", "PURPOSES_WITH_ACCESS", "PURPOSE_WORDS", "Policy", "Purpose", "ROUTE_KIND_WORDS", "ROUTE_PURPOSE_WORDS", "RouteFacts", "RouteKind", "RoutePurpose", "STATE_ORDER", "STEPS", "Standing", "StepFact", "TERM_WORDS", "TermKind", "TermRule", "check_class", "check_country", "check_policy", "check_step", "country_choices", "country_name", "day_words", "filed_name", "language_names", "last_day_due", "read_languages", "read_orcid", "read_ror", "read_route", "read_vat_number", "standing_on", "unbroken_since"]
