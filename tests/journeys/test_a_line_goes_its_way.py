"""A line from the files it came in to a third institution: agreed, signed, refused, consented to, sent, crossed, held.

Told by the pages alone, each as its user meets it; the days between are those of a real exchange.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from app.agreements.rules import Freedom, Side, TemplateKind
from app.agreements.rules.signing import CONSENT
from app.core.clock import clock_at
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.lines.commands.places import add_consortium
from app.lines.commands.strains import add_strain
from app.members.models import Institution
from app.outbox.work import run_due_jobs
from tests.agreements.signing_world import PASSWORD, signs_for
from tests.agreements.templated import rule, template
from tests.committees.sitting import OFFICE, institution, sign_in_as
from tests.lines.line_files import AKT2, colony, production, project_report
from tests.papers import needs_pango, page_texts
from tests.signin import sign_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.web.requests import House
    from tests.client import Browser, Page

GENES = {"gene_mgi_id": "MGI:1922106", "gene_symbol": "Rsph3b", "allele_symbol": "Rsph3b<tm1(KOMP)Vlcg>", "clone": ""}


MISSING = "the consent of Sanger, its provider, to onward transfer of SANG-1 is missing"


class Story:
    """Three institutions with somebody who signs for each, and a secretariat that keeps it all."""

    def __init__(self, app: House, browser: Browser) -> None:
        """Put on record what is there before the first file."""
        self.app, self.browser = app, browser
        with app.app_context():
            with transaction():
                names = {
                    "Sanger": "Wellcome Sanger Institute",
                    "Jackson": "Jackson Laboratory",
                    "Toronto": "Toronto Centre",
                }
                self.places = {short: institution(name, short).id for short, name in names.items()}
                add_strain("C57BL/6N", actor=OFFICE)
                add_consortium("BaSH", "BaSH", actor=OFFICE)
                signers = {
                    short: signs_for(db.session.get_one(Institution, each), short)
                    for short, each in self.places.items()
                }
                self.signers = {short: who.user_id for short, who in signers.items()}
                self.people = {short: who.id for short, who in signers.items()}
            consortium = template(TemplateKind.CONSORTIUM, "C-MTA")
            template(TemplateKind.CONSENT, "C-CONSENT")
            rule(template(TemplateKind.SIMPLE, "S-LETTER"), pipeline="EUCOMM")
            rule(consortium, pipeline="KOMP-CSD")
            rule(consortium)
            db.session.remove()

    @contextmanager
    def on(self, day: str) -> Iterator[None]:
        """Live on a day, at noon, as the secretariat."""
        with clock_at(datetime.fromisoformat(f"{day}T11:00").replace(tzinfo=UTC)):
            sign_in(self.browser, Role.SECRETARIAT)
            yield

    def work(self) -> None:
        """Let the worker do what waits."""
        with self.app.app_context():
            run_due_jobs()
            db.session.remove()

    def bring(self, content: bytes, name: str) -> str:
        """Bring a file of lines; the address of its import after the dry run."""
        done = self.browser.submit("/lines/imports/new", {"table": (BytesIO(content), name)})
        self.browser.follow(done)
        self.work()
        return str(done.response.location)

    def write(self, path: str) -> Page:
        """Write what a dry run showed."""
        self.browser.follow(self.browser.press(path, f"{path}/apply"))
        self.work()
        return self.browser.get(path)

    def agreed(self, giver: str, taker: str, lines: str, **values: str) -> str:
        """Draft what the rule table proposes, negotiate, approve; the address, its PDF made."""
        at = f"/agreements/new?provider={giver}&recipient={taker}&lines={lines}"
        return self.drafted(str(self.browser.get(at, status=302).response.location), **values)

    def drafted(self, at: str, **values: str) -> str:
        """Save a draft, ask for changes and get them, approve it."""
        here = str(self.browser.submit(at, values).response.location)
        self.browser.submit(f"{here}/steps/send", {})
        self.browser.submit(f"{here}/steps/ask_changes", {"comment": "Say what it is for"})
        self.browser.submit(f"{here}/edit", {"purpose": f"Phenotyping of the heart, as agreed in {here}"})
        for verb in ("answer", "approve"):
            self.browser.submit(f"{here}/steps/{verb}", {})
        self.work()
        return here

    def sign(self, here: str, short: str) -> None:
        """Sign in the program as the signatory of an institution."""
        sign_in_as(self.browser, self.signers[short])
        self.browser.submit(f"{here}/sign", {"words": CONSENT, "password": PASSWORD})
        sign_in(self.browser, Role.SECRETARIAT)

    def scan(self, here: str, side: Side, day: str) -> Page:
        """Keep the copy that one side signed on paper."""
        shown = self.browser.get(f"{here}/signed-copy")
        name = f"{side.value}_signatory"
        chosen = shown.tree.xpath(f"//select[@name='{name}']/option/@value")[1]
        scan = {"file": (BytesIO(b"%PDF-1.4\nscan"), "signed.pdf")}
        values = shown.form_values() | {name: chosen, f"{side.value}_day": day} | scan
        return self.browser.follow(self.browser.post(f"{here}/signed-copy", values))

    def asked(self, taker: str, giver: str, item: str) -> str:
        """Ask for material and have it approved; the address of the exchange."""
        at = f"/exchanges/request?taker={self.places[taker]}&item={item}&giver={self.places[giver]}"
        values = {"person_id": str(self.people[taker]), "purpose": "Heart", "payer": "taker"}
        path = str(self.browser.submit(at, values).response.location)
        self.browser.follow(self.browser.press(path, f"{path}/approve"))
        return path

    def ship(self, exchange: str, status: int = 302) -> Page:
        """Send what was approved today; what is said where it may not go, with the status 200."""
        sent = self.browser.submit(f"{exchange}/ship", {"carrier": "Borealis"}, status=status)
        return sent if status == 200 else self.browser.follow(sent)

    def receive(self, exchange: str, quantity: str) -> Page:
        """Put on record what arrived."""
        at = f"{exchange}/receive"
        (item,) = (name for name in self.browser.get(at).form_values() if name.startswith("item_"))
        return self.browser.follow(self.browser.submit(at, {item: quantity}))

    def cross(self, name: str, *parents: str) -> int:
        """Enter a line of Jackson that comes from two others."""
        values = {
            "parent_1": parents[0],
            "parent_2": parents[1],
            "colony": name,
            "centre": "Jackson",
            "owner": "Jackson",
        }
        values |= {"allele_symbol": "Akt2<tm1a(KOMP)Wtsi>", "stage": "founders", "day": "1 June 2016"}
        return int(str(self.browser.submit("/lines/cross", values).response.location).rpartition("/")[2])

    def held(self, short: str, day: str) -> list[str]:
        """The colonies an institution holds on a day, but for its own."""
        rows = self.browser.get(f"/exchanges/holdings?institution={self.places[short]}&on={day}").rows()
        return [row[0].split()[-1] for row in rows]

    def line(self, name: str) -> int:
        """The id of a line by its colony."""
        (found,) = self.browser.get(f"/lines?q={name}").tree.xpath("//main//table//a[contains(@href, '/lines/')]/@href")
        return int(str(found).rpartition("/")[2])


@pytest.fixture
def story(app: House, browser: Browser) -> Story:
    return Story(app, browser)


def bring_lines(story: Story) -> tuple[int, int]:
    """Two files with dirt in them: what can be read is written, what is unknown is asked; the ids of two lines."""
    browser = story.browser
    dirty = (*AKT2[:3], "Akt2<tm1b", *AKT2[4:])
    report = story.bring(project_report((*AKT2, "EPD0047_1_F05"), dirty), "KOMP_Allele.rpt")
    assert "1 row can be written." in browser.get(report).words
    story.write(report)
    rows = [colony("SANG-1", centre="Sanger", background_strain="B6N"), colony("SANG-2", centre="Sanger", **GENES)]
    export = story.bring(production(*rows, colony("SANG-3", gene_mgi_id="12")), "imits.csv")
    assert "1 spelling is unknown, in 1 row." in browser.get(export).words
    fields = browser.get(f"{export}/spellings").form_values()
    (asked,) = (name for name in fields if name.startswith("spelling_"))
    browser.follow(browser.post(f"{export}/spellings", fields | {asked: "new"}))
    story.work()
    assert "Written by" in story.write(export).words
    return story.line("SANG-1"), story.line("SANG-2")


def lend(story: Story, lines: tuple[int, int]) -> str:
    """Jackson has both lines from Sanger, one under stricter terms; the agreement that may be consented beside."""
    browser = story.browser
    start = "/agreements/new?provider=Sanger&recipient=Jackson&lines=SANG-1"
    proposed = str(browser.get(start, status=302).response.location)
    assert "It proposes C-MTA." in browser.get(proposed).words
    lent = story.drafted(proposed, onward=Freedom.WITH_CONSENT, last_day="31 December 2016")
    story.sign(lent, "Sanger")
    record = story.scan(lent, Side.RECIPIENT, "2 May 2016")
    assert (record.heading, "In force" in record.words) == ("MTA-2016-001", True)
    strict = story.agreed("Sanger", "Jackson", "SANG-2", onward=Freedom.FORBIDDEN, last_day="31 December 2016")
    for short in ("Sanger", "Jackson"):
        story.sign(strict, short)
    for line, number in zip(lines, ("MTA-2016-001", "MTA-2016-002"), strict=True):
        sent = story.asked("Jackson", "Sanger", f"{line}.sperm.8")
        assert f"Allowed under {number}, item 1, until 31 December 2016" in browser.get(sent).words
        story.ship(sent)
        story.receive(sent, "8")
    return lent


def get_consent(story: Story, asked: str, lent: str) -> None:
    """Toronto is refused, told of both papers that are missing, then of the consent alone, and that is signed."""
    refused = story.ship(asked, status=200).words
    assert "there is no agreement by which Jackson gives SANG-1 to Toronto" in refused
    assert MISSING in refused
    passed = story.agreed("Jackson", "Toronto", "SANG-1", last_day="31 May 2016")
    for short in ("Jackson", "Toronto"):
        story.sign(passed, short)
    refused = story.ship(asked, status=200).words
    assert "there is no agreement" not in refused
    assert MISSING in refused
    beside = f"/agreements/draft?parent={lent.rpartition('/')[2]}&relation=consent"
    consent = story.drafted(beside, third="Toronto")
    story.sign(consent, "Sanger")
    assert "In force" in story.browser.get(consent).words


@needs_pango
def test_a_line_goes_from_its_files_to_a_third_institution_by_consent_alone(story: Story) -> None:
    browser = story.browser
    with story.on("2016-05-02"):
        lines = bring_lines(story)
        lent = lend(story, lines)
    with story.on("2016-05-16"):
        asked = story.asked("Toronto", "Jackson", f"{lines[0]}.sperm.4")
        get_consent(story, asked, lent)
    with story.on("2016-05-31"):
        assert "Sent" in story.ship(asked).words
    with story.on("2016-06-03"):
        story.work()
        assert "Its agreement ended on 31 May 2016, while it was on the way." in story.receive(asked, "4").words
        again = story.asked("Toronto", "Jackson", f"{lines[0]}.sperm.4")
        assert "expired on 31 May 2016" in story.ship(again, status=200).words
        cross = story.cross("JAX-X", "SANG-1", "SANG-2")
        crossed = browser.get(story.asked("Toronto", "Jackson", f"{cross}.sperm.2")).words
        assert MISSING not in crossed
        assert "the terms under which SANG-2 was given forbid onward transfer" in crossed
        assert "MTA-2016-002" not in crossed
        for day, held in (("2016-06-02", []), ("2016-06-03", ["SANG-1"])):
            assert story.held("Toronto", day) == held
            paper = browser.get(f"/reports/holdings?institution=Toronto&on={day}&format=pdf").response.data
            assert ("Akt2" in " ".join(page_texts(paper))) == bool(held)
