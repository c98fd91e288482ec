"""`merchant-desk open`: the window, with its embedded server where the profile has one."""

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import structlog

from merchant_desk.cli.door import Door
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.cli.folders import default_profile, demo_home
from merchant_desk.cli.own_server import start_own_server
from merchant_desk.cli.passphrase import ask_passphrase
from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE
from merchant_desk.models.faults import Fault, file_fault, folder_of
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.support.putting_aside import put_aside
from merchant_desk.sync.closed_health import LOST_KEY
from merchant_desk.sync.key_copies import DATABASE, recover_from_paper, recover_from_server
from merchant_desk.sync.logs import DESK_LOG, configure_logs
from merchant_desk.sync.own_server import is_founded_here
from merchant_desk.sync.profile import ProfileNotEnrolled, is_new
from merchant_desk.sync.recovery import NothingToRestore, read_recovery
from merchant_desk.sync.safety_copy_return import GoingOn
from merchant_desk.sync.taking_over import read_begun
from merchant_desk.sync.vault import PassphraseRequest

log = structlog.get_logger()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--profile", type=Path, metavar="DIR", help="this desk's folder / 工作台文件夹")
    parser.add_argument("--demo", action="store_true", help="the demo merchant / 演示商户")
    parser.add_argument(
        "--language", choices=["zh_CN", "en"], help="语言，之后保持 / language, kept from then on"
    )
    colours = parser.add_mutually_exclusive_group()
    colours.add_argument("--dark", action="store_true", default=None, help="dark / 深色")
    colours.add_argument("--light", action="store_false", dest="dark", default=None, help="light / 浅色")
    parser.add_argument("--screen", metavar="ID", help="the first screen / 首个界面")
    parser.add_argument(
        "--server-url", default="", metavar="URL", help="where the server is now / 服务器地址"
    )
    parser.add_argument("--player", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "--courier", action=argparse.BooleanOptionalAction, default=True, help=argparse.SUPPRESS
    )


def run(options: argparse.Namespace) -> int:
    """Open the window and return when it is closed. Its log lies in the profile.

    Raises:
        Fault: it cannot be opened; said in a window too, for who has no terminal.
    """
    options.asked = options.language, options.dark  # the window keeps what was asked for, and only that
    options.language, options.dark = _look_of(_profile(options), options)
    while True:
        try:
            return _run(options)
        except Fault as fault:
            if not _shows_windows(options) or not _tried_again(options, fault):
                raise


def _tried_again(options: argparse.Namespace, fault: Fault) -> bool:
    """Show what can be seen of a desk that does not open; tell whether it is to be opened once more."""
    from merchant_desk.app import show_trouble

    folder = _profile(options)
    while True:
        wish = show_trouble(fault, folder, language=options.language, dark=options.dark)
        if wish != "aside":
            return wish != "close"
        configure_logs(None, shown=False)  # the log lies in the folder; opening begins a new one
        try:
            put_aside(folder)
        except Fault as failed:
            fault = failed
        else:
            return True


def _look_of(folder: Path, options: argparse.Namespace) -> tuple[str, bool]:
    """Return language and colours of a window without its desk: what was asked for, or the desk's own."""
    own = LocalSettings(folder).decisions
    dark = own.value(COLOURS) == "dark" if options.dark is None else options.dark
    return options.language or own.value(LANGUAGE), dark


def _profile(options: argparse.Namespace) -> Path:
    home: Path = options.profile or (demo_home() if options.demo else default_profile())
    return home / "desk" if options.demo else home


def _run(options: argparse.Namespace) -> int:
    from merchant_desk.app import run_window

    profile = _profile(options)
    _log_to(profile)
    with ExitStack() as stack:
        with folder_of(profile / DATABASE):
            desk = _demo_desk(stack, options) if options.demo else _own_desk(stack, options)
        if desk is None:
            return 0
        desk.start()
        return run_window(
            desk,
            language=options.asked[0],
            dark=options.asked[1],
            start_screen=options.screen,
            player=options.player,
        )


def _log_to(profile: Path) -> None:
    """Log into the profile. A log that cannot be written keeps no desk from opening, nor from saying why."""
    try:
        profile.mkdir(parents=True, exist_ok=True)
        configure_logs(profile / DESK_LOG)
    except OSError:
        configure_logs(None, shown=False)


def _own_desk(stack: ExitStack, options: argparse.Namespace) -> Desk | None:
    """Return this computer's desk, closed by `stack`; None: nobody wanted to make it one."""
    folder, asking = options.profile or default_profile(), _Asking(options)

    def open_it() -> Desk:
        return Desk.open(
            folder, server_url=options.server_url, courier=options.courier, ask_passphrase=asking.ask
        )

    def open_somehow() -> Desk:
        try:
            return open_it()
        except LOST_KEY as fault:
            if not _shows_windows(options) or not _recovered(folder, fault, options, asking):
                raise
            return open_it()

    def demo() -> Desk:
        options.demo, options.profile = True, None
        return _demo_desk(stack, options)

    desk: Desk | None = None
    with ExitStack() as given_up:
        try:
            is_begun = read_begun(folder) is not None
            if options.player or not (is_begun or is_new(folder)):
                desk = open_somehow()
                given_up.callback(desk.close)
                if is_founded_here(folder):
                    _serve_beside(stack, folder, options, asking)
        except ProfileNotEnrolled:
            if options.player:
                raise
        if desk is None:
            going_on = _going_on(folder, options, asking)
            desk = Door(stack, folder, options, asking.ask, open_it, going_on, demo).enter()
            if desk is not None:
                given_up.callback(desk.close)
        stack.push(given_up.pop_all())  # last here, so closed before the server that it stands on
    return desk


def _serve_beside(stack: ExitStack, folder: Path, options: argparse.Namespace, asking: "_Asking") -> None:
    """Start the server of a shop that was founded here; without it the desk works on, offline."""
    try:
        server = start_own_server(folder, asking.ask)
    except (Fault, OSError) as error:
        fault = error if isinstance(error, Fault) else file_fault(error, folder)
        log.error("own_server_not_started", code=fault.code)
        if _shows_windows(options):
            from merchant_desk.app import tell_fault

            tell_fault(fault, language=options.language, dark=options.dark)
    else:
        stack.callback(server.close)


def _going_on(folder: Path, options: argparse.Namespace, asking: "_Asking") -> Callable[[GoingOn], Desk]:
    """Return what makes the folder a desk that goes on from a safety copy."""

    def go_on(wish: GoingOn) -> Desk:
        return Desk.go_on_from(
            wish.copies,
            wish.open_key,
            folder,
            wish.code,
            wish.name,
            accept_damage=wish.accept_damage,
            courier=options.courier,
            ask_passphrase=asking.ask,
        )

    return go_on


def _recovered(folder: Path, fault: Exception, options: argparse.Namespace, asking: "_Asking") -> bool:
    """Ask in a window for the way to a lost key, until it is back (True) or nobody wants to go on.

    A profile without a copy of its key has no such way.
    """
    from merchant_desk.app import ask_recovery

    try:
        numbers = read_recovery(folder).numbers
    except NothingToRestore:
        return False
    while True:
        asking.forget()
        wanted = ask_recovery(fault, numbers, language=options.language, dark=options.dark)
        if wanted is None:
            return False
        try:
            if wanted.paper is not None:
                recover_from_paper(folder, wanted.paper, asking.ask)
            else:
                recover_from_server(
                    folder, wanted.login, wanted.password, asking.ask, server_url=options.server_url
                )
        except (Fault, Refusal) as failed:
            fault = failed
        else:
            return True


class _Asking:
    """Asks for the profile's passphrase where the person is; what was right is not asked again."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._given: str | None = None

    def ask(self, request: PassphraseRequest) -> str | None:
        """Return the passphrase: known already, from the environment, on a terminal or in a window."""
        if self._given is not None and request.problem is None:
            return self._given
        self._given = ask_passphrase(request)
        if self._given is None and _shows_windows(self._options):
            from merchant_desk import app

            options = self._options
            self._given = app.ask_passphrase(request, language=options.language, dark=options.dark)
        return self._given

    def forget(self) -> None:
        """Ask again next time: what was given was not right."""
        self._given = None


def _shows_windows(options: argparse.Namespace) -> bool:
    """Tell whether somebody sits before a screen: not a script, not a test, not the player."""
    somewhere = sys.platform in ("win32", "darwin") or any(
        map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY"))
    )
    hidden = os.environ.get("QT_QPA_PLATFORM", "") in ("offscreen", "minimal")
    return bool(somewhere) and not hidden and not options.player


def _demo_desk(stack: ExitStack, options: argparse.Namespace) -> Desk:
    """Return the demo merchant's desk, signed in; loads the merchant and starts its server as needed."""
    from merchant_desk.cli import demo_shop
    from merchant_desk.server.demo.structure import MANAGER

    home = options.profile or demo_home()
    folder = home / "desk"
    server_folder = home / "server"
    folder.mkdir(parents=True, exist_ok=True)
    stack.enter_context(ProfileLock(home))  # to the end: two windows begin the demo one after the other
    with ProfileLock(folder):  # a second window is told of the first, not of the first one's server
        is_new = not (folder / DATABASE).exists()
        if not (server_folder / demo_shop.DAY_FILE).exists():
            print("正在装入演示商户… / Loading the demo merchant…", flush=True)
        shop = demo_shop.prepare(server_folder, 1 if is_new else 0)
        server = EmbeddedServer(server_folder, ["--demo"])
        stack.callback(server.close)
    if is_new:
        code = demo_shop.enrolment_code(shop.secrets[0], server.port)
        desk = demo_shop.enrol(folder, code, "演示工作台", courier=options.courier)
        stack.callback(desk.close)
    else:
        desk = Desk.open(folder, demo=True, courier=options.courier, server_url=server.url)
        stack.callback(desk.close)
        desk.sign_in(MANAGER.login, MANAGER.password)
    return desk
