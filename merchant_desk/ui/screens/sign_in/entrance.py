"""Windows that are there before a desk is open: for a code, a passphrase, a lost key, a fault."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtWidgets import QApplication

from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.closed_health import Closed
from merchant_desk.sync.days import CHINA
from merchant_desk.sync.vault import PassphraseRequest
from merchant_desk.ui.background import ThreadRunner
from merchant_desk.ui.messages import Language
from merchant_desk.ui.process_events import ending_by_signal
from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.screens.doctor.trouble import TroubleDialog, Wish
from merchant_desk.ui.screens.sign_in.door import DoorDialog, Wanted
from merchant_desk.ui.screens.sign_in.enrolment import Enrol, EnrolmentWindow
from merchant_desk.ui.screens.sign_in.founding import Founder, FoundingDialog, KeepPaperDialog
from merchant_desk.ui.screens.sign_in.going_on import GoOn
from merchant_desk.ui.screens.sign_in.opening import FaultDialog, PassphraseDialog, WaitingDialog
from merchant_desk.ui.screens.sign_in.recovering import RecoverDialog, Recovery
from merchant_desk.ui.screens.sign_in.replacing import OldPc, ReplacingDialog
from merchant_desk.ui.screens.sign_in.taken_over import TakenOverDialog
from merchant_desk.ui.screens.sign_in.taking_over import Heir, TakingOverDialog
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.theme import Theme
from merchant_desk.ui.theme.tokens import Scheme


def ask_what_is_wanted(app: QApplication, *, language: str, dark: bool) -> tuple[Wanted | None, str]:
    """Ask at the door of a computer that is no desk yet; return what is wanted (None: nothing), and in which
    language that was said. Replacing a computer that works, or left no safety copy, is joining.
    """
    with bare_look(app, language, dark=dark) as look:
        while True:
            dialog = DoorDialog(look)
            wanted = dialog.chosen if dialog.exec() else None
            dialog.deleteLater()
            if wanted is Wanted.REPLACE:
                asking = ReplacingDialog(look)
                old = asking.chosen if asking.exec() else None
                asking.deleteLater()
                if old is None:
                    continue
                wanted = Wanted.REPLACE if old is OldPc.COPY else Wanted.JOIN
            return wanted, str(look.language.code)


def wait_for(app: QApplication, key: str, work: Callable[[], Desk], *, language: str, dark: bool) -> Desk:
    """Run work that takes its time, and say what it is by the text of a key; it cannot be called off.

    Raises:
        Exception: as `work`.
    """
    with bare_look(app, language, dark=dark) as look:
        runner = ThreadRunner(1)
        dialog = WaitingDialog(look, key)
        runner.run(work, dialog.take, failed=dialog.take)
        dialog.exec()
        runner.close()
        dialog.deleteLater()
    if isinstance(dialog.found, Desk):
        return dialog.found
    raise dialog.found


def ask_to_found(
    app: QApplication, founder: Founder, *, language: str, dark: bool, stands: bool
) -> Desk | None:
    """Let a shop be founded; return its first desk, open, or None if that was given up.

    Args:
        app: the program's.
        founder: does it.
        language, dark: as for `run_window`.
        stands: whether the shop was founded before, and only this computer is no desk yet.
    """
    with bare_look(app, language, dark=dark) as look:
        runner = ThreadRunner(1)
        sheet = None
        try:
            if not stands:
                form = FoundingDialog(look, runner, founder)
                founded = form.exec()
                sheet = form.sheet
                form.deleteLater()
                if not founded:
                    return None
            paper = KeepPaperDialog(look, runner, founder, sheet)
            desk = paper.desk if paper.exec() else None
            paper.deleteLater()
            return desk
        finally:
            runner.close()


def ask_to_take_over(app: QApplication, heir: Heir, *, language: str, dark: bool) -> Desk | None:
    """Let the shop of another computer be taken over, and say what its other desks must do.

    Returns its new desk, open, or None if that was given up.
    """
    with bare_look(app, language, dark=dark) as look:
        runner, hub = ThreadRunner(1), ScannerHub(app)
        dialog = TakingOverDialog(look, runner, heir)
        hub.scanned.connect(dialog.take_scan)
        made = dialog.made if dialog.exec() else None
        hub.close()
        dialog.deleteLater()
        if made is not None:
            said = TakenOverDialog(look, made[1])
            said.exec()
            said.deleteLater()
        runner.close()
        return made[0] if made is not None else None


def ask_for_code(
    app: QApplication,
    enrol: Enrol,
    go_on: GoOn,
    *,
    language: str,
    dark: bool,
    name: str,
    by_copy: bool = False,
) -> Desk | None:
    """Ask for an enrolment code in a window of its own; return the open desk, or None if it was given up.

    Args:
        app: the program's.
        enrol: enrol(code, name) makes the profile a desk; its faults are shown, and the person tries again.
        go_on: makes it one that goes on from a safety copy, likewise.
        language, dark: as for `run_window`.
        name: what to call this desk, to be changed by the person.
        by_copy: whether to begin with the safety copy.
    """
    with bare_look(app, language, dark=dark) as look:
        runner, hub = ThreadRunner(1), ScannerHub(app)
        window = EnrolmentWindow(look, runner, enrol, name, go_on=go_on)
        hub.scanned.connect(window.take_scan)
        window.show()
        window.code.setFocus()
        if by_copy:
            window.ask_for_copy()
        with ending_by_signal(window.close):
            app.exec()
        hub.close()
        runner.close()
        desk = window.desk
        window.deleteLater()
    return desk


def ask_for_passphrase(
    app: QApplication, request: PassphraseRequest, *, language: str, dark: bool
) -> str | None:
    """Ask for a profile's passphrase; None when the window is closed."""
    with bare_look(app, language, dark=dark) as look:
        dialog = PassphraseDialog(look, request)
        given = dialog.passphrase if dialog.exec() else None
        dialog.deleteLater()
        return given


def ask_for_recovery(
    app: QApplication, error: Exception, numbers: Sequence[str], *, language: str, dark: bool
) -> Recovery | None:
    """Say that a key cannot be had, and ask for the paper or for somebody who vouches at the server.

    Args:
        app: the program's.
        error: why the desk does not open, or why the last try to recover it failed.
        numbers: of the papers that open it.
        language, dark: as for `run_window`.
    """
    with bare_look(app, language, dark=dark) as look:
        hub = ScannerHub(app)
        dialog = RecoverDialog(look, error, numbers)
        hub.scanned.connect(dialog.take_scan)
        given = dialog.recovery if dialog.exec() else None
        hub.close()
        dialog.deleteLater()
        return given


def say_fault(app: QApplication, error: Exception, *, language: str, dark: bool) -> None:
    """Say why a desk cannot be opened."""
    with bare_look(app, language, dark=dark) as look:
        dialog = FaultDialog(look, error)
        dialog.exec()
        dialog.deleteLater()


def show_trouble(app: QApplication, fault: Fault, folder: Path, *, language: str, dark: bool) -> Wish:
    """Say why the desk in a folder cannot be opened, and what can be seen of it; return what is wanted."""
    with bare_look(app, language, dark=dark) as look:
        runner = ThreadRunner(1)
        dialog = TroubleDialog(look, runner, Closed(folder, fault))
        dialog.exec()
        runner.close(wait=False)  # a keyring may hang
        dialog.deleteLater()
        return dialog.wish


@contextlib.contextmanager
def bare_look(app: QApplication, language: str, *, dark: bool) -> Iterator[Look]:
    """The look of windows without a desk."""
    theme = Theme(app, Scheme.DARK if dark else Scheme.LIGHT)
    spoken = Language(LanguageCode(language), CHINA, app=app)
    yield Look(theme, spoken)
    spoken.leave()
    theme.deleteLater()
    app.setStyleSheet("")
