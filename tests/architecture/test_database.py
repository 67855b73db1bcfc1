"""Models, queries and revisions: what the database code never does."""

import ast
import re

import pytest
from flask import Flask
from sqlalchemy import Enum
from sqlalchemy.orm import configure_mappers

from app.core.database import Base
from tests.architecture.source import ROOT, modules

LONGEST_NAME = 63  # PostgreSQL cuts a longer one off


@pytest.fixture(autouse=True)
def mapped(application: Flask) -> None:
    """The application has imported every model."""
    configure_mappers()


def test_relationships_load_only_what_a_query_asked_for():
    lazy = [
        f"{mapper.class_.__name__}.{relationship.key}"
        for mapper in Base.registry.mappers
        for relationship in mapper.relationships
        if relationship.lazy not in {"raise_on_sql", "noload", "write_only"}
    ]
    assert lazy == []


def test_models_have_our_own_base():
    assert [module.at(call) for module in modules("app") for call, name in module.calls() if name == "db.Model"] == []
    bases = [
        module.at(node)
        for module in modules("app")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "db.Model"
    ]
    assert bases == []


def test_every_constraint_has_a_name_that_every_database_keeps():
    bad = [
        f"{table.name}: {constraint!r}"
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None or len(str(constraint.name)) > LONGEST_NAME
    ]
    assert bad == []


def test_enums_are_kept_as_strings():
    native = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Enum) and (column.type.native_enum or column.type.create_constraint)
    ]
    assert native == []


def test_queries_are_select_statements():
    old = [
        module.at(call)
        for module in modules("app")
        for call, name in module.calls()
        if name.endswith((".filter_by", "session.query")) or name in {"text", "sa.text", "sqlalchemy.text"}
    ]
    assert old == []


def test_only_queries_and_commands_of_a_feature_use_the_session():
    users = [
        module.at(node)
        for module in modules("app")
        if module.is_role("rules", "models", "forms", "documents", "routes", "api")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node).endswith("db.session")
    ]
    assert users == []


def test_queries_never_write():
    writes = (".add", ".add_all", ".delete", ".flush", ".commit", ".merge")
    names = {"insert", "update", "delete", "insert_or_ignore"}
    written = [
        module.at(call)
        for module in modules("app")
        if module.is_role("queries")
        for call, name in module.calls()
        if name in names or (name.endswith(writes) and "session" in name)
    ]
    assert written == []


def test_revisions_never_import_the_application():
    importing = [
        module.at(node)
        for module in modules("migrations/versions")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and re.search(r"\b(app|config)\b", ast.unparse(node))
    ]
    assert importing == []


def test_revisions_follow_one_another_in_one_line():
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "migrations" / "versions").glob("*.py")]
    before = [found[1] for text in texts if (found := re.search(r"^down_revision\b[^=]*= (.+)$", text, re.MULTILINE))]
    assert len(before) == len(texts)
    assert len(set(before)) == len(before)
