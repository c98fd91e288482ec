"""A computer that is no desk yet: a shop is founded on it, it joins one, or shows the demo."""

import argparse
import platform
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from merchant_desk.cli.own_server import Founder
from merchant_desk.desk import Desk
from merchant_desk.sync.key_faults import PassphraseNotGiven
from merchant_desk.sync.own_server import is_founded_here
from merchant_desk.sync.profile import ProfileNotEnrolled
from merchant_desk.sync.safety_copy_return import GoingOn
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

        if is_founded_here(self.folder):
            return self._found(stands=True)
        while True:
            wanted, self.options.language = run_door(language=self.options.language, dark=self.options.dark)
            if wanted is None:
                return None
            if wanted == "demo":
                return run_waiting(
                    "door.loading_demo", self.demo, language=self.options.language, dark=self.options.dark
                )
            try:
                by_copy = wanted == "replace"
                desk = self._found(stands=False) if wanted == "found" else self._join(by_copy=by_copy)
            except PassphraseNotGiven:
                continue
            if desk is not None:
                return desk

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
        with ExitStack() as given_up:
            given_up.callback(founder.close)
            founder.prepare()
            desk = run_founding(founder, language=options.language, dark=options.dark, stands=stands)
            if desk is not None:
                self.stack.callback(given_up.pop_all().close)
                options.screen = options.screen or "setup"
        return desk
