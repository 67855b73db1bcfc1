"""A process that records a result and is ended by kill -9 just before it commits: `python FILE ELECTION`."""

import os
import signal
import sys
from datetime import UTC, datetime

from app import create_app
from app.committees.commands.election_results import declare_elected
from app.core import clock
from app.core.actor import program
from app.core.transaction import transaction
from config import Config

site = create_app(Config.from_environment())
with site.app_context(), clock.clock_at(datetime(2016, 7, 1, 11, tzinfo=UTC)), transaction():
    declare_elected(int(sys.argv[1]), decision="FC-1", version=2, actor=program("killed"))
    os.kill(os.getpid(), signal.SIGKILL)
