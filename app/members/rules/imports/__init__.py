"""Imports: the columns they know, how cells are read, and what becomes of each row of a table."""

from app.members.rules.imports.cells import (
    FormerName,
    StepCell,
    UnitCell,
    joined_languages,
    joined_lines,
    joined_names,
)
from app.members.rules.imports.columns import (
    COLUMNS,
    MESSAGE_HEAD,
    OUTCOME_HEAD,
    ReadRow,
    check_mapping,
    column_of,
    guess_columns,
    read_row,
)
from app.members.rules.imports.contact_routes import ContactRoutes, KnownRoute, plan_contact_routes
from app.members.rules.imports.institutions import plan_institutions
from app.members.rules.imports.keeping import (
    ENDED_IMPORTS,
    KEEPS_TABLES,
    OPEN_IMPORTS,
    REMOVED_TABLE,
    names_somebody,
    words_of_table,
)
from app.members.rules.imports.kinds import IMPORT_WORDS, NAMES_PEOPLE, ImportColumn, ImportKind
from app.members.rules.imports.memberships import KnownMembership, Memberships, plan_memberships
from app.members.rules.imports.people import KnownPerson, People, Place, plan_people
from app.members.rules.imports.plans import (
    WAITING_STATES,
    WORKING_STATES,
    Change,
    ImportState,
    Institutions,
    Known,
    Outcome,
    RowPlan,
    digest_of_plans,
    told,
)
from app.members.rules.imports.representatives import KnownRepresentation, Representatives, plan_representatives

__all__ = [
    "COLUMNS",
    "ENDED_IMPORTS",
    "IMPORT_WORDS",
    "KEEPS_TABLES",
    "MESSAGE_HEAD",
    "NAMES_PEOPLE",
    "OPEN_IMPORTS",
    "OUTCOME_HEAD",
    "REMOVED_TABLE",
    "WAITING_STATES",
    "WORKING_STATES",
    "Change",
    "ContactRoutes",
    "FormerName",
    "ImportColumn",
    "ImportKind",
    "ImportState",
    "Institutions",
    "Known",
    "KnownMembership",
    "KnownPerson",
    "KnownRepresentation",
    "KnownRoute",
    "Memberships",
    "Outcome",
    "People",
    "Place",
    "ReadRow",
    "Representatives",
    "RowPlan",
    "StepCell",
    "UnitCell",
    "check_mapping",
    "column_of",
    "digest_of_plans",
    "guess_columns",
    "joined_languages",
    "joined_lines",
    "joined_names",
    "names_somebody",
    "plan_contact_routes",
    "plan_institutions",
    "plan_memberships",
    "plan_people",
    "plan_representatives",
    "read_row",
    "told",
    "words_of_table",
]
