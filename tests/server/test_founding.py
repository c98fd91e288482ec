"""Founding a merchant: whole or not at all, and nothing that is shown once is lost unseen."""

from dataclasses import dataclass, replace

import pytest
from sqlalchemy import delete, func, select

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import credentials, device_heads, metadata, operations, server_state
from merchant_desk.server import founding
from merchant_desk.server.founding import Founded, Founding, found, merchants, note_told
from merchant_desk.server.state import recovery_key_of, recovery_name
from merchant_desk.sync.recovery import RecoveryKey
from tests.server.web import WebWorld

SHOP = Founding("新店", another="新店")
TABLES = (operations, device_heads, credentials, server_state, metadata.tables["persons"])


class CutError(BaseException):
    """The process ends here."""


def stored(world: WebWorld) -> list[int | None]:
    with world.services.database.reader.connect() as connection, connection.begin():
        return [connection.scalar(select(func.count()).select_from(table)) for table in TABLES]


def is_whole(world: WebWorld, made: Founded) -> bool:
    """Tell whether the manager may sign in with what was shown, and the paper is the merchant's."""
    people, reader = world.services.people, world.services.database.reader
    person = people.vouch(made.merchant_id, "manager", made.password, "people")
    paper = RecoveryKey.parse(made.recovery_key)
    return person == made.manager_id and recovery_key_of(reader, made.merchant_id) == paper.public_key


@dataclass
class Cut:
    """Lets so many values be written, and ends the process at the next."""

    left: int

    def __call__(self, *given: object) -> None:
        if self.left == 0:
            raise CutError
        self.left -= 1


@pytest.mark.parametrize("part", ["_set_first_password", "write_value"])
@pytest.mark.parametrize("left", [0, 1])
def test_a_cut_founding_leaves_nothing_and_can_be_done_again(
    world: WebWorld, monkeypatch: pytest.MonkeyPatch, part: str, left: int
) -> None:
    if (part, left) == ("_set_first_password", 1):
        part, left = "hash_password", 0
    before = stored(world)
    with monkeypatch.context() as patch:
        patch.setattr(founding, part, Cut(left))
        with pytest.raises(CutError):
            found(world.services, SHOP)
    assert stored(world) == before
    assert "新店" not in merchants(world.services)
    made = found(world.services, SHOP)
    assert made is not None
    assert is_whole(world, made)


def test_a_bad_password_founds_nothing(world: WebWorld) -> None:
    before = stored(world)
    with pytest.raises(Refusal):
        found(world.services, replace(SHOP, password="1"))
    assert stored(world) == before


def test_what_nobody_was_shown_is_made_anew(world: WebWorld) -> None:
    """Whoever founds again may have gone back to correct what he said: all of it counts, not some."""
    before = rows(world)
    lost = found(
        world.services, Founding("新占", "EUR", "石", outlet_name="一号", zone="Europe/Paris", another="新占")
    )
    assert lost is not None
    right = Founding("新店", "GBP", "石店长", outlet_name="Market Street", zone="Europe/London")
    made = found(world.services, right, lost.merchant_id)
    assert made is not None
    assert made.merchant_id == lost.merchant_id
    assert is_whole(world, made)
    with pytest.raises(Refusal, match="sign_in_failed"):
        is_whole(world, lost)
    assert rows(world) - before == {
        ("merchants", "新店"), ("merchants", "GBP"), ("persons", "石店长"), ("outlets", "Market Street"),
        ("settings", '"Europe/London"'),
    }  # fmt: skip
    assert before <= rows(world), "another merchant's are as they were"
    note_told(world.services, made.merchant_id)
    assert found(world.services, SHOP) is None
    assert is_whole(world, made)


def rows(world: WebWorld) -> set[tuple[str, str]]:
    """Return what the server has of what a founding says."""
    said = {
        "merchants": ("name", "currency"),
        "persons": ("name",),
        "outlets": ("name",),
        "settings": ("value",),
    }
    with world.services.database.reader.connect() as connection, connection.begin():
        return {
            (name, value)
            for name, columns in said.items()
            for row in connection.execute(select(*(metadata.tables[name].c[column] for column in columns)))
            for value in row
        }


def test_what_a_desk_has_joined_is_not_founded_anew(world: WebWorld) -> None:
    """Its code was shown beside the secrets, whatever the server could still write of that."""
    made = found(world.services, SHOP)
    assert made is not None
    world.desk(replace(world.merchant, id=made.merchant_id), made.outlet_id)
    assert found(world.services, SHOP) is None
    assert is_whole(world, made)


def test_a_merchant_without_a_paper_gets_one_and_keeps_its_password(world: WebWorld) -> None:
    made = found(world.services, SHOP)
    assert made is not None
    note_told(world.services, made.merchant_id)
    with world.services.database.writer.begin() as connection:
        where = server_state.c.name == recovery_name(made.merchant_id)
        connection.execute(delete(server_state).where(where))
    paper = found(world.services, SHOP)
    assert paper is not None
    assert (paper.merchant_id, paper.manager_id, paper.outlet_id) == (made.merchant_id, None, None)
    assert paper.password == ""
    both = Founded(made.merchant_id, made.outlet_id, made.manager_id, made.password, paper.recovery_key)
    assert is_whole(world, both)
    note_told(world.services, paper.merchant_id)
    assert found(world.services, SHOP) is None
