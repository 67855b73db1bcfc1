"""Templates: pages are made of components, and nothing in them escapes the escaping or the content policy."""

import pytest
from flask import Flask

from tests.architecture.source import TEMPLATES, matches_in, page_templates, templates


def test_no_template_switches_the_escaping_off():
    assert matches_in(templates(), r"\|\s*safe\b|autoescape\s+false") == []


def test_no_template_has_an_inline_style():
    assert matches_in(templates(), r"""\sstyle\s*=\s*["']""") == []


def test_no_template_has_an_inline_handler():
    assert matches_in(templates(), r"""\son[a-z]+\s*=\s*["']|href\s*=\s*["']\s*javascript:""") == []


def test_every_script_in_a_template_has_a_nonce_or_a_source():
    bare = [line for line in matches_in(templates(), r"<script\b") if "nonce" not in line and "src=" not in line]
    assert bare == []


@pytest.mark.parametrize("markup", ["class=", "<form", "<table", "<style", "<script"])
def test_pages_leave_markup_to_components(markup: str):
    assert matches_in(page_templates(), markup) == []


def test_pages_extend_a_layout():
    bare = [path for path in page_templates() if '{% extends "layouts/' not in path.read_text(encoding="utf-8")]
    assert [str(path.relative_to(TEMPLATES)) for path in bare] == []


def test_every_page_template_belongs_to_the_endpoint_it_is_named_after(application: Flask):
    names = [path.relative_to(TEMPLATES).with_suffix("") for path in page_templates()]
    assert [str(name) for name in names if ".".join(name.parts) not in application.view_functions] == []
