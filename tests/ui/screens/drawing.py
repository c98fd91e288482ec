"""What those that draw screens share: the demo merchant's desk, its window, and what was asked for."""

import os
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import product
from pathlib import Path
from types import MappingProxyType

from PySide6.QtCore import QCoreApplication, QEvent, QSize

from merchant_desk.app import Program, application
from merchant_desk.cli import demo_shop
from merchant_desk.cli.embedded import EmbeddedServer
from merchant_desk.desk import Desk
from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings_known import COLOURS, LANGUAGE
from merchant_desk.server.demo.structure import MANAGER
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.tokens import Scheme

SIZES = {100: QSize(1600, 1000), 150: QSize(1280, 800), 200: QSize(960, 600)}
"""Windows in device-independent pixels, by the scale in per cent."""

SETTLED_SECONDS = 0.4
LONGEST_SECONDS = 10.0

KINDS = tuple(product(LanguageCode, Scheme))
NOTHING: Mapping[str, Value] = MappingProxyType({})


def settle(program: Program) -> None:
    """Let everything that was begun come to its end."""
    deadline = time.monotonic() + LONGEST_SECONDS
    quiet_since = time.monotonic()
    while time.monotonic() < deadline and time.monotonic() - quiet_since < SETTLED_SECONDS:
        QCoreApplication.processEvents()
        if program.runner.busy:
            quiet_since = time.monotonic()
        time.sleep(0.005)


def parser_of(words: str | None) -> ArgumentParser:
    """Return what reads the folder to draw into and the kinds that are wanted."""
    parser = ArgumentParser(description=words)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kinds", default=",".join(f"{code}-{scheme}" for code, scheme in KINDS))
    return parser


def kinds_of(asked: Namespace) -> list[tuple[LanguageCode, Scheme]]:
    """Return the languages and schemes that are wanted, and make the folder."""
    asked.folder.mkdir(parents=True, exist_ok=True)
    return [(code, scheme) for code, scheme in KINDS if f"{code}-{scheme}" in asked.kinds.split(",")]


@contextmanager
def demo_home() -> Iterator[Path]:
    """Give a folder for a server and a desk; the settings show its name, which says what it is."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "merchant-desk-demo"
        home.mkdir()
        yield home


@contextmanager
def demo_desk(home: Path) -> Iterator[Desk]:
    """Load the demo merchant, start its server and a desk."""
    shop = demo_shop.prepare(home / "server", 1)
    with closing(EmbeddedServer(home / "server", ["--demo"])) as server:
        enrolment = demo_shop.enrolment_code(shop.secrets[0], server.port)
        with closing(demo_shop.enrol(home / "desk", enrolment, "前台", courier=True)) as desk:
            desk.start()
            yield desk


@contextmanager
def shown(
    desk: Desk,
    code: LanguageCode,
    scheme: Scheme,
    screen: str = "home",
    *,
    chosen: Mapping[str, Value] = NOTHING,
    scale: int = 100,
) -> Iterator[Program]:
    """Show the program at a screen in one language and scheme; somebody is signed in."""
    desk.settings.follow({LANGUAGE.key: str(code), COLOURS.key: str(scheme), **chosen})
    program = Program(application(), desk)
    program.window.resize(SIZES[scale])
    program.show(screen)
    settle(program)
    yield program
    program.close(keep=False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def draw_all(
    words: str | None,
    draw: Callable[[Desk, Path, LanguageCode, Scheme], None],
    *,
    before: Callable[[Desk], None] = lambda desk: None,
) -> None:
    """Draw into the folder that was asked for, at the demo merchant's desk with the manager signed in.

    Args:
        words: about the pictures.
        draw: draws those of one language and scheme.
        before: prepares the desk.
    """
    asked = parser_of(words).parse_args()
    offscreen()
    with demo_home() as home, demo_desk(home) as desk:
        before(desk)
        for code, scheme in kinds_of(asked):
            desk.sign_in(MANAGER.login, pin=MANAGER.pin)
            draw(desk, asked.folder, code, scheme)


def offscreen() -> None:
    """Draw without a screen, unless one is asked for."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
