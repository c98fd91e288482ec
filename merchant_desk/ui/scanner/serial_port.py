"""Serial (USB-COM) scanners read through Qt's serial port: unplugged and found again without a restart."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QIODeviceBase, QObject, Qt, QTimer, Signal
from PySide6.QtSerialPort import QSerialPort, QSerialPortInfo

from merchant_desk.ui.scanner.lines import Line, LineReader
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import ScannerSettings

LEAST_SILENCE_MS = 50
"""USB hands bytes over in packets: shorter pauses inside one scan mean nothing."""


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A serial port of this computer; numbers are those of its USB device, 0 for none."""

    name: str
    location: str
    description: str
    manufacturer: str
    serial_number: str
    vendor: int
    product: int


@dataclass(frozen=True, slots=True)
class SerialSettings:
    """Where a serial scanner is.

    Args:
        port: name or full path of the port ("COM3", "ttyACM0", "/dev/ttyUSB0").
        baud: bits per second; USB-COM scanners ignore it.
        vendor, product, serial_number: of its USB device, so that it is found under another port name after
            it was plugged in elsewhere; 0 and "" to go by the port alone.
        retry_ms: how often a lost scanner is looked for.
    """

    port: str
    baud: int = 9600
    vendor: int = 0
    product: int = 0
    serial_number: str = ""
    retry_ms: int = 2000


def serial_ports() -> tuple[PortInfo, ...]:
    """Return the serial ports of this computer, by name."""
    found = (
        PortInfo(
            name=info.portName(),
            location=info.systemLocation(),
            description=info.description(),
            manufacturer=info.manufacturer(),
            serial_number=info.serialNumber(),
            vendor=info.vendorIdentifier() if info.hasVendorIdentifier() else 0,
            product=info.productIdentifier() if info.hasProductIdentifier() else 0,
        )
        for info in QSerialPortInfo.availablePorts()
    )
    return tuple(sorted(found, key=lambda port: port.name))


def location_of(settings: SerialSettings, ports: tuple[PortInfo, ...]) -> str:
    """Return where the scanner is now: its USB device under whatever name, else the port that was set."""
    if settings.vendor:
        wanted = (settings.vendor, settings.product, settings.serial_number)
        same = [port for port in ports if (port.vendor, port.product, port.serial_number) == wanted]
        # Two equal scanners without serial numbers are told apart only by their ports.
        if len(same) == 1:
            return same[0].location
    return settings.port


class SerialScanner(QObject):
    """One serial scanner.

    `line` carries a `lines.Line` and the monotonic nanoseconds of its last byte's arrival (of the end of the
    silence); `lost` the reason as the system words it, once each time; `found` comes when it is open again.

    Args:
        where: port and USB device.
        settings: how the scanner ends and frames its scans.
        monotonic_ns: the clock for arrivals.
    """

    line = Signal(object, object)
    lost = Signal(str)
    found = Signal()

    def __init__(
        self,
        where: SerialSettings,
        settings: ScannerSettings,
        monotonic_ns: Callable[[], int] = time.monotonic_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._where = where
        self._settings = settings
        self._monotonic_ns = monotonic_ns
        self._reader = LineReader(settings)
        self._missed = False
        self._port = QSerialPort(self)
        self._port.readyRead.connect(self._on_bytes)
        self._port.errorOccurred.connect(self._on_error)
        self._silence = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._silence.setInterval(max(settings.gap_ms + settings.grace_ms, LEAST_SILENCE_MS))
        self._silence.timeout.connect(self._on_silence)
        self._retry = QTimer(self, interval=where.retry_ms)
        self._retry.timeout.connect(self._open)

    @property
    def source(self) -> str:
        """The name that its scans carry."""
        return self._where.port

    @property
    def where(self) -> SerialSettings:
        """Where it was attached."""
        return self._where

    @property
    def settings(self) -> ScannerSettings:
        """How its scans are read."""
        return self._settings

    @property
    def connected(self) -> bool:
        """Whether the port is open."""
        return self._port.isOpen()

    def open(self) -> bool:
        """Open the port; if that fails, say it is lost and keep looking. Return whether it is open."""
        self._open()
        return self.connected

    def close(self) -> None:
        """Close the port and stop looking for it; an unfinished scan is refused."""
        self._retry.stop()
        self._drop_partial()
        if self._port.isOpen():
            self._port.close()

    def _open(self) -> None:
        if self._port.isOpen():
            return
        location = location_of(self._where, serial_ports() if self._where.vendor else ())
        self._port.setPortName(location)
        self._port.setBaudRate(self._where.baud)
        if not self._port.open(QIODeviceBase.OpenModeFlag.ReadOnly):
            self._miss(self._port.errorString())
            return
        self._port.setDataTerminalReady(True)
        self._retry.stop()
        if self._missed:
            self._missed = False
            self.found.emit()

    def _miss(self, why: str) -> None:
        if not self._retry.isActive():
            self._retry.start()
        if not self._missed:
            self._missed = True
            self.lost.emit(why)

    def _on_bytes(self) -> None:
        data = bytes(self._port.readAll().data())
        lines = self._reader.feed(data)
        # Armed before delivery: a slot may run an event loop of its own.
        self._silence.start() if self._reader.partial else self._silence.stop()
        self._deliver(lines)

    def _on_silence(self) -> None:
        if self._port.bytesAvailable():
            # The loop was busy: the rest is here and only not read yet.
            self._on_bytes()
            return
        self._deliver(self._reader.silence())

    def _on_error(self, error: QSerialPort.SerialPortError) -> None:
        if error == QSerialPort.SerialPortError.NoError or not self._port.isOpen():
            return
        if error not in {
            QSerialPort.SerialPortError.ResourceError,
            QSerialPort.SerialPortError.ReadError,
            QSerialPort.SerialPortError.PermissionError,
            QSerialPort.SerialPortError.DeviceNotFoundError,
        }:
            return
        why = self._port.errorString()
        self._deliver(self._reader.feed(bytes(self._port.readAll().data())))
        self._port.close()
        self._drop_partial()
        self._miss(why)

    def _drop_partial(self) -> None:
        self._silence.stop()
        raw = self._reader.drop()
        if raw:
            self._deliver([Line(raw, RejectReason.SOURCE_LOST)])

    def _deliver(self, lines: list[Line]) -> None:
        now_ns = self._monotonic_ns()
        for line in lines:
            self.line.emit(line, now_ns)
