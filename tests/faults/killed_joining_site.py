"""A process that takes a step of joining and is ended by kill -9 just before it commits: `python FILE APPLICATION`."""

import os
import signal
import sys
from datetime import UTC, date, datetime

from app import create_app
from app.core import clock
from app.core.actor import program
from app.core.database import db
from app.core.transaction import transaction
from app.members.commands import Admission, give_term
from app.members.models import Application
from config import Config

site = create_app(Config.from_environment())
with site.app_context(), clock.clock_at(datetime(2016, 5, 24, 11, tzinfo=UTC)), transaction():
    case_id = int(sys.argv[1])
    case = db.session.get_one(Application, case_id)
    give_term(case_id, Admission(case.class_id, date(2016, 5, 24)), actor=program("killed"))
    os.kill(os.getpid(), signal.SIGKILL)
