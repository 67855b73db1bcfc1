"""Which institution a row of a table of institutions is about, or why that cannot be told and what leads on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.folding import folded
from app.members.rules.imports.columns import column_of, problem
from app.members.rules.imports.kinds import ImportKind
from app.members.rules.imports.plans import FORMERLY, Institutions, Known

Found = tuple[int | None, str | None]


def find_institution(values: dict[str, Any], register: Institutions) -> Found:
    """The institution a row is about (below zero: of an earlier line), None for a new one, or why it cannot be told."""
    number, ror = values.get("account_number"), values.get("ror")
    by_number, by_ror = register.lookup.ids("account_number", number), register.lookup.ids("ror", ror)
    if by_number and by_ror and by_number[0] != by_ror[0]:
        told = f"This ROR is that of {register.named(by_ror)}: correct the ROR or the account number."
        return None, _told("ror", ror, told)
    if by_number:
        return by_number[0], None
    if number and by_ror and by_ror[0] > 0:
        told = f"Nobody has this number, but the ROR is that of {register.named(by_ror)}: take the number out, or"
        return None, _told("account_number", number, f"{told} correct the ROR where it is another institution.")
    return (by_ror[0], None) if by_ror else _find_called(values, register)


def _find_called(values: dict[str, Any], register: Institutions) -> Found:
    for key in ("name", "short_name"):
        text = values.get(key)
        ids = _called(key, text, values, register) if text else ()
        if len(ids) > 1:
            return None, _told(key, text, f"Several are called so: {register.named(ids)}. Give the account number.")
        if ids:
            wrong = _mixed_up(key, ids, values, register)
            return None if wrong else ids[0], wrong
    return None, None


def _mixed_up(key: str, ids: Sequence[int], values: dict[str, Any], register: Institutions) -> str | None:
    """Why a row does not mean who is called as it says, by its name or its number."""
    named, is_of_file = register.named(ids), ids[0] < 0
    if key == "short_name" and "name" in values:
        way = "give one of the two another one" if is_of_file else "give its account number, or another short name"
        return _told(key, values[key], f"{named} has it under another name: {way}.")
    number = values.get("account_number")
    if number is None:
        return None
    if is_of_file:
        return _told(key, values[key], f"So is called {named} too: keep one of the two, or give one another name.")
    told = f"Nobody has this number, but {named} is called so: correct the number, or give it another name."
    return _told("account_number", number, told)


def _called(key: str, text: str, values: dict[str, Any], register: Institutions) -> Sequence[int]:
    """Those that are called so, else those that were, as in a table of last year; not where the ROR is another one.

    An earlier line of the file is another institution where both say their numbers.
    """
    find = register.lookup.ids if "account_number" in values else register.called
    found = find(key, folded(text))
    if found:
        return found
    once = find(FORMERLY[key], folded(text))
    rors = {None, values.get("ror")}
    return [each for each in once if "ror" not in values or register.by_id[each].values.get("ror") in rors]


def told_twice(values: dict[str, Any], known: Known) -> str:
    """Why a row is refused that means an institution of an earlier line, under its name or another one."""
    name, line = known.values["name"], -known.id
    if folded(values.get("name", name)) == folded(name):
        return f"It is on line {line} of the file already: keep one of the two."
    signs = {"account_number": known.account_number, "ror": known.values.get("ror")}
    key = next((key for key, sign in signs.items() if sign and values.get(key) == sign), None)
    if key is None:
        return f"It is on line {line} of the file already, under another name: keep one of the two."
    return _told(key, values[key], f"This is that of {name} on line {line} of the file: correct one of the two.")


def _told(key: str, text: object, message: str) -> str:
    return problem(column_of(ImportKind.INSTITUTIONS, key).title, text, message)
