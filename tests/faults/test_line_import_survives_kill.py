"""A worker is ended by kill -9 in the middle of writing lines: all of the file is written once, or nothing."""

import pytest
from sqlalchemy import func, select

from app.core.database import db
from app.lines.commands.imports import apply_lines
from app.lines.commands.places import add_consortium
from app.lines.commands.strains import add_strain
from app.lines.models import Allele, LineStage, Marker, MouseLine
from tests.faults.test_import_survives_kill import killed_in_the_middle
from tests.lines.line_files import colony, production
from tests.lines.line_imports import case_of, tried
from tests.members.world import do, institution, problems

pytestmark = pytest.mark.faults
SITE = "tests/faults/slow_line_import_site.py"
TABLES = (MouseLine, LineStage, Allele, Marker)


def how_it_stands(import_id):
    """How many rows there are of each table, and in which state the import is."""
    with db.engine.connect() as connection:
        counts = [connection.scalar(select(func.count()).select_from(model)) for model in TABLES]
    return counts, case_of(import_id).state


def test_lines_killed_in_the_middle_are_written_whole_and_once(app, run_jobs, tmp_path):
    with app.app_context():
        institution("Wellcome Trust Sanger Institute", "WTSI", country="GB")
        do(add_strain, "C57BL/6N")
        do(add_consortium, "BaSH", "BaSH")
        import_id = tried(production(*(colony(f"M{number}") for number in range(20))))
        do(apply_lines, import_id, version=case_of(import_id).version)
        db.session.remove()

    def nothing_is_written():
        assert how_it_stands(import_id) == ([0, 0, 0, 0], "applying")

    killed_in_the_middle(app, run_jobs, tmp_path, nothing_is_written)
    with app.app_context():
        assert how_it_stands(import_id) == ([20, 60, 1, 1], "applied")
        assert problems() == []
