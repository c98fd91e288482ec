"""Texts of purchase orders."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "purchasing.find": (
        "采购单号 / 供应商 / 商品 / 拼音首字母",
        "Number / supplier / product / pinyin initials",
    ),
    "purchasing.number": ("采购单", "Purchase order"),
    "purchasing.supplier": ("供应商", "Supplier"),
    "purchasing.due": ("应到", "Due"),
    "purchasing.placed": ("下单", "Placed"),
    "purchasing.progress": ("已到 / 订购", "Received / ordered"),
    "purchasing.lines": ("种类", "SKUs"),
    "purchasing.tab_sent": ("等待到货", "Expected"),
    "purchasing.tab_draft": ("草稿", "Drafts"),
    "purchasing.tab_closed": ("已关闭", "Closed"),
    "purchasing.late": ("晚 {days} 天", Plural("{days} day late", "{days} days late", "days")),
    "purchasing.new": ("新建采购单", "New purchase order"),
    "purchasing.send": ("发给供应商", "Send"),
    "purchasing.close": ("短收关闭", "Close short"),
    "purchasing.receive": ("开始收货", "Receive"),
    "purchasing.sent": ("采购单 {number} 已发出，货已计入在途", "{number} is sent; its goods are expected"),
    "purchasing.closed": ("采购单 {number} 已关闭", "{number} is closed"),
    "purchasing.saved": ("采购单 {number} 已存为草稿", "{number} is saved as a draft"),
    "purchasing.close_title": ("关闭采购单 {number}", "Close {number}"),
    "purchasing.close_note": (
        "没到的不再等；以后到了可以另开收货单。",
        "What is missing is no longer expected; if it comes after all, receive it on a new receipt.",
    ),
    "purchasing.reason_short": ("供应商缺货", "The supplier is out of stock"),
    "purchasing.reason_price": ("价格没谈拢", "No agreement on the price"),
    "purchasing.reason_double": ("重复下单", "Ordered twice"),
    "purchasing.empty": ("没有采购单", "No purchase orders"),
    "purchasing.empty_sent": ("没有等待到货的采购单", "Nothing is expected"),
    "purchasing.empty_draft": ("没有草稿", "No drafts"),
    "purchasing.empty_closed": ("还没有关闭的采购单", "Nothing is closed yet"),
    "purchasing.empty_hint": (
        "Ctrl+N 新建一张。没有采购单也可以盲收。",
        "Ctrl+N makes one. Goods can be received without, too.",
    ),
    "purchasing.came": ("已到", "Received"),
    "purchasing.rest": ("差", "Missing"),
    "purchasing.form_note": (
        "扫商品码或输入名称、拼音首字母、编码；⏎ 依次到数量、进价、下一行。",
        "Scan a product or type its name, initials or SKU; ⏎ goes on to quantity, cost and the next line.",
    ),
    "purchasing.field_supplier": ("供应商", "Supplier"),
    "purchasing.field_supplier_hint": (
        "选一个，或输入新供应商的名称。",
        "Choose one, or type a new supplier's name.",
    ),
    "purchasing.field_due": ("应到日期", "Due on"),
    "purchasing.field_due_hint": ("年-月-日", "year-month-day"),
    "purchasing.field_product": ("商品", "Product"),
    "purchasing.field_quantity": ("数量", "Quantity"),
    "purchasing.field_cost": ("进价", "Unit cost"),
    "purchasing.cost": ("进价", "Unit cost"),
    "purchasing.amount": ("金额", "Amount"),
    "purchasing.matches": ("匹配的商品", "Matching products"),
    "purchasing.goods": ("采购明细", "Lines"),
    "purchasing.total": (
        "{n} 种 · 合计 {total}",
        Plural("{n} SKU · total {total}", "{n} SKUs · total {total}"),
    ),
    "purchasing.save": ("存草稿", "Save draft"),
    "purchasing.save_and_send": ("保存并发出", "Save and send"),
    "purchasing.remove": ("删除这一行", "Remove line"),
    "purchasing.cancel": ("放弃", "Discard"),
    "purchasing.discard_title": (
        "放弃这张采购单？已录入 {n} 种商品",
        Plural("Discard this order with {n} line?", "Discard this order with {n} lines?"),
    ),
    "purchasing.discard_note": (
        "还没有保存；放弃后要重新录入。",
        "It is not saved; it would have to be typed anew.",
    ),
    "purchasing.no_lines": ("还没有商品", "No products yet"),
    "purchasing.no_lines_hint": (
        "扫码，或在上面输入后按 ⏎；也可在表格里复制“货号或条码、数量、进价”，按 Ctrl+V。",
        "Scan, or type above and press ⏎; or copy SKU or barcode, quantity, cost in a spreadsheet: Ctrl+V.",
    ),
    "purchasing.pasted": ("已粘贴 {n} 种商品", Plural("{n} product pasted", "{n} products pasted")),
    "purchasing.paste_wrong": ("{n} 行没有粘贴", Plural("{n} row was not taken", "{n} rows were not taken")),
    "purchasing.pasted_rest": (
        "其余 {n} 种商品已在采购明细里。改好这些行，只复制它们再粘贴。",
        Plural(
            "The other {n} product is in the lines. Correct these rows, copy them alone, and paste again.",
            "The other {n} products are in the lines. Correct these rows, copy them alone, and paste again.",
        ),
    ),
    "purchasing.paste_unknown": (
        "没有粘贴：有 {columns} 列而没有认得的标题。请只复制货号或条码、数量、进价，或连同标题。",
        (
            "Not pasted: {columns:column|columns}, no known headings. Copy SKU or barcode, quantity and cost "
            "alone."
        ),
    ),
    "purchasing.paste_unread": (
        "没有粘贴：读不出单元格。可能有一个引号没有成对，或一格太长。",
        "Not pasted: no cells could be read. A quotation mark may be open, or a cell too long.",
    ),
    "purchasing.paste_long": (
        "没有粘贴：有 {rows} 行，一次最多 {most} 行。请分几次粘贴。",
        "Not pasted: {rows:row|rows}; at most {most} at a time.",
    ),
    "purchasing.no_match": ("没有匹配的商品", "No product matches"),
    "purchasing.no_match_hint": (
        "换个词试试；新商品先在「商品」里建立。",
        "Try another word; a new product is added under Products.",
    ),
    "purchasing.bad_supplier": ("请选择供应商或输入名称。", "Choose a supplier or type a name."),
    "purchasing.bad_due": ("日期不对，例如 2026-11-28。", "Not a date, such as 2026-11-28."),
    "purchasing.bad_quantity": ("数量要是大于 0 的数字。", "A quantity is a number above 0."),
    "purchasing.bad_cost": ("进价要是数字，可以是 0。", "A cost is a number; 0 is allowed."),
    "purchasing.unknown_code": ("没有这个条码的商品：{code}", "No product has this code: {code}"),
}
