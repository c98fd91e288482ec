"""Logs of a process: one JSON object a line, ours and those of libraries alike, and nothing personal in any.

What a line may say is decided here, not where it is logged: names of facts that were looked through
(`FACTS`), numbers, ids and words of our own. Any other text is left out, whoever wrote it.
"""

import logging
import logging.handlers
import os
import re
import sys
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import structlog

from merchant_desk.models.private_files import OWNER_ONLY

DESK_LOG = "desk.log"
"""Lies in the desk's profile."""

SERVER_LOG = "server.log"
"""Lies in the embedded server's folder."""

FILE_BYTES = 10 << 20
FILES = 5
FRAMES = 8
"""How many of the innermost calls a mistake is logged with."""

LIBRARIES = {
    "alembic": "WARNING",
    "httpcore": "WARNING",
    "httpx": "WARNING",
    "merchant_desk.models.gate": "WARNING",
    "stamina": "ERROR",
    "uvicorn": "WARNING",
}
"""What libraries may log at least; who waits for something (stamina) says so himself. The pool of our gate is
SQLAlchemy's, which logs under our name."""

ALWAYS = ("event", "level", "time", "logger", "at", "error")
"""What every line may have, beside its facts."""

FACTS = frozenset(
    {
        "buyers", "by", "bytes", "code", "count", "database", "device", "device_seq", "found", "keys",
        "kind", "locked", "merchant", "method", "ms", "op_id", "path", "person", "problem", "process",
        "reason", "repair", "rows", "seconds", "sent", "side", "status", "tables", "task", "wanted",
        "which", "why",
    }
)  # fmt: skip
"""Names of the facts that lines give; a test reads the source for others. None is about a person or goods:
`by`, `person` are ids, `path` is an endpoint's, `code` a refusal's or fault's, `found` a migration's."""

LEFT_OUT = "…"
"""Stands where a text was that is no word of ours."""

_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
_SENTENCE = re.compile(r"[A-Za-z_%][A-Za-z0-9_%.,:;()' ]{0,199}")
_FRAME = re.compile(r"[A-Za-z_<][A-Za-z0-9_.<>]{0,199}:\d{1,5}")
_WORDS = re.compile(r"[A-Za-z_][A-Za-z0-9_., ]{0,199}")
_ENDPOINT = re.compile(r"/[a-z{}_/-]{0,80}")
_NUMBER = re.compile(r"\d{4,}")
_VERSION = re.compile(r"[0-9a-z_]{1,20}")
_NUMBERED = ("found", "wanted")
"""Facts whose text holds numbers of ours: migrations."""

_KIND = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,80}")

_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]


def configure_logs(file: Path | None, level: str = "INFO", *, shown: bool = True, process: int = 0) -> None:
    """Send every log line of this process to a file (kept to FILES of FILE_BYTES) or to standard error.

    Not `shown`: nowhere, for a command that tells people in sentences there. Its owner alone reads a file.
    At a terminal people read what else is said: warnings and worse alone. `process` stands in every line.

    Lines hold names of events, endpoints and problems, counts and ids; no tokens, codes, bodies or names.

    Raises:
        OSError: the file cannot be written.
    """
    handler = _handler(file, shown=shown)
    at_terminal = file is None and shown and sys.stderr.isatty()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_SHARED, _template],
            pass_foreign_args=True,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                partial(_without_trace, process),
                _impersonal,
                _renderer(at_terminal=at_terminal),
            ],
        )
    )
    root = logging.getLogger()
    _put_instead(root, handler)
    root.setLevel("WARNING" if at_terminal else level)
    for library, least in LIBRARIES.items():
        logging.getLogger(library).setLevel(least)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _put_instead(logger: logging.Logger, handler: logging.Handler) -> None:
    """Let a logger write by this handler alone, and close the file that it wrote."""
    former, logger.handlers = logger.handlers, [handler]
    for one in former:
        if isinstance(one, LogFile):
            one.close()


def _renderer(*, at_terminal: bool) -> Any:
    if at_terminal:
        return structlog.dev.ConsoleRenderer(colors=False, timestamp_key="time")
    return structlog.processors.JSONRenderer(ensure_ascii=False)


class LogFile(logging.handlers.RotatingFileHandler):
    """A log that its owner alone reads; where it cannot be written, work goes on without it."""

    def __init__(self, file: Path) -> None:
        super().__init__(file, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        handle = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, OWNER_ONLY)
        if hasattr(os, "fchmod"):
            os.fchmod(handle, OWNER_ONLY)  # the file may be an older version's, with other rights
        return TextIOWrapper(os.fdopen(handle, "ab"), encoding=self.encoding)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, in another file if this one would grow too large.

        As the library does it, but the line is laid out once, and the disk is not looked at twice for each:
        that was most of what a server's event loop did under load.
        """
        try:
            line = self.format(record) + self.terminator
            if self.stream is None:
                self.stream = self._open()
            if self.maxBytes and self.stream.tell() + len(line.encode()) >= self.maxBytes:
                self.doRollover()
            self.stream.write(line)
            self.flush()
        except Exception:  # noqa: BLE001 - whatever a log cannot do, the work goes on
            self.handleError(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """Say nothing: a full disk is told by whoever saves; what is said to nobody would quote the line."""


def _handler(file: Path | None, *, shown: bool) -> logging.Handler:
    if file is not None:
        return LogFile(file)
    return logging.StreamHandler(sys.stderr) if shown else logging.NullHandler()


def mistake(error: BaseException) -> dict[str, Any]:
    """Return what a log line says of a mistake of ours: what `error` is and where, never its own words.

    The message of an exception may quote what was sent.
    """
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    told: dict[str, Any] = {"error": type(error).__name__, "at": frames[-FRAMES:]}
    name = getattr(error, "sqlite_errorname", "")
    return told | {"reason": name} if name else told


def impersonal(line: dict[str, Any]) -> dict[str, Any]:
    """Return a log line with nothing in it but names, numbers and ids of ours."""
    kept = {name: _allowed(name, line[name]) for name in ALWAYS if name in line}
    return kept | {name: _allowed(name, value) for name, value in line.items() if name in FACTS}


def _allowed(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_allowed(name, one) for one in value[:FRAMES]]
    text = str(value)
    if _ID.fullmatch(text) or (name == "time" and _TIME.fullmatch(text)):
        return text
    if name == "error":
        kind = _KIND.match(text)
        return kind.group() if kind else LEFT_OUT
    if name == "path":
        return text if _ENDPOINT.fullmatch(text) else LEFT_OUT
    if name == "at":
        return text if _FRAME.fullmatch(text) else LEFT_OUT
    if name in _NUMBERED:
        return text if _VERSION.fullmatch(text) else LEFT_OUT
    if not (_SENTENCE if name in ("event", "logger") else _WORDS).fullmatch(text):
        return LEFT_OUT
    return _NUMBER.sub("#", text)


def _impersonal(_: Any, __: str, event: Any) -> Any:
    return impersonal(event)


def _template(_: Any, __: str, event: Any) -> Any:
    """Say of a line that is not ours where it was logged and how its sentence goes, without what filled it.

    A sentence that came ready may quote anything; our own are constants.
    """
    record: logging.LogRecord = event["_record"]
    constant = bool(event.pop("positional_args", ())) or record.name.partition(".")[0] == "merchant_desk"
    event["event"] = str(record.msg) if constant else "library_line"
    event["at"] = f"{record.module}:{record.lineno}"
    if record.exc_info:
        event["exc_info"] = record.exc_info
    return event


def _without_trace(process: int, _: Any, __: str, event: Any) -> Any:
    """Say which process it is, if one of several; of an exception keep
    the kind and where it was raised, not its text: it may quote anything.
    """
    if process:
        event["process"] = process
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.update(mistake(error))
    return event
