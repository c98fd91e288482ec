"""The same server under another address: proved to be the same before anything is changed or told.

A desk's token is good for whoever reads it, so it is only sent where its server must be: behind the pinned
certificate, where a manager's enrolment code leads, or where the history that this desk knows is known.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import structlog

from merchant_desk.models.faults import Fault
from merchant_desk.sync.desk import DeskEngine
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.key_copies import keep_copies
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.server_faults import DeskUnknown
from merchant_desk.sync.transport import Fetch, HttpFetch, ServerApi
from merchant_desk.sync.typed_code import CodeUnreadable

log = structlog.get_logger()


@dataclass(eq=False)
class AddressUnreadable(Fault):
    """What was given is neither the address of a server nor an enrolment code."""

    where: str
    zh: ClassVar[str] = "{where} 不是服务器地址（如 https://主机:8765），也不是登记代码。什么都没有改变。"
    en: ClassVar[str] = (
        "{where} is neither a server's address (such as https://host:8765) nor an enrolment code. Nothing "
        "was changed."
    )


@dataclass(eq=False)
class OtherServer(Fault):
    """What answers there is not the server of this desk, or has another history and nobody vouches for it."""

    where: str
    zh: ClassVar[str] = (
        "{where} 的服务器不认识这台工作台。什么都没有改变，也没有发送任何工作。请核对地址；"
        "若服务器是从备份恢复或换了证书，请输入那台服务器给出的登记代码（不会用掉）。"
    )
    en: ClassVar[str] = (
        "The server at {where} does not know this desk. Nothing was changed and no work was sent. Check the "
        "address; if the server was restored from a backup or has a new certificate, enter an enrolment code "
        "that it gave (it is not used up)."
    )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is said to be; `vouched`: a certificate or a manager's code says that it is the one."""

    url: str
    fingerprint: bytes | None
    vouched: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """Where the desk's server is from now on; `restored`: its data come from a backup (another epoch)."""

    url: str
    restored: bool


def place_of(where: str, identity: Identity) -> Place:
    """Read an address, behind which the certificate is the known one, or a code with address and certificate.

    Raises:
        AddressUnreadable: it is neither.
        CodeMistyped, CodeIncomplete, WrongKindOfCode, InsecureAddress: as `parse_enrolment_code`.
    """
    given = where.strip()
    if "://" not in given:
        try:
            code = parse_enrolment_code(given)
        except CodeUnreadable as error:
            raise AddressUnreadable(given) from error
        return Place(code.url, code.fingerprint, vouched=True)
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError as error:
        raise AddressUnreadable(given) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise AddressUnreadable(given)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    pinned = bytes.fromhex(identity.fingerprint) if identity.fingerprint else None
    url = f"{parts.scheme}://{host}{f':{port}' if port else ''}"
    return Place(url, pinned, vouched=pinned is not None)


def prove_same(fetch: Fetch, place: Place, api: ServerApi, epoch: UUID | None) -> Moved:
    """Ask what answers there whether it is this desk's server; `api` asks it over `fetch` as this desk.

    Raises:
        OtherServer: it is not, as far as can be told.
        Fault: nobody answers, another certificate, a retired desk.
    """
    if not place.vouched and ServerApi(fetch, "").version().epoch != epoch:
        raise OtherServer(place.url)
    try:
        answer = api.check()
    except DeskUnknown as unknown:
        raise OtherServer(place.url) from unknown
    return Moved(place.url, answer.epoch != epoch)


def relocate(engine: DeskEngine, place: Place) -> None:
    """Keep the new address, on the writer's thread while no exchange runs."""
    fingerprint = place.fingerprint.hex() if place.fingerprint else ""
    identity = msgspec.structs.replace(engine.identity, server_url=place.url, fingerprint=fingerprint)
    with engine.store.engine.begin() as connection:
        write_value(connection.connection.cursor(), "identity", identity)
    engine.reload()


class Moving(ABC):
    """The part of a desk that follows its server to another address."""

    runtime: DeskRuntime
    _given_fetch: Fetch | None

    @abstractmethod
    def _take_line(self, url: str) -> None:
        """Talk to the server at this address from now on."""

    def move_to(self, where: str) -> Moved:
        """Go on with the same server at another address; then sync, whose fault is in the status.

        Args:
            where: the address (https://host:port), or an enrolment code of that server, which is not used up:
                it tells a new certificate, and vouches for one that was restored from a backup.

        Raises:
            AddressUnreadable, OtherServer: nothing was changed.
            Fault: as `place_of` and `prove_same`; likewise.
        """
        runtime = self.runtime
        place = place_of(where, runtime.identity)
        fetch = self._given_fetch or HttpFetch(place.url, place.fingerprint)
        try:
            api = ServerApi(fetch, runtime.identity.token)
            api.pending = lambda: runtime.status.waiting  # told with each request that has a token
            moved = prove_same(fetch, place, api, runtime.engine.position.epoch)
        finally:
            if isinstance(fetch, HttpFetch):
                fetch.close()
        runtime.mending.relocate(lambda: relocate(runtime.engine, place))
        keep_copies(runtime.profile.folder, runtime.profile.vault, runtime.identity)
        self._take_line(place.url)
        try:
            runtime.sync()
        except Fault as fault:
            log.info("sync_failed", code=fault.code)
        return moved
