"""Texts of the product form and of merging two products."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "products.new": ("新建商品", "New product"),
    "products.change": ("修改", "Change"),
    "products.complete": ("补全", "Complete"),
    "products.merge": ("合并到…", "Merge into…"),
    "product_form.title_new": ("新建商品", "New product"),
    "product_form.title_change": ("修改商品", "Change a product"),
    "product_form.title_complete": ("补全临时商品", "Complete a draft"),
    "product_form.note_new": (
        "保存后即可采购、收货和销售。",
        "It can be ordered, received and sold once it is saved.",
    ),
    "product_form.note_change": (
        "只保存改过的内容。批号、序列号和单位要在没有库存时才能改。",
        "Only what you change is saved. Lot, serial number and unit can change only while none is in stock.",
    ),
    "product_form.note_complete": (
        "现场临时建立的商品，补全后进入在售范围；已收的货和盘点都保留。",
        "Made on the floor; once complete it is in the range. What was received and counted stays.",
    ),
    "product_form.save_new": ("建立商品", "Add the product"),
    "product_form.save_change": ("保存修改", "Save changes"),
    "product_form.save_complete": ("补全并转为在售", "Complete it"),
    "product_form.saved_new": ("已建立 {name}", "{name} is in the range"),
    "product_form.saved_change": ("已保存 {name}", "{name} is saved"),
    "product_form.saved_complete": ("{name} 已补全，转为在售", "{name} is complete and in the range"),
    "product_form.name": ("名称", "Name"),
    "product_form.name_en": ("英文名称", "English name"),
    "product_form.sku": ("货号（SKU）", "SKU"),
    "product_form.category": ("分类", "Category"),
    "product_form.base_unit": ("基本单位", "Base unit"),
    "product_form.price": ("售价（每基本单位）", "Price (of one base unit)"),
    "product_form.barcode": ("单件条码", "Barcode of one unit"),
    "product_form.barcode_hint": (
        "可以留空；其他条码不受影响。",
        "May stay empty; other barcodes are left alone.",
    ),
    "product_form.pack_code": ("箱码", "Carton code"),
    "product_form.pack_quantity": ("每箱数量", "Units in a carton"),
    "product_form.pack_quantity_hint": ("扫一次箱码记这么多。", "One scan of the carton counts so many."),
    "product_form.track_lot": ("管批号", "Track lots"),
    "product_form.track_expiry": ("管效期", "Track expiry"),
    "product_form.track_serial": ("管序列号", "Track serial numbers"),
    "product_form.min_days_left": ("收货时最少剩余天数", "Days left when received, at least"),
    "product_form.min_days_left_hint": (
        "更短的效期会提醒；空为不限。",
        "Shorter dates are asked about; empty: any.",
    ),
    "product_form.shelf_life_days": ("保质期（天）", "Shelf life (days)"),
    "product_form.wrong_price": ("请填写不小于零的价格", "A price is a number, nought or more"),
    "product_form.wrong_days": ("请填写 0 到 {most} 的整天数", "Whole days, from 0 to {most}"),
    "product_form.wrong_code": (
        "这是本系统自己的码（命令卡、库位或工牌）",
        "That is one of our own codes (command card, location or badge)",
    ),
    "product_form.wrong_quantity": ("请填写大于零的数量", "A quantity above nought"),
    "product_form.same_code": (
        "和单件条码相同，扫描时无法区分",
        "The unit has this code too; a scan could not tell them apart",
    ),
    "merge_form.title": ("把“{name}”合并到另一个商品", "Merge “{name}” into another product"),
    "merge_form.note": (
        "它的条码、库存、预占和在途都转过去，它自己停用；还没同步的扫描到达后也会记到保留的商品上。合并不能撤销。",
        "Barcodes, stock, reservations and expected goods go over; late scans too. It cannot be undone.",
    ),
    "merge_form.keep": ("保留的商品（货号或条码）", "Product to keep (SKU or barcode)"),
    "merge_form.keep_hint": ("输入或扫描。", "Type it or scan it."),
    "merge_form.save": ("合并", "Merge"),
    "merge_form.merged": ("“{name}”已合并", "“{name}” is merged"),
    "task.complete": ("补全或改货号…", "Complete it, or give it another SKU…"),
    "task.merge": ("合并到原有商品…", "Merge it into the other one…"),
    "refusal.no_such_product": (
        "没有货号或条码为 {code} 的商品。",
        "No product has the SKU or barcode {code}.",
    ),
    "refusal.code_ambiguous": (
        "{code} 对应 {count} 个商品，请改写货号。",
        "{code} means {count} products; write the SKU instead.",
    ),
}
