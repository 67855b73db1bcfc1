"""What all pages of members share."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.audit.subjects import register_subject
from app.web.addresses import url
from app.web.forms import MusterForm

pages = Blueprint("members", __name__)
register_subject("institution", "Institution", "members.institution", "institution_id")
register_subject("person", "Person", "members.person", "person_id")


def institution_form(
    form: MusterForm,
    institution: tuple[int, str],
    title: str,
    verb: str,
    *,
    template: str = "layouts/form.html",
    **more: Any,
) -> ResponseReturnValue:
    """The page of a form about an institution, which leads back to its record."""
    back = url("members.institution", institution_id=institution[0])
    crumbs = [("Institutions", url("members.institutions")), (institution[1], back)]
    return render_template(template, form=form, title=title, verb=verb, crumbs=crumbs, cancel=back, **more)


def person_form(form: MusterForm, person: tuple[int, str], title: str, verb: str, **more: Any) -> ResponseReturnValue:
    """The page of a form about a person, which leads back to their record."""
    back = url("members.person", person_id=person[0])
    crumbs = [("People", url("members.people")), (person[1], back)]
    return render_template("layouts/form.html", form=form, title=title, verb=verb, crumbs=crumbs, cancel=back, **more)
