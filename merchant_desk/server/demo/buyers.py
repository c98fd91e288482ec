"""The demo merchant's buyers. Nobody of that name, number or address exists."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from uuid import UUID

from merchant_desk.domain.buyers import AddBuyer, BuyerDetails
from merchant_desk.domain.ids import derived_id
from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.structure import MERCHANT_ID
from merchant_desk.sync.personal import new_buyer
from merchant_desk.sync.personal_keys import BuyerKey

BUYERS = 420
LEVELS = ("新客", "普通", "银卡", "金卡")
WALK_IN = "散客"

_SHARES = (22, 46, 22, 10)
_FAITH = (1, 3, 7, 14)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN = ("建国", "秀英", "志强", "桂芳", "海燕", "春梅", "国庆", "小军", "玉兰", "长河", "雪梅", "大山")
_VILLAGES = ("东沟村", "西坡村", "石桥村", "柳湾村", "南岭村", "北塬村", "河口村", "新庄村")


@dataclass(frozen=True, slots=True)
class Buyer:
    """A buyer as an order shows him: the end of his number and his level."""

    buyer_id: UUID
    code: str
    tail: str
    level: str
    faith: int

    @property
    def shown(self) -> str:
        """What stands on an order."""
        return f"尾号 {self.tail} {self.level}"


@lru_cache(maxsize=2)
def buyers(seed: int) -> tuple[tuple[Buyer, ...], tuple[int, ...]]:
    """Return everybody, and the running sums of how often each buys."""
    dice, sums = Dice(seed, "buyers"), tuple(accumulate(_SHARES))
    found = []
    for n in range(1, BUYERS + 1):
        code = f"B{n:05}"
        level = dice.weighted(range(len(LEVELS)), sums)
        tail = f"{dice.below(10_000):04}"
        found.append(Buyer(derived_id(MERCHANT_ID, "buyer", code), code, tail, LEVELS[level], _FAITH[level]))
    return tuple(found), tuple(accumulate(buyer.faith for buyer in found))


@lru_cache(maxsize=2)
def persons(seed: int) -> Mapping[UUID, BuyerDetails]:
    """Return what is personal about each buyer."""
    dice = Dice(seed, "persons")
    return {
        buyer.buyer_id: BuyerDetails(
            dice.pick(_SURNAMES) + dice.pick(_GIVEN),
            f"1000000{buyer.tail}",  # no mobile number begins with 100
            f"青石县白水乡{dice.pick(_VILLAGES)}{dice.between(1, 90)}号",
        )
        for buyer in buyers(seed)[0]
    }


def joining(seed: int) -> Iterator[object]:
    """Yield the operations that take note of every buyer; nothing personal is in the story."""
    for buyer in buyers(seed)[0]:
        yield AddBuyer(buyer.buyer_id, buyer.code, buyer.tail, buyer.level, b"")


def seal_persons(
    bodies: Iterable[object], seed: int, random: Callable[[int], bytes]
) -> tuple[list[object], list[BuyerKey]]:
    """Seal every buyer's data under a new key: the story is the same each time, its keys never are.

    Returns:
        the operations with sealed data, and the keys.
    """
    sealed: list[object] = []
    keys = []
    for body in bodies:
        if isinstance(body, AddBuyer):
            new = new_buyer(body.buyer_id, body.code, body.level, persons(seed)[body.buyer_id], random)
            keys.append(BuyerKey(body.buyer_id, new.key))
            sealed.append(new.operation)
        else:
            sealed.append(body)
    return sealed, keys
