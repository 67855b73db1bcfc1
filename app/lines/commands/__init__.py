"""Every write of lines: the lines themselves, how far they come, where they are kept, and what they are called by."""

from app.lines.commands import erasing
from app.lines.commands.crossing import cross_lines, set_parents
from app.lines.commands.genes import AlleleValues, allele_of, clone_of
from app.lines.commands.indexing import index_line, index_lines, write_words
from app.lines.commands.keeping import (
    Deposit,
    correct_deposit,
    correct_form,
    deposit_line,
    offer_form,
    take_deposit_back,
    take_form_back,
)
from app.lines.commands.places import (
    RepositoryValues,
    add_consortium,
    add_repository,
    edit_consortium,
    edit_repository,
)
from app.lines.commands.reaching import locked_line
from app.lines.commands.registering import LineValues, edit_line, register_line
from app.lines.commands.stages import correct_stage, record_stage, take_stage_back
from app.lines.commands.strains import add_strain, add_strain_alias, remove_strain_alias, rename_strain

__all__ = [
    "AlleleValues",
    "Deposit",
    "LineValues",
    "RepositoryValues",
    "add_consortium",
    "add_repository",
    "add_strain",
    "add_strain_alias",
    "allele_of",
    "clone_of",
    "correct_deposit",
    "correct_form",
    "correct_stage",
    "cross_lines",
    "deposit_line",
    "edit_consortium",
    "edit_line",
    "edit_repository",
    "erasing",
    "index_line",
    "index_lines",
    "locked_line",
    "offer_form",
    "record_stage",
    "register_line",
    "remove_strain_alias",
    "rename_strain",
    "set_parents",
    "take_deposit_back",
    "take_form_back",
    "take_stage_back",
    "write_words",
]
