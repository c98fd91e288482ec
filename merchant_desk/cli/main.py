"""The command line: one sub-command a file, loaded only when it is used."""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from merchant_desk import __version__
from merchant_desk.cli.words import sentences
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.sync.logs import configure_logs

COMMANDS = {
    "open": ("open_desk", "open the window / 打开窗口"),
    "serve": ("serve", "run the server / 运行服务器"),
    "demo": ("demo", "the demo merchant and the first shift / 演示商户与第一班"),
    "enrol": ("enrol", "make a folder a desk / 登记为工作台"),
    "recover": ("recover", "open a desk whose key was lost / 密钥丢失后恢复工作台"),
    "safety-copy": ("safety_copy", "a second copy of unsent work / 未送达工作的安全副本"),
    "key": ("key", "where a desk's key is, passphrase, recovery paper / 密钥、口令与恢复密钥"),
    "shop": ("shop", "outlets, suppliers, carriers, taxes, currency / 门店、供应商、承运商、税、本位币"),
    "people": ("people", "who may sign in and do what / 人员、角色、密码"),
    "leave": ("leave", "end this desk in good order / 送完工作后停用本机"),
    "hand-over": ("hand_over", "the shop leaves this PC for another one / 整家店搬到另一台电脑"),
    "server-address": ("server_address", "the same server at another address / 服务器换了地址"),
    "outlets": ("outlets", "outlets with their desks; close, open again / 门店：工作台、关闭、重新开放"),
    "invite": ("invite", "an enrolment code for a new desk / 新工作台的登记代码"),
    "import": ("import_files", "bring a shop's files in / 导入商品、库存、订单等文件"),
    "opening": ("opening", "opening books: checklist, going live, undo / 期初账：核对、开业、撤销"),
    "export": ("export_files", "export products, stock or orders / 导出商品、库存或订单"),
    "backup": ("backup", "copy the server's data / 备份服务器数据"),
    "archive": ("archive", "all data in open formats / 用通用格式导出全部数据"),
    "restore": ("restore", "put a copy back / 恢复备份"),
    "settings": ("settings", "what counts at this desk, and deciding it / 查看与更改设置"),
    "printers": ("printers", "what this desk prints on, and test pages / 本机的打印机与测试页"),
    "doctor": ("doctor", "examine and repair this desk / 检查、修复本机"),
    "carry": ("carry", "unsent work by hand, in a sealed file / 用文件携带未发送的工作"),
    "trace": ("trace", "follow one operation by its id / 按编号追踪一个操作"),
    "support-bundle": ("support_bundle", "what a helper needs, nothing personal / 支持包，不含个人信息"),
    "bench": ("bench", "measure / 测量性能"),
    "rehearse": ("rehearse", "play trouble from seeds and check / 用种子演练各种故障并核对"),
}
"""Sub-command -> (module, help). A module has `add_arguments(parser)` and `run(options) -> int`."""

QT_TYPES = ("PYSIDE6_OPTION_LAZY", "0")
"""PySide makes its types when it is loaded, not one by one when somebody first needs them.

Making one can lead to making another, in an event filter or on a thread that loads a screen's module
meanwhile: then the process dies. The scanner's filter sees every window and whatever has the focus. It
takes a tenth of a second at the start.
"""

USUAL = "open"
"""What is meant where nothing is said: somebody clicked the program."""

FAILED = 1
MISUSED = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sub-command and return the exit code: 0 done, 1 failed with a message, 2 misused."""
    os.environ.setdefault(*QT_TYPES)
    given = list(sys.argv[1:] if arguments is None else arguments) or [USUAL]
    parser = argparse.ArgumentParser(prog="merchant-desk", description="Merchant Desk / 商户台")
    parser.add_argument("--version", action="version", version=f"merchant-desk {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    wanted = next((word for word in given if word in COMMANDS), None)
    for name, (module, text) in COMMANDS.items():
        sub = commands.add_parser(name, help=text, description=text)
        if name == wanted:
            _imported(module).add_arguments(sub)
    options = parser.parse_args(given)
    command = _imported(COMMANDS[options.command][0])
    if options.command not in ("serve", "open"):
        configure_logs(None, "WARNING", shown=False)  # what went wrong is told in sentences
    try:
        code = int(command.run(options))
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read the output (`head`) has gone: nothing failed, and nobody is there to be told.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Fault, Refusal) as error:
        print("\n".join(sentences(error)), file=sys.stderr)
    except OSError as error:
        if error.filename is None:
            raise  # no file that was given to us, so nothing that a person could mend
        print("\n".join(sentences(error)), file=sys.stderr)
    except KeyboardInterrupt:
        print("已中断。 / Interrupted.", file=sys.stderr)
    return FAILED


def _imported(module: str) -> ModuleType:
    """Load a sub-command; all of it stays, and to look through it for garbage is a seventh of the start."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return importlib.import_module(f"merchant_desk.cli.{module}")
    finally:
        if was_enabled:
            gc.enable()


if __name__ == "__main__":
    sys.exit(main())
