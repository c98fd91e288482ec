"""Texts of the screen of moving house: its ways, their steps, what would be lost; the archive."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "screen.moving": ("搬家", "Moving house"),
    "moving.note": ("换电脑、合并工作台、带走全部数据", "Replace a PC, merge desks, take all data along"),
    "moving.way.replace": ("换掉这台电脑", "Replace this PC"),
    "moving.way.merge": ("并入另一台", "Merge this desk"),
    "moving.way.gone": ("旧电脑坏了或丢了", "An old PC is gone"),
    "moving.way.archive": ("带走全部数据", "Take all data along"),
    "moving.replace.note": (
        "这台电脑还能用，由一台新的接替。",
        "This PC still works, and a new one takes its place.",
    ),
    "moving.merge.note": (
        "这台不再用，工作由同一门店的另一台继续。",
        "This desk ends; another one of the outlet goes on with its work.",
    ),
    "moving.gone.note": (
        "在任何一台还能用的电脑上做，再到新电脑上继续。",
        "At any PC that works; then go on at the new one.",
    ),
    "moving.archive.note": ("全商户的数据，开放格式。", "All data of the merchant, in open formats."),
    "moving.steps": ("步骤", "Steps"),
    "moving.this_step": ("这一步", "This step"),
    "moving.step": ("步骤", "Step"),
    "actions.moving": ("搬家", "Moving house"),
    "moving.state": ("进度", "State"),
    "moving.grade.done": ("已完成", "Done"),
    "moving.grade.next": ("下一步", "Next"),
    "moving.grade.later": ("之后", "Later"),
    "moving.grade.loses": ("请先处理", "First"),
    "moving.grade.otherwise": ("没有副本时", "Without a copy"),
    "moving.lost": ("否则会丢失：{what}", "Lost otherwise: {what}"),
    "moving.nothing_lost": ("这一步不会丢失任何东西。", "Nothing is lost by this step."),
    "moving.step.server": ("先把服务器搬走", "Move the server first"),
    "moving.server.detail": (
        (
            "本店的服务器也在这台电脑上，两样一起搬：退出本程序，插上 U 盘，运行 merchant-desk hand-over "
            "--to 文件夹；再在新电脑的门口选“这台电脑接管整家店”。以下各步由它代办（手册“搬家”第 6 节）。"
        ),
        (
            "The shop's server is on this PC too; both move as one: quit, plug in a stick, run merchant-desk "
            'hand-over --to FOLDER, and at the door of the new PC choose "This computer takes over the '
            'shop". It does the steps below (manual, moving house, section 6).'
        ),
    ),
    "moving.server.lost": (
        "全店的数据，所有工作台都连不上",
        "the data of the whole shop; no desk finds a server",
    ),
    "moving.step.send": ("送出只在这台电脑上的工作", "Send what is on this PC alone"),
    "moving.send.detail": (
        "把还没送达的工作送到服务器。未入账的扫描要先在作业台处理。",
        "Sends what has not reached the server. Scans not booked are settled at their station first.",
    ),
    "moving.send.done": (
        "工作都已送达，这台电脑上没有独有的东西。",
        "All is at the server; nothing is here alone.",
    ),
    "moving.send.lost": (
        "未送达的操作 {operations}，未入账的扫描 {scans}，未交给服务器的买家密钥 {keys}",
        "operations not sent {operations}, scans not booked {scans}, buyers' keys not handed over {keys}",
    ),
    "moving.do.send": ("现在送出", "Send now"),
    "moving.sent": ("已全部送达。", "All of it has arrived."),
    "moving.sent_some": ("已送出，仍有只在本机上的东西。", "Sent; some things are still here alone."),
    "moving.step.code": ("给新电脑一个登记代码", "Make a code for the new PC"),
    "moving.code.detail": (
        "选门店和有效期，代码可打印或显示为二维码，在新电脑上输入或扫描。",
        "Choose outlet and hours; it is shown as text and QR code and can be printed, to be entered there.",
    ),
    "moving.code.alone": (
        "这是本门店唯一的工作台：停用后就没有窗口能给出代码，请先做这一步。",
        "This is the outlet's only desk: once it has ended no window can make a code, so do this first.",
    ),
    "moving.do.code": ("生成代码…", "Make a code…"),
    "moving.step.end": ("停用这台工作台", "End this desk"),
    "moving.end.detail": (
        "再送一次，然后停用；还有独有的东西时不会停用。打印机、扫描枪等本机设置不会带走。",
        "Sends once more, then retires it, unless anything is here alone. This PC's settings stay behind.",
    ),
    "moving.end.documents": (
        "未结束的单据留给同一门店的其他工作台继续：{numbers}。",
        "Other desks of the outlet go on with its open documents: {numbers}.",
    ),
    "moving.end.done": ("已停用。本机的文件夹可以删除。", "It has ended. Its folder may be deleted."),
    "moving.do.end": ("停用本机…", "End this desk…"),
    "moving.step.new": ("在新电脑上登记", "Enrol the new PC"),
    "moving.new.detail": (
        "在新电脑上打开商户台，选“接替一台旧电脑”，再选“旧电脑还能用”，输入代码。数据自动取来；打印机和扫描枪重新选。",
        (
            'Open Merchant Desk there, choose "This PC takes an old one\'s place", then "The old PC still '
            'works", and enter the code. Data come by themselves; choose printer and scanner anew.'
        ),
    ),
    "moving.step.go_on": ("在留下的工作台继续", "Go on at the other desk"),
    "moving.go_on.detail": (
        "同一门店的任何工作台都能继续它的单据：在作业台首页，不带“本机”标记的就是。",
        "Any desk of the outlet goes on with them: where a station begins, without the mark of its own.",
    ),
    "moving.step.copy": ("有安全副本：从副本接着做", "With a safety copy: go on from it"),
    "moving.copy.detail": (
        (
            "先别停用旧工作台。把放副本的 U 盘或共享文件夹接到新电脑，打开商户台，选“接替一台旧电脑”，"
            "再选“旧电脑坏了，有安全副本”，用代码和恢复密钥纸（或主管登录）接着做。"
        ),
        (
            "Do not retire the old desk before. Connect the stick or share with the copy to the new PC, open "
            'Merchant Desk, choose "This PC takes an old one\'s place", then "The old PC is gone, a safety '
            "copy is here\", and go on by the code and the recovery paper (or a manager's sign-in)."
        ),
    ),
    "moving.copy.lost": (
        "副本之后做的事（最多几分钟）。最后一次联系时未送达：{desks}",
        "what was done after the copy (minutes at most). Not sent at the last contact: {desks}",
    ),
    "moving.step.retire": (
        "没有副本：停用旧工作台，登记新的",
        "Without one: retire the old desk, enrol the new PC",
    ),
    "moving.retire.detail": (
        (
            "在“人员与工作台”里选旧工作台并停用，"
            "再在新电脑上选“接替一台旧电脑”、“旧电脑坏了，没有副本”，输入代码。"
        ),
        (
            'Choose the old desk among People and desks and retire it; at the new PC choose "This PC takes '
            'an old one\'s place", then "The old PC is gone, without a copy", and enter the code.'
        ),
    ),
    "moving.retire.lost": (
        "旧硬盘上没送出的工作。最后一次联系时未送达：{desks}",
        "what the old disk had not sent. Not sent at the last contact: {desks}",
    ),
    "moving.do.retire": ("打开人员与工作台", "Open People and desks"),
    "moving.last_word": ("{code} {name}（{at}）：{pending}", "{code} {name} ({at}): {pending}"),
    "moving.unknown": ("未知", "not known"),
    "moving.no_others": ("没有别的工作台", "there is no other desk"),
    "moving.step.take": ("带走全部数据", "Take all data along"),
    "moving.take.detail": (
        (
            "从服务器取来一个 ZIP：每张表一个 CSV，全部操作一个 JSON Lines，外加说明、双语 README 和校验和。"
            "需要全商户的“门店”和“成本”权限，谁何时取走会记录在案。服务器的任何数据都不会改变。"
        ),
        (
            "Fetched from the server as one ZIP: a CSV for each table, all operations as JSON Lines, with "
            "schema, README in both languages and sums. Needs the rights for outlets and costs in the whole "
            "merchant; who took it and when is on record. Nothing at the server changes."
        ),
    ),
    "moving.do.take": ("取全部数据…", "Fetch all data…"),
    "archive.title": ("取全部数据", "Fetch all data"),
    "archive.note": (
        "文件没有加密，请选安全的地方。线路慢时可能要几分钟，期间可继续工作，也可取消。",
        "It is not encrypted: choose a safe place. It may take minutes; work goes on, and it can be stopped.",
    ),
    "archive.folder": ("文件夹", "Folder"),
    "archive.folder_hint": (
        "文件名由日期和时间组成，不会覆盖旧文件。",
        "The file is named by day and time; none is replaced.",
    ),
    "archive.folder_missing": ("这里没有这个文件夹。", "There is no such folder here."),
    "archive.choose": ("选择…", "Choose…"),
    "archive.personal": ("含买家的姓名、电话、地址", "With names, telephone numbers and addresses of buyers"),
    "archive.fetch": ("取来", "Fetch"),
    "archive.working": ("正在取全部数据到 {name}…", "Fetching all data to {name}…"),
    "archive.so_far": ("已收到 {size} MB", "{size} MB received"),
    "archive.done": (
        "全部数据已在 {path}（{size} MB，SHA-256 {sum}…）。文件没有加密，请妥善保管。",
        "All data are in {path} ({size} MB, SHA-256 {sum}…). It is not encrypted: put it away safely.",
    ),
    "archive.stopped": (
        "已取消，没有留下文件，服务器也没有记录。",
        "Stopped: no file was left, and none is on record.",
    ),
}
