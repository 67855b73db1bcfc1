"""A worker in a process of its own, to be killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.core.site import this_site

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run_jobs(app, database_url, tmp_path, request):
    """Starts a process of the module's SITE that does what is due; what is left of it is ended after the test."""
    with app.app_context():
        documents = this_site().documents_url
    environment = {
        **os.environ,
        "SECRET_KEY": "k" * 40,
        "DATABASE_URL": database_url,
        "DOCUMENTS_URL": documents,
        "QUEUE_URL": f"sqlite:///{tmp_path}/queue.db",
        "SIGNS": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "flask", "--app", request.module.SITE, "run-jobs"]
    begun: list[subprocess.Popen[bytes]] = []

    def begin():
        begun.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL))
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.wait()
