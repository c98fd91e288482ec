"""Refusals and known errors as sentences that say what a person can do. A key is `refusal.<code>`.

`sentence` is the one way from a code to words. A code without a text of its own gets a general sentence with
its facts, so that nothing is ever answered with silence.
"""

from collections.abc import Mapping

from merchant_desk.ui.texts.catalogue import Texts
from merchant_desk.ui.texts.speech import Speech

TEXTS: Texts = {
    "refusal.generic": ("没有执行：{code}", "Not done: {code}"),
    "refusal.generic_facts": ("没有执行：{code}（{facts}）", "Not done: {code} ({facts})"),
    "refusal.not_allowed": (
        "你没有这项权限（{right:right}），请店长来做。",
        "You lack the right to do this ({right:right}); ask a manager.",
    ),
    "refusal.badge_in_file": (
        "工牌能登录，不能由文件带来：请在人员页面发放。",
        "A badge signs in, so that no file brings one: give it on the screen of people.",
    ),
    "refusal.badge_taken": ("这张工牌已经是别人的。", "This badge belongs to somebody else."),
    "refusal.code_known": (
        "条码 {code} 已属于商品 {sku}，改指需要店长。",
        "Barcode {code} belongs to {sku} already; pointing it elsewhere needs a manager.",
    ),
    "refusal.code_missing": ("条码是空的。", "The barcode is empty."),
    "refusal.code_reserved": (
        "{code} 是本系统自己的码（命令卡、库位或工牌），不能给商品用。请扫描商品上的条码。",
        "{code} is one of our own codes (command card, location or badge); scan the code on the product.",
    ),
    "refusal.cost_negative": ("成本不能为负：{cost:price}", "A cost cannot be negative: {cost:price}"),
    "refusal.device_code_taken": ("工作台编号 {code} 已被使用。", "Desk code {code} is taken."),
    "refusal.enrolment_expired": (
        "登记代码已过期，请在服务器上再开一个。",
        "The enrolment code has expired; ask for a new one.",
    ),
    "refusal.enrolment_unknown": ("没有这个登记代码，请核对。", "There is no such enrolment code; check it."),
    "refusal.enrolment_used": (
        "登记代码只能用一次，它已经用过了。",
        "An enrolment code works once, and this one was used.",
    ),
    "refusal.location_code_unreadable": (
        "库位码 {code} 印不成标签：只能用英文字母、数字和符号，不含空格，至多 {most} 个字符。",
        "No label can say location code {code}: plain letters, digits and signs, no blanks, at most {most}.",
    ),
    "refusal.location_not_empty": (
        "库位 {code} 还有库存，先移走或盘清再停用。",
        "Stock stands at location {code}; move it or count it out first.",
    ),
    "refusal.location_of_warehouse": (
        "{code} 是仓库自己的收货或发货位，不能停用。",
        "{code} is the warehouse's own place for arriving or leaving goods; it stays.",
    ),
    "refusal.location_pattern_unreadable": (
        "看不懂 {part}。写法如 A-[01-12]-[1-4] 或 [A-C][1,3,5]。",
        "{part} cannot be read. Write A-[01-12]-[1-4] or [A-C][1,3,5], for example.",
    ),
    "refusal.login_taken": ("登录名 {login} 已被使用。", "The sign-in name {login} is taken."),
    "refusal.merchant_exists": ("商户已经建立：{name}", "The merchant exists already: {name}"),
    "refusal.name_missing": ("商品 {sku} 没有名称。", "Product {sku} has no name."),
    "refusal.newer_version": (
        "这项操作来自更新的版本（{kind:operation} {version}），请先升级服务器。",
        "This was made by a newer version ({kind:operation} {version}); upgrade the server first.",
    ),
    "refusal.no_lines": ("单据里还没有内容。", "The document has no lines yet."),
    "refusal.not_here": (
        "这台工作台上没有这条记录，可能还没同步到。",
        "This desk does not have that record; it may not have arrived yet.",
    ),
    "refusal.no_such_day": (
        "没有 {day} 这一天，请按包装上的年月日填写。",
        "There is no such day as {day}; enter year, month and day as printed.",
    ),
    "refusal.person_archived": (
        "{name} 已停用，不能发工牌；请先恢复。",
        "{name} is archived and can be given no badge; bring the person back first.",
    ),
    "refusal.person_not_proved": (
        "服务器没有见过此人用现在的密码在这台工作台登录，所以没有执行。请联网在这里重新登录，再申请一次。",
        "The server saw no sign-in here with today's password. Sign in with a line and ask again.",
    ),
    "refusal.blank_scan": (
        "扫描内容是空的，没有记录。请检查扫描枪或脚本给出的代码。",
        "The scan is blank and was not recorded. Check what the scanner or the script gives.",
    ),
    "refusal.reversed_already": (
        "已经冲销过了，没有再冲销。",
        "It was reversed already; nothing more was reversed.",
    ),
    "refusal.nothing_to_undo": ("没有可以撤销的扫描。", "There is no scan to undo."),
    "refusal.undone_already": ("这一扫已经撤销过了。", "That scan was undone already."),
    "refusal.number_taken": ("单号 {number} 已存在。", "Number {number} exists already."),
    "refusal.order_ended": (
        "订单 {number} {status:word}，不能再改。",
        "Order {number} is {status:word}; it cannot be changed.",
    ),
    "refusal.order_not_held": ("订单 {number} 没有挂起。", "Order {number} is not on hold."),
    "refusal.order_not_in_review": (
        "订单 {number} 不在审核中（{status:word}）。",
        "Order {number} is not in review ({status:word}).",
    ),
    "refusal.merchant_stands": (
        "这里已有商户：{names}。没有建立“{name}”。确要另建，请加 --another-merchant 并再写一次名称。",
        'It holds already: {names}. "{name}" was not founded; if it is another, add --another-merchant NAME.',
    ),
    "refusal.outlet_code_taken": ("门店编号 {code} 已存在。", "Outlet code {code} exists already."),
    "refusal.pack_quantity": (
        "条码 {code} 的包装数不对：{quantity:quantity}",
        "The pack quantity of {code} is wrong: {quantity:quantity}",
    ),
    "refusal.password_is_code": (
        "密码不能是商品条码、工牌或命令卡：快速输入时会被当作扫码。",
        "A password cannot be a barcode of goods, a badge or a card: typed fast it is taken for a scan.",
    ),
    "refusal.pin_is_code": (
        "PIN 不能是商品条码（EAN-8）：快速输入时会被当作扫码。",
        "A PIN cannot be a product's barcode (EAN-8): typed fast it would be taken for a scan.",
    ),
    "refusal.password_is_name": ("密码不能和登录名一样。", "The password cannot be the sign-in name."),
    "refusal.password_too_short": (
        "密码至少要 {least} 个字符。",
        "A password needs at least {least} characters.",
    ),
    "refusal.pin_not_digits": ("PIN 只能是数字。", "A PIN has digits only."),
    "refusal.pin_too_simple": ("这个 PIN 太容易猜到。", "This PIN is too easy to guess."),
    "refusal.pin_wrong_length": (
        "PIN 要 {least} 到 {most} 位数字。",
        "A PIN has {least} to {most} digits.",
    ),
    "refusal.price_negative": (
        "{sku} 的价格不能为负：{price:price}",
        "The price of {sku} cannot be negative: {price:price}",
    ),
    "refusal.purchase_order_closed": (
        "采购单 {number} 已关闭，收货可另开收货单。",
        "Purchase order {number} is closed; receive on a new receipt.",
    ),
    "refusal.purchase_order_not_draft": (
        "采购单 {number} 已不是草稿（{status:word}）。",
        "Purchase order {number} is no draft any more ({status:word}).",
    ),
    "refusal.quantity_absurd": (
        "数量 {quantity:quantity} 太大（上限 {most:quantity}），是不是把条码当成了数量？",
        "A quantity of {quantity:quantity} is too large (at most {most:quantity}); was it a barcode?",
    ),
    "refusal.quantity_negative": (
        "数量不能为负：{quantity:quantity}",
        "A quantity cannot be negative: {quantity:quantity}",
    ),
    "refusal.quantity_not_whole": (
        "这个商品按整数计，不能记 {quantity:quantity}。",
        "This product is counted whole; {quantity:quantity} of it cannot be recorded.",
    ),
    "refusal.quantity_zero": ("数量不能是 0。", "A quantity cannot be 0."),
    "refusal.refund_amount": (
        "退款 {amount:money} 超出了可退的 {most:money}。",
        "A refund of {amount:money} is more than the {most:money} that is left.",
    ),
    "refusal.sign_in_locked": (
        (
            "连续输错 {failures} 次，已锁定。请店长在“人员与工作台”里解锁（F12）或重置密码，然后联网登录。"
            "没有别的店长时，在服务器的电脑上用 merchant-desk serve --reset-password 登录名 重置。"
        ),
        (
            "Locked after {failures:failure|failures}. Ask a manager to unlock it (People and desks, F12) or "
            "to reset the password, then sign in with the server. "
            "Where there is no other manager: merchant-desk serve --reset-password LOGIN, on the server's PC."
        ),
    ),
    "refusal.sign_in_needs_server": (
        "在这台工作台上第一次登录需要联网，现在连不上服务器。联网后再试；已登录过的人可以照常登录。",
        (
            "The first sign-in on a desk needs the server, which cannot be reached now. Try again with the "
            "network; whoever signed in here before still can."
        ),
    ),
    "refusal.sku_missing": ("「{name}」没有商品编码。", '"{name}" has no SKU.'),
    "refusal.sku_taken": ("商品编码 {sku} 已存在。", "The SKU {sku} exists already."),
    "refusal.stock_short": (
        "{sku} 可用 {available:quantity}，不够 {wanted:quantity}。",
        "{sku} has {available:quantity} available, not {wanted:quantity}.",
    ),
    "refusal.supplier_code_taken": ("供应商编号 {code} 已存在。", "Supplier code {code} exists already."),
    "refusal.task_settled": (
        "这件事已经处理过了（{status:word}）。",
        "This was settled already ({status:word}).",
    ),
    "refusal.too_large": (
        "内容太大（{bytes} 字节），请分几次做。",
        "This is too large ({bytes:byte|bytes}); do it in parts.",
    ),
    "refusal.too_many_locations": (
        "一次 {locations} 个库位太多（至多 {most} 个），请分几次添加。",
        "{locations:location|locations} at once are too many (at most {most}); add them in several turns.",
    ),
    "refusal.too_many_rows": (
        "一次涉及 {rows} 行，太多了，请分批。",
        "This touches {rows:row|rows} at once; do it in parts.",
    ),
    "refusal.deletes_much": (
        "这会删除 {table} 的 {held} 行中的 {rows} 行；确认这个数目后才会执行（撤销导入：--confirm {rows}）。",
        (
            "This would delete {rows} of {held:row|rows} of {table}; confirm that number (undo: --confirm "
            "{rows})."
        ),
    ),
    "refusal.unknown_kind": (
        "不认识的操作：{kind}，程序版本可能不一致。",
        "Unknown operation: {kind}; the versions may differ.",
    ),
    "refusal.reason_missing": ("请写明原因", "Please give a reason"),
    "refusal.not_a_scale_layout": (
        "「{layout}」不是前缀 {prefix} 的秤码格式，应写成 21IIIIIWW.WWWK 这样",
        '"{layout}" is no layout of scale codes with prefix {prefix}; write it like 21IIIIIWW.WWWK',
    ),
    "refusal.unknown_location_kind": (
        "不认识的库位类型：{kind:word}",
        "Unknown kind of location: {kind:word}",
    ),
    "refusal.unknown_reason": ("不认识的原因：{reason:word}", "Unknown reason: {reason:word}"),
    "refusal.unknown_resolution": (
        "不认识的处理方式：{resolution:word}",
        "Unknown resolution: {resolution:word}",
    ),
    "refusal.unknown_role": ("不认识的角色：{role:word}", "Unknown role: {role:word}"),
    "refusal.unknown_status": ("不认识的状态：{status:word}", "Unknown status: {status:word}"),
    "refusal.unreadable": (
        "这项操作读不出来（{kind:operation}：{reason}）。",
        "This operation cannot be read ({kind:operation}: {reason}).",
    ),
}


def sentence(code: str, facts: Mapping[str, object], language: Speech) -> str:
    """Return what a refusal says to a person.

    Args:
        code: the refusal's name, e.g. "sku_taken".
        facts: what it tells besides; missing facts lead to the general sentence, never to an error.
        language: the window's `Language`, or a `FixedSpeech`.
    """
    key = f"refusal.{code}"
    if language.knows(key):
        try:
            return language.text(key, **facts)
        except (KeyError, IndexError, ValueError):
            # A text that asks for facts the refusal does not have: the facts that are there say more.
            return _general(code, facts, language)
    return _general(code, facts, language)


def _general(code: str, facts: Mapping[str, object], language: Speech) -> str:
    words = code.replace("_", " ")
    if not facts:
        return language.text("refusal.generic", code=words)
    told = ", ".join(f"{name}: {_plain(value, language)}" for name, value in facts.items())
    return language.text("refusal.generic_facts", code=words, facts=told)


def _plain(value: object, language: Speech) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int) and not isinstance(value, bool):
        return language.number(value)
    return str(value)
