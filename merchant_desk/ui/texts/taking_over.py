"""Texts of a shop that goes on at another computer: at the new one's door, and at the old one."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "door.take_over": ("这台电脑接管整家店", "This computer takes over the shop"),
    "door.take_over.detail": (
        "装着本店服务器的那台电脑换了或坏了；用搬家文件或备份，加上恢复密钥纸。",
        "The computer that ran the shop's server is replaced, or broke: by its moving file or a backup.",
    ),
    "taking_over.title": ("接管整家店", "Take over the shop"),
    "taking_over.note": (
        "店里的数据、人员和单据都搬到这台电脑上，其他工作台用一个代码跟过来。",
        "All data, people and papers of the shop come to this computer; the other desks follow by a code.",
    ),
    "taking_over.again": (
        "上次接管没有做完。再做一次即可，什么都不会重复或丢失。",
        "The last take-over did not end. Do it once more; nothing is doubled or lost by that.",
    ),
    "taking_over.working": (
        "正在恢复数据、启动服务器、登记这台电脑，请不要关机…",
        "Restoring the data, starting the server, enrolling this computer; leave it switched on…",
    ),
    "taking_over.where": ("搬家文件或备份在哪里", "Where the moving file or the backup is"),
    "taking_over.where_hint": (
        "文件，或它所在的文件夹、U 盘；有几个时会推荐最新的。",
        "The file, or its folder or stick; of several the newest is proposed.",
    ),
    "taking_over.where_missing": (
        "请先选择搬家文件、备份或它所在的文件夹。",
        "Choose the moving file, the backup or its folder first.",
    ),
    "taking_over.file": ("选文件…", "File…"),
    "taking_over.folder": ("选文件夹…", "Folder…"),
    "taking_over.kind": ("搬家文件和备份", "Moving files and backups"),
    "taking_over.copies": ("用哪一个", "Which one"),
    "taking_over.moving_file": ("搬家文件，{at}（{name}）", "moving file, {at} ({name})"),
    "taking_over.backup": ("备份，{at}（{name}）", "backup, {at} ({name})"),
    "taking_over.both": ("{lacks}{safety}", "{lacks} {safety}"),
    "taking_over.lacks_nothing": (
        "旧电脑写好它就关闭了服务器：什么都不缺。",
        "The old computer closed its server with it: it lacks nothing.",
    ),
    "taking_over.lacks": (
        "缺少 {at} 之后的工作。其他工作台做过的会自动补送；",
        "It lacks what came after {at}. What other desks did they send again by themselves;",
    ),
    "taking_over.safety_until": (
        "旧电脑（{desk}）自己没送出的工作来自安全副本，到 {at} 为止。",
        "what the old computer ({desk}) had not sent comes from its safety copy, up to {at}.",
    ),
    "taking_over.safety_none": (
        "旧电脑自己在那之后做的会丢失，除非有它的安全副本。",
        "what the old computer itself did since is lost, unless there is a safety copy of it.",
    ),
    "taking_over.unusable": (
        "另有 {n} 个文件不完整，不能用。",
        "{n:other file is|other files are} not whole and cannot be used.",
    ),
    "taking_over.safety": ("旧电脑的安全副本", "Safety copy of the old computer"),
    "taking_over.without": ("不用安全副本", "Without a safety copy"),
    "taking_over.elsewhere": ("别处的副本…", "One elsewhere…"),
    "taking_over.no_safety": ("那个文件夹里没有安全副本。", "There is no safety copy in that folder."),
    "taking_over.paper_missing": (
        "请输入或扫描恢复密钥纸上的密钥；没有它谁也打不开。",
        "Type or scan the key on the recovery paper; nobody opens it without that.",
    ),
    "taking_over.login_hint": ("接管后立即登录；可以不填。", "Signed in at once; may be left empty."),
    "taking_over.anyway": (
        "那台电脑不会再用了，由这台接管",
        "That computer is not used any more; take over here",
    ),
    "taking_over.submit": ("接管", "Take over"),
    "taken_over.title": ("店已经在这台电脑上了", "The shop is on this computer"),
    "taken_over.note": (
        "已恢复 {at} 的数据，共 {rows} 行；服务器已启动，这台电脑已登记。",
        "Restored as of {at} ({rows:row|rows}); the server runs, and this computer is its desk.",
    ),
    "taken_over.others": (
        (
            "其他工作台（{desks}）现在找不到服务器。在每一台上打开“设置 · 这台工作台 · 服务器换了地址”，"
            "输入或扫描这个代码；几台用同一个，14 天内有效。新地址：{address}"
        ),
        (
            "The other desks ({desks}) do not find their server now. At each of them open Settings, This "
            'desk, "The server has moved", and type or scan this code; one serves all, for 14 days. The new '
            "address: {address}"
        ),
    ),
    "taken_over.alone": (
        "没有别的工作台，这里可以直接继续。",
        "There are no other desks; simply go on here.",
    ),
    "taken_over.old": (
        "请不要再在旧电脑上开店：它的数据从此是旧的。它若是坏了又修好，先别打开商户台。",
        (
            "Do not open the shop on the old computer again: its data are old from now on. If it was broken "
            "and is mended, do not start Merchant Desk on it."
        ),
    ),
    "taken_over.paper": ("服务器搬家代码", "Code of the moved server"),
    "taken_over.go_on": ("继续", "Go on"),
}
