"""Users, their roles and the settings as the secretariat and an auditor see them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from zipfile import is_zipfile

import pytest
from sqlalchemy import event, select

from app.accounts.commands import RoleFor, UserValues, change_user, grant_role
from app.accounts.models import ConsortiumProfile, Grant, User
from app.accounts.rules import GrantSource
from app.core.actor import Actor
from app.core.database import db
from app.core.permissions import Role
from app.outbox.models import Mail
from tests.accounts.test_commands_settings import picture
from tests.client import Browser, count_rows
from tests.conftest import TODAY
from tests.signin import OFFICE, SINCE, in_office, make_user, sign_in, with_password

NUL, LONG = "nul\x00byte", "x" * 10_000
WRITING = ("/users/new", "/users/{id}/change", "/users/{id}/disable", "/users/{id}/roles/new", "/settings/new")
READING = ("/users", "/users/{id}", "/settings")
PROFILE = {
    "first_day": "2016-05-24",
    "name": "International Mouse Phenotyping Consortium",
    "short_name": "IMPC",
    "unit": "Secretariat",
    "street": "1 Example Way",
    "postcode": "CB10 1SA",
    "city": "Hinxton",
    "country": "GB",
    "email": "office@impc.example",
    "website": "https://www.impc.example",
    "tax_note": "Outside the scope of VAT",
    "vat_number": "",
    "bank_name": "A Bank",
    "bank_holder": "IMPC",
    "iban": "GB82 WEST 1234 5698 7654 32",
    "bic": "",
    "terms_days": "30",
    "invoice_note": "",
}


@pytest.fixture
def secretariat(browser: Browser) -> User:
    """The browser is signed in as the secretariat."""
    return sign_in(browser, Role.SECRETARIAT, name="Sibyl Secretary")


@pytest.fixture
def other(browser: Browser) -> User:
    """Somebody else."""
    return in_office(browser, lambda: make_user(name="Oriel Other"))


def saved(browser: Browser, user: User) -> User:
    """The user as the database has them."""
    with browser.app.app_context():
        found = db.session.get_one(User, user.id)
        db.session.remove()
    return found


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AGREEMENTS, None])
def test_who_has_no_business_here_sees_no_account(browser: Browser, other: User, role: Role | None):
    sign_in(browser, *([role] if role else []))
    for path in (*READING, *WRITING):
        browser.get(path.format(id=other.id), status=403)


def test_an_auditor_reads_and_changes_nothing(browser: Browser, other: User):
    sign_in(browser, Role.AUDITOR)
    for path in READING:
        page = browser.get(path.format(id=other.id))
        assert not page.tree.xpath("//main//form[@method='post']")
    for path in WRITING:
        browser.get(path.format(id=other.id), status=403)
    token = {"csrf_token": browser.get("/account/password").form_values()["csrf_token"]}
    for path in (*WRITING, "/users/{id}/invite", "/users/{id}/enable"):
        browser.post(path.format(id=other.id), token, status=403)


@pytest.mark.parametrize("path", ["/users/99999", "/users/99999/change", "/roles/99999/end", f"/users/{10**30}"])
@pytest.mark.usefixtures("secretariat")
def test_made_up_records_do_not_exist(browser: Browser, path: str):
    browser.get(path, status=404)


@pytest.mark.usefixtures("secretariat")
def test_users_are_found_by_name_role_and_state(browser: Browser, other: User):
    in_office(browser, lambda: with_password(other.id))
    for query, names in {
        "words=oriel": ["Oriel Other"],
        "words=oriel+nobody": [],
        "role=secretariat": ["Sibyl Secretary"],
        "role=finance": [],
        "role=secretariat&on=2010-01-01": [],
        "state=active": ["Oriel Other"],
        "state=not+invited": ["Sibyl Secretary"],
        "sort=last&dir=desc&words=sibyl": ["Sibyl Secretary"],
        f"words={LONG}": ["Oriel Other", "Sibyl Secretary"],
        "words=%00&state=nonsense": ["Oriel Other", "Sibyl Secretary"],
    }.items():
        assert [row[0] for row in browser.get(f"/users?{query}").rows()] == names, query


@pytest.mark.usefixtures("secretariat")
def test_users_are_found_and_listed_whatever_their_accents_and_by_part_of_an_address(browser: Browser):
    names = ("\u00d8yvind \u0141uk", "Zed", "\u00c1se Bohr")
    made = [in_office(browser, partial(make_user, name=name)) for name in names]
    in_office(browser, lambda: change_user(made[1].id, UserValues("Ash Zed", "ash.zed@cage.example"), actor=OFFICE))
    for words in ("oyvind", "\u00d8YVIND+luk", "%C3%98yvind", str(made[0].email).partition("@")[0]):
        assert [row[0] for row in browser.get(f"/users?words={words}").rows()] == [names[0]], words
    assert [row[0] for row in browser.get("/users?words=zed@cage").rows()] == ["Ash Zed"]
    assert browser.get(f"/users?words={made[1].email}").rows() == []
    listed = [row[0] for row in browser.get("/users").rows()]
    assert listed == ["\u00c1se Bohr", "Ash Zed", names[0], "Sibyl Secretary"]


@pytest.mark.usefixtures("secretariat", "other")
def test_users_are_exported_as_the_list_shows_them(browser: Browser):
    lines = browser.get("/users?format=csv&words=oriel").response.get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Oriel Other,user")
    workbook = browser.get("/users?format=xlsx").response
    assert is_zipfile(BytesIO(workbook.get_data()))
    workbook.close()


@pytest.mark.usefixtures("secretariat")
def test_a_list_of_users_takes_the_same_statements_for_one_and_for_twenty(browser: Browser):
    one = count_statements(browser, "/users")
    in_office(browser, lambda: [make_user(Role.FINANCE) for _ in range(20)])
    assert count_statements(browser, "/users") == one


def count_statements(browser: Browser, path: str) -> int:
    """How many statements a page takes."""
    counted: list[str] = []

    def count(*facts: Any) -> None:
        counted.append(facts[2])

    with browser.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    browser.get(path)
    event.remove(engine, "before_cursor_execute", count)
    return len(counted)


@pytest.mark.usefixtures("secretariat")
def test_someone_is_added_given_a_role_and_invited(browser: Browser):
    done = browser.submit("/users/new", {"name": "Avery Auditor", "email": "Avery@Muster.Example"})
    path = str(done.response.location)
    assert "Not invited" in browser.follow(done).words
    grant = {"role": "auditor", "first_day": "24 May 2016", "last_day": "31 Dec 2016", "reason": "Audit of 2016"}
    browser.submit(f"{path}/roles/new", grant)
    browser.press(path, f"{path}/invite")
    page = browser.get(path)
    assert "Invited" in page.words
    assert page.rows()[0][:5] == [
        "Auditor",
        "the whole site · 24 May 2016 to 31 Dec 2016 · Audit of 2016",
        "In force",
        "24 May 2016 to 31 Dec 2016",
        "Audit of 2016",
    ]
    assert "Invitation sent" in page.words
    with browser.app.app_context():
        mail = db.session.scalars(select(Mail)).one()
        db.session.remove()
    assert mail.to_address == "avery@muster.example"
    assert "7 June 2016" in mail.body


@pytest.mark.usefixtures("secretariat")
def test_the_same_form_sent_twice_adds_one_user(browser: Browser):
    form = browser.get("/users/new").form_values() | {"name": "Avery Auditor", "email": "avery@muster.example"}
    first, second = browser.post("/users/new", form), browser.post("/users/new", form)
    assert first.response.location == second.response.location
    assert "done once" in browser.follow(second).words


@pytest.mark.parametrize(
    "values",
    [
        {"name": NUL},
        {"name": LONG},
        {"name": ""},
        {"email": NUL},
        {"email": LONG},
        {"email": "nobody"},
        {"email": "a@b.example\nbcc: c@d.example"},
    ],
)
@pytest.mark.usefixtures("secretariat")
def test_nonsense_about_a_user_gets_words_and_keeps_what_was_typed(browser: Browser, values: dict[str, str]):
    good = {"name": "Avery Auditor", "email": "avery@muster.example"}
    page = browser.submit("/users/new", good | values, status=200)
    assert "Nothing was changed" in page.words
    kept = page.form_values()
    assert {name: kept[name] for name in good if name not in values} == {
        name: value for name, value in good.items() if name not in values
    }


def test_an_address_of_another_is_refused_beside_its_field(browser: Browser, secretariat: User, other: User):
    page = browser.submit(f"/users/{other.id}/change", {"email": str(secretariat.email)}, status=200)
    assert "already belongs to someone" in page.words


@pytest.mark.usefixtures("secretariat")
def test_a_stale_form_overwrites_nothing(browser: Browser, other: User):
    stale = browser.get(f"/users/{other.id}/change").form_values()
    browser.submit(f"/users/{other.id}/change", {"name": "Oriel Newer"})
    page = browser.post(f"/users/{other.id}/change", stale | {"name": "Oriel Older"}, status=200)
    assert "Someone else changed this record" in page.words
    assert saved(browser, other).name == "Oriel Newer"


@pytest.mark.usefixtures("secretariat")
def test_disabling_says_why_and_can_be_undone(browser: Browser, other: User):
    path = f"/users/{other.id}"
    assert "fill this in" in browser.submit(f"{path}/disable", {"reason": " "}, status=200).words
    browser.submit(f"{path}/disable", {"reason": "Left the consortium"})
    page = browser.get(path)
    assert "Disabled" in page.words
    assert "Left the consortium" in page.words
    browser.press(path, f"{path}/enable")
    assert saved(browser, other).disabled_at is None


def test_the_last_administrator_is_told_why_not(browser: Browser, secretariat: User):
    in_office(browser, lambda: with_password(secretariat.id))
    said = browser.submit(f"/users/{secretariat.id}/disable", {"reason": "Because"}, status=200)
    assert "Nobody could administer the site from 24 May 2016 on" in said.words
    grant_id = browser.get(f"/users/{secretariat.id}").tree.xpath("//a[text()='End role']/@href")[0]
    said = browser.submit(grant_id, {"last_day": "31 Dec 2016"}, status=200)
    assert "Nobody could administer the site from 1 January 2017 on" in said.words
    assert said.form_values()["last_day"] == "31 Dec 2016"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"first_day": "31 Feb 2016"}, "Write the day as"),
        ({"first_day": NUL}, "Write the day as"),
        ({"last_day": "1 Jan 2016"}, "before the first day"),
        ({"role": "chair"}, "not one of the choices"),
        ({"role": ""}, "choose one"),
        ({"reason": LONG}, "At most 500"),
    ],
)
@pytest.mark.usefixtures("secretariat")
def test_nonsense_about_a_role_gets_words(browser: Browser, other: User, values: dict[str, str], words: str):
    good = {"role": "finance", "first_day": "24 May 2016", "last_day": "", "reason": "Because"}
    assert words in browser.submit(f"/users/{other.id}/roles/new", good | values, status=200).words


@pytest.mark.usefixtures("secretariat")
def test_roles_that_follow_from_a_seat_offer_no_end(browser: Browser, other: User, office: Actor):
    def give() -> Grant:
        return grant_role(
            other.id,
            RoleFor(Role.FINANCE),
            SINCE,
            source=GrantSource.APPOINTMENT,
            source_id=7,
            reason="Member",
            actor=office,
        )

    grant = in_office(browser, give)
    assert "End role" not in browser.get(f"/users/{other.id}").words
    said = browser.submit(f"/roles/{grant.id}/end", {"last_day": "24 May 2016"}, status=200)
    assert "follows from an appointment" in said.words


@pytest.mark.usefixtures("secretariat")
def test_roles_past_and_to_come_are_all_shown(browser: Browser, other: User):
    for first, last in (("1 Jan 2015", "31 Dec 2015"), ("1 Jan 2016", "31 Dec 2016"), ("1 Jan 2017", "")):
        values = {"role": "finance", "first_day": first, "last_day": last, "reason": "Because"}
        browser.submit(f"/users/{other.id}/roles/new", values)
    states = [row[2] for row in browser.get(f"/users/{other.id}").rows()[:3]]
    assert states == ["Planned", "In force", "Ended"]


@pytest.mark.usefixtures("secretariat")
def test_a_profile_is_adopted_and_heads_the_pages(browser: Browser):
    assert "No profile yet" in browser.get("/settings").words
    browser.submit("/settings/new", PROFILE | {"first_day": "1 Sep 2011"})
    page = browser.get("/settings")
    assert page.words.count("GB82 WEST 1234 5698 7654 32") == 2
    assert "GB82WEST" not in page.words
    assert page.tree.xpath("string(//nav[@id='rail']/a/small)") == "IMPC"
    shown = browser.get("/settings/new").form_values()
    assert shown["name"] == PROFILE["name"]
    assert shown["first_day"] == "24 May 2016"
    browser.post("/settings/new", shown | {"first_day": "1 June 2016", "short_name": "Newer"})
    assert browser.get("/settings").tree.xpath("string(//nav[@id='rail']/a/small)") == "IMPC"
    assert browser.get("/settings?on=2016-06-01").tree.xpath("string(//nav[@id='rail']/a/small)") == "Newer"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"first_day": "soon"}, "Write the day as"),
        ({"name": ""}, "fill this in"),
        ({"name": LONG}, "At most 200"),
        ({"short_name": NUL}, "cannot be printed"),
        ({"street": LONG}, "At most 500"),
        ({"country": "XX"}, "not one of the choices"),
        ({"email": "nobody"}, "not an e-mail address"),
        ({"website": "javascript:alert(1)"}, "Write the address in full"),
        ({"vat_number": "GB123"}, "no VAT number of the country chosen"),
        ({"iban": "GB82 WEST 1234 5698 7654 33"}, "not an IBAN"),
        ({"bic": "BARC"}, "not a BIC"),
        ({"terms_days": "366"}, "Between 0 and 365"),
        ({"terms_days": ""}, "fill this in"),
        ({"due_by": "whenever"}, "not one of the choices"),
        ({"terms_days": "١٢"}, "whole number"),
        ({"invoice_note": NUL}, "cannot be printed"),
        ({"invoice_numbers": "INV-{number}"}, "Write capital letters"),
        ({"credit_note_numbers": "I.NV{year}-{number}"}, "other letters"),
        ({"number_digits": "0"}, "Between 1 and 9"),
        ({"language": "la"}, "not one of the choices"),
    ],
)
@pytest.mark.usefixtures("secretariat")
def test_nonsense_in_a_profile_gets_words_and_keeps_the_rest(browser: Browser, values: dict[str, str], words: str):
    page = browser.submit("/settings/new", PROFILE | values, status=200)
    assert words in page.words
    kept = page.form_values()
    assert kept["bank_name"] == "A Bank"
    assert kept["first_day"] == values.get("first_day", "2016-05-24")
    with browser.app.app_context():
        assert count_rows(ConsortiumProfile.__tablename__) == 0
        db.session.remove()


@pytest.mark.parametrize("more", [{}, {"terms_days": "366"}])
@pytest.mark.usefixtures("secretariat")
def test_all_that_is_wrong_in_a_profile_is_told_at_once(browser: Browser, more: dict[str, str]):
    wrong = {"website": "fjord.example", "iban": "GB82", "bic": "BARC", "vat_number": "GB1"}
    page = browser.submit("/settings/new", PROFILE | wrong | more, status=200)
    assert set(page.tree.xpath("//p[@class='err']/@id")) == {f"{name}-error" for name in wrong | more}
    browser.submit("/settings/new", PROFILE)
    page = browser.submit("/settings/new", wrong | {"first_day": "2016-05-23"}, status=200)
    assert set(page.tree.xpath("//p[@class='err']/@id")) == {f"{name}-error" for name in {**wrong, "first_day": ""}}


@pytest.mark.usefixtures("secretariat")
def test_logo_is_set_shown_and_removed_on_the_page_of_settings(browser: Browser):
    browser.submit("/settings/new", PROFILE | {"first_day": "1 Sep 2011"})
    page = browser.follow(browser.submit("/settings/logo/new", {"logo": (BytesIO(picture()), "logo.png")}))
    (address,) = page.tree.xpath("//div[@class='picture']/img/@src")
    shown = browser.client.get(str(address))
    assert (shown.status_code, shown.content_type) == (200, "image/png")
    browser.press("/settings", "/settings/logo/remove")
    assert browser.get("/settings").tree.xpath("//div[@class='picture']") == []
    browser.get("/settings/logo/999999999", 404)


@pytest.mark.usefixtures("secretariat")
def test_the_past_of_the_profile_is_not_rewritten(browser: Browser):
    browser.submit("/settings/new", PROFILE | {"first_day": "1 Sep 2011"})
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    assert "stays as it was" in browser.submit("/settings/new", PROFILE | {"first_day": yesterday}, status=200).words


@pytest.mark.usefixtures("secretariat")
def test_the_past_offers_no_verb(browser: Browser, other: User):
    on = date(2015, 1, 1).isoformat()
    for path in (f"/users/{other.id}", "/users", "/settings"):
        page = browser.get(f"{path}?on={on}")
        assert not page.tree.xpath("//main//form[@method='post']")
        assert "Give a role" not in page.words
