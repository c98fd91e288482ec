"""Draws people by file and cells pasted into an order: `python -m tests.ui.screens.pasting_shots DIR`.

The demo merchant's desk, in Chinese and English, light and dark, each as a PNG.
"""

from pathlib import Path

from PySide6.QtWidgets import QApplication

from merchant_desk.desk import Desk
from merchant_desk.ui.screens.imports.imports import ImportsScreen
from merchant_desk.ui.screens.purchasing.line_paste import WrongRows
from merchant_desk.ui.screens.purchasing.purchasing import PurchasingScreen
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme
from tests.ui.pictures import save_picture
from tests.ui.screens.drawing import draw_all, settle, shown

PEOPLE = """登录名,姓名,角色,门店
lihong,李红,仓管,{outlet}
lihong,李红,店员,全部
zhaoming,赵明,店长,全部
sunli,孙力,店员,北京分店
qianduo,钱多,总经理,{outlet}
zhouquan,周全,店员,
"""
CELLS = "{0}\t24\t61.5\n{1}\t72\t3.25\n{2}\t许多\t2\nNO-SUCH\t6\t1\n{3}\t4\t1,5\n{1}\t10\t3.5\n"


def draw(desk: Desk, folder: Path, code: LanguageCode, scheme: Scheme) -> None:
    """Draw the pictures of one language and scheme."""
    with desk.read() as connection, connection.begin():
        skus = connection.exec_driver_sql("SELECT sku FROM skus WHERE archived = 0 ORDER BY sku LIMIT 4")
        goods = [str(row[0]) for row in skus]
        outlet = connection.exec_driver_sql("SELECT code FROM outlets ORDER BY code LIMIT 1").scalar()
    path = desk.runtime.profile.folder.parent / "人员.csv"
    path.write_text(PEOPLE.format(outlet=outlet), encoding="utf-8")
    with shown(desk, code, scheme) as program:
        program.window.go("imports", path)
        settle(program)
        screen = program.window.built("imports")
        assert isinstance(screen, ImportsScreen)
        screen.flow.check()
        settle(program)
        save_picture(program.window, folder / f"imports_people-{code}-{scheme}.png")
        program.window.go("purchasing")
        settle(program)
        purchasing = program.window.built("purchasing")
        assert isinstance(purchasing, PurchasingScreen)
        program.window.commands.trigger("purchasing.new")
        settle(program)
        QApplication.clipboard().setText(CELLS.format(*goods))
        purchasing.form.lines._pasting.paste()
        settle(program)
        (form,) = program.window.findChildren(WrongRows)
        save_picture(program.window, folder / f"purchase_pasted-{code}-{scheme}.png", form)
        form.reject()


if __name__ == "__main__":
    draw_all(__doc__, draw)
