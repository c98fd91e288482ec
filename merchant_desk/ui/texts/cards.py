"""Texts of command cards and labels."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "cards.title": ("命令卡", "Command cards"),
    "cards.note": (
        "打印后贴在扫描台上；也可以直接从屏幕扫描。",
        "Print the sheet and put it up at the desk; the screen can be scanned too.",
    ),
    "cards.print": ("打印", "Print"),
    "cards.save": ("存为 PDF", "Save as PDF"),
    "cards.saved": ("已保存：{path}", "Saved: {path}"),
    "cards.could_not_save": ("无法写入 {path}", "{path} could not be written"),
    "cards.ok": ("确认 / 是", "OK / YES"),
    "cards.undo": ("撤销 / 不", "UNDO / NO"),
    "cards.minus": ("减数模式", "MINUS MODE"),
    "cards.quantity": ("输入数量", "SET QUANTITY"),
    "cards.quantity_of": ("数量 {n}", "QUANTITY {n}"),
    "cards.next": ("下一行", "NEXT LINE"),
    "cards.finish": ("完成单据", "FINISH"),
    "cards.print_label": ("打印标签", "PRINT LABEL"),
    "cards.footer": ("Merchant Desk 命令卡", "Merchant Desk command cards"),
    "label.nothing": ("还没有可以打印的商品", "No product to print a label for yet"),
}
