"""A scanner's trial in words: what is scanned, what arrived, what to do."""

from merchant_desk.ui.scanner.trial import Verdict
from merchant_desk.ui.texts.catalogue import Texts
from merchant_desk.ui.texts.speech import Speech

TEXTS: Texts = {
    "setting.scanner.ready_on": ("扫描枪测试通过日期", "Scanner passed its test on"),
    "setting.scanner.ready_on.why": (
        "在「打印机与扫描枪」里测试通过的日期（年月日）；改了扫描枪设置须重新测试。",
        "The day (yyyymmdd) it passed under Print and scan; it is tested anew after a change.",
    ),
    "devices.tab.printers": ("打印机", "Printers"),
    "devices.tab.scanner": ("扫描枪测试", "Scanner test"),
    "trial.title": ("扫描枪测试", "Scanner test"),
    "trial.note": ("扫屏幕上的码，或打印出来扫", "scan the screen, or print the codes"),
    "trial.steps": ("测试码", "Test codes"),
    "trial.sheet": ("扫描枪测试页", "Scanner test page"),
    "devices.begin": ("测试扫描枪", "Test the scanner"),
    "devices.print_codes": ("打印测试码", "Print the codes"),
    "devices.host_layout": ("按本机键盘布局读", "Read by this computer's layout"),
    "devices.teach": ("教会扫描枪", "Teach the scanner"),
    "trial.code": ("码", "Code"),
    "trial.code.ean": ("商品条码（EAN-13）", "Product code (EAN-13)"),
    "trial.code.mixed": ("大小写与符号（Code 128）", "Upper and lower case, marks (Code 128)"),
    "trial.code.gs1": ("带分隔符的 GS1-128", "GS1-128 with a separator"),
    "trial.code.matrix": ("GS1 DataMatrix（二维码）", "GS1 DataMatrix (square)"),
    "trial.may_scan": (
        "扫描枪可以使用。它若能读二维码，再扫这一个看看；只读一维码的不必扫。",
        "The scanner is ready. If it reads square codes, try this one too; others need not.",
    ),
    "trial.optional": ("可不扫", "Optional"),
    "trial.scan_now": ("第 {n} / {of} 个：请扫下面的码。", "{n} of {of}: scan the code below."),
    "trial.all_whole": ("全部完整收到。", "All were received whole."),
    "trial.now": ("请扫", "Scan it"),
    "trial.later": ("稍后", "Later"),
    "trial.whole": ("完整收到", "Received whole"),
    "trial.passed": ("扫描枪可以使用。", "This scanner is ready."),
    "trial.ready": ("扫描枪可以使用，{day} 测试通过。", "This scanner is ready; it passed on {day}."),
    "trial.not_ready": (
        "扫描枪还没有测试通过，或之后改过设置。",
        "No scanner has passed yet, or its settings were changed since.",
    ),
    "trial.heard": ("收到：{heard}", "Arrived: {heard}"),
    "trial.fault.case": ("大小写变了", "Case changed"),
    "trial.fault.case.do": (
        "关掉键盘的 Caps Lock；仍不对，就按扫描枪说明书扫「大小写不变」。",
        'Switch Caps Lock off; if it stays, scan "no case conversion" in the scanner\'s manual.',
    ),
    "trial.fault.gs_lost": ("分隔符丢失", "Separator lost"),
    "trial.fault.gs_lost.do": (
        "批号会和后面的内容连在一起。请按说明书打开「发送 GS（ASCII 29）」或「控制字符」。",
        'Lots would run into what follows. Switch on "send GS (ASCII 29)" or "control characters".',
    ),
    "trial.fault.gs_replaced": ("分隔符换成了「{substitute}」", "Separator sent as {substitute}"),
    "trial.fault.gs_replaced.do": (
        "现在把「{substitute}」当分隔符试用。请从第一个码重新扫，三个都完整才会记住。",
        "{substitute} is tried as the separator. Scan all three again; it is kept when they are whole.",
    ),
    "trial.fault.gs_ordinary": (
        "分隔符成了普通字符「{substitute}」",
        "Separator sent as an ordinary {substitute}",
    ),
    "trial.fault.gs_ordinary.do": (
        "别的码里也会有「{substitute}」，不能当分隔符。请按说明书打开「发送 GS（ASCII 29）」或「控制字符」。",
        '{substitute} stands in other codes too. Switch on "send GS (ASCII 29)" or "control characters".',
    ),
    "trial.fault.no_terminator": ("没有结束符", "No terminator"),
    "trial.fault.no_terminator.do": (
        "请按说明书让扫描枪在码后加「回车（Enter）」。",
        "Make the scanner send Enter behind each code (its manual has a code for it).",
    ),
    "trial.fault.too_slow": ("太慢，像打字", "Too slow, like typing"),
    "trial.fault.too_slow.do": (
        "字符间隔达 {gap} 毫秒。请把扫描枪的「字符间延时」设为 0，或按 F4 教会扫描枪。",
        "Up to {gap} ms from key to key. Set the inter-character delay to 0, or teach the scanner (F4).",
    ),
    "trial.fault.input_method": ("被输入法吃掉", "Eaten by an input method"),
    "trial.fault.input_method.do": (
        "请切到英文输入；若常忘记，让扫描枪先发送 STX 前缀，再按 F4 教会它。",
        "Switch the input method off; better, let the scanner send STX first, and teach it (F4).",
    ),
    "trial.fault.layout": ("键盘布局不符", "Another keyboard layout"),
    "trial.fault.layout.do": (
        "请把扫描枪的键盘国家设为「美国」，或按 F3 改按本机键盘布局读。",
        "Set the scanner's keyboard country to USA, or press F3 to read by this computer's layout.",
    ),
    "trial.fault.incomplete": ("缺了字符", "Characters missing"),
    "trial.fault.incomplete.do": (
        "请再扫一次；若总是缺，把「字符间延时」加到 5 毫秒，或改用 USB 串口方式。",
        "Scan again; if it stays so, set a delay of 5 ms between characters, or use USB-COM.",
    ),
    "trial.fault.extra": ("多了字符", "Something added"),
    "trial.fault.extra.do": (
        "扫描枪加了前缀或后缀。按 F4 教会扫描枪，它就会认得。",
        "The scanner sends a prefix or a suffix. Teach it (F4), and the desk knows it.",
    ),
    "trial.fault.other_code": ("不是这个码", "Not this code"),
    "trial.fault.other_code.do": ("请扫上面显示的码。", "Scan the code that is shown."),
    "trial.fault.garbled": ("读不可靠", "Garbled"),
    "trial.fault.garbled.do": (
        "请再扫一次，扫的时候不要打字，也不要同时用两把枪；串口枪请核对波特率。",
        "Scan again, with nobody typing and no second scanner; with a serial one check its speed.",
    ),
}

MARKS = {"\x1d": "⟨GS⟩"}


def verdict_words(verdict: Verdict, speech: Speech) -> tuple[str, str]:
    """Return what became of a trial scan, and what to do; the second is empty where nothing is to be done."""
    heard, substitute = _shown(verdict.heard), _shown(verdict.substitute)
    if verdict.fault is None:
        return speech.text("trial.whole"), speech.text("trial.heard", heard=heard)
    key = f"trial.fault.{verdict.fault}"
    facts = {"substitute": substitute, "gap": verdict.gap_ms}
    advice = speech.text(f"{key}.do", **facts)
    return speech.text(key, **facts), f"{advice}\n{speech.text('trial.heard', heard=heard)}"


def _shown(text: str) -> str:
    """Return a text with characters that cannot be seen named."""
    return "".join(MARKS.get(one, one if one.isprintable() else "⟨?⟩") for one in text)


def fault_words(verdict: Verdict, speech: Speech) -> str:
    """Return in a few words what was wrong, or that nothing was."""
    return verdict_words(verdict, speech)[0]


def day_words(day: int) -> str:
    """Return a day, yyyymmdd, as it is written."""
    return f"{day // 10_000:04}-{day // 100 % 100:02}-{day % 100:02}"
