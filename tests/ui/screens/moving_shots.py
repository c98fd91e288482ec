"""Draws what moving house asks in the window: `python -m tests.ui.screens.moving_shots DIR`.

An outlet that closes, a server that has moved, a desk that ends: the demo merchant's desk, in Chinese and
English, light and dark, each as a PNG.
"""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.models.queries.people import all_outlets
from merchant_desk.ui.screens.outlets.outlets import OutletsScreen
from merchant_desk.ui.screens.people.people import PeopleScreen
from merchant_desk.ui.screens.settings.settings import DESK, SettingsScreen
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.pictures import save_picture
from tests.ui.screens.drawing import draw_all, settle, shown


def form_of(program: Program) -> FormDialog:
    """Return the form that is open."""
    settle(program)
    (form,) = (one for one in program.window.findChildren(FormDialog) if one.isVisible())
    return form


def draw(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the pictures of one language and scheme."""
    with shown(desk, code, scheme, "outlets") as program:
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


def _draw_form(program: Program, path: Path) -> None:
    form = form_of(program)
    save_picture(program.window, path, form)
    QTest.keyClick(form, Qt.Key.Key_Escape)
    settle(program)


if __name__ == "__main__":
    draw_all(__doc__, draw)
