"""Does everything go up, in order and once, whatever line, server or one bad operation do?"""

from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.handlers import context
from merchant_desk.server import batch
from merchant_desk.sync.protocol import PushAnswer, PushRequest, decode, decode_header, encode
from merchant_desk.sync.status import count_waiting
from merchant_desk.sync.transport import (
    MEDIA,
    Request,
    Response,
    ServerBehind,
    ServerProblem,
    Unreachable,
)
from merchant_desk.sync.troubles import ChainRefused, ReusedId
from tests.helpers.lone_desk import (
    Backups,
    LoneDesk,
    adjust,
    assert_agrees,
    enrol,
    examples,
    log_of,
    order,
    receipt,
)
from tests.helpers.shop import Shop


def pushes(desk: LoneDesk) -> list[list[tuple[int, bool]]]:
    """Return (number, with its body) of what was pushed, request by request."""
    found = []
    for request in desk.wire.requests:
        if request.path == "/push":
            ops = decode(request.body, PushRequest).ops
            found.append([(decode_header(op.header).device_seq, op.body is not None) for op in ops])
    desk.wire.requests.clear()
    return found


def waiting(desk: LoneDesk) -> int:
    with desk.profile.reader.connect() as connection, connection.begin():
        return count_waiting(connection)[0]


# ---------------------------------------------------------------- pace


@pytest.mark.parametrize("bytes_a_second", [600, 5_000, 10_000_000])
def test_batches_come_to_last_ten_seconds_at_most(shop: Shop, desk: LoneDesk, bytes_a_second: int) -> None:
    spans: list[float] = []

    def slow(request: Request) -> Request:
        if request.path == "/push":
            spans.append(len(request.body) / bytes_a_second)
            desk.watch.now += spans[-1]
            if spans[-1] > 60:
                raise Unreachable("timeout", "too slow")
        return request

    for n in range(300):
        desk.do(adjust(shop, n % 7 + 1))
    desk.wire.before = slow
    while waiting(desk):
        try:
            desk.run()
        except Unreachable:
            continue
    assert max(spans[len(spans) // 2 :]) <= 10.0
    assert bytes_a_second < 10_000 or len(spans) <= 3
    assert_agrees(desk)


# ---------------------------------------------------------------- holes and chains


def test_a_hole_is_filled_from_where_the_server_says(shop: Shop, desk: LoneDesk) -> None:
    backups = Backups(shop)
    desk.do(adjust(shop))
    desk.sync()
    copy = backups.make()
    for _ in range(3):
        desk.do(adjust(shop))
    desk.sync()
    backups.restore(copy, epoch=False)
    last = desk.do(adjust(shop))
    pushes(desk)
    answer = desk.exchange._push_all(desk.changes.append, lambda: False)
    assert answer is None
    assert [[seq for seq, _ in one] for one in pushes(desk)] == [[5], [2, 3, 4, 5]]
    assert {op_id for op_id, status in log_of(shop).items() if status == "applied"} >= set(desk.op_ids())
    assert last in log_of(shop)


def test_a_hole_that_cannot_be_filled_is_told(shop: Shop, desk: LoneDesk) -> None:
    backups = Backups(shop)
    copy = backups.make()
    for _ in range(3):
        desk.do(adjust(shop))
    desk.sync()
    desk.sql("DELETE FROM outbox WHERE device_seq = 2")
    backups.restore(copy, epoch=False)
    desk.do(adjust(shop))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("merchant_desk.sync.exchange.log.error", lambda *args, **facts: None)
        fault = desk.exchange._push_all(desk.changes.append, lambda: False)
    assert isinstance(fault, ChainRefused)


def flip(place: Callable[[PushRequest], PushRequest]) -> Callable[[Request], Request]:
    def spoil(request: Request) -> Request:
        if request.path != "/push":
            return request
        spoilt = encode(place(decode(request.body, PushRequest)))
        return Request(request.method, request.path, spoilt, request.token, request.timeout, request.headers)

    return spoil


def forged(request: PushRequest) -> PushRequest:
    return PushRequest([type(op)(op.header, op.body, bytes(64)) for op in request.ops])


@pytest.mark.expects_log("bad_signature")
def test_a_chain_that_the_line_broke_is_sent_again(shop: Shop, desk: LoneDesk) -> None:
    desk.do(adjust(shop))
    spoil = flip(forged)

    def once(request: Request) -> Request:
        if request.path == "/push":
            desk.wire.before = lambda request: request
        return spoil(request)

    desk.wire.before = once
    desk.sync()
    assert_agrees(desk)


@pytest.mark.expects_log("bad_signature|desk_stuck")
def test_a_chain_that_stays_broken_is_told_kept_and_hurts_nobody(shop: Shop, desk: LoneDesk) -> None:
    desk.do(adjust(shop))
    desk.wire.before = flip(forged)
    assert isinstance(desk.run().fault, ChainRefused)
    shop.stock(shop.beer, 7)
    pushes(desk)
    for _ in range(2):
        assert isinstance(desk.run().fault, ChainRefused)
        desk.restart()
    assert pushes(desk) == []
    assert desk.engine.position.cursor == server_head(shop)
    assert waiting(desk) == 1
    desk.wire.before = lambda request: request
    desk.enrol_again()
    desk.sync()
    assert_agrees(desk)


def server_head(shop: Shop) -> int:
    with shop.world.server.engine.begin() as connection:
        return int(connection.exec_driver_sql("SELECT seq FROM counters").scalar() or 0)


@pytest.mark.expects_log("desk_stuck")
def test_an_id_that_somebody_else_used_gets_another(shop: Shop, desk: LoneDesk) -> None:
    op_ids = [desk.do(adjust(shop, n)) for n in range(1, 4)]
    with shop.world.server.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO operations SELECT merchant_id, ?, device_id, 999, kind, header, body, signature,"
            " hash, status, 0, 0, code, facts, held_by, received_at, settled_at FROM operations LIMIT 1",
            (op_ids[1].bytes,),
        )
    assert isinstance(desk.run().fault, ReusedId)
    assert log_of(shop)[op_ids[0]] == "applied"
    desk.enrol_again()
    desk.sync()
    sent = desk.op_ids()
    assert (sent[0], sent[2]) == (op_ids[0], op_ids[2])
    assert sent[1] != op_ids[1]
    assert {log_of(shop)[op_id] for op_id in sent} == {"applied"}
    assert_agrees(desk)


def test_a_server_that_answers_nothing_is_not_asked_for_ever(shop: Shop, desk: LoneDesk) -> None:
    desk.do(adjust(shop))

    def silent(request: Request, response: Response) -> Response:
        if request.path == "/push":
            answer = decode(response.body, PushAnswer)
            empty = PushAnswer([], "", answer.expected, answer.epoch, answer.server_time)
            return Response(200, MEDIA, encode(empty))
        return response

    desk.wire.after = silent
    with pytest.raises(Unreachable):
        desk.run()
    assert len(pushes(desk)) == 1
    desk.wire.after = lambda request, response: response
    desk.sync()
    assert_agrees(desk)


# ---------------------------------------------------------------- one bad operation


def broken_at_the_server(monkeypatch: pytest.MonkeyPatch, *poisoned: UUID) -> set[UUID]:
    """Let the server's handler break on some operations, as a bug in it would; returns the set of them."""
    left = set(poisoned)

    def carry_out(unit: object, envelope: object, body: object) -> None:
        if envelope.op_id in left:  # type: ignore[attr-defined]
            raise ZeroDivisionError("a bug")
        context.carry_out(unit, envelope, body)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "carry_out", carry_out)
    return left


@pytest.mark.expects_log("handler_failed")
def test_what_the_server_cannot_take_in_is_parked_and_the_rest_goes_on(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    op_ids = [desk.do(adjust(shop, n)) for n in range(1, 8)]
    left = broken_at_the_server(monkeypatch, op_ids[2], op_ids[5])
    desk.sync()
    log = log_of(shop)
    assert [log[op_id] for op_id in op_ids] == ["applied" if n not in (2, 5) else "parked" for n in range(7)]
    assert waiting(desk) == 2
    assert pushes(desk)[:2] == [
        [(n, True) for n in range(1, 8)],
        [(3, False), *[(n, True) for n in range(4, 8)]],
    ]
    desk.watch.now += 60
    desk.sync()
    assert pushes(desk) == []
    desk.watch.now += 3_600
    desk.sync()
    assert pushes(desk) == [[(3, True)], [(6, True)]]
    left.discard(op_ids[2])
    shop.fetch.version = type(shop.fetch.version)("99.0.0", 1, 1, 1, shop.world.server.epoch, b"", 0)
    desk.watch.now += 61
    desk.sync()
    assert pushes(desk) == [[(3, True)], [(6, True)]]
    assert log_of(shop)[op_ids[2]] == "applied"
    left.clear()
    desk.restart()
    desk.sync()
    assert log_of(shop)[op_ids[5]] == "applied"
    desk.sync()
    assert_agrees(desk)


@pytest.mark.expects_log("handler_failed")
def test_decisions_that_stand_on_a_parked_one_are_held_and_settle_after_it(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stock(shop.rice, 10)
    desk.sync()
    placed, accepted = (desk.do(body) for body in order(shop, "SO-1"))
    other = desk.do(adjust(shop))
    left = broken_at_the_server(monkeypatch, placed)
    desk.sync()
    log = log_of(shop)
    assert (log[placed], log[accepted], log[other]) == ("parked", "held", "applied")
    left.clear()
    desk.watch.now += 3_601
    desk.sync()
    desk.sync()
    assert (log_of(shop)[placed], log_of(shop)[accepted]) == ("applied", "applied")
    assert_agrees(desk)


@pytest.mark.parametrize("status", [400, 413])
@examples(5)
@given(poisoned=st.sets(st.integers(1, 40), min_size=1, max_size=3))
def test_a_body_that_cannot_be_read_is_found_by_halves(
    tmp_path_factory: pytest.TempPathFactory, status: int, poisoned: set[int]
) -> None:
    shop = Shop(tmp_path_factory.mktemp("shop"))
    desk = enrol(shop)
    for n in range(40):
        desk.do(adjust(shop, n + 1))
    desk.wire.requests.clear()

    def picky(request: Request) -> Request:
        if request.path == "/push":
            for op in decode(request.body, PushRequest).ops:
                if op.body is not None and decode_header(op.header).device_seq in poisoned:
                    raise ServerProblem(status, "unreadable_request", "{}")
        return request

    desk.wire.before = picky
    desk.sync()
    parked = {row[0] for row in desk.outbox("device_seq, status") if row[1] == "parked"}
    assert parked == poisoned
    assert len(pushes(desk)) < 60
    desk.wire.before = lambda request: request
    desk.watch.now += 3_601
    desk.sync()
    desk.sync()
    assert_agrees(desk)
    desk.close()
    shop.close()


def test_other_refusals_of_a_request_stop_the_exchange_and_lose_nothing(shop: Shop, desk: LoneDesk) -> None:
    desk.do(adjust(shop))
    for status in (403, 404, 409, 429, 500, 503):

        def deny(request: Request, status: int = status) -> Request:
            if request.path == "/push":
                raise ServerProblem(status, "no", "{}")
            return request

        desk.wire.before = deny
        with pytest.raises(ServerProblem):
            desk.run()
    desk.wire.before = lambda request: request
    desk.sync()
    assert_agrees(desk)


# ---------------------------------------------------------------- versions


def test_a_newer_desk_waits_for_its_server_and_goes_on_pulling(shop: Shop, desk: LoneDesk) -> None:
    version = shop.fetch.version
    older = type(version)("0.0.1", 1, 1, 1, shop.world.server.epoch, b"", 0)
    shop.fetch.version = older
    desk.restart()
    desk.do(adjust(shop))
    shop.stock(shop.beer, 3)
    fault = desk.run().fault
    assert isinstance(fault, ServerBehind)
    assert "升级" in fault.sentence("zh")
    assert pushes(desk) == []
    assert desk.engine.position.cursor == server_head(shop)
    shop.fetch.version = version
    desk.watch.now += 61
    desk.sync()
    assert_agrees(desk)


def test_many_kinds_of_work_go_up_through_a_lossy_line(shop: Shop, desk: LoneDesk) -> None:
    dice = shop.world.chance.dice
    shop.stock(shop.rice, 20)
    desk.sync()

    def lossy(place: str) -> None:
        if dice.random() < 0.4:
            raise Unreachable("interrupted", place)

    shop.fetch.trouble = lossy
    for n in range(12):
        for body in (*receipt(shop, f"RC-{n}"), *order(shop, f"SO-{n}"), adjust(shop)):
            desk.do(body)
        for _ in range(3):
            try:
                desk.run()
            except Unreachable:
                continue
        if n % 4 == 0:
            desk.restart()
    shop.fetch.trouble = lambda place: None
    desk.sync()
    assert set(desk.op_ids()) <= set(log_of(shop))
    assert_agrees(desk)
