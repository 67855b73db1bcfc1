"""Imports: the columns they know, how cells are read, and what becomes of each row of a table."""

from app.members.rules.imports.cells import FormerName, StepCell, joined_lines
from app.members.rules.imports.columns import (
    COLUMNS,
    IMPORT_WORDS,
    MESSAGE_HEAD,
    OUTCOME_HEAD,
    ImportColumn,
    ImportKind,
    ReadRow,
    check_mapping,
    column_of,
    guess_columns,
    read_row,
)
from app.members.rules.imports.institutions import plan_institutions
from app.members.rules.imports.keeping import (
    ENDED_IMPORTS,
    KEEPS_TABLES,
    OPEN_IMPORTS,
    REMOVED_TABLE,
    names_somebody,
)
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

__all__ = [
    "COLUMNS",
    "ENDED_IMPORTS",
    "IMPORT_WORDS",
    "KEEPS_TABLES",
    "MESSAGE_HEAD",
    "OPEN_IMPORTS",
    "OUTCOME_HEAD",
    "REMOVED_TABLE",
    "WAITING_STATES",
    "WORKING_STATES",
    "Change",
    "FormerName",
    "ImportColumn",
    "ImportKind",
    "ImportState",
    "Institutions",
    "Known",
    "KnownMembership",
    "KnownPerson",
    "Memberships",
    "Outcome",
    "People",
    "Place",
    "ReadRow",
    "RowPlan",
    "StepCell",
    "check_mapping",
    "column_of",
    "digest_of_plans",
    "guess_columns",
    "joined_lines",
    "names_somebody",
    "plan_institutions",
    "plan_memberships",
    "plan_people",
    "read_row",
    "told",
]
