"""The sheet of parts: every component in every state, for eyes and for tests; not in production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, jsonify, render_template
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FileField, RadioField, SelectChoice

from app.core.errors import Difference, DomainError, StaleError
from app.core.money import Money
from app.core.naming import Meant, Named
from app.core.tables import Column, Kind, Narrow, Page, PageRequest, Table
from app.web.access import public
from app.web.charts import country_map
from app.web.choices import ChoiceField
from app.web.drawings import Lane, Span
from app.web.forms import (
    DayField,
    FilterForm,
    MoneyField,
    MusterForm,
    PasswordTextField,
    ProseField,
    TextField,
)
from app.web.kept import Kept
from app.web.listing import Action, Bulk, Empty, Listing, list_page
from app.web.naming import NamedField
from app.web.wording import PILL_WORDS

TONES = ("Not begun, out of play", "Under way", "As it should be", "Needs care", "Stopped for now", "Wrong or refused")


@dataclass(frozen=True)
class Member:
    """A line of the sample list."""

    name: str
    short: str
    country: str
    class_: str
    state: str
    since: date
    balance: Money | None


@dataclass(frozen=True)
class Entry:
    """A line of the sample history."""

    at: datetime
    who: str
    what: str
    why: str
    seal: str


@dataclass(frozen=True)
class Work:
    """A line of the sample work list."""

    title: str
    text: str
    who: str
    age: str
    tone: str
    action: tuple[str, str] | None


MEMBERS = (
    Member("Baylor College of Medicine", "BCM", "United States", "Partner", "Active", date(2011, 9, 24), None),
    Member("European Commission", "EC", "Belgium", "Observer", "Leaving", date(2011, 9, 24), Money.of("50000", "GBP")),
    Member("Genome Canada", "", "Canada", "Funder", "Active", date(2011, 9, 24), Money.of("-1250.50", "GBP")),
    Member("MARC, Nanjing", "MARC", "China", "Partner", "Suspended", date(2011, 9, 24), None),
    Member("NLAC, NARLabs", "NLAC", "Taiwan", "Partner", "Admitted", date(2026, 1, 1), Money.zero("GBP")),
)
COLUMNS: tuple[Column[Member], ...] = (
    Column(
        "name", "Institution", lambda row: row.name, Kind.NAME, sortable=True, link=lambda _row: "#main",
        aside=lambda row: row.short, narrow=Narrow.NAME,
    ),
    Column("country", "Country", lambda row: row.country, sortable=True, narrow=Narrow.META),
    Column("class", "Class", lambda row: row.class_, narrow=Narrow.META),
    Column("state", "State", lambda row: row.state, Kind.STATE, sortable=True, narrow=Narrow.STATE),
    Column("since", "Since", lambda row: row.since, Kind.DATE, sortable=True),
    Column(
        "balance", "Balance", lambda row: row.balance, Kind.MONEY, sortable=True, narrow=Narrow.AMOUNT, currency="GBP"
    ),
)  # fmt: skip
HISTORY = (
    Entry(datetime(2026, 10, 19, 13, 7, tzinfo=UTC), "Odile Fennimore",
          "Billing contact: Jessamy Stroud \u2192 Thaddeus Quarrie", "letter of 15 Oct", "9c41e07b22d8"),
    Entry(datetime(2026, 1, 5, 8, 0, tzinfo=UTC), "Odile Fennimore",
          "Invoice 2026-0002 issued, \u00a350,000.00, fee run 2026", "D-2025-058", "27ac19b03344"),
)  # fmt: skip
LANES = (
    Lane("Funder", [Span(date(2011, 9, 24), None, "\u00a350,000.00 a year", "accent")]),
    Lane("Partner", [
        Span(date(2011, 9, 24), date(2019, 3, 31), "no fee"),
        Span(date(2019, 4, 1), date(2019, 9, 30), "suspended", "warn"),
        Span(date(2019, 10, 1), None, "reinstated 1 Oct 2019"),
    ]),
    Lane("Votes through", [
        Span(date(2011, 9, 24), date(2016, 5, 31), "Harriet Osei-Lund", "quiet"),
        Span(date(2016, 6, 1), None, "Cornelius Abeyta", "quiet"),
    ]),
)  # fmt: skip
WORK = (
    Work("Invoice 2026-0005 is unpaid", "Genome Canada, \u00a350,000.00, second reminder sent 3 Nov", "Odile Fennimore",
         "24 days late", "bad", ("Look at it", "#main")),
    Work("Fee run 2027 is ready to issue", "6 invoices, \u00a3274,794.52", "you", "today", "warn", ("Review", "#main")),
    Work("Review of an application", "Two of three reviewers have answered", "Panel", "4 days", "", None),
)  # fmt: skip


class SampleForm(MusterForm):
    """Each kind of field."""

    person = TextField("Person")
    institution = NamedField("Institution", source="components.names")
    alternate_for = ChoiceField(
        "Alternate for", choices=[("", "Choose one"), ("1", "Ambrose Tillinghast, Baylor College of Medicine")],
        hint="The voting representative whose seat is taken when absent.",
    )  # fmt: skip
    first_day = DayField("First day", hint="For example 1 12 2026")
    last_day = DayField("Last day", optional=True)
    fee = MoneyField("Fee", currency="GBP")
    reason = ProseField("Reason", optional=True)
    password = PasswordTextField("Password", hint="15 characters or more")
    letter = FileField("Letter, as PDF")
    kind = RadioField(
        "Kind", choices=[SelectChoice("voting", "Voting"), SelectChoice("billing", "Billing")], default="voting"
    )
    seen = BooleanField("I have seen the two notes")


class SampleFilters(FilterForm):
    """Filters of the sample list."""

    state = ChoiceField("State", choices=[("", "Any"), ("active", "Active"), ("gone", "Gone")], optional=True)
    since = DayField("Member since", optional=True)


LISTING: Listing[Member] = Listing(
    title="Sample list",
    noun=("institution", "institutions"),
    columns=COLUMNS,
    default_sort="name",
    empty=Empty(
        "No institutions yet", "Add the first member, or load a list of them.", "Add institution", "components.verb"
    ),
    filters_form=SampleFilters,
    action=Action("Add institution", "components.verb"),
    bulk=(Bulk("Write to", "components.verb"),),
    row_id=lambda row: row.name,
)


def init_components_page(app: Flask) -> None:
    """Add the sheet and its samples; called where the application is tested or developed, never in production."""
    app.add_url_rule("/_components", "components.sheet", public(_sheet))
    app.add_url_rule("/_components/list", "components.list", public(_list))
    app.add_url_rule("/_components/names", "components.names", public(_names))
    app.add_url_rule("/_components/form", "components.form", public(_form))
    app.add_url_rule("/_components/verb", "components.verb", public(_verb), methods=["GET", "POST"])
    app.add_url_rule("/_components/error/<int:code>", "components.error", public(_error))


def _sheet() -> ResponseReturnValue:
    return render_template(
        "components/sheet.html",
        members=Table("Members", COLUMNS, MEMBERS, {"balance": Money.of("48749.50", "GBP")}, ("Of five members.",)),
        nobody=Table("Nobody", COLUMNS, ()),
        pills=list(zip(TONES, PILL_WORDS.values(), strict=True)),
        history=HISTORY,
        lanes=LANES,
        map=country_map({"CA": 2, "GB": 1, "TW": 1}, ("member", "members")),
        work=WORK,
        differences=[Difference("Billing contact", "Jessamy Stroud", "Thaddeus Quarrie")],
        kept=Kept("/_components/verb", "/_components", (("reason", "sample"),), has_lost_files=False),
        short_payment=Money.of("49985.00", "GBP"),
    )


def _list() -> ResponseReturnValue:
    return list_page(LISTING, _search)


def _search(filters: SampleFilters, wanted: PageRequest) -> Page[Member]:
    state, since = filters.data["state"], filters.data["since"]

    def fits(row: Member) -> bool:
        return (not state or row.state.lower() == state) and (not since or row.since >= since)

    rows = [row for row in MEMBERS if fits(row)]
    shown: Sequence[Any] = rows[wanted.offset :][: wanted.size] if wanted.size else rows
    return Page(
        shown, len(rows), wanted, {"balance": sum((row.balance for row in rows if row.balance), Money.zero("GBP"))}
    )


class SampleNames:
    """The names of the sample list."""

    every = tuple(Named(place, row.name, row.short) for place, row in enumerate(MEMBERS))

    def called(self, words: str) -> Meant:
        """Those with these words."""
        return Meant((), [each for each in self.every if words.lower() in each.words.lower()])

    def named(self, record_id: int) -> Named | None:
        """One by its place."""
        return self.every[record_id]


def _names() -> ResponseReturnValue:
    return jsonify([asdict(each) for each in SampleNames.every])


def _form() -> ResponseReturnValue:
    typed = MultiDict(
        {
            "person": "Lucan Okonjo-Vale",
            "institution": "Genome",
            "alternate_for": "1",
            "first_day": "31 31 2011",
            "fee": "5 pounds",
        }
    )
    form = SampleForm(formdata=typed)
    form.institution.ask(SampleNames())
    form.validate()
    form.refuse(DomainError("A term cannot start before 24 September 2011, when BCM became a member.", "last_day"))
    form.refuse(StaleError(saved_version=7))
    differences = [Difference("Person", "Lucan Okonjo-Vale", "Wen-hsin Kaolian")]
    return render_template("components/sheet_form.html", form=form, stale=differences)


def _verb() -> ResponseReturnValue:
    return render_template("components/sheet_form.html", form=SampleForm(formdata=None), stale=None)


def _error(code: int) -> ResponseReturnValue:
    return render_template(f"errors/{code}.html", code=code, message=None)
