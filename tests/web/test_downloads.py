"""Downloads: a fixed type, a safe name, nothing a browser would run."""

import pytest

from app.web.downloads import disposition, safe_name, send_bytes


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("Invoice 2016-0001.pdf", 'attachment; filename="Invoice 2016-0001.pdf"'),
        ("Żółć.pdf", "attachment; filename=\"Zoc.pdf\"; filename*=UTF-8''%C5%BB%C3%B3%C5%82%C4%87.pdf"),
        ('a"b\\c/d\r\nX: y.pdf', 'attachment; filename="a_b_c_dX_ y.pdf"'),
        ("理研.pdf", "attachment; filename=\"document.pdf\"; filename*=UTF-8''%E7%90%86%E7%A0%94.pdf"),
        ("", 'attachment; filename="document"'),
    ],
)  # fmt: skip
def test_the_name_of_a_download_is_safe_and_exact(name, header):
    assert disposition(name) == header


def test_a_name_never_leaves_its_folder():
    assert "/" not in safe_name("../../etc/passwd")
    assert not safe_name("../../etc/passwd").startswith(".")
    assert len(safe_name("x" * 500)) == 150


def test_what_a_browser_might_run_is_sent_as_plain_bytes(app):
    with app.test_request_context():
        page = send_bytes(b"<script>", "text/html", "x.html")
        paper = send_bytes(b"%PDF", "application/pdf", "x.pdf")
    assert page.content_type == "application/octet-stream"
    assert paper.content_type == "application/pdf"
    for response in (page, paper):
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
