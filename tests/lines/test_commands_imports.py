"""Files of lines are tried out without a change, asked about, and written once and whole."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.core import clock
from app.core.actor import Actor, Granted
from app.core.database import db
from app.core.errors import DomainError
from app.core.permissions import Role
from app.lines.commands.imports import apply_lines, discard_lines
from app.lines.commands.imports.applying import write_import
from app.lines.commands.places import add_consortium
from app.lines.commands.strains import add_strain
from app.lines.models import Allele, Clone, LineDeposit, LineForm, LineStage, Marker, MouseLine, StrainAlias
from app.lines.rules.imports.kinds import Answer
from app.members.models import InstitutionAlias
from app.outbox.work import run_due_jobs
from tests.lines.line_files import (
    AKT2,
    RSPH,
    catalogue,
    colony,
    marker,
    marker_list,
    phenotypic,
    phenotypic_report,
    production,
    project_report,
    stock,
)
from tests.lines.line_imports import answer, apply, case_of, outcomes, questions, told, tried, written
from tests.members.world import do, institution, problems

pytestmark = pytest.mark.usefixtures("context")
TABLES = (Marker, Allele, Clone, MouseLine, LineStage, LineForm, LineDeposit)
KOMP = project_report((*AKT2, "EPD0047_1_F05,EPD0047_1_F06"), (*RSPH, "10555A-A4"))


def counts():
    return [db.session.scalar(select(func.count()).select_from(model)) for model in TABLES]


def one(model, **values):
    return db.session.scalars(select(model).filter_by(**values)).one()


@pytest.fixture
def centre():
    """A centre, a strain and a consortium that the production file names."""
    do(add_strain, "C57BL/6N")
    do(add_consortium, "BaSH", "Baylor, Sanger, Harwell")
    return institution("Wellcome Trust Sanger Institute", "WTSI", country="GB").id


def test_a_dry_run_changes_nothing_and_a_second_run_of_the_same_file_neither(centre):
    for content, added in (
        (marker_list(marker("MGI:104874", "Akt2"), marker("MGI:5", "Old1", "withdrawn, = Akt2", "W")), 2),
        (KOMP, 2),
        (phenotypic_report(phenotypic("MGI:1", "A<y>", "MGI:87853", "a")), 1),
        (production(colony(), colony("MDAW", allele_symbol="Rsph3b<tm1(KOMP)Vlcg>", gene_mgi_id="MGI:1922106")), 2),
        (catalogue(stock(), stock(MGI_ALLELE_ACCESSION_ID="")), 1),
    ):
        before = counts()
        first = tried(content)
        assert outcomes(first) == ["added"] * added, told(first)
        assert counts() == before
        apply(first)
        after = counts()
        assert after != before
        again = tried(content)
        assert outcomes(again) == ["unchanged"] * added, told(again)
        with pytest.raises(DomainError, match="nothing to write"):
            do(apply_lines, again, version=case_of(again).version)
        assert counts() == after
    assert problems() == []


def test_a_report_of_alleles_brings_genes_alleles_and_clones_and_renames_what_it_knows():
    written(KOMP)
    akt2 = one(Allele, mgi_id="MGI:4433388")
    assert (akt2.symbol, akt2.allele_class, akt2.pipeline) == ("Akt2<tm1a(KOMP)Wtsi>", "conditional_ready", "KOMP-CSD")
    assert one(Clone, name="EPD0047_1_F06").allele_id == akt2.id
    assert one(Marker, id=akt2.marker_id).mgi_id == "MGI:104874"
    renamed = ("CSD24", "KOMP-CSD", "MGI:4433388", "Akt2<tm1e(KOMP)Wtsi>", *AKT2[4:], "EPD0047_1_F07")
    again = written(project_report(renamed))
    assert told(again)[0][2] == "Symbol: Akt2<tm1a(KOMP)Wtsi> \u2192 Akt2<tm1e(KOMP)Wtsi>\nClone EPD0047_1_F07"
    db.session.expire_all()
    assert one(Allele, mgi_id="MGI:4433388").allele_class == "non_conditional"


def test_an_allele_id_with_two_symbols_is_refused_on_both_rows_and_a_clone_stays_with_its_allele():
    twice = (*AKT2[:3], "Akt2<tm1b(KOMP)Wtsi>", *AKT2[4:])
    stolen = project_report((*AKT2, "A1"), (*twice, "A2"), (*RSPH, "10555A-A4"), (*RSPH, "10555A-A4,10555A-B5"))
    first = written(stolen)
    assert outcomes(first) == ["refused", "refused", "added", "changed"]
    assert "as two" in told(first)[0][2]
    assert {clone.name for clone in db.session.scalars(select(Clone))} == {"10555A-A4", "10555A-B5"}
    other = tried(project_report((*AKT2, "10555A-A4")))
    assert told(other)[0][1:] == ("refused", "The clone 10555A-A4 carries Rsph3b<tm1(KOMP)Vlcg> on record.")


def test_an_allele_entered_without_its_mgi_id_is_recognised_by_its_symbol(centre):
    written(production(colony()))
    written(KOMP)
    assert one(Allele, symbol="Akt2<tm1a(KOMP)Wtsi>").mgi_id == "MGI:4433388"
    assert one(MouseLine).search_text.count("mgi:4433388") == 1


def test_a_withdrawn_marker_leads_to_its_successor_and_one_without_it_is_refused():
    rows = [marker("MGI:5", "Old1", "withdrawn, = Old2", "W"), marker("MGI:6", "Old2", "withdrawn, = Akt2", "W")]
    rows += [marker("MGI:104874", "Akt2"), marker("MGI:7", "Lost", "withdrawn, = Nowhere", "W")]
    rows += [marker("MGI:8", "One"), marker("MGI:8", "Two")]
    first = written(marker_list(*rows))
    assert outcomes(first) == ["added", "added", "added", "refused", "refused", "refused"]
    akt2 = one(Marker, mgi_id="MGI:104874").id
    assert [one(Marker, mgi_id=each).current_id for each in ("MGI:5", "MGI:6")] == [akt2, akt2]
    written(project_report((*AKT2[:5], "MGI:5", "Old1", "")))
    assert one(Allele, mgi_id="MGI:4433388").marker_id == akt2


def test_a_marker_that_is_renamed_is_found_by_its_new_name(centre):
    written(production(colony()))
    again = written(marker_list(marker("MGI:104874", "Akt2new")))
    assert "Symbol: Akt2 \u2192 Akt2new" in told(again)[0][2]
    db.session.expire_all()
    assert "akt2new" in one(MouseLine).search_text.split()


def test_a_production_export_brings_lines_with_their_stages(centre):
    written(production(colony()))
    line = one(MouseLine)
    assert (line.colony, line.centre_id, line.owner_id, line.stage) == ("MDAV", centre, centre, "confirmed")
    assert (line.plan_id, line.attempt_id, line.gentar_id) == ("12345", "3456", "PIN:0000012345")
    assert one(Clone, id=line.clone_id).name == "EPD0047_1_F05"
    stages = select(LineStage.stage, LineStage.day).order_by(LineStage.day)
    assert [(row.stage.value, row.day.isoformat()) for row in db.session.execute(stages)] == [
        ("planned", "2011-10-01"),
        ("production", "2011-11-14"),
        ("confirmed", "2012-06-30"),
    ]


def test_a_day_put_right_supersedes_the_stage_and_what_a_later_file_leaves_empty_stays(centre):
    written(production(colony()))
    later = colony(clone="", background_strain="", plan_id="777") | {"Genotype Confirmed date": "2012-07-01"}
    again = written(production(later | {"Founder Obtained date": "2012-05-01", "colony": "mdav"}))
    assert told(again)[0][2].split("\n") == [
        "Plan: 12345 \u2192 777",
        "Founders born 2012-05-01",
        "Genotype confirmed: 2012-06-30 \u2192 2012-07-01",
    ]
    db.session.expire_all()
    line = one(MouseLine)
    assert (line.stage_day, line.plan_id, line.version) == (date(2012, 7, 1), "777", 2)
    assert line.strain_id is not None
    known = select(LineStage.day).where(LineStage.stage == "confirmed", LineStage.superseded_at.is_not(None))
    assert db.session.scalars(known).all() == [date(2012, 6, 30)]
    assert problems() == []


def test_rows_that_contradict_each_other_or_the_record_are_refused(centre):
    written(KOMP)
    rows = [
        colony("one"),
        colony("ONE", clone="EPD0047_1_F06"),
        colony("two"),
        colony("two"),
        colony("three", allele_mgi_id="MGI:4436678"),
        colony("four", gene_mgi_id="MGI:1922106"),
        colony("five") | {"Genotype Confirmed date": "2011-10-02"},
        colony("six") | {"Genotype Confirmed date": "2061-10-02"},
    ]
    first = tried(production(*rows))
    words = [
        "two different",
        "two different",
        "",
        "together with line 4",
        "is Rsph3b",
        "is of Akt2",
        "Genotype confirmed (2",
        "to come",
    ]
    assert outcomes(first) == ["refused"] * 2 + ["added", "unchanged"] + ["refused"] * 4, told(first)
    assert [row for word, row in zip(words, told(first), strict=True) if word not in row[2]] == []


def test_an_unknown_spelling_is_asked_once_with_its_count_and_what_it_may_mean(centre):
    rows = [colony("one", centre="Welcome Trust Sanger Inst."), colony("two", centre="welcome  trust sanger inst.")]
    rows += [colony("three", background_strain="C57BL/6-N", consortium="BASH2"), colony("four")]
    first = tried(production(*rows))
    assert outcomes(first) == ["asked", "asked", "asked", "added"]
    asked = [(each.topic.value, each.spelling, each.rows, bool(each.suggested["ids"])) for each in questions(first)]
    assert asked == [
        ("centre", "Welcome Trust Sanger Inst.", 2, True),
        ("consortium", "BASH2", 1, True),
        ("strain", "C57BL/6-N", 1, True),
    ]
    with pytest.raises(DomainError, match="not answered yet"):
        do(apply_lines, first, version=case_of(first).version)
    strain = questions(first)[2].suggested["ids"][0]
    answer(first, centre=centre, strain=strain, consortium=Answer.NEW)
    assert outcomes(first) == ["added"] * 4
    assert questions(first) == []
    assert one(InstitutionAlias).alias == "Welcome Trust Sanger Inst."
    assert one(StrainAlias).alias == "C57BL/6-N"
    apply(first)
    assert outcomes(tried(production(*rows))) == ["unchanged"] * 4


def test_the_rows_of_a_spelling_can_be_left_out_of_one_import(centre):
    content = production(
        colony("one", centre="Nowhere"), colony("two", funder="No one", centre="Nowhere"), colony("three")
    )
    first = tried(content)
    answer(first, centre=Answer.LEAVE_OUT)
    assert outcomes(first) == ["left_out", "left_out", "added"]
    apply(first)
    assert one(MouseLine).colony == "three"
    assert outcomes(tried(content)) == ["asked", "asked", "unchanged"]


def test_who_may_not_change_institutions_says_what_a_spelling_means_for_files_of_lines_alone(centre):
    first = tried(production(colony(centre="Hinxton")))
    answer(first, actor=Actor("Ada", 7, (Granted(Role.AGREEMENTS),)), centre=centre)
    assert outcomes(first) == ["added"]
    assert db.session.scalar(select(func.count()).select_from(InstitutionAlias)) == 0
    assert outcomes(tried(production(colony("other", centre="HINXTON")))) == ["added"]


def test_what_changed_since_the_dry_run_is_not_written(centre):
    written(production(colony()))
    first = tried(production(colony(plan_id="8")))
    written(production(colony(plan_id="9")))
    do(apply_lines, first, version=case_of(first).version)
    run_due_jobs()
    case = case_of(first)
    assert (case.state, case.applied_by) == ("checked", None)
    assert "has changed since" in (case.notice or "")
    assert one(MouseLine, colony="MDAV").plan_id == "9"


def test_dirt_that_no_database_keeps_spoils_only_its_own_rows(centre):
    halves = (
        b'[{"colony": "a\\ud800", "centre": "WTSI", "allele_symbol": "Akt2<em1J>", "status": "\\u0000"}, "\\ud800"]'
    )
    assert outcomes(tried(halves)) == ["refused", "refused"]
    spoiled = production(colony("good"), colony("nu\0l"), colony("x" * 70_000)).replace(b"good", b"g\xf6\x81d")
    assert outcomes(tried(spoiled)) == ["added", "refused", "refused"]
    long = project_report((*AKT2[:6], "G" * 201, ""), (*AKT2[:4], "n" * 501, *AKT2[5:], ""), (*AKT2, "c" * 201))
    assert outcomes(tried(long)) == ["refused"] * 3


def test_an_import_is_on_record_once_with_its_counts_and_written_twice_it_writes_once(centre):
    first = written(production(colony(), colony("two", plan_id="1" * 50)))
    write_import({"import_id": first})
    entry = one(AuditEntry, action="lines.apply_import")
    assert entry.after == {"added": 1, "changed": 0, "unchanged": 0, "refused": 1, "left_out": 0}


def test_a_discarded_import_forgets_its_rows_and_is_never_written(centre):
    first = tried(production(colony(centre="Nowhere")))
    do(discard_lines, first)
    assert told(first) == []
    with pytest.raises(DomainError, match="discarded by now"):
        do(apply_lines, first, version=case_of(first).version)


def test_a_stock_is_put_with_the_line_that_it_names_and_guessed_for_none(centre):
    written(KOMP)
    written(production(colony("MDAV"), colony("MDAX")))
    named = stock("MMRRC:000002-UNC", OTHER_NAMES="mdax|RRID:MMRRC_000002-UNC", STATE="EM", ACCEPTED_DATE="00/00/0000")
    odd = stock("MMRRC:000003-UNC", STATE="LM,XX")
    foreign = stock("MMRRC:000004-UNC", MGI_ALLELE_ACCESSION_ID="MGI:99", ALLELE_SYMBOL="Other<tm1Unc>")
    first = written(catalogue(stock(), named, odd, foreign))
    assert outcomes(first) == ["refused", "added", "refused", "unchanged"]
    assert "names none of them: MDAV, MDAX" in told(first)[0][2]
    line = one(MouseLine, colony="MDAX")
    deposit = one(LineDeposit)
    assert (deposit.line_id, deposit.stock_number) == (line.id, "MMRRC:000002-UNC")
    assert deposit.first_day == clock.today()
    assert one(LineForm).form == "embryos"
    assert "mmrrc:000002-unc" in line.search_text
    again = written(catalogue(stock("MMRRC:000002-UNC", OTHER_NAMES="MDAX", STATE="EM,SP")))
    assert told(again)[0][2] == "MDAX\nSperm available"
