"""What the doctor sees through the window's libraries: fonts, serial scanners, printers, sound."""

from collections.abc import Iterator

from PySide6.QtGui import QFontDatabase

from merchant_desk.sync.health import Finding, Grade

CHINESE = QFontDatabase.WritingSystem.SimplifiedChinese


def surroundings() -> Iterator[Finding]:
    """Yield findings about this computer; a QGuiApplication must exist."""
    yield _fonts()
    yield _scanners()
    yield _printers()


def _fonts() -> Finding:
    families = QFontDatabase.families(CHINESE)
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


def _scanners() -> Finding:
    from PySide6.QtSerialPort import QSerialPortInfo

    ports = [port.portName() for port in QSerialPortInfo.availablePorts()]
    if ports:
        names = ", ".join(ports)
        return Finding("scanner", Grade.GOOD, f"串口设备：{names}。", f"Serial devices: {names}.")
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
