"""`merchant-desk printers`: what this desk prints on; naming printers, and test pages."""

import argparse
import json
from dataclasses import asdict
from typing import Any

from merchant_desk.cli.desk_options import (
    acts_of,
    add_person_arguments,
    draw_anywhere,
    named_folder,
    opened_desk,
    prove_desk,
    sign_in,
)
from merchant_desk.cli.words import printer_words
from merchant_desk.domain.printers import (
    A4,
    LABEL,
    RESOLUTIONS,
    Printer,
    Purpose,
    Reach,
    check_printer,
    read_paper,
    read_printer,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import PRINTERS
from merchant_desk.models.local_settings import LocalSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    act = acts_of(parser, by_person=False)

    act("list", "the printers of this desk, the usual ones first / 本机的打印机")
    test = act("test", "print a test page / 打印测试页")
    test.add_argument("name", nargs="?", default="", metavar="NAME", help="default: each / 名称，默认全部")
    test.add_argument("--language", choices=("zh_CN", "en"), default="zh_CN", help="of the page / 页面语言")
    add = act("add", "name a printer, or name it anew / 添加或修改打印机")
    add.add_argument("name", metavar="NAME", help="what people call it / 名称")
    place = add.add_mutually_exclusive_group(required=True)
    place.add_argument("--queue", metavar="QUEUE", help="a printer of the system / 系统打印机")
    place.add_argument(
        "--socket", metavar="HOST:PORT", help="a ZPL label printer (port 9100) / 网络标签打印机"
    )
    add.add_argument("--paper", default="", metavar="SIZE", help="A4, or mm as 60x40 / 纸张")
    add.add_argument(
        "--dpi", type=int, default=RESOLUTIONS[0], choices=RESOLUTIONS, help="of a label printer"
    )
    add.add_argument("--for", dest="purposes", action="append", choices=tuple(Purpose), help="用途")
    remove = act("remove", "forget a printer / 移除打印机")
    remove.add_argument("name", metavar="NAME", help="as `list` shows it / 名称，见 list")
    for one in (add, remove):
        add_person_arguments(one)


def run(options: argparse.Namespace) -> int:
    """Do one of them; 1 if a test page was not printed.

    Raises:
        Refusal: there is no such printer, or it can be none.
    """
    if options.act == "list":
        return _list(options)
    if options.act == "test":
        return _test(options)
    with opened_desk(options) as desk:
        sign_in(desk, options)
        named = _read(desk.settings.local)
        if options.act == "add":
            made = _printer(options)
            after = [made if one.name == made.name else one for one in named]
            after += [] if made in after else [made]
        else:
            gone = _called(named, options.name)
            after = [one for one in named if one != gone]
        desk.settings.decide(PRINTERS, Level.DESK, tuple(one.written for one in after), desk.person.id)
    return _list(options)


def _list(options: argparse.Namespace) -> int:
    for printer in _named(options):
        if options.json:
            print(json.dumps(_plain(printer), ensure_ascii=False))
        else:
            zh, en = printer_words(printer)
            print(f"{printer.name}  {printer.where}\n  {zh}\n  {en}")
    return 0


def _test(options: argparse.Namespace) -> int:
    """Print test pages; a window that is open at this desk does not mind."""
    from merchant_desk.app import print_trial_page

    draw_anywhere()
    named = _named(options)
    well = True
    for printer in [_called(named, options.name)] if options.name else named:
        report = print_trial_page(printer, options.language)
        well = well and report.outcome.is_well
        if options.json:
            print(json.dumps(_plain(printer) | asdict(report), ensure_ascii=False), flush=True)
        else:
            print("\n  ".join(printer_words(printer, report)), flush=True)
    return int(not well)


def _printer(options: argparse.Namespace) -> Printer:
    is_queue = options.queue is not None
    paper = read_paper(options.paper) if options.paper else A4 if is_queue else LABEL
    usual = [Purpose.DOCUMENTS if is_queue else Purpose.LABELS]
    purposes = tuple(Purpose(one) for one in options.purposes or usual)
    reach, where = (Reach.QUEUE, options.queue) if is_queue else (Reach.ZPL, options.socket)
    printer = Printer(options.name, reach, where, paper, options.dpi, purposes)
    check_printer(printer)
    return printer


def _named(options: argparse.Namespace) -> list[Printer]:
    folder = named_folder(options)
    prove_desk(folder)
    return _read(LocalSettings(folder))


def _read(settings: LocalSettings) -> list[Printer]:
    return [read_printer(one) for one in settings.decisions.value(PRINTERS)]


def _called(printers: list[Printer], name: str) -> Printer:
    found = next((one for one in printers if one.name.casefold() == name.casefold()), None)
    if found is None:
        raise Refusal("no_such_printer", name=name)
    return found


def _plain(printer: Printer) -> dict[str, Any]:
    paper = {"width_mm": printer.paper.width, "height_mm": printer.paper.height}
    return {**asdict(printer), "paper": paper}
