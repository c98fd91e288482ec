"""What the doctor sees through the window's libraries: fonts, serial scanners, printers, sound."""

from collections.abc import Iterator, Mapping

from PySide6.QtGui import QFontDatabase

from merchant_desk.sync.findings import Finding, Grade

CHINESE = QFontDatabase.WritingSystem.SimplifiedChinese


def surroundings(serial_port: str = "") -> Iterator[Finding]:
    """Yield findings about this computer; a QGuiApplication must exist.

    Args:
        serial_port: the port of the scanner that was chosen at this desk; empty where it is a keyboard.
    """
    yield _fonts()
    yield scanners(serial_port, serial_devices())
    yield _printers()


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


def _printers() -> Finding:
    from PySide6.QtPrintSupport import QPrinterInfo

    names = QPrinterInfo.availablePrinterNames()
    if names:
        told = ", ".join(names)
        return Finding("printers", Grade.GOOD, f"打印机：{told}。", f"Printers: {told}.")
    return Finding(
        "printers",
        Grade.NOTE,
        "没有打印机。指令卡可另存为 PDF，在别处打印。",
        "There is no printer. Command cards can be saved as PDF and printed elsewhere.",
    )
