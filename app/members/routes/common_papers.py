"""Adding one document to the chosen institutions: a page says who gets it and who cannot, and takes the file."""

from __future__ import annotations

from dataclasses import replace

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.clock import today
from app.core.permissions import Permission
from app.core.tables import Table
from app.core.transaction import transaction
from app.files.forms import ask_again
from app.members import commands
from app.members.forms import CommonDocumentForm
from app.members.queries import plan_common_paper
from app.members.routes.blueprint import pages
from app.members.routes.selection import INSTITUTION, INSTITUTION_COLUMN, WHY_COLUMN, chosen_institutions
from app.web.access import requires, the_actor
from app.web.addresses import url
from app.web.forms import errors_to
from app.web.requests import see
from app.web.wording import plural

MOST_SHOWN = 20
# Nothing leads to one that is left out: it may be no longer on record.
LEFT_OUT_COLUMNS = (replace(INSTITUTION_COLUMN, link=None), WHY_COLUMN)


@pages.route("/members/add-document", methods=["GET", "POST"])
@requires(Permission.INSTITUTION_EDIT)
def add_common_document() -> ResponseReturnValue:
    """Add one document to the chosen institutions."""
    chosen, form = chosen_institutions(), CommonDocumentForm(data={"dated": today()})
    if form.validate_on_submit():
        with errors_to(form), transaction():
            seen = str(form.seen.data)
            number = commands.add_common_document(chosen, form.document(), seen=seen, actor=the_actor())
            return see("members.institutions", f"The document is added to {plural(number, *INSTITUTION)}.")
    ask_again(form)
    return _page(form, chosen)


def _page(form: CommonDocumentForm, chosen: tuple[int, ...]) -> ResponseReturnValue:
    plan = plan_common_paper(chosen, the_actor())
    form.seen.data = plan.digest
    back = url("members.institutions")
    return render_template(
        "members/add_common_document.html",
        form=form,
        verb=f"Add to {plural(len(plan.taking), *INSTITUTION)}" if plan.taking else "Add document",
        sub=f"{plural(len(chosen), *INSTITUTION)} chosen",
        plan=plan,
        taking=Table("Gets the document", (INSTITUTION_COLUMN,), plan.taking[:MOST_SHOWN]),
        more=max(len(plan.taking) - MOST_SHOWN, 0),
        left_out=Table("Left out", LEFT_OUT_COLUMNS, plan.left_out),
        crumbs=[("Institutions", back)],
        cancel=back,
        unchosen=None if plan.lines else ("Institutions", back),
    )
