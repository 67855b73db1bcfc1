"""The pages of lines, as their users meet them."""

from __future__ import annotations

from datetime import date

import pytest

from app.accounts.commands import RoleFor
from app.core.database import db
from app.core.periods import Period
from app.core.permissions import Role
from app.core.transaction import transaction
from app.lines.commands import (
    Deposit,
    RepositoryValues,
    add_consortium,
    add_repository,
    add_strain,
    add_strain_alias,
    deposit_line,
    offer_form,
)
from app.lines.rules import MaterialForm
from app.members.models import Institution
from app.web.requests import House
from tests.client import Browser
from tests.committees.test_pages import measured
from tests.lines.catalogue import CONFIRMED, OFFICE, line
from tests.members import world
from tests.signin import sign_in

Ids = dict[str, int]
SHOWN = "Rsph3btm1a(KOMP)Wtsi"
NEW = {"allele_symbol": "Akt2^tm1b(EUCOMM)Wtsi", "colony": "MBCD", "stage": "confirmed", "day": "1 Mar 2014"}


@pytest.fixture
def ids(app: House) -> Ids:
    """A line of Harwell with sperm at EMMA, and one of RIKEN."""
    with app.app_context():
        harwell = world.institution("MRC Harwell", "Harwell")
        riken = world.institution("RIKEN BioResource Center", "RIKEN", country="JP")
        with transaction():
            strain = add_strain("C57BL/6NTac", actor=OFFICE)
            add_strain_alias(strain.id, "B6N Taconic", actor=OFFICE)
            emma = add_repository(RepositoryValues("EMMA", "European Mouse Mutant Archive"), actor=OFFICE)
            bash = add_consortium("BaSH", "Baylor, Sanger and Harwell", actor=OFFICE)
        kept = line(harwell, colony="MDBZ 12", strain_id=strain.id, production_consortium_id=bash.id)
        with transaction():
            offer_form(kept.id, MaterialForm.SPERM, Period(date(2015, 1, 1)), version=1, actor=OFFICE)
            deposit_line(kept.id, Deposit(emma.id, Period(date(2015, 1, 1)), "EM:04512"), version=2, actor=OFFICE)
        other = line(riken, "Akt2<em1(IMPC)Rbrc>", colony="RBRC 7", reached=CONFIRMED)
        made = {"line": kept.id, "other": other.id, "harwell": harwell.id, "strain": strain.id, "emma": emma.id}
        made |= {"bash": bash.id}
        db.session.remove()
    return made


def test_the_list_shows_lines_of_the_day_narrows_them_and_hands_them_out(browser: Browser, ids: Ids):
    sign_in(browser, Role.AUDITOR)
    page = browser.get("/lines")
    assert page.rows()[1][0] == SHOWN
    assert "Rsph3b<sup>tm1a(KOMP)Wtsi</sup>" in page.response.get_data(as_text=True)
    assert "2 lines, 2 of them with a confirmed genotype" in page.words
    for narrowed in ("q=em:045", "q=b6n", f"centre={ids['harwell']}", "form=sperm", f"repository={ids['emma']}"):
        assert [row[0] for row in browser.get(f"/lines?{narrowed}").rows()] == [SHOWN], narrowed
    for narrowed in ("allele_class=endonuclease", "q=riken", "q=rbrc"):
        assert [row[0] for row in browser.get(f"/lines?{narrowed}").rows()] == ["Akt2em1(IMPC)Rbrc"], narrowed
    assert "2 lines" in browser.get("/lines?stage=confirmed&sort=day").words
    assert browser.get(f"/lines?consortium={ids['bash']}&stage=aborted").rows() == []
    assert "Sperm" not in " ".join(browser.get("/lines?on=2014-06-01").rows()[1])
    assert "No lines on" in browser.get("/lines?on=2014-01-01").words.replace("\u00a0", " ")
    sent = browser.get("/lines?format=csv&q=harwell").response.get_data(as_text=True).splitlines()
    assert (len(sent), sent[1].split(",")[0], "EMMA" in sent[1]) == (2, "Rsph3b<tm1a(KOMP)Wtsi>", True)
    assert not page.has_action("/lines/new")
    browser.get("/lines/new", status=403)


def test_the_record_shows_the_line_of_the_day_and_who_may_not_change_it_is_not_asked_to(browser: Browser, ids: Ids):
    sign_in(browser, Role.AUDITOR)
    page = browser.get(f"/lines/{ids['line']}")
    for words in ("Genotype confirmed since 1 March 2014, made by MRC Harwell", "C57BL/6NTac", "EM:04512", "BaSH"):
        assert words in page.words.replace("\u00a0", " ")
    assert "Nothing had been reached" in browser.get(f"/lines/{ids['line']}?on=2014-02-01").words
    for path in ("edit", "parents", "stages/new", "forms/new", "deposits/new"):
        browser.get(f"/lines/{ids['line']}/{path}", status=403)
    browser.get("/lines/999999", status=404)
    sent = browser.get(f"/lines/{ids['line']}?table=deposits&format=csv").response.get_data(as_text=True)
    assert "EMMA,EM:04512,2015-01-01" in sent


def test_the_secretariat_enters_changes_and_crosses_lines(browser: Browser, ids: Ids):
    sign_in(browser, Role.SECRETARIAT)
    wrong = browser.submit(
        "/lines/new", NEW | {"allele_symbol": "<x>", "centre": "Nowhere", "owner": "Harwell"}, status=200
    )
    assert "This is not the symbol of an allele" in wrong.words
    entered = browser.follow(
        browser.submit("/lines/new", NEW | {"centre": "harwell", "owner": "RIKEN", "strain": "b6n taconic"})
    )
    assert entered.heading.startswith("Akt2")
    twice = browser.submit("/lines/new", NEW | {"centre": "harwell", "owner": "RIKEN", "colony": "mbcd"}, status=200)
    assert "This centre has a line of this colony already." in twice.words
    here = f"/lines/{ids['line']}"
    browser.follow(browser.submit(f"{here}/edit", {"conditions": "Keep below 22 degrees."}))
    browser.follow(browser.submit(f"{here}/stages/new", {"stage": "phenotyping", "day": "1 May 2015"}))
    early = browser.submit(f"{here}/stages/new", {"stage": "phenotyped", "day": "1 May 2014"}, status=200)
    assert "Phenotyped (1 May 2014) comes after phenotyping (1 May 2015)." in early.words
    browser.follow(browser.submit(f"{here}/forms/new", {"form": "embryos", "first_day": "1 May 2015"}))
    emma = {"repository_id": str(ids["emma"]), "stock_number": "EM:1", "first_day": "1 May 2016"}
    assert "It keeps this line" not in browser.follow(browser.submit(f"{here}/deposits/new", emma)).words
    page = browser.get(here)
    assert "Keep below 22 degrees." in page.words
    ways = [each for each in page.tree.xpath("//a/@href") if each.endswith("/correct")]
    assert len(ways) == 6
    for way in (each.replace("correct", "take-back") for each in ways if "forms" in each or "deposits" in each):
        browser.follow(browser.submit(way, {"reason": "Typed wrongly"}))
    right = next(each for each in ways if "stages" in each)
    page = browser.follow(browser.submit(right, {"day": "2 May 2015", "reason": "Typed wrongly"}))
    assert ("2 May 2015" in page.words, "EM:04512" in page.words) == (True, False)
    crossed = NEW | {"colony": "MX 1", "centre": "harwell", "owner": "harwell", "parent_1": f"L{ids['line']}"}
    child = browser.follow(browser.submit("/lines/cross", crossed | {"parent_2": "rbrc-7"}))
    assert "RBRC 7" in child.words
    assert "MX 1" in browser.get(here).words
    circle = browser.submit(f"{here}/parents", {"parent_1": "mx 1"}, status=200)
    assert "no line is its own ancestor" in circle.words


def test_a_representative_enters_lines_of_the_own_institution_and_sees_no_way_to_others(browser: Browser, ids: Ids):
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=ids["harwell"]))
    form = browser.get("/lines/new").form_values()
    assert (form["centre"][:11], form["owner"][:11]) == ("MRC Harwell", "MRC Harwell")
    browser.follow(browser.submit("/lines/new", NEW))
    browser.get(f"/lines/{ids['line']}/edit")
    browser.get(f"/lines/{ids['other']}/edit", status=404)
    assert not browser.get(f"/lines/{ids['other']}").has_action(f"/lines/{ids['other']}/edit")
    refused = browser.submit("/lines/new", NEW | {"centre": "RIKEN", "owner": "RIKEN", "colony": "Z"}, status=200)
    assert "your own institution made or owns" in refused.words


def test_strains_repositories_and_consortia_are_kept_by_the_office(browser: Browser, ids: Ids):
    sign_in(browser, Role.AGREEMENTS)
    for path, values in (
        ("/lines/strains/new", {"name": "129S7"}),
        (f"/lines/strains/{ids['strain']}/rename", {"name": "C57BL/6N Tac"}),
        (f"/lines/strains/{ids['strain']}/aliases/new", {"alias": "Black 6 N"}),
        ("/lines/repositories/new", {"code": "MMRRC", "name": "Mutant Mouse Resource", "institution": "RIKEN"}),
        (f"/lines/repositories/{ids['emma']}/edit", {"name": "Infrafrontier"}),
        ("/lines/consortia/new", {"code": "DTCC", "name": "Davis, Toronto, Charles River, CHORI"}),
        (f"/lines/consortia/{ids['bash']}/edit", {"name": "Baylor, Sanger, Harwell"}),
    ):
        browser.follow(browser.submit(path, values))
    assert (
        "This means the strain C57BL/6N Tac already."
        in browser.submit("/lines/strains/new", {"name": "black6n"}, status=200).words
    )
    assert (
        "This is the code of" in browser.submit("/lines/consortia/new", {"code": "bash", "name": "x"}, status=200).words
    )
    here = f"/lines/strains/{ids['strain']}"
    remove = next(each for each in browser.get(here).tree.xpath("//form/@action") if each.endswith("/remove"))
    browser.follow(browser.press(here, remove))
    assert browser.get("/lines/repositories").rows()[0][0] == "EMMA"
    sign_in(browser, RoleFor(Role.REPRESENTATIVE, institution_id=ids["harwell"]))
    assert not browser.get("/lines/strains").has_action("/lines/strains/new")
    assert suggested(browser, "/lines/strains/suggest?q=129") == [("129S7", "")]
    assert suggested(browser, "/lines/suggest?q=akt") == [(f"Akt2<em1(IMPC)Rbrc> RBRC 7 (L{ids['other']})", "RIKEN")]


def suggested(browser: Browser, path: str) -> list[tuple[str, str]]:
    return [(each["words"], each["aside"]) for each in browser.client.get(path).json or []]


def test_a_list_of_20_lines_takes_no_more_statements_than_one_of_one(browser: Browser, ids: Ids):
    sign_in(browser, Role.SECRETARIAT)
    one = measured(browser, "/lines?q=rsph3b")
    with browser.app.app_context():
        harwell = db.session.get_one(Institution, ids["harwell"])
        for _ in range(20):
            line(harwell)
        db.session.remove()
    assert measured(browser, "/lines?q=rsph3b") == one
