"""The rail as data: which pages there are, in which order, and how many things wait behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request

from app.core.permissions import Permission
from app.web.access import current_actor, may_open
from app.web.addresses import plain_path, url
from app.web.on_date import is_past

Badge = Callable[[], str]


@dataclass(frozen=True)
class Item:
    """One page of the rail: its title and endpoint, and the right it takes where the page is open to the public too."""

    title: str
    endpoint: str
    right: Permission | None = None


@dataclass(frozen=True)
class Section:
    """A heading of the rail with its pages; the first section has none."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Link:
    """A page as this reader sees it: address, whether it is the page they are on, and the count beside it."""

    title: str
    href: str
    current: bool
    badge: str


SECTIONS = (
    Section("", (Item("Today", "home.today"),)),
    Section(
        "Members",
        (
            Item("Institutions", "members.institutions"),
            Item("People", "members.people"),
            Item("Directory", "members.directory", Permission.INSTITUTION_LIST),
            Item("Applications", "members.applications"),
            Item("Departures", "members.departures"),
            Item("Renewals", "members.renewals"),
            Item("Imports", "members.imports"),
            Item("Duplicates", "members.duplicates"),
        ),
    ),
    Section(
        "Money",
        (
            Item("Overview", "billing.money"),
            Item("Fees", "billing.fees"),
            Item("Invoices", "billing.invoices"),
            Item("Payments", "billing.payments"),
            Item("Bank", "billing.bank"),
            Item("Reminders", "billing.reminders"),
            Item("Ledger", "billing.ledger"),
        ),
    ),
    Section("Governance", (Item("Committees", "committees.committees"), Item("Elections", "committees.elections"))),
    Section(
        "Material",
        (
            Item("Lines", "lines.lines"),
            Item("Agreements", "agreements.agreements"),
            Item("Exchanges", "exchange.exchanges"),
            Item("Templates", "agreements.templates"),
            Item("Signatories", "agreements.signatories"),
        ),
    ),
    Section("Reports", (Item("All reports", "reports.catalogue"), Item("Audit trail", "audit.trail"))),
    Section(
        "Administration",
        (
            Item("Users", "accounts.users"),
            Item("Due for erasure", "members.leavers"),
            Item("Background work", "outbox.jobs"),
            Item("Mail", "outbox.mails"),
            Item("Mailings", "members.mailings"),
            Item("Settings", "accounts.settings"),
        ),
    ),
)

SETTINGS = (
    Item("Consortium", "accounts.settings"),
    Item("Classes", "members.classes"),
    Item("Register", "members.policy"),
    Item("Billing", "billing.billing_policy"),
    Item("Criteria", "members.criteria"),
    Item("Reminders", "billing.reminder_policy"),
    Item("Standing", "billing.standing_policy"),
    Item("Bank accounts", "billing.bank_accounts"),
)

BADGES = "rail_badges"


def register_badge(app: Flask, endpoint: str, badge: Badge) -> None:
    """Let a feature say in a word or two what waits behind a page of the rail; an empty text shows nothing."""
    app.extensions.setdefault(BADGES, {})[endpoint] = badge


def rail() -> list[tuple[str, list[Link]]]:
    """The headings and pages this actor may open; without counts while looking at the past."""
    current = _current()
    shown = ((section.title, _links(section, current)) for section in SECTIONS)
    return [(title, links) for title, links in shown if links]


def setting_tabs() -> list[tuple[str, str, None, bool]]:
    """The pages of settings that this actor may open, as tabs; none where there is only one."""
    tabs = [
        (item.title, url(item.endpoint), None, request.endpoint == item.endpoint)
        for item in SETTINGS
        if has_page(item.endpoint)
    ]
    return tabs if len(tabs) > 1 else []


def has_page(endpoint: str) -> bool:
    """Whether the application has this endpoint and the actor may open it."""
    return endpoint in current_app.view_functions and may_open(endpoint)


def _links(section: Section, current: str | None) -> list[Link]:
    return [
        Link(item.title, url(item.endpoint), item.endpoint == current, _badge(item.endpoint))
        for item in section.items
        if has_page(item.endpoint) and _has_right(item.right)
    ]


def _has_right(right: Permission | None) -> bool:
    actor = current_actor()
    return right is None or (actor is not None and actor.has_any(right))


def _current() -> str | None:
    """The page of the rail that is looked at, or the one nearest above it."""
    endpoints = [item.endpoint for section in SECTIONS for item in section.items]
    if request.endpoint in endpoints:
        return request.endpoint
    paths = {each: f"{plain_path(each).rstrip('/')}/" for each in endpoints if each in current_app.view_functions}
    above = [each for each, path in paths.items() if path != "/" and request.path.startswith(path)]
    return max(above, key=lambda each: len(paths[each]), default=None)


def _badge(endpoint: str) -> str:
    badge = current_app.extensions.get(BADGES, {}).get(endpoint)
    return "" if badge is None or is_past() else badge()
