"""A refused operation: changed and submitted, done by a colleague, dropped, exported."""

import json
from dataclasses import fields
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.orders import AcceptOrder, RefundOrder
from merchant_desk.domain.products import AddProduct, Barcode, ChangePrice, NewSku
from merchant_desk.domain.subjects import KINDS
from merchant_desk.ui.screens.sync_centre.sync_centre import SyncCentre
from merchant_desk.ui.screens.tasks.asked import CHANGEABLE, asked_anew, asked_lines
from merchant_desk.ui.screens.tasks.task_cards import TaskCards
from tests.ui.screens.acting import chinese, notices_of, press, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_sync_centre import card, click, statuses


def clash(scene: Scene) -> None:
    """Desk `a` adds a product whose SKU the head office took meanwhile, and changes its price."""
    world, house = scene.world, scene.world.server.house
    scene.shop.fetch.down = True
    scene.a.do(AddProduct(product(scene, "mine", "TEA-1", "茶叶")))
    scene.a.do(ChangePrice(derived_id(world.merchant_id, "mine"), 30 * MICRO))
    house.do(world.merchant_id, AddProduct(product(scene, "theirs", "TEA-1", "龙井")))
    scene.shop.fetch.down = False
    scene.a.sync()


def product(scene: Scene, name: str, sku: str, title: str) -> NewSku:
    codes = (Barcode(f"CODE-{name}", None, MICRO, "盒"),)
    sku_id = derived_id(scene.world.merchant_id, name)
    return NewSku(sku_id, sku, title, "", "", "盒", 25 * MICRO, False, False, 0, 0, codes)


def cards_of(program: object) -> TaskCards:
    centre = program.window.built("sync")  # type: ignore[attr-defined]
    assert isinstance(centre, SyncCentre)
    return centre.cards


def kinds_pending(scene: Scene) -> list[str]:
    return [one.kind for one in scene.a.pending()]


def test_what_was_asked_is_changed_and_submitted_as_a_new_operation(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    clash(scene)
    assert statuses(scene) == {"sku_taken": "open", "not_here": "open"}
    program = show(scene.a, "sync")
    cards = cards_of(program)
    until(qtbot, lambda: len(cards.readings) == 2)
    click(card(cards, "sku_taken"), "task.change")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    assert [field.text() for field in dialog.findChildren(QLineEdit)] == ["TEA-1", "茶叶"]
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: "TEA-1" in texts_in(dialog) and dialog.isVisible())
    type_text("TEA-2")
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: statuses(scene)["sku_taken"] == "settled resubmitted")
    assert kinds_pending(scene) == ["settle_task", "add_product"]
    scene.a.sync()
    sql = "SELECT s.sku FROM skus s WHERE s.name = '茶叶'"
    assert scene.a.ask(lambda c: c.exec_driver_sql(sql).scalar()) == "TEA-2"
    named = (
        "SELECT t.resubmitted_as = o.op_id FROM tasks t, outbox o WHERE t.code = 'sku_taken'"
        " AND o.kind = 'add_product' AND o.status = 'applied'"
    )
    assert scene.a.ask(lambda c: c.exec_driver_sql(named).scalar()) == 1


def test_a_colleague_at_another_desk_submits_it_again(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.refuse_something()
    scene.shop.stock(scene.shop.rice, 20)
    other = scene.shop.desk("manager")
    program = show(other, "sync")
    cards = cards_of(program)
    until(qtbot, lambda: len(cards.readings) == 1)
    assert cards.readings[0].body is not None
    click(card(cards, "stock_short"), "task.retry")
    until(qtbot, lambda: len(other.pending()) == 2)
    other.sync()
    scene.a.sync()
    assert statuses(scene) == {"stock_short": "settled resubmitted"}
    sql = "SELECT status FROM orders WHERE number = 'WX261121-4093'"
    assert scene.a.ask(lambda c: c.exec_driver_sql(sql).scalar()) == "accepted"


def test_dropping_lists_what_stands_on_it_first(scene: Scene, show: Show, qtbot: QtBot) -> None:
    clash(scene)
    program = show(scene.a, "sync")
    cards = cards_of(program)
    until(qtbot, lambda: len(cards.readings) == 2)
    click(card(cards, "sku_taken"), "task.drop")
    until(qtbot, lambda: QApplication.activeModalWidget() is not None)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    shown = texts_in(dialog)
    assert "有 1 项操作建立在它上面" in shown
    assert "改价 · 被拒绝" in shown
    assert statuses(scene) == {"sku_taken": "open", "not_here": "open"}, "nothing yet"
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: set(statuses(scene).values()) == {"settled dropped"})


def test_what_was_asked_goes_to_the_clipboard_and_a_file(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    scene.refuse_something()
    program = show(scene.a, "sync")
    cards = cards_of(program)
    until(qtbot, lambda: len(cards.readings) == 1)
    click(card(cards, "stock_short"), "task.export")
    assert chinese("task.exported") in notices_of(program)
    written = QApplication.clipboard().text()
    told = json.loads(written)
    assert (told["operation"], told["refused"]["code"]) == ("accept_order", "stock_short")
    asked = cards.readings[0].body
    assert isinstance(asked, AcceptOrder)
    assert told["asked"]["order_id"] == str(asked.order_id)
    assert "RICE-10" in told["sentence"]
    target = tmp_path / "asked.json"
    cards.doing.refusals.save(str(target), written)
    assert json.loads(target.read_text("utf-8")) == told
    cards.doing.refusals.save(str(tmp_path / "nowhere" / "asked.json"), written)
    assert any("没有存成" in words for words in notices_of(program))


def test_every_field_that_can_be_changed_is_one_of_its_operation() -> None:
    for kind, changeable in CHANGEABLE.items():
        names = {field.name for field in fields(KINDS[kind].body)}
        assert {one.path.split(".")[0] for one in changeable} <= names


def test_an_amount_is_asked_anew_in_the_decimals_of_the_books() -> None:
    for digits, text, typed, amount in ((0, "2,400", "2,500", 2500), (3, "2.400", "2.5", 2500)):
        body = RefundOrder(derived_id(UUID(int=0), "order"), UUID(int=1), 2400, "reason")
        lines = asked_lines("refund_order", body, str, digits)
        assert lines[0].text == text
        anew, wrong = asked_anew(body, lines, [typed, "reason"], lambda typed: None, digits)
        assert (anew.amount, wrong) == (amount, {})
    assert asked_anew(body, lines, ["2.5001", "reason"], lambda typed: None, digits)[1]
