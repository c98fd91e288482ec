"""The window program, built from its parts: the one file that knows them all, and the only QApplication.

Heavy parts (sounds, search index, screens) come after the window is on the screen.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from merchant_desk.desk import Desk
from merchant_desk.domain.gs1 import preload
from merchant_desk.domain.printers import Printer
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE, ZONE
from merchant_desk.models.faults import Fault
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.models.queries.operation_lists import Place, place
from merchant_desk.printing.outcomes import Report
from merchant_desk.sync.findings import Finding
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.vault import PassphraseRequest
from merchant_desk.ui.actions import Action
from merchant_desk.ui.background import ThreadRunner
from merchant_desk.ui.books_currency import BooksCurrency
from merchant_desk.ui.busy_runner import BusyRunner
from merchant_desk.ui.changes import ChangeBridge
from merchant_desk.ui.desk_choices import DeskChoices, Followers
from merchant_desk.ui.desk_status import Counters, StatusBridge, StatusLineWriter, StatusNotices, sync_state
from merchant_desk.ui.garbage import GarbageRounds
from merchant_desk.ui.messages import Language
from merchant_desk.ui.printing.service import PrintService, try_printer
from merchant_desk.ui.process_events import ending_by_signal, telling_errors
from merchant_desk.ui.record_search import record_sources
from merchant_desk.ui.scan_reception import ScanReception, Voices
from merchant_desk.ui.scan_router import ScanPlaces, ScanRouter
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.screens.people.own import OWN_SECRETS, own_secrets
from merchant_desk.ui.screens.registry import ScreenParts, load_modules, screen_specs
from merchant_desk.ui.screens.sign_in import entrance
from merchant_desk.ui.screens.sign_in.door import Wanted
from merchant_desk.ui.screens.sign_in.enrolment import Enrol
from merchant_desk.ui.screens.sign_in.form_shelter import FormShelter
from merchant_desk.ui.screens.sign_in.founding import Founder
from merchant_desk.ui.screens.sign_in.going_on import GoOn
from merchant_desk.ui.screens.sign_in.joining_again import JoiningAgain
from merchant_desk.ui.screens.sign_in.recovering import Recovery
from merchant_desk.ui.screens.sign_in.server_closing import ServerClosing
from merchant_desk.ui.screens.sign_in.sheet import LOCK_KEY, SignInSheet, Why
from merchant_desk.ui.search_feed import SearchFeed
from merchant_desk.ui.session import IdleWatch, Session
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from merchant_desk.ui.theme.tokens import Scheme, Tone
from merchant_desk.ui.window.file_drops import FileDrops
from merchant_desk.ui.window.placement import fit_to_screen, placement
from merchant_desk.ui.window.window import DeskWindow, WindowParts

log = structlog.get_logger()

SETTLE_MS = 250
"""After the window is up, this long until sounds and search begin: the first screen comes first."""

SWITCH_SECONDS = 0.001
"""How long a thread may hold the interpreter while another waits: five times less than usual. A scan passes
between threads, and each of its questions to the database lets the interpreter go and takes it again."""

GARBAGE_MS = 2_000
"""Until then after the start no garbage is collected: nearly all that is made stays."""

FIRST_SCREEN = "home"
PERSON_MENU = (
    *("person.switch", "person.lock", *OWN_SECRETS),
    *("", "window.language", "window.theme", "sounds.mute"),
)


def run_window(
    desk: Desk,
    *,
    language: str | None = None,
    dark: bool | None = None,
    start_screen: str | None = None,
    player: bool = False,
) -> int:
    """Open the window of an open desk; returns the exit code when it is closed. The caller closes the desk.

    Args:
        desk: started or not; the window does not start its sync.
        language: "zh_CN" or "en"; None: what was chosen on this desk before. `dark` likewise.
        start_screen: the first screen's id; by default the overview.
        player: whether standard input plays the window by JSON lines (see `ui/player.py`).
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    app = application()
    with GarbageRounds(lambda: program.hub.holding or desk.runtime.writer.waiting > 0) as garbage:
        if player:
            desk.settings.local = LocalSettings()
        colours = None if dark is None else str(Scheme.DARK if dark else Scheme.LIGHT)
        asked = {LANGUAGE.key: language, COLOURS.key: colours}
        desk.settings.follow({key: value for key, value in asked.items() if value is not None})
        program = Program(app, desk)
        fit_to_screen(program.window, program.choices.decisions)
        with ending_by_signal(program.window.end), telling_errors(program.tell_error):
            program.show(start_screen or FIRST_SCREEN)
            QTimer.singleShot(GARBAGE_MS, garbage, garbage.start)
            if player:
                program.play()
            code = app.exec()
        program.close(keep=not player)
    return code


def run_door(*, language: str, dark: bool) -> tuple[Wanted | None, str]:
    """Ask what is wanted of a computer that is no desk yet; see `entrance.ask_what_is_wanted`."""
    return entrance.ask_what_is_wanted(application(), language=language, dark=dark)


def run_waiting(key: str, work: Callable[[], Desk], *, language: str, dark: bool) -> Desk:
    """Say what is waited for while work runs beside the window; see `entrance.wait_for`."""
    return entrance.wait_for(application(), key, work, language=language, dark=dark)


def run_founding(founder: Founder, *, language: str, dark: bool, stands: bool) -> Desk | None:
    """Let a shop be founded in windows of its own; see `entrance.ask_to_found`."""
    return entrance.ask_to_found(application(), founder, language=language, dark=dark, stands=stands)


def run_enrolment(
    enrol: Enrol, go_on: GoOn, *, language: str, dark: bool, name: str, by_copy: bool
) -> Desk | None:
    """Ask for an enrolment code in a window of its own; see `entrance.ask_for_code`."""
    return entrance.ask_for_code(
        application(), enrol, go_on, language=language, dark=dark, name=name, by_copy=by_copy
    )


def ask_passphrase(request: PassphraseRequest, *, language: str, dark: bool) -> str | None:
    """Ask for a profile's passphrase in a window; None when it is closed."""
    return entrance.ask_for_passphrase(application(), request, language=language, dark=dark)


def ask_recovery(error: Exception, numbers: Sequence[str], *, language: str, dark: bool) -> Recovery | None:
    """Say in a window that a key is lost, and ask how to get it back; None when nobody wants to."""
    return entrance.ask_for_recovery(application(), error, numbers, language=language, dark=dark)


def tell_fault(error: Exception, *, language: str, dark: bool) -> None:
    """Say in a window why a desk cannot be opened."""
    entrance.say_fault(application(), error, language=language, dark=dark)


def show_trouble(fault: Fault, folder: Path, *, language: str, dark: bool) -> str:
    """Say in a window why the desk in a folder cannot be opened; see `entrance.show_trouble`."""
    return entrance.show_trouble(application(), fault, folder, language=language, dark=dark)


def application() -> QApplication:
    """Return the program's QApplication, made when it is first asked for."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        return app
    app = QApplication(sys.argv[:1])
    app.setApplicationName("merchant-desk")
    app.setApplicationDisplayName("Merchant Desk")
    app.setDesktopFileName("merchant-desk")
    return app


class Program(QObject):
    """One desk's window with everything that lives as long as it does."""

    def __init__(self, app: QApplication, desk: Desk) -> None:
        super().__init__()
        self._app = app
        self._desk = desk
        self._where = self._place()
        self.look = self._make_look()
        self.runner = BusyRunner(ThreadRunner(2, unexpected=self.tell_error, parent=self))
        self.hub = ScannerHub(app, parent=self)
        self.sounds = Sounds(self)
        self.changes = ChangeBridge(desk.runtime.listen, self)
        self.books = BooksCurrency(desk, self.look.language, self.changes, self.runner, self)
        self.status = StatusBridge(desk, self)
        self.session = Session(desk, self.runner, self.changes, self)
        self.counters = Counters(desk, self.runner, self.changes, self)
        demo = self.status.status.demo
        self.idle = IdleWatch(0, self)
        followers = Followers(self.look, self.sounds, self.hub, None if demo else self.idle)
        self.choices = DeskChoices(desk, self.session, followers, self.changes, self.runner, self)
        self.search = SearchFeed(desk.runtime, self.changes.note)
        self.printing = PrintService(lambda: desk.settings.local, self.look, self)
        self._line: StatusLineWriter | None = None
        self.joining = JoiningAgain(self.look, self.runner, desk, self)
        self.window = self._make_window()
        self.printing.serve(self.window.notices)
        self._line = StatusLineWriter(self.look, self.window.status_line, self.hub, self.sounds, self)
        self._show_desk()
        self.notices = StatusNotices(
            self.look, self.window.notices, self.status, self.hub, lambda: self.window.go("sync")
        )
        host: QWidget | None = self.window.centralWidget()
        self.sheet = SignInSheet(self.look, self.window if host is None else host, self.session, demo=demo)
        self.forms = FormShelter(self.window, self.sheet, self.session)
        voices = Voices(self.sounds, self.notices, self.tell_error)
        self.reception = ScanReception(desk, self.runner, self.window, self.sheet, voices)
        self.router = ScanRouter(self.hub, self._scan_places(), self)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)
        self._connect()

    # -- parts -----------------------------------------------------------------------------------

    def _place(self) -> Place | None:
        return self._desk.ask(lambda connection: place(connection, self._desk.identity.outlet_id))

    def _make_look(self) -> Look:
        settings = self._desk.settings
        code, scheme = LanguageCode(settings.value(LANGUAGE)), Scheme(settings.value(COLOURS))
        return Look(Theme(self._app, scheme), Language(code, ZoneInfo(settings.value(ZONE)), app=self._app))

    def _make_window(self) -> DeskWindow:
        parts = ScreenParts(
            self._desk, self.hub, self.sounds, self.changes, self._desk.runtime.clock, self._show_location,
            self.session.permitted, self.printing, self.idle, self.joining.ask,
        )  # fmt: skip
        return DeskWindow(
            WindowParts(
                self.look,
                self.runner,
                screen_specs(parts, self.counters.badges()),
                self._desk.runtime.clock,
                self.session.permitted,
                record_sources(self._desk, self.look, self._go, self.session.permitted),
                PERSON_MENU,
                may_close=ServerClosing(self._desk, self.look, lambda: self.window).may_close,
            )
        )

    def _scan_places(self) -> ScanPlaces:
        return ScanPlaces(
            lambda: self.joining.window or self.window.built(self.window.current),
            self._go_for_scan,
            lambda: self.sheet.isVisible() and self.joining.window is None,
            self.sheet.take_badge,
            self.reception.reject,
            self.reception.take,
        )

    def _connect(self) -> None:
        window = self.window
        window.commands.add(
            [
                Action(
                    "person.switch", "person.switch", self._switch, "Ctrl+Alt+U", "users", "actions.person"
                ),
                Action("person.lock", "person.lock", self.lock, LOCK_KEY, "lock", "actions.person"),
                Action("sounds.mute", "actions.mute", self._mute, "Ctrl+Alt+M", "volume-x", "actions.view"),
            ]
        )
        window.commands.add(own_secrets(window, self._desk, window.context))
        FileDrops(window, self.session.permitted)
        self.status.changed.connect(lambda status: window.show_sync(sync_state(status)))
        self.joining.serve(self.status, self.sheet)
        self.joining.joined.connect(self._tell_joined)
        self.counters.changed.connect(window.refresh_badges)
        self.session.changed.connect(self._show_person)
        self.session.left.connect(self.lock)
        self.hub.scanned.connect(self.idle.touch)
        self.hub.bounce_suspected.connect(self.reception.tell_bounce)
        self.hub.incoming.connect(self._desk.runtime.writer.expect)
        self.sheet.signed_in.connect(
            lambda person: window.notices.tell(self.look.text("sign_in.welcome", name=person.name), Tone.OK)
        )

    # -- life ------------------------------------------------------------------------------------

    def show(self, screen: str) -> None:
        """Put the window on the screen, at a screen, with whoever is signed in or the sheet that asks."""
        window = self.window
        window.show_sync(sync_state(self.status.status))
        self._show_person()
        known = set(window.navigation.order())
        window.go(screen if screen in known else window.navigation.order()[0])
        window.show()
        self.idle.watch(window.windowHandle())
        self.idle.idle.connect(self.lock)
        if self.session.person is None:
            self.sheet.ask(Why.START)
        self._settling.start(SETTLE_MS)

    def play(self) -> None:
        """Be played by standard input and output."""
        from merchant_desk.ui.player import play_window
        from merchant_desk.ui.stage import window_stage

        play_window(window_stage(self._desk, self.window, self.hub, self.runner, self.sheet), self)

    def close(self, *, keep: bool = True) -> None:
        """End everything that the window began; again is harmless."""
        self.choices.close(placement(self.window) if keep else {})
        self._settling.stop()
        self.search.close()
        self.hub.close()
        self.changes.close()
        self.status.close()
        self.printing.close()
        self.runner.close()
        self.window.end()
        self.window.deleteLater()
        self.look.language.leave()
        self.look.theme.deleteLater()
        self._app.setStyleSheet("")
        self.deleteLater()

    def lock(self) -> None:
        """Let nobody work until somebody signs in again; open documents stay as they are."""
        if not self.sheet.waits:
            self.session.sign_out()
            self.sheet.ask(Why.LOCKED)

    def _settle(self) -> None:
        self.counters.count()
        self.sounds.prepare()
        self.choices.attach_serial()
        self.search.start()
        self.runner.run(preload, lambda _: None)
        self.runner.run(load_modules, lambda _: None)

    def _show_desk(self) -> None:
        identity = self._desk.identity
        if self._line is not None:
            self._line.show_place(self._where, f"{identity.name} {identity.code}".strip())

    # -- what happens ----------------------------------------------------------------------------

    def _tell_joined(self, desk: Desk) -> None:
        self._show_desk()
        told = self.look.text("enrol.done_again", code=desk.identity.code, n=desk.status.waiting)
        self.window.notices.tell(told, Tone.OK)

    def tell_error(self, error: Exception) -> None:
        """Say that something failed which nobody else has said."""
        log.error("window_error", **mistake(error))
        self.window.notices.tell(describe(error, self.look.language), Tone.REFUSED)

    def _go(self, screen: str, target: object) -> None:
        self.window.go(screen, target)

    def _go_for_scan(self, screen: str) -> object:
        if screen not in self.window.navigation.order():
            return None
        self.window.go(screen)
        return self.window.built(screen)

    def _show_location(self, code: str) -> None:
        if self._line is not None:
            self._line.show_location(code)

    def _show_person(self) -> None:
        person = self.session.person
        self.window.show_person(person.name if person is not None else "")

    def _switch(self) -> None:
        self.sheet.ask(Why.SWITCH if self.session.person is not None else Why.START)

    def _mute(self) -> None:
        self.sounds.set_muted(not self.sounds.muted)


def examine_surroundings(folder: Path) -> list[Finding]:
    """Return what the doctor sees of fonts, scanners and printers; without a screen it looks offscreen.

    `folder` is the profile's, which says what scanner was chosen.
    """
    from merchant_desk.ui.surroundings import around

    application()
    return list(around(LocalSettings(folder)))


def print_trial_page(printer: Printer, language: str) -> Report:
    """Print a test page once, and return what became of it."""
    application()
    return try_printer(printer, LanguageCode(language))


def chinese_fonts() -> list[str]:
    """Return the fonts that this computer can write Chinese with."""
    from merchant_desk.ui import surroundings

    application()
    return surroundings.chinese_fonts()
