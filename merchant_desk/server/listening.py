"""Where the server listens, and under which address desks find it."""

import errno
import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from merchant_desk.models.faults import Fault, why_unusable
from merchant_desk.sync.enrolment_code import is_loopback

BACKLOG = 1024
MOST_PORT = 65_535
_WHY = {errno.EADDRNOTAVAIL: "elsewhere", errno.EACCES: "denied", errno.EPERM: "denied"}
_EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - asked for by whoever gives it


@dataclass(eq=False)
class PortBusy(Fault):
    """Another program listens there."""

    host: str
    port: int
    zh: ClassVar[str] = "端口 {port}（{host}）已被另一个程序占用。请关闭它，或用 --port 指定另一个端口。"
    en: ClassVar[str] = (
        "Port {port} ({host}) is in use by another program. Close that one or choose another by --port."
    )


@dataclass(eq=False)
class AddressUnusable(Fault):
    """The address is not one of this machine, or may not be used."""

    host: str
    port: int
    detail: str
    names: ClassVar[Mapping[object, tuple[str, str]]] = {
        "range": (f"端口要在 0 到 {MOST_PORT} 之间", f"a port is 0 to {MOST_PORT}"),
        "unknown": ("找不到叫这个名字的电脑", "no computer of that name is known"),
        "elsewhere": ("它不是本机的地址", "it is no address of this computer"),
        "denied": (
            "没有权限；1024 以下的端口要管理员",
            "not permitted (below 1024: administrators only)",
        ),
    }
    zh: ClassVar[str] = "无法在 {host} 端口 {port} 上监听（{detail}）。请检查 --host 和 --port。"
    en: ClassVar[str] = "Cannot listen at {host}, port {port} ({detail}). Check --host and --port."


@dataclass(eq=False)
class PlainHttpRefused(Fault):
    """Plain HTTP was asked for where others could read it."""

    host: str
    zh: ClassVar[str] = "{host} 不是本机地址，不能使用未加密的 HTTP。请去掉 --plain-http。"
    en: ClassVar[str] = (
        "{host} can be reached from other machines, so plain HTTP is refused. Leave --plain-http out."
    )


def check_plain_http(host: str) -> None:
    """Pass where only this machine can listen in.

    Raises:
        PlainHttpRefused: elsewhere.
    """
    if not is_loopback(host):
        raise PlainHttpRefused(host)


def listen(host: str, port: int) -> socket.socket:
    """Return a bound socket; port 0 takes a free one.

    Raises:
        PortBusy, AddressUnusable: as their docstrings say.
    """
    if not 0 <= port <= MOST_PORT:
        raise AddressUnusable(host, port, "range")
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressUnusable(host, port, "unknown") from error
    try:
        if sys.platform == "win32":
            # There the other option lets a second program take the port away.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if host in _EVERYWHERE else 1)
        made.bind(address)
        # Bound is not enough: only a listening socket keeps a second server out.
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES) and (
            error.errno == errno.EADDRINUSE or sys.platform == "win32"
        ):
            raise PortBusy(host, port) from error
        raise AddressUnusable(host, port, _WHY.get(error.errno or 0) or why_unusable(error)) from error
    return made


def public_host(bound: str, own: Iterable[str]) -> str:
    """Return under which name or address desks reach a server that is bound to `bound`.

    Args:
        bound: what --host says.
        own: names and addresses of this machine (`certificates.own_hosts`).
    """
    if bound not in _EVERYWHERE:
        return bound
    candidates = [host for host in own if not is_loopback(host)]
    numeric = [host for host in candidates if host.count(".") == 3 and host.replace(".", "").isdigit()]
    return next(iter([*numeric, *candidates]), "127.0.0.1")
