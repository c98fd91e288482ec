"""Does a desk that never stops working hear of the others all the same?"""

from merchant_desk.sync.status import count_waiting
from merchant_desk.sync.transport import Request
from tests.helpers.lone_desk import LoneDesk, adjust
from tests.helpers.shop import Shop


def waiting(desk: LoneDesk) -> int:
    with desk.profile.reader.connect() as connection, connection.begin():
        return count_waiting(connection)[0]


def test_a_desk_that_never_rests_pulls_all_the_same(shop: Shop, desk: LoneDesk) -> None:
    def work_on(request: Request) -> Request:
        if request.path == "/push":
            desk.do(adjust(shop))
        return request

    desk.do(adjust(shop))
    desk.wire.before = work_on
    desk.sync()
    assert "/feed" in desk.wire.paths()
    assert waiting(desk) == 1
    desk.wire.before = lambda request: request
    desk.sync()
    assert waiting(desk) == 0
