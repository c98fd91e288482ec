"""What the doctor sees through the window's libraries: fonts, serial scanners, printers, sound."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6.QtGui import QFontDatabase

from merchant_desk.domain.printers import Printer
from merchant_desk.domain.scanner_trial import ready_day
from merchant_desk.domain.settings_known import SERIAL
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.sync.findings import Finding, Grade
from merchant_desk.ui.printing.service import look_at_printer, named_printers
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.printing import printer_state
from merchant_desk.ui.texts.speech import FixedSpeech
from merchant_desk.ui.texts.trial import day_words

CHINESE = QFontDatabase.WritingSystem.SimplifiedChinese


def around(local: LocalSettings) -> Iterator[Finding]:
    """Yield all findings about this computer, as a desk's own settings name its scanner and printers."""
    yield from surroundings(local.decisions.value(SERIAL["port"]))
    yield scanner_trial(local)
    yield from printers_there(named_printers(local))


def surroundings(serial_port: str = "") -> Iterator[Finding]:
    """Yield findings about this computer; a QGuiApplication must exist.

    Args:
        serial_port: the port of the scanner that was chosen at this desk; empty where it is a keyboard.
    """
    yield _fonts()
    yield scanners(serial_port, serial_devices())


def chinese_fonts() -> list[str]:
    """Return the fonts that this computer can write Chinese with; a QGuiApplication must exist."""
    return QFontDatabase.families(CHINESE)


def _fonts() -> Finding:
    families = chinese_fonts()
    if families:
        return Finding(
            "fonts", Grade.GOOD, f"中文字体：{families[0]} 等。", f"Chinese fonts: {families[0]}..."
        )
    return Finding(
        "fonts",
        Grade.BAD,
        "没有中文字体，文字会显示为方框。请安装 Noto Sans CJK（Debian：apt install fonts-noto-cjk）。",
        "There is no Chinese font; text shows as boxes. Install Noto Sans CJK "
        "(Debian: apt install fonts-noto-cjk).",
    )


def serial_devices() -> dict[str, str]:
    """Return what is plugged in at a serial port, by port; what has no maker is an empty socket."""
    from PySide6.QtSerialPort import QSerialPortInfo

    return {
        port.portName(): port.description() or port.manufacturer()
        for port in QSerialPortInfo.availablePorts()
        if port.hasVendorIdentifier()
    }


def scanners(chosen: str, plugged_in: Mapping[str, str]) -> Finding:
    """Compare the serial scanner that was chosen at this desk with what is there.

    Args:
        chosen: the port's name, or nothing.
        plugged_in: descriptions of devices by port.
    """
    there = ", ".join(f"{port} {name}".strip() for port, name in sorted(plugged_in.items()))
    if chosen in plugged_in:
        name = f"{chosen} {plugged_in[chosen]}".strip()
        return Finding(
            "scanner", Grade.GOOD, f"串口扫描枪在：{name}。", f"The serial scanner is there: {name}."
        )
    if chosen:
        return Finding(
            "scanner",
            Grade.BAD,
            f"所选的串口扫描枪 {chosen} 不在（现有：{there or '无'}）。请插好，或在「设置」中另选。",
            f"The chosen serial scanner {chosen} is not there (plugged in: {there or 'none'}). Plug it in, "
            "or choose another one in Settings.",
        )
    if there:
        return Finding(
            "scanner",
            Grade.NOTE,
            f"有串口设备（{there}），本机没有选用。若是扫描枪，请在「设置」中选择。",
            f"There are serial devices ({there}), none chosen here. If one is a scanner, choose it in "
            "Settings.",
        )
    return Finding(
        "scanner",
        Grade.NOTE,
        "没有串口扫描枪；键盘方式的扫描枪无法被识别，扫一个码即可测试。",
        "There is no serial scanner. Keyboard scanners look like keyboards: scan a code to test.",
    )


def scanner_trial(local: LocalSettings) -> Finding:
    """Tell whether this desk's scanner passed its trial, and was not set anew since."""
    day = ready_day(local.standing)
    zh, en = (
        FixedSpeech(code).text("trial.ready" if day else "trial.not_ready", day=day_words(day))
        for code in LanguageCode
    )
    if day:
        return Finding("scanner_trial", Grade.GOOD, zh, en)
    return Finding(
        "scanner_trial",
        Grade.NOTE,
        f"{zh}请在「打印机与扫描枪」里测试一次。",
        f"{en} Test it under Print and scan.",
    )


def printers_there(printers: Sequence[Printer]) -> Iterator[Finding]:
    """Yield a finding for each printer that the desk named; asks them, so not on the window's thread.

    Without one it is told that the system's default is printed on then.
    """
    for printer in printers:
        report = look_at_printer(printer)
        zh, en = (printer_state(report, printer, FixedSpeech(code)) for code in LanguageCode)
        grade = Grade.GOOD if report.outcome.is_well else Grade.BAD
        yield Finding("printers", grade, zh, en, code=f"printer_{report.outcome}")
    if not printers:
        yield Finding(
            "printers",
            Grade.NOTE,
            "没有命名打印机，用系统默认的一台。请在「打印机与扫描枪」里添加并打印测试页。",
            "No printer is named; the system's default is used. Add one under Print and scan, and print a "
            "test page.",
        )
