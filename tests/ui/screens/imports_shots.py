"""Draws an import that is set up and checked, and its forms: `python -m tests.ui.screens.imports_shots DIR`.

The demo merchant's desk, in Chinese and English, light and dark, each as a PNG.
"""

from pathlib import Path

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.documents.transforms import DecimalComma, Split
from merchant_desk.ui.screens.imports.field_form import FieldForm
from merchant_desk.ui.screens.imports.imports import ImportsScreen
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.pictures import save_picture
from tests.ui.screens.drawing import draw_all, settle, shown

PRICES = """商品清单;;;;
条码;货号;品名/规格;单位;售价
9520001110013;HP-1;陈醋 / 500ml;瓶;1.206,50
9520001110020;HP-2;香油 / 250ml;瓶;12,80
9.52000E+12;HP-3;麻油 / 1L;瓶;28,00
9520001110044;HP-4;生抽 / 1.9L;瓶;面议
9520001110051;HP-5;老抽;瓶;13,90
合计;;;;1.261,20
"""


def draw(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the pictures of one language and scheme."""
    path = desk.runtime.profile.folder.parent / "2026 商品价目表.csv"
    path.write_text(PRICES, encoding="gbk")
    with shown(desk, code, scheme) as program:
        program.window.go("imports", path)
        settle(program)
        screen = program.window.built("imports")
        assert isinstance(screen, ImportsScreen)
        screen.flow.use_field("name", "品名/规格", (Split(separator="/", part=1),))
        screen.flow.use_field("price", "售价", (DecimalComma(),))
        screen.flow.check()
        settle(program)
        save_picture(program.window, folder / f"imports_checked-{code}-{scheme}.png")
        screen.setup.fields.choose("name")
        screen.setup.open_field()
        settle(program)
        (form,) = program.window.findChildren(FieldForm)
        save_picture(program.window, folder / f"imports_field-{code}-{scheme}.png", form)
        form.reject()
        screen.flow.run()
        settle(program)
        draw_question(program, screen, path, folder / f"imports_corrected-{code}-{scheme}.png")
        press_past(program, screen)
        save_picture(program.window, folder / f"imports_past-{code}-{scheme}.png")


def draw_question(program: Program, screen: ImportsScreen, path: Path, picture: Path) -> None:
    """Bring the file in with other prices: it asks whether to correct them."""
    path.write_text(
        PRICES.replace("12,80", "13,60").replace("生抽 / 1.9L;瓶;面议", "生抽;瓶;9,90"), encoding="gbk"
    )
    screen.flow.leave()
    program.window.go("imports", path)
    settle(program)
    screen.flow.use_field("name", "品名/规格", (Split(separator="/", part=1),))
    screen.flow.use_field("price", "售价", (DecimalComma(),))
    screen.flow.run()
    settle(program)
    (form,) = [one for one in program.window.findChildren(FormDialog) if one.isVisible()]
    save_picture(program.window, picture, form)
    form.reject()
    settle(program)


def press_past(program: Program, screen: ImportsScreen) -> None:
    """Go back to the list of past imports, and choose the latest one."""
    screen.flow.leave()
    screen.past.forget()
    settle(program)
    screen.past.pane.table.view.setFocus()
    settle(program)


if __name__ == "__main__":
    draw_all(__doc__, draw)
