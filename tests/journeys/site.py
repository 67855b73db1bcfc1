"""A real site for journeys: its own database, web server and worker, as `make run` starts them."""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from sqlalchemy import create_engine, text

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
PATIENCE = 60
LOADED = "demonstration"


@dataclass
class Site:
    """A running site: where it is, what its worker and its web server are made of, who signs in, and its shell."""

    address: str
    environment: dict[str, str]
    worker: str = "wsgi"
    web: str = "wsgi"
    sign_ins: dict[str, tuple[str, str]] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def flask(self, *arguments: str, status: int = 0) -> str:
        """Run a shell command of the site; what it printed."""
        done = subprocess.run(
            [str(BIN / "flask"), "--app", "wsgi", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, f"flask {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, name: str) -> subprocess.Popen[bytes]:
        """Start the web server or the worker in a process group of its own."""
        port = self.address.rpartition(":")[2]
        bound = ["--bind", f"127.0.0.1:{port}", "--no-control-socket", "--log-level", "warning"]
        web = [str(BIN / "gunicorn"), "--worker-class", "gthread", "--workers", "2", "--threads", "4", *bound]
        commands = {
            "web": [*web, f"{self.web}:app"],
            "worker": [str(BIN / "flask"), "--app", self.worker, "worker", "--processes", "2"],
        }
        with (Path(self.environment["SITE_FOLDER"]) / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                commands[name], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        return self.processes[name]

    def kill(self, name: str) -> None:
        """End a process and all it started, at once, as a power cut would."""
        process = self.processes.pop(name)
        os.killpg(process.pid, 9)
        process.wait()

    def wait_for_rounds(self) -> None:
        """Wait until the worker has been through the first daily rounds: they erase who is due, and their pages go."""
        asked = text("SELECT count(*) FROM job WHERE kind = 'members.erase_due' AND state = 'done'")
        until, engine = time.monotonic() + PATIENCE, create_engine(self.environment["DATABASE_URL"])
        while time.monotonic() < until:
            with engine.connect() as connection:
                done = connection.scalar(asked)
            if done:
                engine.dispose()
                return
            time.sleep(0.2)
        message = "The daily rounds are not done."
        raise AssertionError(message)

    def wait_for_web(self) -> None:
        """Wait until the web server answers."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                with urlopen(f"{self.address}/sign-in", timeout=2):  # noqa: S310 - our own address on this machine
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        message = f"No answer from {self.address}."
        raise AssertionError(message)


@contextmanager
def running_site(folder: Path, *, worker: str = "wsgi", web: str = "wsgi", **environment: str) -> Iterator[Site]:
    """A site with the demonstration in it, stopped at the end; on SQLite unless its environment says otherwise."""
    site = new_site(folder, worker=worker, web=web, **environment)
    if "DATABASE_URL" in environment:
        _load(site)
    else:
        _copy(site, folder)
    with serving(site, "web", "worker"):
        yield site


def new_site(folder: Path, *, worker: str = "wsgi", web: str = "wsgi", **environment: str) -> Site:
    """A site without tables, of which nothing runs yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return Site(f"http://127.0.0.1:{port}", _environment(folder, port) | environment, worker, web)


@contextmanager
def serving(site: Site, *names: str) -> Iterator[Site]:
    """Run the web server of a site, and its worker where that is named; stopped at the end."""
    try:
        for name in names:
            site.start(name)
        site.wait_for_web()
        yield site
    finally:
        for process in site.processes.values():
            process.terminate()
        for process in site.processes.values():
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)


def _load(site: Site) -> None:
    """Make the tables of a site and load the demonstration."""
    site.flask("db", "upgrade")
    for line in site.flask("load-demo").splitlines():
        role, email, password = line.split("\t")
        site.sign_ins[role] = (email, password)


def _copy(site: Site, folder: Path) -> None:
    """Give a site what `_load` makes: it is made once for all processes of a run, and copied from then on."""
    shared = folder.parents[1] if "PYTEST_XDIST_WORKER" in os.environ else folder.parent
    with (shared / f"{LOADED}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made, told = shared / LOADED, shared / f"{LOADED}.json"
        if not told.exists():
            made.mkdir()
            first = Site(site.address, site.environment | _stores(made))
            _load(first)
            told.write_text(json.dumps({"key": first.environment["SECRET_KEY"], "sign_ins": first.sign_ins}))
    kept = json.loads(told.read_text())
    shutil.copytree(made, folder, dirs_exist_ok=True)
    site.environment["SECRET_KEY"] = kept["key"]
    site.sign_ins.update({role: (email, password) for role, (email, password) in kept["sign_ins"].items()})


def _stores(folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{folder}/muster.db",
        "DOCUMENTS_URL": f"file://{folder}/documents",
        "QUEUE_URL": f"sqlite:///{folder}/queue.db",
    }


def _environment(folder: Path, port: int) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not re.match(r"(FLASK|COV|TEST|WERKZEUG)_?", name)}
    return {
        **kept,
        "SECRET_KEY": secrets.token_hex(32),
        **_stores(folder),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "SITE_FOLDER": str(folder),
    }
