"""Taking in what a desk without a line sent by hand: by the very rules of a push, whoever carried it."""

from collections import Counter
from dataclasses import dataclass

import structlog
from sqlalchemy import select

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import device_heads
from merchant_desk.server.enrolment import groups_of
from merchant_desk.server.intake import Device, DeviceRetired
from merchant_desk.server.reading import read_batch
from merchant_desk.server.retirement import is_shut_out
from merchant_desk.server.services import Services
from merchant_desk.sync.carried_file import (
    CarriedAnswer,
    CarriedFrame,
    CarriedHeader,
    CarriedUnreadable,
    open_frame,
    read_header,
)
from merchant_desk.sync.protocol import PushAnswer, PushRequest
from merchant_desk.sync.recovery import open_database_key
from merchant_desk.sync.sealing import SealBroken

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Sender:
    """The desk that wrote the file, how far the server has it, and what opens its files."""

    device: Device
    head: int
    verify_key: bytes
    recovery: bytes


def take_carried(services: Services, carrier: Device | None, frame: CarriedFrame) -> CarriedAnswer:
    """Judge the operations of a frame as if their desk had pushed them; again is harmless.

    Args:
        services: the server's.
        carrier: the desk that brought it; None at the server itself.
        frame: of a file that another desk of the same merchant wrote.

    Raises:
        Refusal: `carried_unreadable`, `carried_foreign`, `carried_unknown_desk`, `carried_retired`; nothing
            was changed.
    """
    try:
        header = read_header(frame.header)
        sender = _sender(services, carrier, header)
        database_key = open_database_key(
            sender.recovery, services.state.seal_key, profile_id=header.profile_id
        )
        request = open_frame(frame, sender.verify_key, database_key)
    except (CarriedUnreadable, SealBroken, ValueError) as broken:
        raise Refusal("carried_unreadable") from broken
    try:
        answer = _pushed(services, sender.device, request)
    except DeviceRetired as retired:
        raise Refusal("carried_retired", code=header.desk_code) from retired
    outcomes = Counter(outcome.status.value for outcome in answer.outcomes)
    known = sum(outcome.device_seq <= sender.head for outcome in answer.outcomes)
    carried_by = carrier.device_id if carrier is not None else None
    log.info(
        "carried", device=str(header.device_id), by=str(carried_by), sent=len(answer.outcomes),
        count=len(answer.outcomes) - known, why=answer.stopped,
    )  # fmt: skip
    return CarriedAnswer(dict(outcomes), known, answer.stopped, answer.expected)


def _pushed(services: Services, device: Device, request: PushRequest) -> PushAnswer:
    """Push; an operation that the server cannot take in yet is parked, as its desk would have it."""
    wires = list(request.ops)
    for _ in range(len(wires) + 1):
        reading = read_batch(PushRequest(wires))
        answer = services.intake.take(device, reading)
        at = next((n for n, one in enumerate(reading.arrivals) if _is_at(one.header.device_seq, answer)), -1)
        at = len(reading.arrivals) if at < 0 and reading.stopped == "unreadable" else at
        if answer.stopped != "unreadable" or not 0 <= at < len(wires) or wires[at].body is None:
            break
        wires[at] = type(wires[at])(wires[at].header, None, wires[at].signature)
    return answer


def _is_at(device_seq: int, answer: PushAnswer) -> bool:
    return device_seq == answer.expected


def _sender(services: Services, carrier: Device | None, header: CarriedHeader) -> _Sender:
    """Return the desk that a header names.

    Raises:
        Refusal: `carried_foreign`, `carried_unknown_desk`, `carried_retired`.
    """
    merchant_id, device_id = header.merchant_id, header.device_id
    if carrier is not None and carrier.merchant_id != merchant_id:
        raise Refusal("carried_foreign")
    heads = device_heads.c
    query = select(heads.outlet_id, heads.groups, heads.head, heads.verify_key, heads.recovery).where(
        heads.merchant_id == merchant_id, heads.device_id == device_id
    )
    with services.readers.engine.connect() as connection, connection.begin():
        row = connection.execute(query).one_or_none()
        if row is None:
            raise Refusal("carried_unknown_desk", code=header.desk_code)
        if is_shut_out(connection, merchant_id, device_id):
            raise Refusal("carried_retired", code=header.desk_code)
    device = Device(merchant_id, device_id, row.outlet_id, groups_of(row.groups))
    return _Sender(device, row.head, row.verify_key, row.recovery)
