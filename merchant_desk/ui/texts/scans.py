"""What a station says of a scan, by the result's code: `said.<code>`, or `said.<code>.<what was found>`.

`chip.<code>` is the same in a few characters, for the history. Refusals of operations stand in `refusals`.
"""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    # -- what was done
    "said.at_location": (
        "库位 {location}，接下来的扫描都记在这里",
        "Location {location}: what follows is there",
    ),
    "said.undone": ("已撤销：{name}", "Undone: {name}"),
    "said.undone.unknown": ("已撤销：不认识的条码", "Undone: the unknown code"),
    "said.undone.damaged": (
        "已撤销：{name}；条码有一段损坏（{damage}），请核对",
        "Undone: {name}; part of the code is damaged ({damage}), check it",
    ),
    "said.minus_on": ("减数模式：每扫一次减一次", "Minus mode: each scan takes one back"),
    "said.minus_off": ("减数模式已关闭", "Minus mode is off"),
    "said.next_quantity": ("下一扫 × {quantity:quantity}", "Next scan × {quantity:quantity}"),
    "said.lots_forgotten": ("下一扫会重新询问批次", "The next scan asks for its lot again"),
    "said.badge_scanned": ("工牌：{name}", "Badge: {name}"),
    "said.acknowledged": ("已确认，继续扫描", "Acknowledged; scan on"),
    "said.declined": ("没有记录：{name}", "Not recorded: {name}"),
    "said.held_discarded": (
        "已放弃 {count} 次扫描（日志保留）",
        Plural(
            "{count} scan discarded (the journal keeps it)",
            "{count} scans discarded (the journal keeps them)",
            "count",
        ),
    ),
    "said.discarded": ("停止期间扫描，已放弃", "Scanned while stopped, discarded"),
    "said.not_applied": ("已记入日志，没有执行", "In the journal, not applied"),
    "said.nothing_waits": ("没有等待确认的内容", "Nothing waits for an answer"),
    "said.command_ok": ("确认", "OK"),
    "said.command_undo": ("撤销", "Undo"),
    "said.command_minus": ("减数模式", "Minus mode"),
    "said.command_quantity": ("请输入数量", "Enter the quantity"),
    "said.command_next": ("下一行", "Next line"),
    "said.command_finish": ("完成单据", "Finish the document"),
    "said.command_repeated": ("已经在问了", "Asked already"),
    "said.command_print": ("打印标签", "Print a label"),
    "said.open_document": ("打开 {number}", "Opening {number}"),
    "said.next_document": ("下一单：{number}", "Next: {number}"),
    # -- attention
    "said.unknown_code": ("不认识的条码，已放入待处理盘", "Unknown code, kept in the tray"),
    "said.damaged_element": (
        "条码有一段损坏（{damage}），其余已采用，请核对",
        "Part of the code is damaged ({damage}); the rest was used, check it",
    ),
    "said.damaged_code": (
        "条码损坏（{damage}），已放入待处理盘；请重扫，或按包装选商品",
        "The code is damaged ({damage}) and kept in the tray; scan again, or choose the product by hand",
    ),
    "said.lot_needed.damaged": (
        "条码有一段损坏（{damage}），请按包装填写批次信息",
        "Part of the code is damaged ({damage}); enter the lot as printed",
    ),
    "said.unknown_badge": ("不认识的工牌", "Unknown badge"),
    # -- questions
    "said.ambiguous": (
        "这个条码对应 {n} 个商品，是哪一个？",
        "This code stands for {n:product|products}. Which one is it?",
    ),
    "said.lot_needed": ("请填写批次信息", "Which lot is it?"),
    "said.lot_needed.expiry": ("请填写到期日", "What is its last day of use?"),
    "said.lot_needed.serial": ("请填写序列号", "What is its serial number?"),
    "said.not_on_document": ("单据上没有这个商品", "This product is not on the document"),
    "said.more_than_expected": (
        "超出：{done:quantity} / {expected:quantity}",
        "More than expected: {done:quantity} / {expected:quantity}",
    ),
    "said.already_packed": (
        "已经拣够 {done:quantity} / {expected:quantity}",
        "Picked already: {done:quantity} / {expected:quantity}",
    ),
    "said.expired": (
        "已过期 {days} 天（{expiry}）",
        Plural("Expired {days} day ago ({expiry})", "Expired {days} days ago ({expiry})", "days"),
    ),
    "said.short_dated": (
        "临期：只剩 {days} 天（至少要 {least} 天）",
        Plural(
            "Short-dated: {days} day left, {least} wanted",
            "Short-dated: {days} days left, {least} wanted",
            "days",
        ),
    ),
    "said.wrong_lot": (
        "还有更早到期的批次 {older}（{expiry}，库位 {location}）",
        "Lot {older} expires sooner ({expiry}, location {location})",
    ),
    "said.lot_not_here": (
        "账上没有批次 {lot}，别的批次在 {location}",
        "The book has no lot {lot}; other lots are at {location}",
    ),
    "said.absurd_quantity": (
        "数量 {quantity:quantity} 对吗？像是把条码当成了数量",
        "Is {quantity:quantity} right? It looks like a barcode",
    ),
    "said.duplicate_serial": ("序列号 {serial} 已经扫过", "Serial number {serial} was scanned already"),
    "said.not_at_location": (
        "账上 {location} 没有它，在 {elsewhere}",
        "The book has none at {location}, but at {elsewhere}",
    ),
    # -- refusals
    "said.held_back": (
        "停止中：已记下，还没有执行（共 {count} 次）",
        "Stopped: kept, not applied yet ({count} so far)",
    ),
    "said.expected_product": (
        "这是{found:word} {what}，请扫描商品",
        "This is a {found:word} ({what}); scan a product",
    ),
    "said.expected_at_inbound": (
        "这是{found:word} {what}，请先扫描采购单号",
        "This is a {found:word} ({what}); scan a purchase order first",
    ),
    "said.expected_at_inbound.unknown": (
        "不认识 {what}，请先扫描采购单号",
        "{what} is not known; scan a purchase order first",
    ),
    "said.expected_at_outbound": (
        "这是{found:word} {what}，请先扫描订单号",
        "This is a {found:word} ({what}); scan an order first",
    ),
    "said.expected_at_outbound.unknown": (
        "不认识 {what}，请先扫描订单号",
        "{what} is not known; scan an order first",
    ),
    "said.expected_at_stocktake": (
        "这是{found:word} {what}，请先扫描库位",
        "This is a {found:word} ({what}); scan a location first",
    ),
    "said.expected_at_stocktake.unknown": (
        "不认识 {what}，请先扫描库位",
        "{what} is not known; scan a location first",
    ),
    "said.document_not_open": (
        "单据 {number} {status:word}，不能再扫",
        "Document {number} is {status:word}; no more scans go into it",
    ),
    "said.unknown_document": ("这台工作台上没有单据 {number}", "This desk has no document {number}"),
    "said.unknown_card": ("不认识的命令卡 {code}", "Unknown command card {code}"),
    "said.location_elsewhere": (
        "库位 {location} 不在这个仓库",
        "Location {location} is in another warehouse",
    ),
    "said.location_of_closed": (
        "库位 {location} 属于已关闭的仓库 {warehouse}",
        "Location {location} is of {warehouse}, a closed warehouse",
    ),
    "said.counting_elsewhere": (
        "正在盘 {location}，先完成再盘 {found}",
        "{location} is being counted; finish it before {found}",
    ),
    "said.nothing_to_take_back": ("这张单据里没有可以减的这一扫", "There is no such scan here to take back"),
    "said.no_such_choice": ("没有这个选项", "There is no such choice"),
    "said.lot_missing": ("没有等待填写的批次", "No lot is asked for"),
    "said.another_document": (
        "现在打开的是 {number}，没有结束任何单据",
        "{number} is open now; no document was ended",
    ),
    "said.another_scan_last": (
        "期间又扫了别的，数量没有改；请再改一次",
        "Another scan came meanwhile and no quantity was changed; give it again",
    ),
    "said.no_longer_complete": (
        "别的工作台撤回了货，这一单还没齐",
        "Another desk took goods back: this order is not complete",
    ),
    "said.booked_elsewhere": (
        "另一台工作台已记过这一扫，没有再记",
        "Another desk has booked this scan; it was not booked again",
    ),
    "said.no_document": ("还没有打开单据", "No document is open"),
    "said.unreadable_burst": ("没读清楚，请再扫一次", "That was not read cleanly; scan it again"),
    "said.unreadable_burst.mixed": (
        "两把扫描枪（或有人打字）混在一起，请再扫一次",
        "Two scanners, or a scanner and a person, typed into each other; scan again",
    ),
    "said.unreadable_burst.input_method": (
        "输入法吃掉了字符，请再扫一次",
        "The input method took some characters; scan again",
    ),
    "said.unreadable_burst.broken": ("扫描断成了两段，请再扫一次", "The scan came in two pieces; scan again"),
    "said.unreadable_burst.out_of_order": (
        "按键次序乱了，请再扫一次",
        "Keys arrived out of order; scan again",
    ),
    "said.unreadable_burst.unterminated": (
        "扫描没有结束符，请再扫一次",
        "The scan had no end; scan again",
    ),
    "said.unreadable_burst.stray_terminator": (
        "多了一个结束符，请核对上一扫",
        "A second end came; check the scan before it",
    ),
    "said.unreadable_burst.too_long": (
        "数据太长，请检查扫描枪的速率设置",
        "Too much data; check the scanner's speed",
    ),
    "said.unreadable_burst.source_lost": (
        "扫描中途扫描枪断开，请重新扫描",
        "The scanner went away in mid-scan; scan again",
    ),
    "said.suspect": ("上一扫 {suspect} 也可能有误，请核对", "The scan before, {suspect}, may be wrong too"),
    "said.not_replaced": (
        "原来那一扫（{undone:quantity}）已经撤销，没有记上新的数量，请重新扫描",
        "The scan before it ({undone:quantity}) was undone and nothing took its place; scan it again",
    ),
    "said.not_saved": (
        "工作台已停。按 Enter 列出等待的扫描，列表里没有的再扫一次",
        "The station has stopped. Enter lists the scans that wait; scan again what is not among them",
    ),
    "said.scan_not_saved": ("没有保存，请再扫一次", "Not saved: scan it again"),
    "said.scans_not_applied": (
        "{count} 次扫描还没有执行，请在下方决定",
        Plural(
            "{count} scan was not applied: decide below",
            "{count} scans were not applied: decide below",
            "count",
        ),
    ),
    # -- the same in a few characters
    "chip.accepted.inbound": ("已入 {done:quantity}", "In {done:quantity}"),
    "chip.accepted.outbound": ("已拣 {done:quantity}", "Picked {done:quantity}"),
    "chip.accepted.stocktake": ("已盘 {done:quantity}", "Counted {done:quantity}"),
    "chip.of.inbound": (
        "已入 {done:quantity} / {expected:quantity}",
        "In {done:quantity} / {expected:quantity}",
    ),
    "chip.of.outbound": (
        "已拣 {done:quantity} / {expected:quantity}",
        "Picked {done:quantity} / {expected:quantity}",
    ),
    "chip.of.stocktake": (
        "已盘 {done:quantity} / {expected:quantity}",
        "Counted {done:quantity} / {expected:quantity}",
    ),
    "chip.undone": ("撤销上一扫", "Undo"),
    "chip.was_undone": ("已撤销", "Undone"),
    "chip.booked_elsewhere": ("别处已记", "Booked elsewhere"),
    "chip.unknown_code": ("已停放，不影响作业", "Kept, work goes on"),
    "chip.held_back": ("停止期间，待处理", "While stopped, waits"),
    "chip.no_longer_complete": ("还没齐", "Not complete"),
    "chip.not_applied": ("没有执行", "Not applied"),
    "chip.scan_not_saved": ("没有保存", "Not saved"),
    "chip.scans_not_applied": ("没有执行", "Not applied"),
    "chip.discarded": ("已放弃", "Discarded"),
    "chip.acknowledged": ("已确认", "Acknowledged"),
    "chip.nothing_waits": ("无待确认", "Nothing waits"),
    "chip.held_discarded": ("已放弃", "Discarded"),
    "chip.declined": ("没有记录", "Not recorded"),
    "chip.refused": ("已拒绝", "Refused"),
    "chip.command": ("命令", "Command"),
    "chip.badge": ("换人", "Person"),
    "chip.location": ("已切换", "Switched"),
    "chip.open_document": ("已打开", "Opened"),
    "chip.next_document": ("已打开", "Opened"),
    "chip.question": ("等待回答", "Waits"),
    "chip.not_on_document": ("单外", "Not ordered"),
    "chip.more_than_expected": ("超收", "Over"),
    "chip.more_than_expected.outbound": ("超拣", "Over"),
    "chip.already_packed": ("超拣", "Over"),
    "chip.expired": ("已过期", "Expired"),
    "chip.short_dated": ("临期 {days} 天", "{days} d left"),
    "chip.wrong_lot": ("非先到期批次", "Later lot"),
    "chip.lot_not_here": ("账上没有的批次", "Lot not on the book"),
    "chip.absurd_quantity": ("大数量", "Large quantity"),
    "chip.duplicate_serial": ("序列号重复", "Serial twice"),
    "chip.not_at_location": ("库位与账不符", "Not at location"),
    "chip.damaged_code": ("损坏，已停放", "Damaged, kept"),
    "chip.damaged_element": ("部分损坏", "Damaged"),
    "chip.confirmed": ("已确认", "confirmed"),
}
