"""Splits a serial scanner's bytes into frames. Pure: no Qt, no clock."""

from dataclasses import dataclass

from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator

LONGEST = 16_384
"""More bytes than any code holds (QR Code 7,089 digits, ISO/IEC 18004), several times over."""
_MARKS = {Terminator.ENTER: b"\r\n", Terminator.TAB: b"\t"}


@dataclass(frozen=True, slots=True)
class Line:
    """The bytes of one frame without terminator; with a reason, they are not to be trusted."""

    raw: bytes
    reason: RejectReason | None = None


class LineReader:
    """Collects bytes until a terminator: CR, LF or CR LF for ENTER, TAB, the suffix, or silence.

    A scanner that frames by prefix and suffix may have CR and LF in its data: where the suffix ends a scan,
    nothing else does but silence.
    """

    def __init__(self, settings: ScannerSettings) -> None:
        self._settings = settings
        self._suffix = settings.suffix.encode(settings.encoding)
        ends = settings.terminators
        self._by_suffix = Terminator.SUFFIX in ends
        self._marks = b"" if self._by_suffix else b"".join(_MARKS[end] for end in _MARKS if end in ends)
        self._buffer = bytearray()
        self._flooded = False

    @property
    def partial(self) -> bytes:
        """What came since the last terminator."""
        return bytes(self._buffer)

    def feed(self, data: bytes) -> list[Line]:
        """Take bytes as they came; return the frames that they complete, in order."""
        lines: list[Line] = []
        for byte in data:
            if byte in self._marks:
                lines += self._cut()
                continue
            if self._by_suffix and not self._buffer and byte in _MARKS[Terminator.ENTER]:
                continue  # the line end that many scanners send behind their suffix
            self._buffer.append(byte)
            if self._by_suffix and self._buffer.endswith(self._suffix):
                lines += self._cut()
            elif len(self._buffer) >= LONGEST:
                lines.append(Line(self.partial, RejectReason.TOO_LONG))
                self._buffer.clear()
                self._flooded = True
        return lines

    def silence(self) -> list[Line]:
        """Take the news that no byte came for the gap."""
        if not self._buffer:
            self._flooded = False
            return []
        if Terminator.SILENCE in self._settings.terminators or self._flooded:
            return self._cut()
        return [Line(raw, RejectReason.UNTERMINATED) for raw in (self.drop(),) if raw]

    def drop(self) -> bytes:
        """Forget and return what came since the last terminator (the scanner is gone)."""
        raw = self.partial
        self._buffer.clear()
        self._flooded = False
        return raw

    def _cut(self) -> list[Line]:
        raw, flooded = self.partial, self._flooded
        self._buffer.clear()
        self._flooded = False
        # What fills up a flood to its end is no code either.
        return [Line(raw, RejectReason.TOO_LONG if flooded else None)] if raw else []
