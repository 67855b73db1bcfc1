"""What an import does with a table of institutions: each row finds an institution on record, or is a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from app.core.errors import DomainError
from app.core.folding import folded
from app.members.rules.imports.cells import FormerName
from app.members.rules.imports.columns import INSTITUTION_COLUMNS, ReadRow, column_of, problem
from app.members.rules.imports.finding import find_institution, told_twice
from app.members.rules.imports.kinds import ImportKind
from app.members.rules.imports.plans import FORMERLY, Change, Institutions, Known, RowPlan, change, differing, missing
from app.members.rules.imports.units import plan_units
from app.members.rules.institutions import alias_words, check_alias, is_part_of_itself, read_vat_number

APART = {"named_since", "former_names", "aliases", "units"}
FACTS = tuple(column.key for column in INSTITUTION_COLUMNS if column.key not in APART)
LONGEST_SHORT_NAME = 40
ONLY_NEW = ("named_since", "former_names")


def plan_institutions(rows: Sequence[ReadRow], register: Institutions, today: date) -> list[RowPlan]:
    """What becomes of each row; one that has anything wrong is refused with all that is wrong with it."""
    plans: list[RowPlan] = []
    wanted_parents: list[tuple[RowPlan, str]] = []
    lines: dict[int, int] = {}
    for row in rows:
        plan = _plan(row, register, today)
        plans.append(plan)
        _refuse_second(plan, lines)
        if "parent_id" in row.values:
            wanted_parents.append((plan, row.values["parent_id"]))
    for plan, row in zip(plans, rows, strict=True):
        _add_aliases(plan, row.values.get("aliases", ()), register)
        plan_units(plan, row.values.get("units", ()), register)
    parents = {each.id: each.values.get("parent_id") for each in register.by_id.values()}
    for plan, text in wanted_parents:
        _set_parent(plan, text, register, parents)
    for plan, text in wanted_parents:
        _refuse_circle(plan, text, parents)
    return plans


def _refuse_second(plan: RowPlan, lines: dict[int, int]) -> None:
    """One row for an institution; `lines` has the first of each."""
    if plan.record_id is None:
        return
    first = lines.setdefault(plan.record_id, plan.line)
    if first != plan.line and not plan.problems:
        plan.problems.append(f"It is on line {first} of the file already: keep one of the two.")


def _plan(row: ReadRow, register: Institutions, today: date) -> RowPlan:
    values = row.values
    label = next((str(values[key]) for key in ("name", "short_name", "account_number", "ror") if key in values), "")
    plan = RowPlan(row.line, label, problems=list(row.problems), unread=row.unread, institutions=register.by_id)
    found, wrong = find_institution(values, register)
    if wrong:
        plan.problems.append(wrong)
        return plan
    known = register.by_id[found] if found else None
    _check_vat(plan, values, known)
    if known is None:
        return _plan_new(plan, values, register, today)
    return _plan_known(plan, values, known, register)


def _plan_known(plan: RowPlan, values: dict[str, Any], known: Known, register: Institutions) -> RowPlan:
    if known.id < 0:
        plan.record_id = known.id
        plan.problems.append(told_twice(values, known))
        return plan
    plan.record_id, plan.label = known.id, str(known.values["name"])
    _refuse_names(plan, values, known)
    _refuse_taken(plan, values, register, known.id)
    changed, before = differing(known.values, _wanted(values, known, register))
    _refuse_namesakes(plan, {**_called_besides(values, known, register), **changed}, known, register)
    if changed and not plan.problems:
        plan.record = Change(known.id, changed, before)
        register.note(known.id, {key: changed.get(key) for key in ("ror",)})
        register.note_called(known.id, *(changed[key] for key in ("name", "short_name") if changed.get(key)))
    return plan


def _wanted(values: dict[str, Any], known: Known, register: Institutions) -> dict[str, Any]:
    """The facts a row tells; no names where it means the institution by other ones, and no signs of one merged."""
    told = _signs(values, known, register)
    merged = _merged_signs(values, known, register)
    left_out = {"parent_id", "account_number"} | merged
    if folded(values.get("name")) != folded(known.values["name"]) and (
        merged or _calls_otherwise(values, known.id, register, is_told_by_sign=bool(told))
    ):
        left_out |= {"name", "short_name"}
    return {key: value for key, value in values.items() if key in FACTS and key not in left_out}


def _signs(values: dict[str, Any], known: Known, register: Institutions) -> set[str]:
    """The signs in a row by which it means an institution: its own, and those of what was merged into it."""
    return {key for key in ("account_number", "ror") if known.id in register.lookup.ids(key, values.get(key))}


def _merged_signs(values: dict[str, Any], known: Known, register: Institutions) -> set[str]:
    """Of these signs those that are not its own."""
    own = {"account_number": known.account_number, "ror": known.values.get("ror")}
    return {key for key in _signs(values, known, register) if values[key] != own[key]}


def _calls_otherwise(values: dict[str, Any], record_id: int, register: Institutions, *, is_told_by_sign: bool) -> bool:
    """Whether the name of a row, or the short name where it has none, is a former one, or an alias that finds it."""
    called = folded(values.get("name"))
    if not is_told_by_sign and record_id in register.lookup.ids("alias", called):
        return True
    key = "name" if called else "short_name"
    return record_id in register.lookup.ids(FORMERLY[key], folded(values.get(key)))


def _plan_new(plan: RowPlan, values: dict[str, Any], register: Institutions, today: date) -> RowPlan:
    for column in missing(plan, INSTITUTION_COLUMNS, values):
        plan.problems.append(f"{column.title}: Missing. A new institution needs it: {column.accepts}.")
    short_name = values.get("short_name") or values.get("name", "")
    if len(short_name) > LONGEST_SHORT_NAME:
        plan.problems.append("Short name: Missing. The name is too long to stand for it: give one of at most 40.")
    added = {key: values.get(key) for key in FACTS} | {"short_name": short_name, "parent_id": None}
    added["is_composite"] = bool(values.get("is_composite"))
    added["former_names"] = values.get("former_names", ())
    added["named_since"] = _named_since(plan, values, today)
    plan.record_id = -plan.line
    register.add(Known(-plan.line, values.get("account_number", ""), {**added, "name": values.get("name", "")}, 1))
    if not plan.problems:
        plan.record = Change(-plan.line, added)
    return plan


def _named_since(plan: RowPlan, values: dict[str, Any], today: date) -> date | None:
    """The first day of the present name: the day after the last former one; None for ever."""
    former: tuple[FormerName, ...] = values.get("former_names", ())
    since: date | None = values.get("named_since")
    following = former[-1].last_day + timedelta(days=1) if former else None
    if since is not None and following is not None and since != following:
        told = f"The last former name ended on {former[-1].last_day.isoformat()}: leave this empty, or correct one."
        plan.problems.append(_told("named_since", since.isoformat(), told))
    begun = since or following
    if begun is not None and begun > today:
        plan.problems.append(_told("named_since", begun.isoformat(), "A name is recorded once its first day has come."))
    return begun


def _refuse_names(plan: RowPlan, values: dict[str, Any], known: Known) -> None:
    """Names of other days are history: an import adds them with the institution and never rewrites them."""
    for key in ONLY_NEW:
        if key in values and values[key] != known.values.get(key):
            told = f"{known.words} is on record with other days: leave this empty, and use Rename on its page."
            plan.problems.append(_told(key, _shown(values[key]), told))


def _called_besides(values: dict[str, Any], known: Known, register: Institutions) -> dict[str, Any]:
    """What a row calls an institution that it means by a sign of one merged into it, where neither was called so."""
    if not _merged_signs(values, known, register):
        return {}
    said = {key: values[key] for key in FORMERLY if key in values}
    return {key: name for key, name in said.items() if known.id not in register.lookup.ids(FORMERLY[key], folded(name))}


def _refuse_namesakes(plan: RowPlan, called: dict[str, Any], known: Known, register: Institutions) -> None:
    """A row that means one institution by a sign and calls it by the name of another mixes two up."""
    for key in FORMERLY:
        others = [each for each in register.called(key, folded(called.get(key))) if each != known.id]
        if others:
            told = f"So is called {register.named(others)}, but the row means {known.words}: correct one of them."
            plan.problems.append(_told(key, called[key], told))


def _shown(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else ", ".join(former.name for former in value)


def _refuse_taken(plan: RowPlan, values: dict[str, Any], register: Institutions, record_id: int) -> None:
    others = [other for other in register.lookup.ids("ror", values.get("ror")) if other != record_id]
    if others:
        plan.problems.append(_told("ror", values["ror"], f"{register.named(others)} has this ROR: correct one."))


def _check_vat(plan: RowPlan, values: dict[str, Any], known: Known | None) -> None:
    """A VAT number is checked by the rule of the country; where the country changes, the number on record is too.

    Where the country of the row cannot be read, it is checked by the rule of the country it begins with.
    """
    saved = known.values if known else {}
    country = values.get("country") or ("" if "country" in plan.unread else saved.get("country", ""))
    number = values.get("vat_number") or saved.get("vat_number")
    if number is None or not {"country", "vat_number"} & values.keys():
        return
    try:
        checked = read_vat_number(number, country)
    except DomainError as error:
        plan.problems.append(_told("vat_number", number, error.message))
        return
    if "vat_number" in values:
        values["vat_number"] = checked


def _add_aliases(plan: RowPlan, aliases: Sequence[str], register: Institutions) -> None:
    """Further spellings, by the rules of adding them one by one; looked at once all names of the file are known.

    Those of a refused row count too: it is to be corrected, and then they mean its institution.
    """
    if plan.record_id is None or _is_of_an_earlier_line(plan):
        return
    known: tuple[str, ...] = register.by_id[plan.record_id].values.get("aliases", ())
    added: list[str] = []
    for alias in aliases:
        try:
            if _is_free(alias, plan.record_id, register):
                added.append(alias)
        except DomainError as error:
            plan.problems.append(_told("aliases", alias, error.message))
    if added and not plan.problems:
        change(plan, "aliases", (*known, *added), known)


def _is_of_an_earlier_line(plan: RowPlan) -> bool:
    return plan.record_id is not None and plan.record_id < 0 and plan.record_id != -plan.line


def _is_free(alias: str, record_id: int, register: Institutions) -> bool:
    """Whether an alias is to be added: not one that means the institution already, and refused where not its own."""
    words = alias_words(alias)
    meant = register.lookup.ids("alias", words)
    if record_id in meant:
        return False
    if meant:
        raise DomainError(f"It means {register.named(meant)} already: take it out, or give its full name.")
    bearers = register.lookup.ids("called", words)
    check_alias(record_id, ((each, register.named((each,))) for each in bearers))
    register.lookup.note("alias", words, record_id)
    return True


def _set_parent(plan: RowPlan, text: str, register: Institutions, parents: dict[int, Any]) -> None:
    parent_id, wrong = register.refer(text)
    if wrong:
        plan.problems.append(_told("parent_id", text, wrong))
        return
    if plan.record_id is None or plan.problems:
        return
    before = parents.get(plan.record_id)
    parents[plan.record_id] = parent_id
    if before != parent_id:
        change(plan, "parent_id", parent_id, before)


def _refuse_circle(plan: RowPlan, text: str, parents: dict[int, Any]) -> None:
    """Nothing is a part of itself, over however many others."""
    if plan.record_id is not None and is_part_of_itself(plan.record_id, parents):
        plan.problems.append(_told("parent_id", text, "An institution cannot be a part of itself."))


def _told(key: str, text: object, message: str) -> str:
    return problem(column_of(ImportKind.INSTITUTIONS, key).title, text, message)
