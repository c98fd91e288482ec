"""Can people sign in, are guesses stopped, and is a password reset by those who may?"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from merchant_desk.domain.organisation import AddPerson, GrantRole
from merchant_desk.models.server_tables import person_sessions
from merchant_desk.server.people import People
from merchant_desk.sync.administration import (
    SESSION_HEADER,
    CredentialKind,
    NewPassword,
    PasswordSet,
    SignedIn,
    SignInTry,
    SignOut,
)
from merchant_desk.sync.passwords import password_fits
from merchant_desk.sync.protocol import SignInAnswer, SignInRequest, decode
from tests.server.web import PASSWORD, WebDesk, WebWorld, problem

OTHER_PASSWORD = "白水-sesame-8"
PIN = "4711"


@pytest.fixture
def desk(world: WebWorld) -> WebDesk:
    """A desk where manager and worker have passwords."""
    for person in (world.merchant.manager, world.merchant.worker):
        world.services.people.set_password(world.merchant.id, person, PASSWORD)
    return world.desk()


def code_of(desk: WebDesk, login: str, password: str, kind: CredentialKind = CredentialKind.PASSWORD) -> str:
    """Return "" for a sign-in that works, else the problem's code."""
    answer = desk.post("/sign-in", SignInTry(login, password, kind))
    return "" if answer.status_code == 200 else problem(answer).code


def test_login_or_badge_and_a_verifier_for_offline_work(world: WebWorld, desk: WebDesk) -> None:
    by_login = desk.sign_in("worker")
    by_badge = desk.sign_in(" P:1001 ")
    assert by_login.person_id == by_badge.person_id == world.merchant.worker
    assert (by_badge.login, by_badge.name) == ("worker", "仓管")
    assert password_fits(by_login.verifier, PASSWORD)
    assert not password_fits(by_login.verifier, OTHER_PASSWORD)


def test_an_older_desk_understands_the_answer(desk: WebDesk) -> None:
    answer = desk.post("/sign-in", SignInRequest("worker", PASSWORD))
    assert decode(answer.content, SignInAnswer).name == "仓管"


def test_five_failures_lock_and_a_manager_opens(world: WebWorld, desk: WebDesk) -> None:
    left = [
        problem(desk.post("/sign-in", SignInTry("worker", f"wrong {n}"))).facts["tries_left"]
        for n in range(4)
    ]
    assert left == [4, 3, 2, 1]
    locked = desk.post("/sign-in", SignInTry("worker", "wrong again"))
    assert (locked.status_code, problem(locked).code) == (423, "sign_in_locked")
    assert code_of(desk, "worker", PASSWORD) == "sign_in_locked"
    assert code_of(desk, "manager", PASSWORD) == ""
    desk.sign_in("manager")
    opened = desk.post("/password", NewPassword(world.merchant.worker, ""))
    assert decode(opened.content, PasswordSet).verifier == ""
    assert code_of(desk, "worker", PASSWORD) == ""


def test_a_success_forgets_failures(desk: WebDesk) -> None:
    for _ in range(3):
        for n in range(4):
            assert code_of(desk, "worker", f"wrong {n}") == "sign_in_failed"
        assert code_of(desk, "worker", PASSWORD) == ""


def test_guesses_at_the_same_time_are_counted_each(world: WebWorld, desk: WebDesk) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda n: code_of(desk, "worker", f"wrong {n}"), range(12)))
    assert codes.count("sign_in_failed") == 4
    assert codes.count("sign_in_locked") == 8


def test_nobody_and_somebody_without_a_password(world: WebWorld, desk: WebDesk) -> None:
    new = world.chance.new_id()
    world.services.house.do(world.merchant.id, AddPerson(new, "new", "新人", ""))
    assert code_of(desk, "nobody", PASSWORD) == "sign_in_failed"
    assert code_of(desk, "", PASSWORD) == "sign_in_failed"
    assert code_of(desk, "new", "") == "password_not_set"


def test_own_password_needs_the_old_one(world: WebWorld, desk: WebDesk) -> None:
    desk.sign_in("worker")
    mine = world.merchant.worker
    wrong = desk.post("/password", NewPassword(mine, OTHER_PASSWORD, "guessed"))
    assert problem(wrong).code == "sign_in_failed"
    weak = desk.post("/password", NewPassword(mine, "short", PASSWORD))
    assert (weak.status_code, problem(weak).code) == (409, "password_too_short")
    done = desk.post("/password", NewPassword(mine, OTHER_PASSWORD, PASSWORD))
    assert password_fits(decode(done.content, PasswordSet).verifier, OTHER_PASSWORD)
    assert code_of(desk, "worker", PASSWORD) == "sign_in_failed"
    assert code_of(desk, "worker", OTHER_PASSWORD) == ""


def test_a_pin_opens_too_and_its_verifier_stays_here(world: WebWorld, desk: WebDesk) -> None:
    desk.sign_in("worker")
    mine = world.merchant.worker
    simple = desk.post("/password", NewPassword(mine, "1234", PASSWORD, CredentialKind.PIN))
    assert problem(simple).code == "pin_too_simple"
    assert desk.post("/password", NewPassword(mine, PIN, PASSWORD, CredentialKind.PIN)).status_code == 200
    answer = desk.post("/sign-in", SignInTry("P:1001", PIN, CredentialKind.PIN))
    assert decode(answer.content, SignedIn).verifier == ""
    assert code_of(desk, "worker", PIN) == "sign_in_failed"
    assert code_of(desk, "worker", "4712", CredentialKind.PIN) == "sign_in_failed"


def test_only_who_may_resets_and_the_person_is_signed_out(world: WebWorld, desk: WebDesk) -> None:
    other = world.desk()
    other.sign_in("worker")
    reset = NewPassword(world.merchant.manager, OTHER_PASSWORD)
    refused = other.post("/password", reset)
    assert (refused.status_code, problem(refused).facts) == (403, {"right": "people"})
    local = world.chance.new_id()
    world.services.house.do(
        world.merchant.id,
        AddPerson(local, "local", "店长二", ""),
        GrantRole(local, "manager", world.merchant.outlet),
    )
    world.services.people.set_password(world.merchant.id, local, PASSWORD)
    other.sign_in("local")
    assert problem(other.post("/password", reset)).code == "not_allowed"
    other.sign_in("worker")
    desk.sign_in("manager")
    assert desk.post("/password", NewPassword(world.merchant.worker, OTHER_PASSWORD)).status_code == 200
    assert problem(other.post("/sign-out", SignOut())).code == "sign_in_expired"
    assert code_of(other, "worker", OTHER_PASSWORD) == ""


def test_a_session_is_good_at_its_own_desk_until_it_ends(world: WebWorld, desk: WebDesk) -> None:
    session = desk.sign_in("manager").session
    thief = world.desk()
    thief.session = session
    assert problem(thief.post("/sign-out", SignOut())).code == "sign_in_expired"
    assert desk.post("/sign-out", SignOut()).status_code == 200
    assert problem(desk.post("/sign-out", SignOut())).code == "sign_in_expired"
    desk.sign_in("manager")
    with world.services.database.writer.begin() as connection:
        connection.execute(update(person_sessions).values(expires_at=world.chance.now - 1))
    assert problem(desk.post("/sign-out", SignOut())).code == "sign_in_expired"
    nobody = desk.post("/sign-out", SignOut(), **{SESSION_HEADER: ""})
    assert (nobody.status_code, problem(nobody).code) == (403, "session_needed")


def test_passwords_and_tokens_are_not_in_the_database(world: WebWorld, desk: WebDesk) -> None:
    session = desk.sign_in("worker").session
    with world.services.database.reader.connect() as connection, connection.begin():
        for table in ("credentials", "person_sessions", "device_heads", "enrolments", "server_state"):
            stored = repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            assert stored != "[]"
            for secret in (PASSWORD, session, desk.enrolled.token, repr(bytes.fromhex(session))):
                assert secret not in stored


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen once, between the check of a password and what follows from it."""
    real = People._fits
    done: list[int] = []

    def slow(people: People, verifier: str, kind: CredentialKind, secret: str) -> bool:
        fits = real(people, verifier, kind, secret)
        if not done:
            done.append(1)
            happens()
        return fits

    monkeypatch.setattr(People, "_fits", slow)


def sessions(world: WebWorld) -> int:
    with world.services.database.reader.connect() as connection, connection.begin():
        return connection.scalar(select(func.count()).select_from(person_sessions)) or 0


def test_a_reset_stands_though_the_old_password_was_being_checked(
    world: WebWorld, desk: WebDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, at = world.services.people, world.merchant
    meanwhile(monkeypatch, lambda: people.set_password(at.id, at.worker, OTHER_PASSWORD))
    assert code_of(desk, "worker", PASSWORD) == "sign_in_failed"
    assert sessions(world) == 0
    assert code_of(desk, "worker", PASSWORD) == "sign_in_failed"
    assert code_of(desk, "worker", OTHER_PASSWORD) == ""


@pytest.mark.parametrize("kind", CredentialKind)
def test_a_reset_stands_though_the_old_password_was_changing_it(
    world: WebWorld, desk: WebDesk, monkeypatch: pytest.MonkeyPatch, kind: CredentialKind
) -> None:
    people, at = world.services.people, world.merchant
    desk.sign_in("worker")
    meanwhile(monkeypatch, lambda: people.set_password(at.id, at.worker, OTHER_PASSWORD))
    new = PIN if kind is CredentialKind.PIN else "a third password"
    answer = desk.post("/password", NewPassword(at.worker, new, PASSWORD, kind))
    assert (answer.status_code, problem(answer).code) == (403, "sign_in_failed")
    assert code_of(desk, "worker", new, kind) in ("sign_in_failed", "password_not_set")
    assert code_of(desk, "worker", OTHER_PASSWORD) == ""


def test_a_lock_that_falls_while_a_password_is_checked_stands(
    world: WebWorld, desk: WebDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = SignInTry("worker", "wrong", locked_for=0)
    meanwhile(monkeypatch, lambda: desk.post("/sign-in", wrong))
    assert code_of(desk, "worker", PASSWORD) == "sign_in_locked"
    assert sessions(world) == 0
    assert code_of(desk, "worker", PASSWORD) == "sign_in_locked"


def test_the_fifth_try_may_be_the_right_one(world: WebWorld, desk: WebDesk) -> None:
    for n in range(4):
        assert code_of(desk, "worker", f"wrong {n}") == "sign_in_failed"
    assert code_of(desk, "worker", PASSWORD) == ""
    assert code_of(desk, "worker", "wrong") == "sign_in_failed"
    assert code_of(desk, "worker", PASSWORD) == ""
