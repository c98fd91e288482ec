"""Draws what moving house asks in the window: `python -m tests.ui.screens.moving_shots DIR`.

An outlet that closes, a server that has moved, a desk that ends: the demo merchant's desk, in Chinese and
English, light and dark, each as a PNG.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser
from contextlib import closing
from itertools import product
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest

from merchant_desk import app as program_app
from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE
from merchant_desk.models.queries.people import all_outlets
from merchant_desk.server.demo.structure import MANAGER
from merchant_desk.ui.screens.outlets.outlets import OutletsScreen
from merchant_desk.ui.screens.people.people import PeopleScreen
from merchant_desk.ui.screens.settings.settings import DESK, SettingsScreen
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.pictures import save_picture
from tests.ui.screens.shots import SIZES, settle


def form_of(program: program_app.Program) -> FormDialog:
    """Return the form that is open."""
    settle(program)
    (form,) = (one for one in program.window.findChildren(FormDialog) if one.isVisible())
    return form


def draw(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the pictures of one language and scheme."""
    desk.sign_in(MANAGER.login, pin=MANAGER.pin)
    desk.settings.follow({LANGUAGE.key: str(code), COLOURS.key: str(scheme)})
    program = program_app.Program(program_app.application(), desk)
    program.window.resize(SIZES[100])
    program.show("outlets")
    settle(program)
    kind, window = f"{code}-{scheme}", program.window
    outlets = window.built("outlets")
    assert isinstance(outlets, OutletsScreen)
    other = next(one for one in desk.ask(all_outlets) if one.id != desk.identity.outlet_id)
    outlets.pane.table.choose(other.id)
    settle(program)
    window.commands.trigger("outlets.close")
    _draw_form(program, folder / f"outlet_closing-{kind}.png")
    window.go("settings")
    settle(program)
    settings = window.built("settings")
    assert isinstance(settings, SettingsScreen)
    settings.tabs.choose(DESK)
    settings.facts.place.setVisible(True)  # hidden at a demo's desk, whose server never moves
    settings.facts.place.ask()
    _draw_form(program, folder / f"server_moved-{kind}.png")
    window.go("people")
    settle(program)
    people = window.built("people")
    assert isinstance(people, PeopleScreen)
    people.desks.table.choose(desk.identity.device_id)
    settle(program)
    window.commands.trigger("people.retire")
    _draw_form(program, folder / f"desk_ends-{kind}.png")
    program.close(keep=False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _draw_form(program: program_app.Program, path: Path) -> None:
    form = form_of(program)
    save_picture(program.window, path, form)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    settle(program)


def main() -> int:
    """Load the demo merchant, start its server and a desk, and draw."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "merchant-desk-demo"
        home.mkdir()
        shop = demo_shop.prepare(home / "server", 1)
        with closing(EmbeddedServer(home / "server", ["--demo"])) as server:
            enrolment = demo_shop.enrolment_code(shop.secrets[0], server.port)
            with closing(demo_shop.enrol(home / "desk", enrolment, "前台", courier=True)) as desk:
                desk.start()
                for code, scheme in product(LanguageCode, Scheme):
                    draw(desk, folder, code, scheme)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(main())
