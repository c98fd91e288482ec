"""`merchant-desk serve`: the central server, embedded or on PostgreSQL."""

import argparse
import json
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from merchant_desk import __version__
from merchant_desk.cli.server_options import add_data_arguments, data_options
from merchant_desk.cli.words import sentences
from merchant_desk.documents.recovery_sheet import RecoverySheet, write_sheet
from merchant_desk.server.founding import Founded, Founding
from merchant_desk.server.process import DEFAULT_PORT, Ready, ServeOptions, real_edge, serve
from merchant_desk.sync.logs import configure_logs
from merchant_desk.sync.pinning import readable
from merchant_desk.sync.priority import step_back
from merchant_desk.sync.recovery import RecoveryKey


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
    _add_founding(parser.add_argument_group("founding / 初始化"))
    parser.add_argument("--json", action="store_true", help="one JSON line when ready / 就绪时输出一行 JSON")
    parser.add_argument(
        "--with-parent", action="store_true", help="end when standard input closes / 标准输入关闭时结束"
    )
    parser.add_argument("--log-file", type=Path, metavar="FILE", help="default: standard error / 日志文件")


def _add_founding(start: Any) -> None:
    """Declare what `--init` and `--invite` want to know."""
    start.add_argument(
        "--init", metavar="NAME", help="found a merchant if there is none of this name / 建立商户"
    )
    start.add_argument("--currency", default="CNY", help="ISO 4217 / 币种")
    start.add_argument("--manager", default="店长", metavar="NAME", help="the first manager / 首位主管姓名")
    start.add_argument(
        "--manager-password-file",
        type=Path,
        metavar="FILE",
        help="default: made up and shown once / 主管密码文件（默认自动生成并显示一次）",
    )
    start.add_argument(
        "--recovery-sheet",
        type=Path,
        metavar="FILE",
        help="write the merchant's recovery paper, to be printed (.html, .txt) / 恢复密钥写入文件以便打印",
    )
    start.add_argument(
        "--outlet", default="01", metavar="CODE", help="code of the first outlet / 首个门店代码"
    )
    start.add_argument("--outlet-name", default="", metavar="NAME", help="its name / 门店名称")
    start.add_argument("--zone", default="Asia/Shanghai", help="its time zone / 时区")
    _add_shown(start)


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
    """Serve until told to stop; 0 after a clean end."""
    configure_logs(options.log_file)
    if options.with_parent:
        step_back()
    say = _tell_json if options.json else _tell_person

    def tell(ready: Ready) -> None:
        """Write the paper while it is known; secrets that are in files then are not said as well."""
        founded = ready.founded
        if founded is not None:
            if given and founded.password == given.password:
                founded = replace(founded, password="")
            if options.recovery_sheet is not None and _is_written(founded, options):
                founded = replace(founded, recovery_key="")
        say(replace(ready, founded=founded))

    asked = _serve_options(options)
    given = asked.founding
    serve(asked, tell, real_edge(__version__))
    return 0


def _is_written(founded: Founded, options: argparse.Namespace) -> bool:
    """Write the paper of what was founded; why it cannot be written is said."""
    paper = RecoveryKey.parse(founded.recovery_key)
    day = datetime.now(UTC).date().isoformat()
    try:
        write_sheet(options.recovery_sheet, RecoverySheet(paper.text, paper.number, options.init, day=day))
    except OSError as error:
        print("\n".join(sentences(error)), file=sys.stderr)
        return False
    return True


def _serve_options(options: argparse.Namespace) -> ServeOptions:
    founding = None
    if options.init:
        file = options.manager_password_file
        founding = Founding(
            options.init,
            options.currency,
            options.manager,
            file.read_text(encoding="utf-8").rstrip("\r\n") if file else "",
            options.outlet,
            options.outlet_name,
            options.zone,
        )
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
    )


def _tell_json(ready: Ready) -> None:
    said: dict[str, Any] = {
        "url": ready.url,
        "fingerprint": ready.fingerprint.hex() if ready.fingerprint else None,
        "pid": ready.pid,
        "database": ready.database,
        "epoch": str(ready.epoch),
        "protected": ready.protected,
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
