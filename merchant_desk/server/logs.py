"""Logs of a server process: one JSON object a line, ours and those of libraries alike."""

import logging
import logging.handlers
import sys
from pathlib import Path
from typing import Any

import structlog

FILE_BYTES = 10 << 20
FILES = 5
FRAMES = 8
"""How many of the innermost calls a mistake is logged with."""

LIBRARIES = {"uvicorn": "WARNING", "alembic": "WARNING", "stamina": "ERROR"}
"""What libraries may log at least; who waits for something (stamina) says so himself."""

_SHARED: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
]


def configure_logs(file: Path | None, level: str = "INFO", *, shown: bool = True) -> None:
    """Send every log line of this process to a file (kept to FILES of FILE_BYTES) or to standard error.

    Not `shown`: nowhere, for a command that tells people in sentences there.

    Lines hold names of events, endpoints and problems, counts and ids; no tokens, codes, bodies or names.

    Raises:
        OSError: the file cannot be written.
    """
    handler = _handler(file, shown=shown)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_trace,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
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


def _handler(file: Path | None, *, shown: bool) -> logging.Handler:
    if file is not None:
        return logging.handlers.RotatingFileHandler(
            file, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8"
        )
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
    return {"error": type(error).__name__, "at": frames[-FRAMES:]}


def _without_trace(_: Any, __: str, event: Any) -> Any:
    """Keep the kind of an exception and leave its text out: it may quote what was sent."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and info[0] is not None:
        event["error"] = info[0].__name__
    return event
