"""Texts of signing in, the lock, and enrolment of a new desk."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "sign_in.title": ("登录", "Sign in"),
    "sign_in.title_locked": ("已锁定", "Locked"),
    "sign_in.title_switch": ("切换人员", "Switch user"),
    "sign_in.note": (
        "登录后才能作业；首次登录需要联网。",
        "Sign in to work; the first time needs the network.",
    ),
    "sign_in.note_locked": (
        "{name}，打开的单据原样保留，登录后接着做。",
        "{name}, open documents stay as they are; sign in to go on.",
    ),
    "sign_in.note_switch": (
        "单据原样保留，之后的操作记在新登录的人名下。",
        "Open documents stay; what follows is recorded under the new name.",
    ),
    "sign_in.login": ("登录名", "Sign-in name"),
    "sign_in.password": ("密码", "Password"),
    "sign_in.pin": ("PIN 码", "PIN"),
    "sign_in.submit": ("登录", "Sign in"),
    "sign_in.checking": ("正在核对…", "Checking…"),
    "sign_in.cancel": ("取消", "Cancel"),
    "sign_in.badge_hint": ("扫描工牌，再输入 PIN 即可登录", "Or scan your badge and enter your PIN"),
    "sign_in.by_password": ("改用密码", "Use a password instead"),
    "sign_in.by_pin": ("改用 PIN 码", "Use a PIN instead"),
    "sign_in.badge_of": ("工牌已识别", "Badge recognised"),
    "sign_in.badge_unknown": (
        "没有人用这张工牌。请用登录名登录，或请店长核对工牌。",
        "Nobody has this badge. Sign in by name, or ask a manager to check the badge.",
    ),
    "sign_in.login_missing": ("请输入登录名。", "Enter your sign-in name."),
    "sign_in.secret_missing": ("请输入密码或 PIN。", "Enter your password or PIN."),
    "sign_in.demo": (
        "演示数据，未加密：请勿输入真实资料。",
        "Demo data, not protected: enter nothing real.",
    ),
    "sign_in.scan_while_locked": (
        "未登录，这一扫没有处理：{code}",
        "Nobody is signed in; this scan was not processed: {code}",
    ),
    "sign_in.scan_while_waiting": (
        "未登录，这一扫没有处理",
        "Nobody is signed in; this scan was not processed",
    ),
    "sign_in.scan_while_switching": (
        "正在换人，这一扫没有处理，请换好后再扫",
        "Users are being switched; this scan was not processed: scan it again afterwards",
    ),
    "sign_in.scan_kept": (
        "正在换人，这一扫先记下，换好后再处理",
        "Users are being switched; this scan is kept and comes up afterwards",
    ),
    "sign_in.welcome": ("{name} 已登录", "{name} is signed in"),
    "sign_in.keyboard": ("输入密码", "Type a password"),
    "person.switch": ("切换人员", "Switch user"),
    "person.lock": ("锁定", "Lock"),
    "enrol.title": ("把这台电脑登记为工作台", "Make this computer a desk"),
    "enrol.note": (
        "请店长在服务器上开一个登记代码，扫描或粘贴到下面。登记代码只能用一次。",
        "Ask a manager for an enrolment code of the server; scan or paste it here. A code works once.",
    ),
    "enrol.title_again": ("重新登记这台工作台", "Enrol this desk again"),
    "enrol.note_again": (
        "服务器不再接受本机现有的身份。请店长为同一门店再开一个登记代码；登记后，本机的工作会以新身份补发。",
        (
            "The server takes nothing more under this desk's identity. Ask a manager for a new code of the "
            "same outlet; the work that is saved here is then sent under a new one."
        ),
    ),
    "enrol.submit_again": ("重新登记", "Enrol again"),
    "enrol.done_again": (
        "已重新登记为工作台 {code}，还有 {n} 项待发送",
        "Enrolled again as desk {code}; {n} still to be sent",
    ),
    "enrol.code": ("登记代码", "Enrolment code"),
    "enrol.code_hint": (
        "扫描二维码，或粘贴文字；空格、大小写、连字符都不要紧。",
        "Scan the QR code or paste the text; blanks, case and hyphens do not matter.",
    ),
    "enrol.name": ("这台工作台叫什么", "What to call this desk"),
    "enrol.name_hint": ("例如「收银台 2」，同店的人会看到。", 'Such as "counter 2"; colleagues will see it.'),
    "enrol.submit": ("登记", "Enrol"),
    "enrol.quit": ("退出", "Quit"),
    "enrol.working": (
        "正在联系服务器并取回数据，可能要一两分钟…",
        "Asking the server and fetching data; this may take a minute…",
    ),
    "enrol.code_missing": ("请扫描或粘贴登记代码。", "Scan or paste the enrolment code."),
    "enrol.name_missing": ("请给这台工作台起个名字。", "Give this desk a name."),
    "recover.title": ("找回本机的密钥", "Get this computer's key back"),
    "recover.note": (
        "数据都在，只缺密钥。扫描或输入打印的恢复密钥，或由有人员管理权的人向服务器担保，二选一。",
        (
            "The data are all here, the key is missing. Scan or type the printed recovery key, or let "
            "somebody who may manage people vouch at the server."
        ),
    ),
    "recover.paper": ("恢复密钥", "Recovery key"),
    "recover.paper_hint": ("编号 {numbers} 的那张纸", "The paper with the number {numbers}"),
    "recover.login": ("担保人登录名", "Sign-in name of who vouches"),
    "recover.login_hint": ("没有纸时使用，需要联网", "Without a paper; needs the network"),
    "recover.nothing_given": (
        "请输入恢复密钥，或担保人的登录名和密码。",
        "Enter the recovery key, or sign-in name and password of who vouches.",
    ),
    "recover.submit": ("找回", "Recover"),
    "entrance.passphrase": ("打开本机数据", "Open this computer's data"),
    "entrance.passphrase_new": ("保护本机数据", "Protect this computer's data"),
    "entrance.secret": ("口令", "Passphrase"),
    "entrance.secret_again": ("再输一次", "The same again"),
    "entrance.differ": ("两次输入的口令不一样。", "The two passphrases differ."),
    "entrance.open": ("打开", "Open"),
    "entrance.failed": ("现在打不开", "It cannot be opened now"),
    "entrance.close": ("关闭", "Close"),
    "enrol.server": ("服务器 {host}", "Server {host}"),
}
