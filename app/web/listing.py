"""A list page declared once: filters, sort, pages, totals, selection and exports, all kept in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.core.tables import AnyColumn, AnyPage, Column, Page, PageRequest
from app.web import exports, wording
from app.web.addresses import here
from app.web.forms import FilterForm
from app.web.on_date import current_on, is_past, known_in_name
from app.web.table_view import HeadView, TableView, column_class, foot_view, row_views

Row = TypeVar("Row")
PAGE_SIZE = 50
LONGEST_NUMBER = 7
Search = Callable[[Any, PageRequest], Page[Any]]


@dataclass(frozen=True)
class Empty:
    """What an empty list says: what would be here, the first step, and the button for it."""

    title: str
    text: str = ""
    label: str = ""
    endpoint: str = ""


@dataclass(frozen=True)
class Action:
    """The main button of a list: its verb and the form behind it."""

    label: str
    endpoint: str


@dataclass(frozen=True)
class Bulk:
    """A verb for chosen rows: it is sent their ids as `chosen`, several times.

    One that `asks` is a page which says what it would do: the choice stands in its address, with `every` and the
    filters of the list where all rows are meant. The verbs of one list all ask, or none does.
    """

    label: str
    endpoint: str
    asks: bool = False


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """A list page. `sub` words the line under the title, `row_id` what a tick box sends (needed by `bulk`).

    `of_a_day` says that the list of another day holds what was so on that day; `only_exported` are columns that stand
    in its files alone.
    """

    title: str
    noun: tuple[str, str]
    columns: Sequence[Column[Row]]
    default_sort: str
    empty: Empty
    filters_form: type[FilterForm] = FilterForm
    descending: bool = False
    action: Action | None = None
    sub: Callable[[Page[Row]], str] | None = None
    bulk: Sequence[Bulk] = ()
    row_id: Callable[[Row], str] | None = None
    crumbs: Sequence[tuple[str, str]] = ()
    template: str = "layouts/list.html"
    of_a_day: bool = False
    only_exported: Sequence[Column[Row]] = ()


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the address of the list without it."""

    label: str
    value: str
    href: str


@dataclass(frozen=True)
class SortChoice:
    """A way to sort: its words, its address, and whether it is the present one."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True)
class ListView:
    """All that the list layout draws."""

    listing: Listing[Any]
    form: FilterForm
    wrong: Sequence[str]
    chips: Sequence[Chip]
    sorts: Sequence[SortChoice]
    page: AnyPage
    pages: int
    table: TableView
    sub: str
    exports: Sequence[tuple[str, str, str]]
    alone: Sequence[str] = ()
    of_all: int = 0

    @property
    def asks(self) -> bool:
        """Whether the verbs for chosen rows are pages of their own."""
        return any(verb.asks for verb in self.listing.bulk)

    @property
    def filter_fields(self) -> bool:
        """Whether there is anything to filter by."""
        return bool(self.form._fields)

    @property
    def sorted_by(self) -> str:
        """The words of the present order."""
        return next((choice.label for choice in self.sorts if choice.current), "")


def list_page(listing: Listing[Any], search: Search, extra: Mapping[str, Any] | None = None) -> ResponseReturnValue:
    """The page of a list, or its rows as CSV or XLSX where `?format=` asks for them."""
    form = listing.filters_form.from_request()
    wrong = _drop_wrong(form)
    wanted = _wanted(listing)
    if request.args.get("format") in exports.WRITERS:
        return export(listing, search(form, replace(wanted, number=1, size=0)))
    page = search(form, wanted)
    if not page.rows and page.total and wanted.number > 1:
        page = search(form, replace(wanted, number=_pages(page.total)))
    view = _view(listing, form, wrong, page)
    if not page.total and view.chips:
        alone, of_all = _why_nothing(listing, search, form)
        view = replace(view, alone=alone, of_all=of_all)
    return render_template(listing.template, view=view, title=listing.title, **(extra or {}))


def export(listing: Listing[Any], page: AnyPage) -> ResponseReturnValue:
    """All rows of the list in the format asked for."""
    columns = (*listing.columns, *listing.only_exported)
    return exports.WRITERS[request.args["format"]](columns, page.rows, file_name(listing.title))


def file_name(title: str) -> str:
    """What a file of a page is called: its title, with the day looked at and that of knowledge where they are set."""
    day = f" {current_on().isoformat()}" if is_past() else ""
    return f"{title}{day}{known_in_name()}"


def filters_read(form_class: type[FilterForm]) -> FilterForm:
    """The filters of the address as the list takes them: one that cannot be read filters nothing."""
    form = form_class.from_request()
    _drop_wrong(form)
    return form


def _drop_wrong(form: FilterForm) -> list[str]:
    """Messages about filters that cannot be read; those then filter nothing, and what was typed stays."""
    form.validate()
    bad = [field for field in form if field.errors]
    for field in bad:
        field.data = None
    return [f"{field.label.text}: {field.errors[0]}" for field in bad]


def _wanted(listing: Listing[Any]) -> PageRequest:
    sort, order = request.args.get("sort", ""), request.args.get("dir", "")
    known = {column.key for column in listing.columns if column.sortable}
    if sort not in known:
        return PageRequest(_number(), PAGE_SIZE, listing.default_sort, listing.descending)
    return PageRequest(_number(), PAGE_SIZE, sort, order == "desc")


def _number() -> int:
    text = request.args.get("page", "1")
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return max(int(text), 1) if plain else 1


def _pages(total: int) -> int:
    return max(-(-total // PAGE_SIZE), 1)


def _view(listing: Listing[Any], form: FilterForm, wrong: list[str], page: AnyPage) -> ListView:
    row_id = listing.row_id if listing.bulk else None
    rows = wording.plural(page.total, "row", "rows")
    columns = "these columns and more" if listing.only_exported else "these columns"
    label = f"Total of all {wording.count(page.total)}" if page.total > 1 else "Total"
    return ListView(
        listing=listing,
        form=form,
        wrong=wrong,
        chips=[Chip(name, value, here(**{key: None, "page": None})) for name, value, key in form.active()],
        sorts=_sorts(listing.columns, page.request),
        page=page,
        pages=_pages(page.total),
        table=TableView(
            caption=listing.title,
            heads=[_head(column, page.request) for column in listing.columns],
            rows=row_views(listing.columns, page.rows, row_id),
            foot=foot_view(listing.columns, page.totals, label),
        ),
        sub=listing.sub(page) if listing.sub else wording.plural(page.total, *listing.noun),
        exports=[(kind.upper(), here(format=kind, page=None), f"{rows}, {columns}") for kind in exports.WRITERS],
    )


def _head(column: AnyColumn, wanted: PageRequest) -> HeadView:
    if not column.sortable:
        return HeadView(column.heading, column_class(column), None, None)
    current = column.key == wanted.sort
    order = ("descending" if wanted.descending else "ascending") if current else None
    href = here(sort=column.key, dir="desc" if current and not wanted.descending else "asc", page=None)
    return HeadView(column.heading, column_class(column), href, order)


def _sorts(columns: Sequence[AnyColumn], wanted: PageRequest) -> list[SortChoice]:
    return [
        SortChoice(
            f"{column.title}{', last first' if descending else ''}",
            here(sort=column.key, dir="desc" if descending else "asc", page=None),
            column.key == wanted.sort and descending == wanted.descending,
        )
        for column in columns
        if column.sortable
        for descending in (False, True)
    ]


def _why_nothing(listing: Listing[Any], search: Search, form: FilterForm) -> tuple[list[str], int]:
    """How many rows each of several filters alone would leave, and how many there are without any."""
    one = PageRequest(1, 1, listing.default_sort)

    def total(names: Sequence[str]) -> int:
        chosen = MultiDict((name, value) for name in names for value in request.args.getlist(name))
        asked = listing.filters_form(formdata=chosen)
        asked.validate()
        return search(asked, one).total

    several = form.active() if len(form.active()) > 1 else []
    alone = [f"\u201c{label} {value}\u201d alone has {wording.count(total([key]))}" for label, value, key in several]
    return alone, total([])
