"""Does the server do what only it may do for those who signed in at the asking desk, and nobody else?"""

from pathlib import Path

import pytest
from sqlalchemy import select

from merchant_desk.domain.organisation import GiveBadge, GrantRole
from merchant_desk.models.server_tables import metadata
from merchant_desk.server.proofs import GOOD
from merchant_desk.sync.administration import CredentialKind, NewPassword, SignInTry, SignOut
from merchant_desk.sync.protocol import Outcome, PushAnswer, Status, decode
from tests.helpers.world import WorldDesk
from tests.server.test_exchange import real_desk
from tests.server.web import PASSWORD, WebDesk, WebWorld, problem

PIN = "4711"
REFUSED = (Status.REFUSED, "person_not_proved")
APPLIED = (Status.APPLIED, "")


@pytest.fixture
def desk(world: WebWorld) -> WebDesk:
    """A desk where nobody has signed in yet."""
    for person in (world.merchant.manager, world.merchant.worker):
        world.services.people.set_password(world.merchant.id, person, PASSWORD)
    return world.desk()


def ask(world: WebWorld, desk: WebDesk, engine: WorldDesk, body: object) -> tuple[Status, str]:
    """Ask for something in the manager's name and return what became of it."""
    engine.engine.do(body, world.merchant.manager)
    answer = decode(desk.post("/push", engine.engine.next_batch()).content, PushAnswer)
    engine.engine.take_outcomes(answer.outcomes)
    outcome: Outcome = answer.outcomes[-1]
    return outcome.status, outcome.code


def tasks(world: WebWorld) -> list[str]:
    table = metadata.tables["tasks"]
    with world.services.database.reader.connect() as connection, connection.begin():
        return list(connection.execute(select(table.c.code).order_by(table.c.raised_at)).scalars())


def test_a_desk_cannot_name_a_manager_who_was_never_there(
    world: WebWorld, desk: WebDesk, tmp_path: Path
) -> None:
    other = world.desk()
    other.sign_in("manager")
    desk.sign_in("worker")
    assert desk.post("/sign-in", SignInTry("manager", "a guess")).status_code == 403
    engine = real_desk(world, desk, tmp_path)
    role = GrantRole(world.merchant.worker, "manager", None)
    assert ask(world, desk, engine, role) == REFUSED
    assert tasks(world) == ["person_not_proved"]
    engine.sync()
    desk.sign_in("manager")
    assert ask(world, desk, engine, role) == APPLIED
    engine.db.dispose()


def test_who_signed_in_once_may_ask_without_a_line_and_after_signing_out(
    world: WebWorld, desk: WebDesk, tmp_path: Path
) -> None:
    desk.sign_in("manager")
    engine = real_desk(world, desk, tmp_path)
    assert desk.post("/sign-out", SignOut()).status_code == 200
    assert ask(world, desk, engine, GiveBadge(world.merchant.worker, "P:7")) == APPLIED
    world.chance.now += GOOD + 1_000_000
    assert ask(world, desk, engine, GiveBadge(world.merchant.worker, "P:8")) == REFUSED
    engine.db.dispose()


def test_a_reset_forgets_where_somebody_signed_in(world: WebWorld, desk: WebDesk, tmp_path: Path) -> None:
    desk.sign_in("manager")
    engine = real_desk(world, desk, tmp_path)
    world.services.people.set_password(world.merchant.id, world.merchant.manager, "brand-new-pass-9")
    assert ask(world, desk, engine, GiveBadge(world.merchant.worker, "P:7")) == REFUSED
    desk.sign_in("manager", "brand-new-pass-9")
    assert ask(world, desk, engine, GiveBadge(world.merchant.worker, "P:7")) == APPLIED
    engine.db.dispose()


def test_a_new_password_of_ones_own_is_proof_at_its_desk_alone(
    world: WebWorld, desk: WebDesk, tmp_path: Path
) -> None:
    other = world.desk()
    engine, elsewhere = real_desk(world, desk, tmp_path), real_desk(world, other, tmp_path)
    other.sign_in("manager")
    desk.sign_in("manager")
    mine = NewPassword(world.merchant.manager, PIN, PASSWORD, CredentialKind.PIN)
    changed = desk.post("/password", mine)
    assert changed.status_code == 200, problem(changed)
    assert ask(world, desk, engine, GiveBadge(world.merchant.worker, "P:7")) == APPLIED
    elsewhere.sync()
    assert ask(world, other, elsewhere, GiveBadge(world.merchant.worker, "P:8")) == REFUSED
    assert other.post("/sign-in", SignInTry("manager", PIN, CredentialKind.PIN)).status_code == 200
    assert ask(world, other, elsewhere, GiveBadge(world.merchant.worker, "P:8")) == APPLIED
    engine.db.dispose()
    elsewhere.db.dispose()
