"""The rule table: its rows, trying it, and the forms that add, change, move and end one."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.agreements.commands import template_rules as commands
from app.agreements.forms.template_rules import LastDayForm, RuleForm, TryForm, filled_from_rule
from app.agreements.queries.offered import lines_meant
from app.agreements.queries.template_rules import (
    ProposedTemplate,
    RuleRow,
    get_rule,
    known_pipelines,
    list_rules,
    propose_template,
    repositories_to_choose,
)
from app.agreements.queries.templates import templates_to_choose
from app.agreements.routes.blueprint import pages
from app.agreements.routes.template_tables import RULE_COLUMNS, RULE_VERBS, TRIED_COLUMNS, asks_of
from app.agreements.routes.templates import template_tabs
from app.audit.subjects import register_subject
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import AnyTable, Table
from app.core.transaction import transaction
from app.members.routes import ask_institution
from app.web import wording
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import MusterForm, errors_to
from app.web.on_date import current_on, is_past, known_at
from app.web.requests import see
from app.web.table_files import tables_page

register_subject("template_rule", "Row of the rule table")

TRIED_IN_ORDER = [
    ("Rows are tried from the top, and the first that matches wins.", "What is left empty matches anything."),
    (
        "Every line must be what the row asks for.",
        "Without a line, a row that asks for something of it is passed over.",
    ),
]
CORRECTING = [("It is taken to have said this all along.", "What was known until now stays on record, too.")]
ENDING = [("It proposes nothing after this day.", "Its place in the table stays, for the days it was in it.")]


@pages.get("/agreements/templates/rules")
@requires(Permission.TEMPLATE_READ)
def rule_table() -> ResponseReturnValue:
    """The rows that are in the table on the day looked at, and what it answers to what is asked of it."""
    may_edit = the_actor().may(Permission.TEMPLATE_EDIT) and not is_past()
    form = _try_form()
    asked = form.is_asked and form.validate()
    answer = propose_template(form.enquiry(), known=known_at()) if asked else None
    return tables_page(
        "agreements/rule_table.html",
        _tables(answer, may_edit=may_edit),
        form=form,
        answer=answer,
        asked_on=form.day.data or current_on(),
        may_edit=may_edit,
        tabs=template_tabs("agreements.rule_table"),
    )


@pages.route("/agreements/templates/rules/new", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def add_rule() -> ResponseReturnValue:
    """Put a row at the end of the table."""
    form = _offer(RuleForm(data={"first_day": today()}), None)
    form.ask_new()
    if form.validate_on_submit():
        with errors_to(form), transaction():
            added = commands.add_rule(form.values(), actor=the_actor())
            return see("agreements.rule_table", f"Row {added.position} is added.")
    return _page(form, "Add a row", "Add row", follows=TRIED_IN_ORDER)


@pages.route("/agreements/templates/rules/<int:rule_id>/change", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def change_rule(rule_id: int) -> ResponseReturnValue:
    """Correct a row."""
    saved = get_rule(rule_id, the_actor(), on=today())
    form = _offer(RuleForm(data=filled_from_rule(saved)), saved)
    if form.validate_on_submit():
        with errors_to(form), transaction():
            values, reason, version = form.values(), str(form.reason.value), form.shown_version
            commands.change_rule(rule_id, values, reason=reason, version=version, actor=the_actor())
            return see("agreements.rule_table", f"Row {saved.position} is changed.")
    said: dict[str, Any] = {"template": "agreements/change_rule.html", "ways": _ways(saved), "follows": CORRECTING}
    return _page(form, f"Change row {saved.position}", "Save changes", **said)


@pages.route("/agreements/templates/rules/<int:rule_id>/end", methods=["GET", "POST"])
@requires(Permission.TEMPLATE_EDIT)
def end_rule(rule_id: int) -> ResponseReturnValue:
    """Let a row propose nothing after a day."""
    saved = get_rule(rule_id, the_actor(), on=today())
    form = LastDayForm(data={"last_day": today(), "version": saved.version})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            day, reason, version = form.last_day.data, str(form.reason.value), form.shown_version
            commands.end_rule(rule_id, day, reason=reason, version=version, actor=the_actor())
            return see("agreements.rule_table", f"Row {saved.position} ends on {wording.long_day(day)}.")
    return _page(form, f"End row {saved.position}", "End row", sub=f"Where {asks_of(saved)}.", follows=ENDING)


@pages.post("/agreements/templates/rules/<int:rule_id>/up")
@requires(Permission.TEMPLATE_EDIT)
def move_rule_up(rule_id: int) -> ResponseReturnValue:
    """Let a row be tried before the one above it."""
    saved = get_rule(rule_id, the_actor(), on=today())
    with transaction():
        commands.move_rule_up(rule_id, version=saved.version, actor=the_actor())
        return see("agreements.rule_table", f"What was row {saved.position} is tried earlier.")


@pages.post("/agreements/templates/rules/<int:rule_id>/down")
@requires(Permission.TEMPLATE_EDIT)
def move_rule_down(rule_id: int) -> ResponseReturnValue:
    """Let a row be tried after the one below it."""
    saved = get_rule(rule_id, the_actor(), on=today())
    with transaction():
        commands.move_rule_down(rule_id, version=saved.version, actor=the_actor())
        return see("agreements.rule_table", f"What was row {saved.position} is tried later.")


def _ways(row: RuleRow) -> list[tuple[str, str, dict[str, int]]]:
    """The ways in which a row can be moved: its verb, its endpoint, and what that is sent."""
    places = [each.position for each in list_rules(the_actor(), on=today())]
    ends = (("Move up", "agreements.move_rule_up", min), ("Move down", "agreements.move_rule_down", max))
    return [(verb, endpoint, {"rule_id": row.id}) for verb, endpoint, end in ends if row.position != end(places)]


def _tables(answer: ProposedTemplate | None, *, may_edit: bool) -> dict[str, AnyTable]:
    rows = list_rules(the_actor(), on=current_on(), known=known_at())
    verbs = RULE_VERBS if may_edit else ()
    ids = {row.id for row in rows[1:]} if may_edit else set()
    tables: dict[str, AnyTable] = {
        "rules": Table(
            "Rule table",
            [*RULE_COLUMNS, *verbs],
            rows,
            row_id=lambda row: str(row.id) if row.id in ids else None,
        )
    }
    if answer is not None:
        tables["tried"] = Table("What came of each row", TRIED_COLUMNS, answer.tried)
    return tables


def _try_form() -> TryForm:
    """What is asked of the table, with what can be chosen and whom one can name."""
    form = TryForm(formdata=request.args)
    ask_institution(form.provider)
    ask_institution(form.recipient)
    form.lines.find = lambda rows: lines_meant(rows, "lines")
    form.repository.offer(repositories_to_choose(), empty="Any")
    form.pipeline.usual = known_pipelines()
    return form


def _offer(form: RuleForm, saved: RuleRow | None) -> RuleForm:
    """The form of a row, with what can be chosen; a template that is used no more stays where it stands."""
    choices = templates_to_choose(on=today())
    if saved is not None and saved.template_id not in {key for key, _ in choices}:
        choices.append((saved.template_id, saved.template))
    form.template_id.offer(choices)
    form.repository_id.offer(repositories_to_choose(), empty="Any")
    form.pipeline.usual = known_pipelines()
    ask_institution(form.provider_id, saved.provider_id if saved else None)
    return form


def _page(form: MusterForm, title: str, verb: str, *, template: str = "layouts/form.html", **more: Any) -> str:
    back = url("agreements.rule_table")
    crumbs = [("Templates", url("agreements.templates")), ("Rule table", back)]
    return render_template(template, form=form, title=title, verb=verb, crumbs=crumbs, cancel=back, **more)
