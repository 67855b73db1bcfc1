"""`make run`: one supervisor for web and worker, tried on a small program in the place of Muster."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.project import ROOT, SetUpError
from tools.run import address_of

PROGRAM = """
import os, time, click
from flask import Flask

app = Flask(__name__)

@app.get("/")
def home():
    return os.environ["SECRET_KEY"]

@app.cli.group()
def db():
    pass

@db.command()
def upgrade():
    open("upgraded", "a").write("x")

@app.cli.command("load-demo")
@click.option("--if-empty", is_flag=True)
def load_demo(if_empty):
    if not os.path.exists("var/loaded"):
        open("var/loaded", "w").close()
        print("auditor\\tauditor@muster.example\\tthree random words")

@app.cli.command()
def worker():
    open("var/worker", "w").write(str(os.getpid()))
    while not os.path.exists("var/die"):
        time.sleep(0.05)
    raise SystemExit(3)
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with our tools and a program of a few lines."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    scripts = tmp_path / ".venv" / "bin"
    scripts.mkdir(parents=True)
    for name in ("flask", "gunicorn"):
        (scripts / name).symlink_to(Path(sys.executable).parent / name)
    (tmp_path / "wsgi.py").write_text(PROGRAM, encoding="utf-8")
    return tmp_path


@pytest.fixture
def port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def running(place: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """The supervisor in `place`, which answers once its greeting can be read."""
    settings = {**os.environ, "HOST": "127.0.0.1", "PORT": str(port), "SECRET_KEY": ""}
    command = [sys.executable, "-m", "tools.run"]
    with subprocess.Popen(
        command, cwd=place, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    """What the process prints up to the line with `wanted`."""
    assert process.stdout is not None
    text = ""
    while wanted not in text:
        line = process.stdout.readline()
        assert line, f"ended before it said {wanted!r}: {text}"
        text += line
    return text


def number_of_the_worker(place: Path) -> int:
    """The process of the worker, which may write it down a little after the web answers."""
    file = place / "var" / "worker"
    latest = time.monotonic() + 20
    while not (file.exists() and file.read_text(encoding="ascii")) and time.monotonic() < latest:
        time.sleep(0.05)
    return int(file.read_text(encoding="ascii"))


def is_alive(number: int) -> bool:
    """Whether a process runs, zombies apart."""
    status = Path(f"/proc/{number}/stat")
    return status.exists() and ") Z " not in status.read_text(encoding="ascii", errors="replace")


def test_first_start_shows_the_sign_ins_and_the_second_does_not(place: Path, port: int):
    with running(place, port) as first:
        assert "three random words" in read_until(first, "create-admin")
        first.send_signal(signal.SIGINT)
        assert first.wait(20) == 0
    with running(place, port) as second:
        greeting = read_until(second, "create-admin")
    assert f"http://127.0.0.1:{port}" in greeting
    assert "three random words" not in greeting


def test_secret_key_is_made_once_and_only_its_owner_reads_it(place: Path, port: int):
    keys = set()
    for _ in range(2):
        with running(place, port) as process:
            read_until(process, "create-admin")
            keys.add((place / "var" / "secret_key").read_text(encoding="ascii"))
            process.send_signal(signal.SIGTERM)
            process.wait(20)
    assert [len(key.strip()) for key in keys] == [64]
    assert stat.S_IMODE((place / "var" / "secret_key").stat().st_mode) == 0o600


def test_a_web_process_that_hangs_while_it_begins_is_ended_too(place: Path, port: int):
    hanging = "import sys, time\nif 'gunicorn' in sys.argv[0]:\n    time.sleep(60)\n"
    (place / "wsgi.py").write_text(hanging + PROGRAM, encoding="utf-8")
    with running(place, port) as process:
        read_until(process, "create-admin")
        process.send_signal(signal.SIGTERM)
        assert process.wait(25) == 0


def test_everything_ends_with_a_clear_line_when_the_worker_dies(place: Path, port: int):
    with running(place, port) as process:
        read_until(process, "create-admin")
        (place / "var" / "die").touch()
        assert process.wait(20) == 1
        assert process.stderr is not None
        assert "The worker process ended with status 3" in process.stderr.read()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=1)


@pytest.mark.faults
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process that its parent died")
def test_nothing_is_left_running_when_the_supervisor_is_killed(place: Path, port: int):
    with running(place, port) as process:
        read_until(process, "create-admin")
        worker = number_of_the_worker(place)
        process.kill()
        process.wait(20)
    latest = time.monotonic() + 10
    while is_alive(worker) and time.monotonic() < latest:
        time.sleep(0.05)
    assert not is_alive(worker)


def test_taken_port_is_named_before_anything_starts(place: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = int(server.getsockname()[1])
        with running(place, taken) as process:
            assert process.wait(20) == 1
            assert process.stderr is not None
            assert f"make run PORT={taken + 1}" in process.stderr.read()
    assert not (place / "upgraded").exists()


@pytest.mark.parametrize("port", ["x", "0", "65536", "-1", "٨٠٠٠"])
def test_port_that_is_none_is_refused_in_one_line(port: str):
    with pytest.raises(SetUpError, match="PORT must be a number"):
        address_of({"PORT": port})


def test_empty_settings_mean_this_machine_alone():
    assert address_of({"HOST": "", "PORT": ""}) == ("127.0.0.1", 8000)
