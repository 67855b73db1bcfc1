from __future__ import annotations

from typing import Any

import pytest

from app.agreements.documents import agreement_html, agreement_paper
from app.agreements.rules.wording import restrictions_from, terms_of
from app.web.pdf import print_pdf
from tests.agreements.papers import CONSORTIUM, CONTENT, MADE_AT
from tests.papers import needs_pango, page_texts


def html_of(**changed: Any) -> str:
    paper = agreement_paper(CONTENT | changed, consortium=CONSORTIUM, made_at=MADE_AT, content_hash="ab" * 32)
    return agreement_html(paper).replace("\u00a0", " ")


def test_an_allele_stands_above_the_line():
    assert "Rsph3b<sup>tm1a(KOMP)Wtsi</sup>" in html_of()


def test_places_are_filled_with_the_parties_and_the_material():
    assert "MRC Harwell gives The Jackson Laboratory Rsph3b&lt;tm1a(KOMP)Wtsi&gt;, Two straws of sperm." in html_of()


def test_a_value_with_braces_or_markup_is_printed_as_it_is():
    html = html_of(purpose="<b>{law}</b>", body="# Purpose\n{purpose}")
    assert html.count("&lt;b&gt;{law}&lt;/b&gt;") == 2


def test_restrictions_stand_in_words_and_come_back_from_their_data():
    assert "only with the prior written consent of the provider" in html_of()
    assert "before 1 May 2027 or its publication by the provider, whichever is first." in html_of()
    held = restrictions_from(CONTENT)
    assert restrictions_from(terms_of(held)) == held


@pytest.mark.parametrize(("kind", "sides"), [("consortium", 2), ("consent", 1)])
def test_a_consent_is_signed_by_the_provider_alone(kind: str, sides: int):
    assert html_of(kind=kind).count('<td class="blank">') == sides


@needs_pango
def test_the_same_content_gives_the_same_bytes_with_the_hash_on_every_page():
    paper = print_pdf(html_of())
    assert paper == print_pdf(html_of())
    assert paper[:5] == b"%PDF-"
    assert all("SHA-256 abababab" in text for text in page_texts(paper))
