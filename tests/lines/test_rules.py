"""Symbols, identifiers, words and stages of lines: pure functions over values."""

from datetime import date, timedelta

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.lines.rules import (
    AlleleClass,
    Findable,
    Reached,
    Stage,
    canonical_symbol,
    check_history,
    class_of_symbol,
    colony_key,
    mgi_id,
    newest_stage,
    parts_of_symbol,
    search_text_of,
    strain_key,
    typed_words,
)

LETTERS = "abcdefghijklmnopqrstuvwxyz"
GENES = st.from_regex(r"[A-Z][a-z]{1,6}[0-9]{0,3}(-rs[0-9])?|Gt\(ROSA\)26Sor|[0-9]{7}[A-Z][0-9]{2}Rik", fullmatch=True)
LABS = st.from_regex(r"[A-Z][a-z]{0,3}", fullmatch=True)
PROJECTS = st.sampled_from(["", "(KOMP)", "(EUCOMM)", "(IMPC)", "(NCOM)"])
MADE = st.builds(
    "{}{}{}".format,
    st.from_regex(r"tm[1-9][0-9]?[a-e]?(\.[1-9])?|em[1-9][0-9]?", fullmatch=True),
    PROJECTS,
    LABS,
)
DAYS = st.dates(date(2005, 1, 1), date(2016, 5, 24))


@given(GENES, MADE)
def test_all_forms_of_a_symbol_are_one_and_its_parts_come_back(gene: str, above: str):
    canonical = f"{gene}<{above}>"
    forms = [
        canonical,
        f" {gene} <sup>{above}</sup> ",
        f"{gene}<SUP>{above}</SUP>",
        f"{gene}&lt;{above}&gt;",
        f"{gene}^{above}",
        f"{gene} {above}",
        f"{gene}{above}",
    ]
    assert {canonical_symbol(form) for form in forms} == {canonical}
    assert parts_of_symbol(canonical) == (gene, above)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_refused_or_stays_what_it_became(typed: str):
    try:
        canonical = canonical_symbol(typed)
    except DomainError:
        reject()
    assert canonical_symbol(canonical) == canonical
    assert canonical.count("<") == canonical.count(">") <= 1


@pytest.mark.parametrize(
    "typed", ["", "<tm1a(KOMP)Wtsi>", "Rsph3b<", "Rsph3b<tm1a<b>>", "a>b", "<sup>", "A<>", "x" * 201]
)
def test_what_is_no_symbol_is_refused(typed: str):
    with pytest.raises(DomainError) as refused:
        canonical_symbol(typed)
    assert refused.value.field == "allele_symbol"


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        ("Rsph3b<tm1a(KOMP)Wtsi>", AlleleClass.CONDITIONAL_READY),
        ("Akt2<tm1b(EUCOMM)Wtsi>", AlleleClass.REPORTER),
        ("Akt2<tm2.1b(EUCOMM)Wtsi>", AlleleClass.REPORTER),
        ("Akt2<tm1c(EUCOMM)Wtsi>", AlleleClass.CONDITIONAL),
        ("Akt2<tm1d(EUCOMM)Wtsi>", AlleleClass.DELETION),
        ("Akt2<tm1e(EUCOMM)Wtsi>", AlleleClass.NON_CONDITIONAL),
        ("Akt2<tm1.1(KOMP)Vlcg>", AlleleClass.TARGETED),
        ("Akt2<tm1(KOMP)Vlcg>", AlleleClass.TARGETED),
        ("Akt2<em1(IMPC)J>", AlleleClass.ENDONUCLEASE),
        ("Akt2<Gt(EUCE0001a01)Hmgu>", AlleleClass.GENE_TRAP),
        ("Tg(CAG-cre)1Nagy", AlleleClass.TRANSGENE),
        ("Akt2<+>", AlleleClass.OTHER),
        ("Emx1<Tmy>", AlleleClass.OTHER),
    ],
)
def test_the_class_of_an_allele_is_told_by_its_symbol(symbol: str, kind: AlleleClass):
    assert class_of_symbol(canonical_symbol(symbol)) is kind


@pytest.mark.parametrize("typed", ["MGI:4363171", " mgi: 4363171", "4363171", "MGI 4363171"])
def test_an_mgi_id_is_one_however_it_is_typed(typed: str):
    assert mgi_id(typed) == "MGI:4363171"


@pytest.mark.parametrize("typed", ["", "MGI:", "MGI:0", "IKMC:12", "MGI:12a", "MGI:12345678901", "MGI:\u0661\u0662"])
def test_what_is_no_mgi_id_is_refused(typed: str):
    with pytest.raises(DomainError, match="MGI:4363171"):
        mgi_id(typed)


@given(st.lists(st.text(f"{LETTERS}0123456789", min_size=1, max_size=4), min_size=1, max_size=4), st.data())
def test_colonies_that_differ_by_case_and_signs_alone_are_one_and_others_are_not(
    parts: list[str], drawn: st.DataObject
):
    signs = [drawn.draw(st.sampled_from([" ", "_", "-", ".", "__", " / "])) for _ in parts]
    spelt = "".join(part + sign for part, sign in zip(parts, signs, strict=True))
    assert colony_key(spelt.upper()) == colony_key(colony_key(spelt)) == "-".join(parts)


def test_strains_are_looked_up_without_case_and_spaces():
    assert strain_key(" c57bl/6 N") == strain_key("C57BL/6N") != strain_key("C57BL/6NTac")


FOUND = Findable(
    symbol="Rsph3b<tm1a(KOMP)Wtsi>",
    colony="MDBZ 12",
    gene="Rsph3b",
    clone="EPD0033_3_F04",
    ids=("MGI:4363171", None, "MGI:1918387"),
    synonyms="Rsph3b-|1700012G10Rik<tm1>",
    stock_numbers=("EM:04512",),
)


@pytest.mark.parametrize(
    "typed",
    [
        "rsph3b<tm1a(komp)wtsi>",
        "Rsph3b<sup>tm1a",
        "RSPH3B",
        "tm1a",
        "komp",
        "mgi:4363171",
        "1918387",
        "epd0033",
        "mdbz 12",
        "em:045",
        "1700012G10Rik",
    ],
)
def test_a_line_is_found_by_the_beginning_of_each_of_its_words(typed: str):
    words = search_text_of(FOUND).split()
    assert all(any(word.startswith(each) for word in words) for each in typed_words(typed))


def test_each_word_of_a_line_stands_in_its_text_once():
    words = search_text_of(FOUND).split()
    assert (len(words), "  " in search_text_of(FOUND)) == (len(set(words)), False)
    assert typed_words("tm1 TM1a tm1a") == ["tm1a"]


@given(st.dictionaries(st.sampled_from(Stage), DAYS, min_size=1))
def test_in_a_history_that_can_be_the_newest_stage_is_the_last_in_order(days: dict[Stage, date]):
    history = [Reached(stage, day) for stage, day in days.items()]
    in_order = [days[stage] for stage in Stage if stage in days]
    if in_order != sorted(in_order):
        with pytest.raises(DomainError):
            check_history(history)
        return
    check_history(history)
    newest = newest_stage(history)
    assert newest is not None
    assert newest.stage is [stage for stage in Stage if stage in days][-1]


def test_a_stage_is_reached_once_and_nothing_follows_the_end():
    day = date(2014, 3, 1)
    with pytest.raises(DomainError, match="on record already"):
        check_history([Reached(Stage.FOUNDERS, day), Reached(Stage.FOUNDERS, day + timedelta(days=9))])
    with pytest.raises(DomainError, match="nothing is reached after that"):
        check_history([Reached(Stage.ABORTED, day), Reached(Stage.CONFIRMED, day + timedelta(days=1))])
    assert newest_stage([]) is None
