"""Endpoints: desks join, are invited, are seen, and get their keys back."""

import msgspec

from merchant_desk.server.endpoint import Access, Call, Endpoint, Lane
from merchant_desk.server.state import recovery_key_of
from merchant_desk.sync.administration import (
    DeskSeen,
    Invitation,
    InviteRequest,
    KeyAnswer,
    KeyRequest,
)
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest


def enrol(call: Call) -> EnrolAnswer:
    """Make a desk of whoever presents a one-time secret."""
    services = call.services
    # A code that was used by a desk which has been heard of since is spent; that is noted in memory first.
    services.contacts.flush()
    answer = services.enrolment.enrol(call.body, services.epoch)
    paper = recovery_key_of(services.database.reader, answer.merchant_id)
    return msgspec.structs.replace(answer, recovery_key=paper)


def invite(call: Call) -> Invitation:
    """Make an enrolment code."""
    call.services.check_may_invite(call.person, call.body)
    return call.services.invite(call.person.merchant_id, call.body)


def desks(call: Call) -> list[DeskSeen]:
    """Return the outlet's desks."""
    return call.services.contacts.desks(call.desk)


def all_desks(call: Call) -> list[DeskSeen]:
    """Return the merchant's desks."""
    person = call.person
    call.services.people.check_right(person.merchant_id, person.person_id, "organise")
    return call.services.contacts.all_desks(person.merchant_id)


def key(call: Call) -> KeyAnswer:
    """Give a database key back."""
    return call.services.recovery.give_back(call.body)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/enrol",
        "用一次性登记代码登记新工作台。",
        "Enrol a new desk with a one-time code.",
        EnrolAnswer,
        run=enrol,
        access=Access.ANYBODY,
        lane=Lane.WRITE,
        request=EnrolRequest,
        problems=(
            (403, "enrolment_unknown"),
            (403, "enrolment_used"),
            (403, "enrolment_expired"),
            (409, "outlet_closed"),
        ),
        tries="enrol",
        changes=True,
    ),
    Endpoint(
        "POST",
        "/invite",
        "为门店生成登记代码（主管）。",
        "Make an enrolment code for an outlet (right `organise`).",
        Invitation,
        run=invite,
        access=Access.PERSON,
        lane=Lane.WRITE,
        request=InviteRequest,
        problems=(
            (403, "not_allowed"),
            (404, "no_such_outlet"),
            (409, "unknown_group"),
            (409, "outlet_closed"),
        ),
    ),
    Endpoint(
        "GET",
        "/desks",
        "本门店的工作台：最后联系时间，以及当时自报未发送的操作数。",
        "The desks of the asking desk's outlet: last contact, and what each had not sent by then.",
        list[DeskSeen],
        run=desks,
    ),
    Endpoint(
        "GET",
        "/desks/all",
        "本商户全部工作台：门店、最后联系时间、当时自报未发送的操作数（主管）。",
        "All desks of the merchant: outlet, last contact, what each had not sent by then (right `organise`).",
        list[DeskSeen],
        run=all_desks,
        access=Access.PERSON,
        problems=((403, "not_allowed"), (403, "sign_in_expired")),
    ),
    Endpoint(
        "POST",
        "/key",
        "密钥库丢失的工作台取回数据库密钥，由主管以密码担保。",
        "A desk that lost its vault gets its database key back; a person with the right `people` vouches.",
        KeyAnswer,
        run=key,
        access=Access.ANYBODY,
        lane=Lane.HASH,
        request=KeyRequest,
        problems=((403, "sign_in_failed"), (403, "not_allowed"), (404, "no_sealed_key")),
        tries="enrol",
    ),
)
