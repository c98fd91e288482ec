"""What only the server may do: asked for at a desk, done nowhere but there, shown until its answer came."""

from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.organisation import AddPerson, GiveBadge, GrantRole, RevokeRole
from merchant_desk.domain.refusals import Refusal
from merchant_desk.sync.draft import draft_path
from tests.helpers.lone_desk import LoneDesk, adjust, assert_agrees, enrol, examples
from tests.helpers.shop import Shop


def people(desk: LoneDesk) -> dict[str, str]:
    """Return badges by login, as the desk shows them."""
    with desk.profile.reader.connect() as connection, connection.begin():
        return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT login, badge FROM persons")}


def roles(desk: LoneDesk, person_id: UUID) -> list[tuple[str, bool]]:
    """Return a person's roles and whether each ended."""
    sql = "SELECT role, to_version IS NOT NULL FROM roles WHERE person_id = ? ORDER BY role"
    with desk.profile.reader.connect() as connection, connection.begin():
        rows = connection.exec_driver_sql(sql, (person_id.bytes,)).all()
    return [(row[0], bool(row[1])) for row in rows]


def states(desk: LoneDesk) -> list[tuple[str, str]]:
    """Return kind and status of what was asked for."""
    return [(row[0], row[1]) for row in desk.outbox("kind, status")]


def test_nothing_changes_before_the_server_has_done_it(shop: Shop, desk: LoneDesk) -> None:
    before, new = people(desk), shop.world.chance.new_id()
    desk.do(AddPerson(new, "lin", "小林", "P:77"))
    desk.do(GrantRole(new, "clerk", shop.world.outlet))
    assert people(desk) == before
    assert roles(desk, new) == []
    assert states(desk) == [("add_person", "pending"), ("grant_role", "pending")]
    desk.sync()
    assert people(desk) == {**before, "lin": "P:77"}
    assert roles(desk, new) == [("clerk", False)]
    assert {status for _, status in states(desk)} == {"applied"}
    assert_agrees(desk)


@pytest.mark.expects_log("rebuild_needed")
def test_a_restart_and_a_rebuild_do_not_do_it_either(shop: Shop, desk: LoneDesk) -> None:
    before = people(desk)
    desk.do(AddPerson(shop.world.chance.new_id(), "lin", "小林", ""))
    desk.do(adjust(shop))
    desk.restart()
    assert people(desk) == before
    shop.world.server.epoch = shop.world.chance.new_id()  # everything is fetched anew
    desk.run()
    assert not draft_path(desk.profile).exists()
    desk.sync()
    assert people(desk).keys() == {*before, "lin"}
    assert_agrees(desk)


def test_what_the_server_refuses_leaves_nothing_but_a_task(shop: Shop, desk: LoneDesk) -> None:
    before = people(desk)
    desk.do(AddPerson(shop.world.chance.new_id(), "worker", "仓管二", ""))
    desk.do(GiveBadge(shop.world.manager, "P:1001"))
    desk.sync()
    assert people(desk) == before
    assert [row[0] for row in desk.outbox("code")] == ["login_taken", "badge_taken"]
    with desk.profile.reader.connect() as connection, connection.begin():
        tasks = connection.exec_driver_sql("SELECT count(*) FROM tasks WHERE status = 'open'").scalar()
    assert tasks == 2
    assert_agrees(desk)


def test_who_may_not_asks_in_vain_at_once(shop: Shop, desk: LoneDesk) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        desk.do(AddPerson(shop.world.chance.new_id(), "lin", "小林", ""), shop.world.worker)
    assert states(desk) == []


def test_roles_and_badges_by_their_rules(shop: Shop, desk: LoneDesk) -> None:
    world = shop.world
    desk.do(GiveBadge(world.worker, "P:2002"))
    desk.do(GrantRole(world.worker, "warehouse", world.outlet))
    desk.do(GrantRole(world.worker, "viewer", None))
    desk.do(GiveBadge(world.worker, "no badge"))
    desk.do(AddPerson(world.chance.new_id(), "two words", "小林", ""))
    desk.do(AddPerson(world.chance.new_id(), "lin", "  ", ""))
    desk.sync()
    codes = [row[0] for row in desk.outbox("code")]
    assert codes == ["", "role_held", "", "badge_unreadable", "login_unreadable", "name_unreadable"]
    assert people(desk)["worker"] == "P:2002"
    grants = {row[1]: UUID(bytes=row[0]) for row in _grants(desk, world.worker)}
    own = {row[1]: UUID(bytes=row[0]) for row in _grants(desk, world.manager)}
    desk.do(RevokeRole(grants["viewer"]))
    desk.do(RevokeRole(own["manager"]))
    desk.sync()
    assert roles(desk, world.worker) == [("viewer", True), ("warehouse", False)]
    assert desk.outbox("code")[-1][0] == "own_manager_role"
    assert_agrees(desk)


def _grants(desk: LoneDesk, person_id: UUID) -> list[tuple[bytes, str]]:
    with desk.profile.reader.connect() as connection, connection.begin():
        sql = "SELECT id, role FROM roles WHERE person_id = ? AND to_version IS NULL"
        return [(row[0], row[1]) for row in connection.exec_driver_sql(sql, (person_id.bytes,))]


STEPS = st.lists(
    st.tuples(
        st.integers(0, 1), st.sampled_from(["ask", "badge", "work", "sync", "restart"]), st.integers(0, 3)
    ),
    max_size=14,
)


@examples(8)
@given(STEPS)
def test_at_every_step_a_desk_shows_people_as_the_feed_tells_them(steps: list[tuple[int, str, int]]) -> None:
    with TemporaryDirectory() as name:
        shop = Shop(Path(name))
        desks = [enrol(shop, f"desk{n}") for n in range(2)]
        shown = [people(desk) for desk in desks]
        for which, step, n in steps:
            desk = desks[which]
            if step == "ask":
                desk.do(AddPerson(shop.world.chance.new_id(), f"person{n}", "某人", f"P:{n}"))
            elif step == "badge":
                desk.do(GiveBadge(shop.world.worker, f"P:{n}"))
            elif step == "work":
                desk.do(adjust(shop, n + 1))
            elif step == "restart":
                desk.restart()
            else:
                desk.sync()
                shown[which] = people(desk)
            assert people(desk) == shown[which]
        for desk in (*desks, desks[0]):
            desk.sync()
        for desk in desks:
            assert_agrees(desk)
            desk.close()
        shop.close()
