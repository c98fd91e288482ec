"""Does the lock hold at a desk, with and without its server, and who may open it or change a password?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import ArchivePerson, RestorePerson
from merchant_desk.domain.refusals import Refusal
from merchant_desk.server.founding import reset_by_hand
from merchant_desk.sync.administration import CredentialKind
from merchant_desk.sync.transport import Unreachable
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD

OTHER, PIN = "白水-sesame-8", "4711"
SECRETS = {CredentialKind.PASSWORD: PASSWORD, CredentialKind.PIN: PIN}
KINDS = pytest.mark.parametrize("kind", list(CredentialKind))


@pytest.fixture
def server(server: PortServer) -> PortServer:
    """A server whose worker has a password and a PIN."""
    people = server.services.people
    worker = people.person(server.merchant, "worker")["id"]
    for kind, secret in SECRETS.items():
        people.set_password(server.merchant, worker, secret, kind)
    return server


@pytest.fixture
def desk(server: PortServer, tmp_path: Path) -> Iterator[Desk]:
    """A desk that knows the worker by password and PIN."""
    with server.desk(tmp_path / "desk") as opened:
        for kind in CredentialKind:
            assert said(opened, kind) == ""
        yield opened


def said(desk: Desk, kind: CredentialKind, secret: str = "", login: str = "worker") -> str:
    """Return "" for a sign-in that works, else the refusal's code."""
    given = secret or SECRETS[kind]
    try:
        if kind is CredentialKind.PIN:
            desk.sign_in(login, pin=given)
        else:
            desk.sign_in(login, given)
    except Refusal as refusal:
        return refusal.code
    return ""


def wrong(desk: Desk, kind: CredentialKind, times: int) -> list[str]:
    """Try wrong secrets; return what was said."""
    return [said(desk, kind, f"835{n}") for n in range(times)]


LOCKED = ["sign_in_failed"] * 4 + ["sign_in_locked"]


@KINDS
def test_five_wrong_and_one_right_online(desk: Desk, kind: CredentialKind) -> None:
    assert wrong(desk, kind, 12) == LOCKED + ["sign_in_locked"] * 7
    assert said(desk, kind) == "sign_in_locked"


@KINDS
def test_five_wrong_and_one_right_offline(server: PortServer, desk: Desk, kind: CredentialKind) -> None:
    server.stop()
    assert wrong(desk, kind, 5) == LOCKED
    assert said(desk, kind) == "sign_in_locked"
    server.start()
    assert said(desk, kind) == "sign_in_locked"  # the server takes the lock over
    server.services.people.set_password(server.merchant, _worker(server), SECRETS[kind], kind)
    assert said(desk, kind) == ""


@KINDS
def test_a_lock_from_the_server_holds_without_it(
    server: PortServer, desk: Desk, tmp_path: Path, kind: CredentialKind
) -> None:
    with server.desk(tmp_path / "other") as other:
        wrong(other, kind, 5)
    assert said(desk, kind) == "sign_in_locked"  # though the lock was made at another desk
    server.stop()
    assert said(desk, kind) == "sign_in_locked"
    server.start()


@KINDS
def test_wrong_tries_before_and_after_the_line_broke_are_counted_together(
    server: PortServer, desk: Desk, kind: CredentialKind
) -> None:
    assert wrong(desk, kind, 3) == LOCKED[:3]
    server.stop()
    assert wrong(desk, kind, 2) == LOCKED[3:]
    assert said(desk, kind) == "sign_in_locked"
    server.start()
    assert said(desk, kind) == "sign_in_locked"


def test_a_manager_opens_the_lock_at_the_desk(desk: Desk) -> None:
    wrong(desk, CredentialKind.PASSWORD, 5)
    wrong(desk, CredentialKind.PIN, 5)
    desk.sign_in("manager", PASSWORD)
    seen = {one.person_id: one for one in desk.people_seen()}
    locked = [one for one in seen.values() if one.password_locked_at and one.pin_locked_at]
    assert len(locked) == 1
    desk.unlock("worker")
    assert all(one.password_locked_at is None for one in desk.people_seen())
    for kind in CredentialKind:
        assert said(desk, kind) == ""


def test_a_reset_gives_a_password_that_is_shown_once(server: PortServer, desk: Desk) -> None:
    wrong(desk, CredentialKind.PASSWORD, 5)
    desk.sign_in("manager", PASSWORD)
    new = desk.reset_password("worker")
    assert len(new) == 12
    assert said(desk, CredentialKind.PASSWORD) == "sign_in_failed"
    assert said(desk, CredentialKind.PASSWORD, new) == ""
    desk.change_password(new, OTHER)
    server.stop()
    assert said(desk, CredentialKind.PASSWORD, OTHER) == ""
    assert said(desk, CredentialKind.PASSWORD, new) == "sign_in_failed"
    server.start()


def test_a_password_changed_elsewhere_is_no_longer_good_here(
    server: PortServer, desk: Desk, tmp_path: Path
) -> None:
    with server.desk(tmp_path / "other") as other:
        other.sign_in("worker", PASSWORD)
        other.change_password(PASSWORD, OTHER)
    assert said(desk, CredentialKind.PASSWORD) == "sign_in_failed"
    server.stop()
    assert said(desk, CredentialKind.PASSWORD) == "sign_in_failed"
    server.start()
    assert said(desk, CredentialKind.PASSWORD, OTHER) == ""


def test_ones_own_pin_is_proved_by_the_password(server: PortServer, desk: Desk) -> None:
    desk.sign_in("worker", PASSWORD)
    with pytest.raises(Refusal, match="sign_in_failed"):
        desk.set_pin("9042", password="guessed-it")
    with pytest.raises(Refusal, match="pin_too_simple"):
        desk.set_pin("1234", password=PASSWORD)
    desk.set_pin("9042", password=PASSWORD)
    server.stop()
    assert said(desk, CredentialKind.PIN, "9042") == ""
    assert said(desk, CredentialKind.PIN) == "sign_in_failed"
    server.start()


def test_wrong_old_passwords_lock_too(server: PortServer, desk: Desk) -> None:
    desk.sign_in("worker", PASSWORD)
    for expected in LOCKED:
        with pytest.raises(Refusal, match=expected):
            desk.change_password("guessed-it", OTHER)
    server.stop()
    assert said(desk, CredentialKind.PASSWORD) == "sign_in_locked"
    server.start()


def test_somebody_elses_vain_try_ends_no_session(desk: Desk) -> None:
    desk.sign_in("manager", PASSWORD)
    assert said(desk, CredentialKind.PASSWORD, "wrong") == "sign_in_failed"
    assert desk.person.login == "manager"
    desk.unlock("worker")
    assert said(desk, CredentialKind.PASSWORD) == ""
    with pytest.raises(Refusal, match="not_allowed"):
        desk.unlock("manager")


def test_a_check_that_is_called_off_leaves_the_session_of_who_stays(server: PortServer, desk: Desk) -> None:
    desk.sign_in("manager", PASSWORD)
    assert desk.check_person("worker", PASSWORD).login == "worker"
    desk.unlock("worker")
    server.stop()
    desk.work_offline(True)
    assert desk.check_person("worker", PASSWORD).login == "worker"
    server.start()
    desk.work_offline(False)
    desk.unlock("worker")


def test_who_takes_over_has_no_session_but_the_own_one(server: PortServer, desk: Desk) -> None:
    desk.sign_in("manager", PASSWORD)
    worker = desk.check_person("worker", PASSWORD)
    desk.take_over(worker)
    assert desk.people.session(worker.id)
    with pytest.raises(Refusal, match="own_password_needed"):
        desk.people.session(server.manager)
    desk.sign_out()
    with pytest.raises(Refusal, match="own_password_needed"):
        desk.people.session(worker.id)


def test_without_a_session_one_proves_oneself_first(server: PortServer, desk: Desk) -> None:
    desk.sign_in("manager", PASSWORD)
    server.stop()
    assert said(desk, CredentialKind.PASSWORD) == ""
    desk.sign_in("manager", PASSWORD)
    with pytest.raises(Refusal, match="own_password_needed"):
        desk.reset_password("worker")
    with pytest.raises(Unreachable):
        desk.confirm(PASSWORD)
    server.start()
    desk.confirm(PASSWORD)
    assert desk.reset_password("worker", OTHER) == OTHER
    desk.sign_out()
    with pytest.raises(Refusal, match="nobody_signed_in"):
        desk.people_seen()


def test_who_may_not_is_refused(server: PortServer, desk: Desk) -> None:
    desk.sign_in("worker", PASSWORD)
    for ask in (
        lambda: desk.reset_password("manager"),
        lambda: desk.unlock("manager"),
        lambda: desk.invite(server.outlet),
        desk.people_seen,
        desk.desks_seen,
    ):
        with pytest.raises(Refusal, match="not_allowed"):
            ask()


def test_an_enrolment_code_from_the_desk_makes_a_desk(server: PortServer, desk: Desk, tmp_path: Path) -> None:
    desk.sign_in("manager", PASSWORD)
    invitation = desk.invite(server.outlet, hours=2)
    with Desk.enrol(tmp_path / "new", invitation.code, "收银台 2", demo=True) as new:
        assert new.identity.outlet_id == server.outlet
        seen = {one.code: one for one in desk.desks_seen()}
        assert seen[new.identity.code].name == "收银台 2"
        assert seen[new.identity.code].outlet_id == server.outlet
    with pytest.raises(Refusal, match="enrolment_used"):
        Desk.enrol(tmp_path / "again", invitation.code, "收银台 3", demo=True)


def test_the_last_manager_is_reset_at_the_server(server: PortServer, desk: Desk) -> None:
    desk.sign_in("manager", PASSWORD)
    for n in range(5):
        said(desk, CredentialKind.PASSWORD, f"wrong {n}", "manager")
    assert said(desk, CredentialKind.PASSWORD, PASSWORD, "manager") == "sign_in_locked"
    new = reset_by_hand(server.services, "manager")
    assert said(desk, CredentialKind.PASSWORD, new, "manager") == ""
    with pytest.raises(Refusal, match="no_such_person"):
        reset_by_hand(server.services, "nobody")


def test_a_session_is_on_no_disk(desk: Desk, server: PortServer) -> None:
    desk.sign_in("manager", PASSWORD)
    token = desk.people.session(server.manager)
    with desk.read() as connection, connection.begin():
        ask = connection.exec_driver_sql
        names = [row[0] for row in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
        stored = "".join(repr(ask(f'SELECT * FROM "{name}"').fetchall()) for name in names)
    assert PASSWORD not in stored
    assert token not in stored
    assert repr(bytes.fromhex(token))[2:-1] not in stored


def _worker(server: PortServer) -> UUID:
    found: UUID = server.services.people.person(server.merchant, "worker")["id"]
    return found


@KINDS
def test_who_left_signs_in_neither_with_nor_without_the_server(
    server: PortServer, desk: Desk, kind: CredentialKind
) -> None:
    worker = _worker(server)
    server.services.house.do(server.merchant, ArchivePerson(worker))
    assert said(desk, kind) == "sign_in_failed"
    desk.sync()
    server.stop()
    assert said(desk, kind) == "sign_in_needs_server"
    assert said(desk, kind, login="P:1001") == "sign_in_needs_server"
    server.start()
    server.services.house.do(server.merchant, RestorePerson(worker))
    desk.sync()
    assert said(desk, kind) == ""
    server.stop()
    assert said(desk, kind) == ""
