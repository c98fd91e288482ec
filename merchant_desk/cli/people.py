"""`merchant-desk people`: who may sign in and do what; passwords, badges, locks; who and what is out."""

import argparse
import getpass
import json
import sys
from contextlib import suppress
from typing import Any
from uuid import UUID

from merchant_desk.cli.desk_options import acts_of, opened_desk, sign_in
from merchant_desk.cli.words import sentences
from merchant_desk.desk import Desk
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.organisation import (
    AddPerson,
    ArchivePerson,
    GiveBadge,
    GrantRole,
    RestorePerson,
    RetireDevice,
    RevokeRole,
    check_reason,
)
from merchant_desk.domain.permissions import ROLES
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.people import desks, grants_held, outlets, people, person_id_of
from merchant_desk.sync.staff import asked_status

EVERYWHERE = "*"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    act = acts_of(parser)

    act("list", "everybody, with roles and state / 全部人员、角色与状态")
    add = act("add", "add a person / 新增人员")
    add.add_argument("who", metavar="NEW_LOGIN", help="typed to sign in / 登录名")
    add.add_argument("name", metavar="NAME", help="as others see it / 姓名")
    add.add_argument("--badge", default="", metavar="P:CODE", help="what the badge says / 工牌")
    add.add_argument("--role", choices=tuple(ROLES), help="a first role / 角色")
    _add_outlet(add)
    role = act("role", "give a role or take it back / 授予或收回角色")
    _add_who(role)
    role.add_argument("change", choices=("grant", "revoke"), help="grant: 授予; revoke: 收回")
    role.add_argument("role", choices=tuple(ROLES), help="which / 角色")
    _add_outlet(role)
    badge = act("badge", "give a badge, or take it back / 发工牌或收回")
    _add_who(badge)
    badge.add_argument("badge", nargs="?", default="", metavar="P:CODE", help="none: take it back / 留空收回")
    _add_who(act("reset", "reset a password; the new one is shown once / 重置密码，显示一次"))
    _add_who(act("unlock", "open somebody's lock / 解锁"))
    _add_who(act("pin", "set a PIN, asked for or read from standard input / 设 PIN"))
    _add_who(act("archive", "somebody has left: no signing in any more / 停用离开的人员"))
    _add_who(act("restore", "bring an archived person back / 恢复停用的人员"))
    retire = act("retire-desk", "shut a desk out, such as a stolen one / 停用工作台，例如被盗的")
    retire.add_argument("desk", metavar="CODE", help="the desk's code / 工作台编号")
    retire.add_argument("--reason", required=True, metavar="WHY", help="why; it is kept / 原因，会记录")
    act("password", "change your own password, asked for or read from standard input / 改自己的密码")


def _add_who(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", metavar="WHO", help="login or badge / 登录名或工牌")


def _add_outlet(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--outlet", default=EVERYWHERE, metavar="CODE", help="default: all outlets / 门店编号，默认全部门店"
    )


def run(options: argparse.Namespace) -> int:
    """Do one of them; a refusal is told and ends with 1."""
    with opened_desk(options) as desk:
        sign_in(desk, options)
        told, said = ACTS[options.act](desk, options)
    if options.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        print(said)
    return 0


Told = tuple[dict[str, Any], str]
"""What is told to machines, and to people."""


def _list(desk: Desk, _: argparse.Namespace) -> Told:
    why: Fault | Refusal | None = None
    seen = {}
    try:
        seen = {one.person_id: one for one in desk.people_seen()}
    except (Fault, Refusal) as error:
        why = _reason(desk, error)
    known = why is None
    rows: list[dict[str, Any]] = []
    for row in desk.ask(people):
        one = seen.get(row.id)
        locked = bool(one and (one.password_locked_at or one.pin_locked_at))
        rows.append(
            {
                "login": row.login,
                "name": row.name,
                "badge": row.badge,
                "roles": row.roles.split(),
                "password": bool(one and one.password) if known else None,
                "pin": bool(one and one.pin) if known else None,
                "locked": locked if known else None,
                "archived": bool(row.archived),
            }
        )
    lines = [
        f"{row['login']}  {row['name']}  {' '.join(row['roles']) or '-'}  {row['badge'] or '-'}"
        f"  {_state_words(row)}"
        for row in rows
    ]
    told = {"people": rows, "states_known": known, "requested": len(desk.requested())}
    if why is not None:
        zh, en = sentences(why)
        lines.append(f"登录状态只有服务器知道，没有问到：{zh}")
        lines.append(f"Who is locked is known by the server only, and it was not told: {en}")
        told |= {"why": why.code, "zh": zh, "en": en}
    return told, "\n".join(lines)


def _reason(desk: Desk, error: Fault | Refusal) -> Fault | Refusal:
    """Return why the server did not say it: a sign-in that it never saw has a reason of its own."""
    if error.code == "own_password_needed":
        try:
            desk.sync()
        except Fault as fault:
            return fault
    return error


def _state_words(row: dict[str, Any]) -> str:
    if row["archived"]:
        return "已停用 / archived"
    if row["locked"] is None:
        return "未知 / unknown"
    if row["locked"]:
        return "已锁定 / locked"
    return "可登录 / active" if row["password"] else "未设密码 / no password"


def _add(desk: Desk, options: argparse.Namespace) -> Told:
    person_id = desk.runtime.new_id()
    wanted: list[object] = [AddPerson(person_id, options.who, options.name, options.badge)]
    if options.role:
        wanted.append(GrantRole(person_id, options.role, _outlet(desk, options.outlet)))
    return ask_for(desk, *wanted)


def _role(desk: Desk, options: argparse.Namespace) -> Told:
    person_id, outlet_id = _person(desk, options.who), _outlet(desk, options.outlet)
    if options.change == "grant":
        return ask_for(desk, GrantRole(person_id, options.role, outlet_id))
    held = desk.ask(lambda connection: grants_held(connection, person_id))
    for grant in held:
        if (grant.role, grant.outlet_id) == (options.role, outlet_id):
            return ask_for(desk, RevokeRole(grant.id))
    raise Refusal("role_not_held", role=options.role)


def _badge(desk: Desk, options: argparse.Namespace) -> Told:
    return ask_for(desk, GiveBadge(_person(desk, options.who), options.badge))


def _archive(desk: Desk, options: argparse.Namespace) -> Told:
    return ask_for(desk, ArchivePerson(_person(desk, options.who)))


def _restore(desk: Desk, options: argparse.Namespace) -> Told:
    return ask_for(desk, RestorePerson(_person(desk, options.who)))


def _retire_desk(desk: Desk, options: argparse.Namespace) -> Told:
    check_reason(options.reason)
    device_id = _device(desk, options.desk)
    told, said = ask_for(desk, RetireDevice(device_id, options.reason))
    own = device_id == desk.identity.device_id
    if own:
        said += "\n这就是本机：重新登记前什么都不再发送。 / This desk: it sends nothing until then."
    return {**told, "own": own}, said


def _device(desk: Desk, code: str) -> UUID:
    """Return the desk with this code; one that this desk has not heard of may have joined since."""
    for last in (False, True):
        for one in desk.ask(desks):
            if one.code == code:
                return one.id
        if not last:
            with suppress(Fault):
                desk.sync()
    raise Refusal("no_such_desk", desk=code)


def ask_for(desk: Desk, *wanted: object) -> Told:
    """Ask the server, now if it can be reached; what it refuses is raised."""
    done = [desk.do(one).op_id for one in wanted]
    try:
        desk.sync()
    except Fault as fault:
        if any(asked_status(desk.runtime, op_id) != "applied" for op_id in done):
            told = {"status": "requested", "why": fault.code}
            return told, f"已申请，联网后由服务器答复。 / Requested; {fault.sentence('en')}"
    statuses = [asked_status(desk.runtime, op_id) for op_id in done]
    status = "applied" if set(statuses) == {"applied"} else "requested"
    said = "已生效。 / Done." if status == "applied" else "已申请，等服务器答复。 / Requested."
    return {"status": status}, said


def _reset(desk: Desk, options: argparse.Namespace) -> Told:
    password = desk.reset_password(_person(desk, options.who))
    said = f"{options.who} 的新密码，只显示一次 / new password, shown once: {password}"
    return {"status": "applied", "password": password}, said


def _unlock(desk: Desk, options: argparse.Namespace) -> Told:
    desk.unlock(_person(desk, options.who))
    return {"status": "applied"}, "已解锁。 / Unlocked."


def _pin(desk: Desk, options: argparse.Namespace) -> Told:
    person_id = _person(desk, options.who)
    pin = _secret("新 PIN / New PIN: ")
    own = _secret("自己的密码 / Your password: ") if person_id == desk.person.id else ""
    desk.set_pin(pin, password=own, person=person_id)
    return {"status": "applied"}, "PIN 已设好。 / The PIN is set."


def _password(desk: Desk, _: argparse.Namespace) -> Told:
    old = _secret("旧密码 / Old password: ")
    desk.change_password(old, _secret("新密码 / New password: "))
    return {"status": "applied"}, "密码已更改。 / Your password is changed."


def _secret(asked: str) -> str:
    """Return what is typed unseen, or the next line of standard input."""
    return getpass.getpass(asked) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")


def _person(desk: Desk, who: str) -> UUID:
    found = desk.ask(lambda connection: person_id_of(connection, who))
    if found is None:
        raise Refusal("no_such_person", person=who)
    return found


def _outlet(desk: Desk, code: str) -> UUID | None:
    return None if code == EVERYWHERE else outlet_of(desk, code)


def outlet_of(desk: Desk, code: str) -> UUID:
    """Return the outlet with this code.

    Raises:
        Refusal: `no_outlet_of_code`.
    """
    known = desk.ask(outlets)
    for outlet in known:
        if sku_key(outlet.code) == sku_key(code):
            return outlet.id
    raise Refusal("no_outlet_of_code", outlet=code, known=", ".join(one.code for one in known))


ACTS = {
    "list": _list,
    "add": _add,
    "role": _role,
    "badge": _badge,
    "reset": _reset,
    "unlock": _unlock,
    "pin": _pin,
    "archive": _archive,
    "restore": _restore,
    "retire-desk": _retire_desk,
    "password": _password,
}
