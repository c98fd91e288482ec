"""A computer that is no desk yet: a shop is founded on it or goes on here, it joins one, shows a demo."""

import argparse
import platform
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from merchant_desk.cli.own_heir import Heir
from merchant_desk.cli.own_server import Founder, Holder
from merchant_desk.desk import Desk
from merchant_desk.sync.key_faults import PassphraseNotGiven
from merchant_desk.sync.own_server import is_founded_here
from merchant_desk.sync.profile import ProfileNotEnrolled
from merchant_desk.sync.safety_copy_return import GoingOn
from merchant_desk.sync.taking_over import note_ended, read_begun
from merchant_desk.sync.vault import AskPassphrase


@dataclass(frozen=True)
class Door:
    """What happens there.

    Args:
        stack: closes what was started, when the window is closed.
        folder: the profile.
        options: of `open`; a language that is chosen at the door is put there.
        ask: asks for a passphrase, on the thread of windows.
        open_it: opens the profile; raises ProfileNotEnrolled.
        go_on: makes it a desk that goes on from a safety copy.
        demo: opens the demo merchant's desk.
    """

    stack: ExitStack
    folder: Path
    options: argparse.Namespace
    ask: AskPassphrase
    open_it: Callable[[], Desk]
    go_on: Callable[[GoingOn], Desk]
    demo: Callable[[], Desk]

    def enter(self) -> Desk | None:
        """Ask until there is a desk, or nobody wants one (None)."""
        from merchant_desk.app import run_door, run_waiting

        if read_begun(self.folder) is not None:
            desk = self._take_over()
            if desk is not None or is_founded_here(self.folder):
                return desk
            note_ended(self.folder)
        if is_founded_here(self.folder):
            return self._found(stands=True)
        while True:
            wanted, self.options.language = run_door(language=self.options.language, dark=self.options.dark)
            self.options.asked = self.options.language, self.options.asked[1]
            if wanted is None:
                return None
            if wanted == "demo":
                return run_waiting(
                    "door.loading_demo", self.demo, language=self.options.language, dark=self.options.dark
                )
            try:
                desk = self._wanted(wanted)
            except PassphraseNotGiven:
                continue
            if desk is not None:
                return desk

    def _wanted(self, wanted: str) -> Desk | None:
        if wanted == "found":
            return self._found(stands=False)
        return self._take_over() if wanted == "take_over" else self._join(by_copy=wanted == "replace")

    def _join(self, *, by_copy: bool) -> Desk | None:
        from merchant_desk.app import run_enrolment

        try:
            return self.open_it()  # asks for a passphrase here: enrolling runs where nobody may be asked
        except ProfileNotEnrolled:
            pass
        options = self.options
        name = platform.node() or "desk"
        return run_enrolment(
            self._enrol,
            self.go_on,
            language=options.language,
            dark=options.dark,
            name=name,
            by_copy=by_copy,
        )

    def _enrol(self, code: str, name: str) -> Desk:
        try:
            return self.open_it()  # it was enrolled by a try whose first sync did not end
        except ProfileNotEnrolled:
            return Desk.enrol(self.folder, code, name, courier=self.options.courier, ask_passphrase=self.ask)

    def _found(self, *, stands: bool) -> Desk | None:
        """Let a shop be founded or, where it stands, make this computer its desk."""
        from merchant_desk.app import run_founding

        options = self.options
        founder = Founder(self.folder, self.ask, courier=options.courier)

        def found() -> Desk | None:
            founder.prepare()
            return run_founding(founder, language=options.language, dark=options.dark, stands=stands)

        desk = self._kept(founder, found)
        if desk is not None:
            options.screen = options.screen or "setup"
        return desk

    def _take_over(self) -> Desk | None:
        """Let the shop of another computer go on here."""
        from merchant_desk.app_moving import run_taking_over

        options = self.options
        heir = Heir(self.folder, self.ask, courier=options.courier)

        def take_over() -> Desk | None:
            heir.prepare()
            return heir.finished() or run_taking_over(heir, language=options.language, dark=options.dark)

        return self._kept(heir, take_over)

    def _kept(self, holder: Holder, run: Callable[[], Desk | None]) -> Desk | None:
        """Return the desk that was made, whose server ends with the window; None gives the profile free."""
        with ExitStack() as given_up:
            given_up.callback(holder.close)
            desk = run()
            if desk is not None:
                self.stack.callback(given_up.pop_all().close)
        return desk
