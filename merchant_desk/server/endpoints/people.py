"""Endpoints: signing in and out, passwords."""

from merchant_desk.server.endpoint import Access, Call, Endpoint, Lane
from merchant_desk.sync.administration import (
    NewPassword,
    PasswordSet,
    PersonSeen,
    SignedIn,
    SignInTry,
    SignOut,
)


def sign_in(call: Call) -> SignedIn:
    """Check a password or PIN and open a session."""
    return call.services.people.sign_in(call.desk, call.body)


def password(call: Call) -> PasswordSet:
    """Change one's own or reset somebody's."""
    return call.services.people.change(call.person, call.body)


def sign_out(call: Call) -> SignOut:
    """End the session."""
    call.services.people.sign_out(call.person)
    return SignOut()


def people(call: Call) -> list[PersonSeen]:
    """Return who has a password, and who is locked."""
    return call.services.people.seen(call.person)


_GUARDED = ((403, "sign_in_failed"), (403, "password_not_set"), (423, "sign_in_locked"))

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/sign-in",
        "在工作台登录（登录名或工牌，密码或 PIN）；连续五次失败即锁定，由主管重置。",
        "Sign in at a desk by login or badge, with password or PIN; locked after five failures in a row "
        "until a manager resets it.",
        SignedIn,
        run=sign_in,
        lane=Lane.HASH,
        request=SignInTry,
        problems=_GUARDED,
        tries="sign-in",
    ),
    Endpoint(
        "POST",
        "/sign-out",
        "结束会话。",
        "End the session.",
        SignOut,
        run=sign_out,
        access=Access.PERSON,
        lane=Lane.WRITE,
        request=SignOut,
    ),
    Endpoint(
        "POST",
        "/password",
        "更改自己的密码或 PIN（需旧密码），或由主管重置他人的并解锁。",
        "Change one's own password or PIN (the old password is asked for), or reset somebody else's and "
        "open the lock (right `people`).",
        PasswordSet,
        run=password,
        access=Access.PERSON,
        lane=Lane.HASH,
        request=NewPassword,
        problems=((403, "not_allowed"), (404, "no_such_person"), (409, "password_too_short"), *_GUARDED),
        tries="sign-in",
    ),
    Endpoint(
        "GET",
        "/people",
        "全部人员的登录状态：是否已设密码与 PIN，是否已锁定（主管）。",
        "How people stand with signing in: who has a password or a PIN, who is locked (right `people`).",
        list[PersonSeen],
        run=people,
        access=Access.PERSON,
        problems=((403, "not_allowed"), (403, "sign_in_expired")),
    ),
)
