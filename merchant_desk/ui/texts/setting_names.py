"""Names and explanations of every setting, and what can be chosen: `setting.KEY`, `setting.KEY.why`."""

from merchant_desk.domain.settings_known import CHECKS, SCALES
from merchant_desk.ui.texts.catalogue import Plural, Texts

STATIONS = {
    "inbound": ("入库", "Inbound"),
    "outbound": ("出库", "Outbound"),
    "stocktake": ("盘点", "Stocktake"),
}

CHECK_NAMES = {
    "not_on_document": ("单据上没有", "Not on the document"),
    "more_than_expected": ("超过应有数量", "More than expected"),
    "already_packed": ("已经拣够", "Already packed"),
    "wrong_lot": ("不是先到期的批次", "Not the lot that expires first"),
    "lot_not_here": ("账上没有这个批次", "A lot that the book does not have"),
    "expired": ("已过期", "Expired"),
    "short_dated": ("临期", "Shorter-dated than allowed"),
    "duplicate_serial": ("序列号重复", "Serial number twice"),
    "not_at_location": ("账上不在这个库位", "Not at this location by the book"),
    "absurd_quantity": ("数量大得离谱", "Absurdly large quantity"),
}

_LEADS_TO = (
    "接收：记入并提示；询问：确认后记入；拒绝：不记入。各工作台同步后生效，已打开的单据也是。",
    "Accept: recorded, told. Ask: recorded after a yes. Refuse: not. Desks obey after their next sync.",
)

_CHECKS: Texts = {
    f"setting.check.{station}.{check}": (
        f"{STATIONS[station][0]}：{CHECK_NAMES[check][0]}",
        f"{STATIONS[station][1]}: {CHECK_NAMES[check][1]}",
    )
    for station, check in CHECKS
} | {f"setting.check.{station}.{check}.why": _LEADS_TO for station, check in CHECKS}

_SCALES: Texts = {
    f"setting.scale.{prefix}": (f"前缀 {prefix} 的秤码", f"Scale codes that begin with {prefix}")
    for prefix in SCALES
} | {
    f"setting.scale.{prefix}.why": (
        f"例如 {prefix}IIIIIWW.WWWK：I 商品，W 千克，P 价格，Q 件数，K 校验位，点后为小数；留空：不是秤码。",
        f"As {prefix}IIIIIWW.WWWK: I item, W kg, P price, Q count, K check digit; empty: no scale codes.",
    )
    for prefix in SCALES
}

_LOOK: Texts = {
    "setting.look.language": ("语言", "Language"),
    "setting.look.language.why": (
        "这台工作台的语言；自己选了的人，在哪台工作台登录都用自己的。",
        "What this desk speaks; whoever chose one for themselves has it at every desk.",
    ),
    "setting.look.colours": ("明暗", "Colours"),
    "setting.look.colours.why": (
        "浅色或深色；自己选了的人，在哪台工作台登录都用自己的。",
        "Light or dark; whoever chose for themselves has it at every desk.",
    ),
    "setting.window.width": ("窗口宽度", "Width of the window"),
    "setting.window.width.why": (
        "关闭时记下；0 为默认大小。",
        "Kept when it is closed; 0 is the usual size.",
    ),
    "setting.window.height": ("窗口高度", "Height of the window"),
    "setting.window.height.why": (
        "关闭时记下；0 为默认大小。",
        "Kept when it is closed; 0 is the usual size.",
    ),
    "setting.window.maximized": ("窗口最大化", "Window maximized"),
    "setting.window.maximized.why": ("关闭时记下。", "Kept when it is closed."),
    "setting.sounds.on": ("播放提示音", "Play tones"),
    "setting.sounds.on.why": (
        "扫描后用声音告诉结果：接收、注意、拒绝。",
        "Tones tell what became of a scan: accepted, attention, refused.",
    ),
    "setting.sounds.volume": ("音量", "Volume"),
    "setting.sounds.volume.why": ("提示音的响度。", "How loud the tones are."),
    "setting.lock.minutes": ("离开多久后锁定", "Lock when idle for"),
    "setting.lock.minutes.why": (
        "多久没人动键盘、鼠标和扫描枪就锁定；0 为从不。演示数据从不锁定。",
        "Without keyboard, mouse and scanner for so long, the desk locks; 0: never. Demo data never locks.",
    ),
}

_OUTLET: Texts = {
    "setting.outlet.zone": ("时区", "Time zone"),
    "setting.outlet.zone.why": (
        "门店所在的时区（IANA 名称）；时间和营业日都按它。",
        "Where the outlet is (an IANA name); times and business days go by it.",
    ),
    "setting.outlet.day_start": ("营业日开始", "Business day begins at"),
    "setting.outlet.day_start.why": (
        "几点起算新的一天；到期日按营业日判断。",
        "From when on it is the next day; expiry is judged by business days.",
    ),
}

_FOUNDING: Texts = {
    "settings.group.founding": ("开店", "Founding the shop"),
    "setting.server.reachable": ("其他电脑可以加入", "Other computers may join"),
    "setting.server.reachable.why": (
        "只用于建店的这台电脑：它的服务器是否让店里其他电脑连接；下次打开时生效。",
        "Only where the shop was founded: whether its server answers other computers, from the next start.",
    ),
    "setting.setup.closed": ("结束开店向导", "Getting ready is over"),
    "setting.setup.closed.why": (
        "不再提示开店准备还缺什么；页面一直都在。",
        "What a new shop lacks is not pointed out any more; the screen stays.",
    ),
}

_PRICES: Texts = {
    "setting.prices.include_tax": ("售价含税", "Prices include tax"),
    "setting.prices.include_tax.why": (
        "商品的售价里是否已含税；显示价格的地方据此算出税额。",
        "Whether products' prices have the tax in them; where a price is shown, its tax is told accordingly.",
    ),
    "setting.prices.usual_tax": ("常用税种", "Usual tax"),
    "setting.prices.usual_tax.why": (
        "没有另设税种的商品适用的税种编号；在“税”页面选定。",
        "The code of the tax that products bear unless another was chosen; decided on the Taxes screen.",
    ),
    "setting.parcels.usual_carrier": ("常用承运商", "Usual carrier"),
    "setting.parcels.usual_carrier.why": (
        "发货时默认的承运商编号；在“承运商”页面选定。",
        "The code of the carrier that takes parcels unless another is named; decided on the Carriers screen.",
    ),
}

_GOODS: Texts = {
    "setting.goods.over_percent": ("收货允许超出", "May come beyond the order"),
    "setting.goods.over_percent.why": (
        "收到的比订购的多，在这个百分比以内不提示，也不成为待办。",
        "What comes beyond the order within so many per cent is neither announced nor made a task.",
    ),
    "setting.goods.days_left": ("临期提醒", "Warn of expiry"),
    "setting.goods.days_left.why": (
        "剩余天数少于这个数就算临期；商品自己写了天数的按商品的。0 为不提醒。",
        "Goods with fewer days left are short-dated; a product's own figure goes before. 0: no warning.",
    ),
    "setting.goods.absurd_quantity": ("数量上限", "Absurd quantity"),
    "setting.goods.absurd_quantity.why": (
        "一次超过这么多基本单位，多半是把条码扫进了数量；怎样处理见扫码检查。",
        "More base units at once are mostly a barcode scanned into the quantity; see the checks at the scan.",
    ),
}

_SCANNER: Texts = {
    "setting.scanner.gap_ms": ("键间隔", "From key to key"),
    "setting.scanner.gap_ms.why": (
        "没有前缀的扫描中，两个键之间最长的时间；更慢的是人在打字。",
        "The longest time between two keys of a scan without prefix; what is slower is somebody typing.",
    ),
    "setting.scanner.framed_gap_ms": ("键间隔（有前缀）", "From key to key (with prefix)"),
    "setting.scanner.framed_gap_ms.why": (
        "有前缀的扫描中，两个键之间最长的时间。",
        "The longest time between two keys of a scan that a prefix announced.",
    ),
    "setting.scanner.grace_ms": ("宽限", "Grace"),
    "setting.scanner.grace_ms.why": (
        "间隔之外允许的抖动，也是放还按键之前的等待。",
        "Jitter on top of a gap, and the wait before held keys are given back.",
    ),
    "setting.scanner.min_length": ("最短长度", "Least length"),
    "setting.scanner.min_length.why": (
        "没有前缀时，至少这么多字符才算扫描。",
        "Without prefix, so many characters at least make a scan.",
    ),
    "setting.scanner.bounce_ms": ("重复触发", "Bounce"),
    "setting.scanner.bounce_ms.why": (
        "在这段时间内同码两次会提示；从不丢弃。",
        "The same code twice within this time is announced; it is never dropped.",
    ),
    "setting.scanner.terminators": ("结尾", "What ends a scan"),
    "setting.scanner.terminators.why": (
        "扫描枪在码后发送什么。选「后缀」须填写后缀。",
        'What the scanner sends behind the code. "Suffix" needs one below.',
    ),
    "setting.scanner.prefix": ("前缀", "Prefix"),
    "setting.scanner.prefix.why": (
        r"扫描枪在码前发送的字符；控制字符写成 \x02。",
        r"What the scanner types before the code; control characters are written as \x02.",
    ),
    "setting.scanner.suffix": ("后缀", "Suffix"),
    "setting.scanner.suffix.why": (
        r"扫描枪在码后发送的字符；控制字符写成 \x03。",
        r"What the scanner types behind the code; control characters are written as \x03.",
    ),
    "setting.scanner.gs_keys": ("GS1 分隔符的按键", "Keys for the GS1 separator"),
    "setting.scanner.gs_keys.why": (
        "表示分隔符 0x1D 的组合键；字符本身总是有效。",
        "Key combinations that mean 0x1D; the character itself always counts.",
    ),
    "setting.scanner.gs_substitutes": ("GS1 分隔符的替代", "Texts for the GS1 separator"),
    "setting.scanner.gs_substitutes.why": (
        "代表分隔符 0x1D 的文字，用空格分开，长的在前。",
        "Texts that stand for 0x1D, with spaces between them, the longest first.",
    ),
    "setting.scanner.strip_aim": ("去掉 AIM 标识", "Take AIM identifiers off"),
    "setting.scanner.strip_aim.why": (
        "码前的 AIM 标识只用来认码制，不算码的一部分。",
        "An AIM identifier tells the symbology and is no part of the code.",
    ),
    "setting.scanner.layout": ("键盘布局", "Keyboard layout"),
    "setting.scanner.layout.why": (
        "扫描枪以为接在哪种键盘上；出厂多为美式。",
        "Which keyboard the scanner believes in; as bought mostly a US one.",
    ),
    "setting.scanner.rollover": ("先按下再放开", "Presses before it lets go"),
    "setting.scanner.rollover.why": (
        "放开上一键之前就按下一键；大多数枪不会。",
        "It presses the next key before it lets go of the last one; most never do.",
    ),
    "setting.scanner.repeats_terminator": ("结尾发送两次", "Ends twice"),
    "setting.scanner.repeats_terminator.why": ("扫描枪把结尾发送两次。", "It sends its terminator twice."),
    "setting.scanner.unframed": ("也接受没有前缀的", "Without prefix too"),
    "setting.scanner.unframed.why": (
        "同一工作台还有没有前缀的枪。关闭须填写前缀。",
        "Other scanners at this desk have no prefix. Off needs a prefix.",
    ),
    "setting.scanner.encoding": ("字符编码", "Encoding"),
    "setting.scanner.encoding.why": ("串口扫描枪所发字节的编码。", "Of the bytes of a serial scanner."),
    "setting.scanner.port": ("串口", "Serial port"),
    "setting.scanner.port.why": (
        "串口扫描枪所在；没有：用键盘口。",
        "Where a serial scanner is; none: keyboards.",
    ),
    "setting.scanner.baud": ("波特率", "Bits per second"),
    "setting.scanner.baud.why": ("USB 串口扫描枪不看它。", "USB-COM scanners ignore it."),
    "setting.scanner.vendor": ("USB 厂商号", "USB vendor"),
    "setting.scanner.vendor.why": ("换插口后凭它找到。", "Finds it again at another socket."),
    "setting.scanner.product": ("USB 产品号", "USB product"),
    "setting.scanner.product.why": ("换插口后凭它找到。", "Finds it again at another socket."),
    "setting.scanner.serial_number": ("USB 序列号", "USB serial number"),
    "setting.scanner.serial_number.why": ("换插口后凭它找到。", "Finds it again at another socket."),
}

_CHOICES: Texts = {
    "choice.zh_CN": ("中文", "中文 (Chinese)"),
    "choice.en": ("English（英文）", "English"),
    "choice.light": ("浅色", "Light"),
    "choice.dark": ("深色", "Dark"),
    "choice.enter": ("回车", "Enter"),
    "choice.tab": ("制表键", "Tab"),
    "choice.suffix": ("后缀", "suffix"),
    "choice.silence": ("停顿", "silence"),
    "choice.ctrl+]": ("Ctrl+]", "Ctrl+]"),
    "choice.f8": ("F8", "F8"),
    "choice.alt+029": ("Alt+029", "Alt+029"),
    "choice.us": ("美式", "US"),
    "choice.host": ("本机的", "this computer's"),
    "policy.accept": ("接收", "Accept"),
    "policy.ask": ("询问", "Ask"),
    "policy.refuse": ("拒绝", "Refuse"),
    "measure.minutes": ("{n} 分钟", "{n} min"),
    "measure.days": ("{n} 天", Plural("{n} day", "{n} days")),
    "measure.ms": ("{n} 毫秒", "{n} ms"),
    "measure.percent": ("{n}%", "{n}%"),
    "measure.pixels": ("{n} 像素", Plural("{n} pixel", "{n} pixels")),
    "measure.characters": ("{n} 个字符", Plural("{n} character", "{n} characters")),
}

_GROUPS: Texts = {
    f"settings.group.checks_{station}": (f"{zh}扫码检查", f"Checks at {en.lower()}")
    for station, (zh, en) in STATIONS.items()
} | {
    "settings.group.scales": ("秤码", "Scale codes"),
    "settings.group.outlet": ("营业日", "Business day"),
    "settings.group.goods": ("数量", "Quantities"),
    "settings.group.prices": ("售价与税", "Prices and tax"),
    "settings.group.parcels": ("包裹", "Parcels"),
    "settings.group.look": ("显示", "Display"),
    "settings.group.window": ("窗口", "Window"),
    "settings.group.sounds": ("声音", "Sounds"),
    "settings.group.lock": ("锁定", "Lock"),
    "settings.group.scanner": ("扫描枪", "Scanner"),
}

TEXTS: Texts = {
    **{f"check.{check}": name for check, name in CHECK_NAMES.items()},
    **_CHECKS,
    **_SCALES,
    **_LOOK,
    **_OUTLET,
    **_FOUNDING,
    **_PRICES,
    **_GOODS,
    **_SCANNER,
    **_CHOICES,
    **_GROUPS,
}
