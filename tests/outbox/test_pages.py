"""Background work and mails on pages."""

import pytest
from sqlalchemy import select

from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.files.commands import store_file
from app.outbox.commands import Address, enqueue, send_mail
from app.outbox.models import Job, Mail
from app.outbox.rules import JobState
from tests.signin import sign_in


def write_jobs(app, *states: JobState) -> list[int]:
    with app.app_context(), transaction():
        ids = []
        for state in states:
            job_id = enqueue("billing.render_invoice", {"invoice_id": 7})
            job = db.session.get_one(Job, job_id)
            job.state, job.last_error = state, "RuntimeError: No fonts." if state is JobState.DEAD else None
            ids.append(job_id)
        return ids


def write_mail(app) -> int:
    with app.app_context(), transaction():
        file = store_file(b"%PDF-1.7", "application/pdf", "Rechnung Żółć.pdf")
        mail = send_mail(Address("Odile", "odile@muster.example"), "Invoice 2016-0001", "Dear Odile\n<b>", [file.id])
        return mail.id


def test_dead_letters_stand_first_and_on_the_rail(app, browser):
    write_jobs(app, JobState.DONE, JobState.DEAD, JobState.WAITING)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get("/jobs")
    assert "Failed" in page.rows()[0]
    assert page.tree.xpath("//nav[@id='rail']//a[@href='/jobs']/span")[0].text == "1 failed"


def test_jobs_are_filtered_by_their_state(app, browser):
    write_jobs(app, JobState.DONE, JobState.DEAD)
    sign_in(browser, Role.SECRETARIAT)
    assert len(browser.get("/jobs?state=dead").rows()) == 1


def test_a_failed_job_tells_why_and_is_tried_again(app, browser):
    (job_id,) = write_jobs(app, JobState.DEAD)
    sign_in(browser, Role.SECRETARIAT)
    page = browser.get(f"/jobs/{job_id}")
    assert "RuntimeError: No fonts." in page.words
    assert "Invoice id 7" in page.words
    done = browser.press(f"/jobs/{job_id}", f"/jobs/{job_id}/again")
    assert "It will be tried again." in browser.follow(done).words
    with app.app_context():
        assert db.session.scalars(select(Job.state)).one() is JobState.WAITING
        db.session.remove()


def test_chosen_jobs_are_tried_again_together(app, browser):
    ids = write_jobs(app, JobState.DEAD, JobState.DEAD, JobState.DONE)
    sign_in(browser, Role.SECRETARIAT)
    token = browser.get("/jobs").form_values()["csrf_token"]
    done = browser.post("/jobs/again", {"csrf_token": token, "chosen": [*map(str, ids), "x", "9" * 30]})
    assert "2 of the chosen jobs" in browser.follow(done).words


def test_a_job_that_is_done_cannot_be_tried_again(app, browser):
    (job_id,) = write_jobs(app, JobState.DONE)
    sign_in(browser, Role.SECRETARIAT)
    token = browser.get("/jobs").form_values()["csrf_token"]
    browser.post(f"/jobs/{job_id}/again", {"csrf_token": token}, 409)


@pytest.mark.parametrize("role", [Role.FINANCE, Role.AUDITOR])
def test_only_the_secretariat_sees_background_work_and_mails(app, browser, role):
    sign_in(browser, role)
    for path in ("/jobs", "/jobs/1", "/mail", "/mail/1", "/mail/1/attachments/1"):
        browser.get(path, 403)


def test_a_kept_mail_is_readable_with_its_attachment(app, browser):
    mail_id = write_mail(app)
    sign_in(browser, Role.SECRETARIAT)
    listed = browser.get("/mail?words=invoice")
    assert "No mail leaves this machine." in listed.words
    assert "Not sent: kept here" in " ".join(listed.rows()[0])
    page = browser.get(f"/mail/{mail_id}")
    assert "Dear Odile <b>" in page.words
    (link,) = page.tree.xpath("//a[contains(@href, 'attachments')]/@href")
    answer = browser.get(link).response
    assert answer.get_data() == b"%PDF-1.7"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"Rechnung Zoc.pdf\"; filename*=UTF-8''Rechnung%20%C5%BB%C3%B3%C5%82%C4%87.pdf"
    )


def test_what_is_not_there_is_not_found(app, browser):
    mail_id = write_mail(app)
    sign_in(browser, Role.SECRETARIAT)
    for path in ("/jobs/999999999", "/mail/999999999", f"/mail/{mail_id}/attachments/999999999"):
        browser.get(path, 404)


def test_empty_pages_say_what_will_be_here(browser):
    sign_in(browser, Role.SECRETARIAT)
    assert "No background work yet" in browser.get("/jobs").words


def test_a_mail_has_no_control_but_can_be_exported(app, browser):
    write_mail(app)
    sign_in(browser, Role.SECRETARIAT)
    with app.app_context():
        assert db.session.scalars(select(Mail.subject)).all()
        db.session.remove()
    assert "Invoice 2016-0001" in browser.get("/mail?format=csv").response.get_data(as_text=True)
