"""`merchant-desk serve`: the central server, embedded or on PostgreSQL."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from merchant_desk import __version__
from merchant_desk.cli.founding_options import SHEET, add_founding_arguments, asked_founding
from merchant_desk.cli.server_options import add_data_arguments, data_options, secret_in
from merchant_desk.cli.words import sentences
from merchant_desk.documents.recovery_sheet import RecoverySheet, SheetNotWritten, write_sheet
from merchant_desk.models.faults import why_unusable
from merchant_desk.server.damage import told_for_server
from merchant_desk.server.founding import Founded, Founding
from merchant_desk.server.process import DEFAULT_PORT, Ready, ServeOptions, real_edge, serve
from merchant_desk.server.services import MetricsAccess
from merchant_desk.sync.logs import configure_logs
from merchant_desk.sync.pinning import readable
from merchant_desk.sync.priority import step_back
from merchant_desk.sync.recovery import RecoveryKey

SHEET_UNUSED = (
    f"没有建立商户，{SHEET} 没有写入任何文件；已有的恢复密钥仍然有效。\n"
    f"No merchant was founded: {SHEET} wrote no file, and the recovery paper that there is stays valid."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_data_arguments(parser)
    where = parser.add_argument_group("where / 监听")
    where.add_argument("--host", default="127.0.0.1", help="address to listen at / 监听地址")
    where.add_argument(
        "--port", type=int, default=DEFAULT_PORT, help="0: any free one / 端口，0 为任意空闲端口"
    )
    where.add_argument("--public-host", metavar="NAME", help="under which desks reach us / 工作台使用的地址")
    where.add_argument("--certificate", type=Path, metavar="PEM", help="default: self-signed / 证书文件")
    where.add_argument("--key", type=Path, metavar="PEM", help="its private key / 私钥文件")
    where.add_argument(
        "--public-certificate",
        action="store_true",
        help="it is a public authority's: codes carry no fingerprint, renewal needs no new codes"
        " / 公共机构签发的证书：登记代码不含指纹，续期后无需重新登记",
    )
    where.add_argument(
        "--plain-http", action="store_true", help="without TLS, on loopback only / 不加密，仅限本机"
    )
    _add_processes(where)
    _add_measures(parser)
    founding = parser.add_argument_group("founding / 初始化")
    add_founding_arguments(founding)
    _add_shown(founding)
    parser.add_argument("--json", action="store_true", help="one JSON line when ready / 就绪时输出一行 JSON")
    parser.add_argument(
        "--with-parent", action="store_true", help="end when standard input closes / 标准输入关闭时结束"
    )
    parser.add_argument(
        "--log-file",
        type=Path,
        metavar="FILE",
        help="default: standard error, at a terminal warnings alone / 日志文件，默认标准错误",
    )


def _add_processes(where: Any) -> None:
    """Declare how many processes serve."""
    where.add_argument(
        "--processes",
        type=int,
        default=1,
        metavar="N",
        help="server processes behind the port, on PostgreSQL / 同一端口后的服务器进程数（需要 PostgreSQL）",
    )


def _add_measures(parser: argparse.ArgumentParser) -> None:
    """Declare who may read the measures."""
    measures = parser.add_argument_group("measures / 运行指标")
    measures.add_argument(
        "--metrics-token-file",
        type=Path,
        metavar="FILE",
        help="whoever shows this token may read /metrics / 凭此文件中的令牌可读取 /metrics",
    )
    measures.add_argument(
        "--metrics-on-loopback",
        action="store_true",
        help="this computer reads /metrics without a token; not behind a proxy"
        " / 本机读取 /metrics 无需令牌，前面有代理时不要使用",
    )


def _add_shown(start: Any) -> None:
    """Declare what is made at the start and shown once: codes for desks, new passwords."""
    start.add_argument(
        "--invite",
        action="append",
        default=[],
        metavar="CODE",
        help="print an enrolment code for this outlet; again for another one / 打印该门店的登记代码，可重复",
    )
    start.add_argument(
        "--grant",
        action="append",
        default=[],
        choices=["cost", "personal"],
        help="what the invited desk may hold / 受邀工作台可持有的敏感数据",
    )
    start.add_argument(
        "--reset-password",
        action="append",
        default=[],
        metavar="LOGIN",
        help="give this person a new password, shown once, and open the lock"
        " / 重置此人的密码并解锁，显示一次",
    )


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop; 0 after a clean end, 1 where what is to be founded cannot be."""
    configure_logs(options.log_file)
    founding, wrong = asked_founding(options)
    for option, error in wrong.items():
        zh, en = sentences(error)
        print(f"{option}：{zh}\n{option}: {en}", file=sys.stderr)
    if wrong:
        return 1
    if options.with_parent:
        step_back()
    say = _tell_json if options.json else _tell_person

    def tell(ready: Ready) -> None:
        """Write the paper while it is known; secrets that are in files then are not said as well."""
        founded = ready.founded
        if founded is not None and founding is not None:
            if founded.password == founding.password:
                founded = replace(founded, password="")
            if options.recovery_sheet is not None and _is_written(founded, options):
                founded = replace(founded, recovery_key="")
        elif options.recovery_sheet is not None:
            print(SHEET_UNUSED, file=sys.stderr)
        say(replace(ready, founded=founded))

    wanted = _serve_options(options, founding)
    with told_for_server(wanted.data.folder):
        serve(wanted, tell, replace(real_edge(__version__), metrics=_metrics_access(options)))
    return 0


def _metrics_access(options: argparse.Namespace) -> MetricsAccess:
    """Return who may read the measures; an empty file lets nobody in."""
    file = options.metrics_token_file
    return MetricsAccess(secret_in(file).strip() if file else "", options.metrics_on_loopback)


def _is_written(founded: Founded, options: argparse.Namespace) -> bool:
    """Write the paper of what was founded; why it cannot be written is said."""
    paper = RecoveryKey.parse(founded.recovery_key)
    day = datetime.now(UTC).date().isoformat()
    file: Path = options.recovery_sheet
    try:
        write_sheet(file, RecoverySheet(paper.text, paper.number, options.init, day=day))
    except OSError as error:
        print("\n".join(sentences(SheetNotWritten(file, why_unusable(error)))), file=sys.stderr)
        return False
    return True


def _serve_options(options: argparse.Namespace, founding: Founding | None) -> ServeOptions:
    return ServeOptions(
        data_options(options),
        options.host,
        options.port,
        options.public_host,
        options.certificate,
        options.key,
        options.public_certificate,
        options.plain_http,
        options.with_parent,
        founding,
        tuple(options.invite),
        tuple(options.grant),
        tuple(options.reset_password),
        options.processes,
        options.log_file,
    )


def _tell_json(ready: Ready) -> None:
    said: dict[str, Any] = {
        "url": ready.url,
        "fingerprint": ready.fingerprint.hex() if ready.fingerprint else None,
        "pid": ready.pid,
        "database": ready.database,
        "epoch": str(ready.epoch),
        "protected": ready.protected,
        "merchants": ready.merchants,
        "codes": ready.codes,
        "invitations": [{"outlet": outlet, "code": code} for outlet, code in ready.invitations],
    }
    if ready.passwords:
        said["passwords"] = ready.passwords
    if ready.founded:
        said["founded"] = {name: str(value) for name, value in asdict(ready.founded).items() if value}
    print(json.dumps(said, ensure_ascii=False), flush=True)


def _tell_person(ready: Ready) -> None:
    lines = [f"服务器已就绪 / ready: {ready.url}"]
    if ready.fingerprint:
        lines.append(f"证书指纹 / certificate: {readable(ready.fingerprint)}")
    if not ready.protected:
        lines.append("演示模式，数据没有保护。 / Demo: the data are not protected.")
    if not ready.merchants:
        lines += [
            "这台服务器上还没有商户，谁都不能使用它：请停止后用 --init 名称 建立。",
            "There is no merchant on this server yet, nobody can use it: stop it, found one by --init NAME.",
        ]
    if ready.founded and ready.founded.password:
        password = ready.founded.password
        lines.append(f"manager 的密码，只显示一次 / the manager's password, shown once: {password}")
    if ready.founded and ready.founded.recovery_key:
        lines += [
            "恢复密钥，请打印并妥善保管 / recovery key, print it and put it away:",
            f"  {ready.founded.recovery_key}",
        ]
    for login, password in ready.passwords.items():
        lines.append(f"{login} 的新密码，只显示一次 / new password of {login}, shown once: {password}")
    for outlet, code in ready.invitations:
        lines += [
            f"门店 {outlet} 的登记代码，24 小时内有效 / enrolment code, good for 24 hours:",
            f"  {code}",
        ]
    print("\n".join(lines), flush=True)
    sys.stdout.flush()
