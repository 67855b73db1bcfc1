"""Bring the database up to date, then run web and worker until told to stop: `.venv/bin/python -m tools.run`."""

import contextlib
import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from types import FrameType

from tools.project import BIN, ROOT, VAR, SetUpError, fail, say

FLASK = [str(BIN / "flask"), "--app", "wsgi"]
SECRET_KEY = VAR / "secret_key"
SECONDS_TO_START = 30
SECONDS_TO_STOP = 30
SECONDS_TO_ANSWER_STILL = 10
SIGN_IN_FIELDS = 3
HIGHEST_PORT = 65535
PR_SET_PDEATHSIG = 1


class StopRequested(Exception):  # noqa: N818  a wish, not an error
    """Somebody asked the whole program to end."""


def main() -> int:
    """Prepare, start both processes and watch them; the exit status of the whole."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        address = address_of(os.environ)
        settings = settings_of(address)
        require_free(address)
        flask("db", "upgrade", settings=settings)
        show_sign_ins(flask("load-demo", "--if-empty", settings=settings))
        return supervise(address, settings)
    except SetUpError as error:
        return fail(error)
    except StopRequested:
        return 0


def address_of(environment: Mapping[str, str]) -> tuple[str, int]:
    """Where to listen: HOST and PORT, or this machine alone on port 8000."""
    host, port = environment.get("HOST") or "127.0.0.1", environment.get("PORT") or "8000"
    if not port.isascii() or not port.isdigit() or not 0 < int(port) <= HIGHEST_PORT:
        message = f"PORT must be a number from 1 to {HIGHEST_PORT}, not {port!r}."
        raise SetUpError(message)
    return host, int(port)


def settings_of(address: tuple[str, int]) -> dict[str, str]:
    """The environment for every process: ours, with a secret key of this machine and the address as base URL."""
    host, port = address
    settings = {"BASE_URL": f"http://{host}:{port}", **os.environ}
    settings["SECRET_KEY"] = os.environ.get("SECRET_KEY") or kept_secret_key()
    return settings


def kept_secret_key() -> str:
    """The key in var/secret_key, made at random at the first start and readable by its owner alone."""
    VAR.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(SECRET_KEY, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
    return SECRET_KEY.read_text(encoding="ascii").strip()


def require_free(address: tuple[str, int]) -> None:
    """Stop with one line when something already listens at the address."""
    if is_answering(address):
        host, port = address
        message = (
            f"Something already listens on {host}:{port}. End it, or choose another port: make run PORT={port + 1}"
        )
        raise SetUpError(message)


def is_answering(address: tuple[str, int]) -> bool:
    """Whether a connection to the address is accepted."""
    try:
        with socket.create_connection(address, timeout=1):
            return True
    except OSError:
        return False


def flask(*arguments: str, settings: dict[str, str]) -> str:
    """Run one flask command; what it printed. Its own line on stderr says what went wrong."""
    done = subprocess.run(
        [*FLASK, *arguments],
        cwd=ROOT,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        message = f"`flask {' '.join(arguments)}` ended with status {done.returncode}; nothing was started."
        raise SetUpError(message)
    return done.stdout


def supervise(address: tuple[str, int], settings: dict[str, str]) -> int:
    """Run web and worker until one of them ends (a failure) or somebody stops both."""
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        processes["web"] = start(web_command(address), settings)
        processes["worker"] = start([*FLASK, "worker"], settings)
        await_answer(address, processes)
        greet(settings["BASE_URL"])
        while not (reason := ended(processes)):
            time.sleep(0.2)
    except StopRequested:
        say("Stopping ...")
        return 0
    finally:
        end_all(list(processes.values()))
    return fail(SetUpError(f"{reason} The other one was stopped."))


def web_command(address: tuple[str, int]) -> list[str]:
    """Gunicorn with two worker processes of four threads each, which have a while to answer when told to stop.

    One that is told while it only begins does not hear it, and is ended after that while.
    """
    bind = f"{address[0]}:{address[1]}"
    kind = ["--worker-class", "gthread", "--workers", "2", "--threads", "4"]
    kind += ["--graceful-timeout", str(SECONDS_TO_ANSWER_STILL)]
    return [str(BIN / "gunicorn"), *kind, "--bind", bind, "--no-control-socket", "--log-level", "warning", "wsgi:app"]


def start(command: list[str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start a process out of the terminal's reach, so that only this supervisor tells it to end."""
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=settings,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=end_with_parent,  # noqa: PLW1509  this program has one thread
    )


def end_with_parent() -> None:
    """On Linux: end this process when the supervisor dies, even by kill -9."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def await_answer(address: tuple[str, int], processes: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait until the web process accepts connections; stop when it does not, or when a process has ended."""
    latest = time.monotonic() + SECONDS_TO_START
    while not is_answering(address):
        if reason := ended(processes):
            raise SetUpError(reason)
        if time.monotonic() > latest:
            message = f"The web process did not answer within {SECONDS_TO_START} seconds."
            raise SetUpError(message)
        time.sleep(0.1)


def ended(processes: dict[str, subprocess.Popen[bytes]]) -> str:
    """Which process has ended and how, as a sentence; empty while all run."""
    for name, process in processes.items():
        if process.poll() is not None:
            return f"The {name} process ended with status {process.returncode}."
    return ""


def show_sign_ins(lines: str) -> None:
    """Show the demonstration's sign-ins (role, e-mail, password), which the database holds only as hashes."""
    people = [fields for line in lines.splitlines() if len(fields := line.split("\t")) == SIGN_IN_FIELDS]
    if not people:
        return
    say("Demonstration sign-ins. The passwords are shown only now:")
    widths = [max(len(person[column]) for person in people) for column in range(SIGN_IN_FIELDS)]
    for person in people:
        say("  " + "  ".join(field.ljust(width) for field, width in zip(person, widths, strict=True)).rstrip())


def greet(base_url: str) -> None:
    """Say where the program is and how to get in."""
    say(f"Muster runs on {base_url} (end it with Ctrl-C). Sign in at {base_url}/sign-in.")
    say("The demonstration's passwords were shown when it was loaded. For a new administrator:")
    key = "" if os.environ.get("SECRET_KEY") else "SECRET_KEY=$(cat var/secret_key) "
    say(f"  {key}.venv/bin/flask --app wsgi create-admin --email E-MAIL --name NAME --password-stdin")


def stop(_number: int, _frame: FrameType | None) -> None:
    """SIGINT or SIGTERM: leave whatever is going on; a second one is ignored while both processes end."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise StopRequested


def end_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every process to end what it is doing, then insist."""
    running = [process for process in processes if process.poll() is None]
    for process in running:
        process.send_signal(signal.SIGTERM)
    latest = time.monotonic() + SECONDS_TO_STOP
    for process in running:
        try:
            process.wait(timeout=max(0, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
