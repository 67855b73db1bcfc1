"""The shell: the first administrator, and the list of who may open what."""

from __future__ import annotations

from click.testing import Result

from app.accounts.commands import Credentials, Machine, SignedIn, sign_in
from app.accounts.queries import find_actor
from app.core.actor import Granted
from app.core.database import db
from app.core.permissions import Role
from app.core.transaction import transaction
from app.web.requests import House
from tests.signin import PASSWORD


def create_admin(
    app: House, *, email: str = "Root@Muster.Example", name: str = "Root", password: str = PASSWORD
) -> Result:
    """Run the command."""
    arguments = ["create-admin", "--email", email, "--name", name, "--password-stdin"]
    return app.test_cli_runner().invoke(args=arguments, input=f"{password}\n")


def test_the_first_administrator_can_sign_in_at_once(app: House):
    done = create_admin(app)
    assert (done.exit_code, done.output) == (0, "root@muster.example can sign in and administer the site.\n")
    with app.app_context():
        with transaction():
            outcome = sign_in(Credentials("root@muster.example", PASSWORD), machine=Machine())
        assert isinstance(outcome, SignedIn)
        actor = find_actor(outcome.token)
        db.session.remove()
    assert actor is not None
    assert actor.granted == (Granted(Role.SECRETARIAT),)


def test_a_refusal_is_one_line_and_makes_nobody(app: House):
    refused = [
        create_admin(app, password="short"),
        create_admin(app, password=""),
        create_admin(app, password="muster muster muster"),
        create_admin(app, email="nobody"),
        create_admin(app, name=""),
    ]
    assert [each.exit_code for each in refused] == [1] * 5
    assert [len(each.stderr.splitlines()) for each in refused] == [1] * 5
    assert create_admin(app).exit_code == 0
    again = create_admin(app)
    assert (again.exit_code, again.stderr) == (1, "Error: This address already belongs to someone.\n")


def test_the_password_is_never_an_argument(app: House):
    refused = app.test_cli_runner().invoke(args=["create-admin", "--email", "a@b.example", "--name", "A"])
    assert refused.exit_code == 2
    assert "--password-stdin" in refused.stderr


def test_the_list_of_access_names_method_permission_and_scope(app: House):
    printed = app.test_cli_runner().invoke(args=["access"]).output.splitlines()
    assert "| `/users` | GET | account.read | secretariat: all, auditor: all |" in printed
    assert "| `/sign-in` | POST | public |  |" in printed
    assert "| `/account` | GET | signed in |  |" in printed
    rows = [tuple(line.split(" | ")[:2]) for line in printed if line.startswith("| `/")]
    assert [path for path, _ in rows] == sorted((path for path, _ in rows), key=lambda path: path.strip("| `"))
    assert len(rows) == len(set(rows))
    assert not any("_components" in path for path, _ in rows)
