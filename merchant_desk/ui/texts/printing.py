"""Printers and printing in words: what printers are for, what became of a job, what is no printer."""

from merchant_desk.domain.printers import PAPERS, Paper, Printer
from merchant_desk.printing.outcomes import Report
from merchant_desk.ui.texts.catalogue import Plural, Texts
from merchant_desk.ui.texts.speech import Speech

_SETTING: Texts = {
    "settings.group.printers": ("打印机", "Printers"),
    "setting.printers.named": ("本机的打印机", "Printers of this desk"),
    "setting.printers.named.why": (
        "在「打印机与扫描枪」里命名；每种用途用排在最前的一台，没有就用系统默认打印机。",
        "Named under Print and scan; the first for a purpose is used, else the system's default.",
    ),
}

_REFUSALS: Texts = {
    "refusal.printer_unreadable": ("读不懂这台打印机：{value}", "This printer cannot be read: {value}"),
    "refusal.printer_nameless": (
        "请给打印机起个名字（最多 {most} 个字）",
        "Give the printer a name (at most {most} characters)",
    ),
    "refusal.printer_named_twice": ("已有一台打印机叫「{name}」", "There is a printer called {name} already"),
    "refusal.not_printed": ("没有打印：{why}", "Not printed: {why}"),
    "refusal.no_such_printer": ("没有叫「{name}」的打印机", "There is no printer called {name}"),
    "refusal.printer_nowhere": (
        "请选择系统打印机，或填写地址（如 192.168.1.50:9100）",
        "Choose a system printer, or give an address (as 192.168.1.50:9100)",
    ),
    "refusal.printer_place_unreadable": (
        "读不懂地址「{value}」，应写成 192.168.1.50:9100 这样",
        "The address {value} cannot be read; write it like 192.168.1.50:9100",
    ),
    "refusal.printer_for_nothing": ("请至少选一种用途", "Choose at least one purpose"),
    "refusal.printer_resolution": ("分辨率只能是 {options} dpi", "The resolution is one of {options} dpi"),
    "refusal.printer_prints_labels_only": (
        "标签打印机不能打印文件，请只选标签",
        "A label printer prints no documents; choose labels only",
    ),
    "refusal.paper_unreadable": (
        "读不懂纸张「{value}」，应写成 A4 或 60x40（毫米）",
        "The paper {value} cannot be read; write it like A4, or 60x40 (mm)",
    ),
    "refusal.paper_out_of_range": (
        "纸张「{value}」的边长不在 {least} 到 {most} 毫米之间",
        "The sides of paper {value} are not between {least} and {most} mm",
    ),
}

_NAMES: Texts = {
    "printer.reach.queue": ("系统打印机", "System printer"),
    "printer.reach.zpl": ("网络标签打印机（ZPL）", "Network label printer (ZPL)"),
    "printer.purpose.documents": ("文件", "Documents"),
    "printer.purpose.labels": ("标签", "Labels"),
    "printer.and": ("、", ", "),
    "printer.default": ("系统默认打印机", "the system's default printer"),
    "printer.size": ("{width} × {height} 毫米", "{width} × {height} mm"),
}

_OUTCOMES: Texts = {
    "printing.printed": ("「{printer}」已打印：{title}。", "{printer} printed: {title}."),
    "printing.sent": (
        "已交给「{printer}」：{title}。是否已出纸，请看打印机。",
        "Handed to {printer}: {title}. Whether it is on paper the printer does not tell.",
    ),
    "printing.unreachable": (
        "连不上「{printer}」（{where}）。请检查电源、网线和地址。",
        "{printer} ({where}) cannot be reached. Check its power, its cable and the address.",
    ),
    "printing.refused": (
        "「{printer}」（{where}）拒绝接收。请检查端口，重启打印机。",
        "{printer} ({where}) takes nothing. Check the port, and switch the printer off and on.",
    ),
    "printing.timed_out": (
        "等了 {seconds} 秒，「{printer}」（{where}）没有回应。请检查它是否开机、是否正忙。",
        "{printer} ({where}) did not answer within {seconds} s. Check that it is on and not busy.",
    ),
    "printing.paper_out": (
        "「{printer}」缺纸或缺碳带。请装好。",
        "{printer} is out of paper or ribbon. Put some in.",
    ),
    "printing.head_open": ("「{printer}」的盖子开着。请合上。", "{printer} stands open. Close it."),
    "printing.paused": (
        "「{printer}」被暂停了。请按它的暂停键。",
        "{printer} is paused. Press its pause button.",
    ),
    "printing.no_queue": (
        "这台电脑没有打印机「{printer}」。请在系统里添加，或存为 PDF。",
        "This computer has no printer {printer}. Add it to the system, or save a PDF.",
    ),
    "printing.paper_unknown": (
        "「{printer}」没有 {paper} 的纸。请在「打印机与扫描枪」里改纸张。",
        "{printer} has no paper of {paper}. Change the paper under Print and scan.",
    ),
    "printing.called_off": ("已停止打印：{title}。", "Called off: {title}."),
    "printing.waits": (
        "{title}：还有 {n} 张标签在等「{printer}」，它恢复后自动打印；关闭窗口则作废。",
        Plural(
            "{title}: {n} label waits for {printer} to be back. A closed window prints nothing.",
            "{title}: {n} labels wait for {printer} to be back. A closed window prints nothing.",
        ),
    ),
    "printing.there": (
        "打印机「{printer}」可以打印（{paper}，{purposes}）。",
        "{printer} is able to print ({paper}; {purposes}).",
    ),
    "printing.test_title": ("测试页", "Test page"),
    "printing.test_edges": (
        "外框四边应完整可见，且长 {width} 毫米、高 {height} 毫米。",
        "All four sides of the frame should be there: {width} mm wide, {height} mm high.",
    ),
}

TEXTS: Texts = {**_SETTING, **_REFUSALS, **_NAMES, **_OUTCOMES}


def paper_words(paper: Paper, speech: Speech) -> str:
    """Return what a paper is called: A4, or its size."""
    if paper in PAPERS.values():
        return paper.name
    return speech.text("printer.size", width=paper.width, height=paper.height)


def printer_name(printer: Printer, speech: Speech) -> str:
    """Return what a printer is called."""
    return printer.name or speech.text("printer.default")


def purposes_words(printer: Printer, speech: Speech) -> str:
    """Return what a printer is for."""
    said = (speech.text(f"printer.purpose.{one}") for one in printer.purposes)
    return speech.text("printer.and").join(said)


def report_words(report: Report, printer: Printer, title: str, speech: Speech) -> str:
    """Return in a sentence or two what became of something, and what to do."""
    return speech.text(
        f"printing.{report.outcome}",
        printer=printer_name(printer, speech),
        where=printer.where,
        title=title,
        seconds=report.seconds,
        paper=paper_words(printer.paper, speech),
    )


def waiting_words(report: Report, printer: Printer, title: str, speech: Speech) -> str:
    """Return that pages wait for a printer."""
    left = report.total - report.done
    return speech.text("printing.waits", title=title, n=left, printer=printer_name(printer, speech))


def printer_state(report: Report, printer: Printer, speech: Speech) -> str:
    """Return whether a printer that was looked at could print."""
    if not report.outcome.is_well:
        return report_words(report, printer, "", speech)
    facts = {"paper": paper_words(printer.paper, speech), "purposes": purposes_words(printer, speech)}
    return speech.text("printing.there", printer=printer_name(printer, speech), **facts)
