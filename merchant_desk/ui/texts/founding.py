"""Texts of the door of a new computer, of founding a shop there, and of codes on paper."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "door.title": ("欢迎使用", "Welcome"),
    "door.note": ("这台电脑还不是工作台。从哪里开始？", "This computer is no desk yet. Where do you begin?"),
    "door.found": ("在这台电脑上开一家新店", "Found a new shop on this computer"),
    "door.found.detail": (
        "数据存在本机并加密；其他电脑以后也能加入。三分钟可以开始收货。",
        "Its data stay here, encrypted; other computers can join later. Receiving begins in minutes.",
    ),
    "door.join": ("加入已有的店", "Join a shop that exists"),
    "door.join.detail": (
        "向店长要一个登记代码，扫描或粘贴即可。",
        "Ask a manager for an enrolment code; scan or paste it.",
    ),
    "door.replace": ("接替一台旧电脑", "This PC takes an old one's place"),
    "door.replace.detail": (
        "换新电脑、旧电脑坏了或丢了；会说清每一步和可能丢失什么。",
        "A PC is replaced, broke or is gone; each step is said, and what could be lost.",
    ),
    "replacing.note": (
        "旧电脑怎么样了？选之前先看每一项要做什么。",
        "How is the old PC? Read what each asks for before you choose.",
    ),
    "replacing.works": ("旧电脑还能用", "The old PC still works"),
    "replacing.works.detail": (
        (
            "先在旧电脑上打开“搬家 · 换掉这台电脑”：它送出全部工作，给出代码，然后停用。"
            "这里输入那个代码，什么都不会丢失。"
        ),
        (
            'There, open "Moving house, Replace this PC" first: it sends all its work, makes a code, ends. '
            "Enter that code here; nothing is lost."
        ),
    ),
    "replacing.copy": ("旧电脑坏了，有安全副本", "The old PC is gone, a safety copy is here"),
    "replacing.copy.detail": (
        (
            "接上放副本的 U 盘或共享文件夹，准备一个新代码和恢复密钥纸（或主管登录）。"
            "先不要停用旧工作台。副本之后做的几分钟会丢失。"
        ),
        (
            "Connect its stick or share; have a new code and the recovery paper (or a manager's sign-in) "
            "ready. Do not retire the old desk before. What was done after it, minutes at most, is lost."
        ),
    ),
    "replacing.lost": ("旧电脑坏了，没有副本", "The old PC is gone, without a copy"),
    "replacing.lost.detail": (
        (
            "在另一台电脑的“搬家 · 旧电脑坏了或丢了”里停用旧工作台、要一个代码，在这里输入。"
            "旧硬盘上没送出的工作会丢失，已送达的自动取来。"
        ),
        (
            'At another PC, in "Moving house, An old PC is gone", retire the old desk and make a code; '
            "enter it here. What its disk had not sent is lost; all else comes by itself."
        ),
    ),
    "replacing.back": ("返回", "Back"),
    "door.demo": ("先看演示", "Look at the demo"),
    "door.demo.detail": (
        "一家虚构的供销社，有两个月的货和单据；什么都不会弄坏。",
        "An invented co-operative with two months of goods and papers; nothing can be broken.",
    ),
    "door.loading_demo": (
        "正在装入演示数据，约半分钟…",
        "Loading the demo; this takes about half a minute…",
    ),
    "entrance.waiting": ("请稍候", "One moment"),
    "founding.title": ("开一家新店", "Found a new shop"),
    "founding.note": ("只问必须知道的，其余以后都能改。", "Only what must be known; the rest can wait."),
    "founding.working": ("正在建店，几秒钟…", "Founding the shop; a few seconds…"),
    "founding.name": ("店名", "Name of the shop"),
    "founding.manager": ("店长（您）的姓名", "Your name, as its manager"),
    "founding.manager_hint": ("登录名是 manager。", "The sign-in name is manager."),
    "founding.password": ("密码", "Password"),
    "founding.password_hint": ("至少 8 个字符。", "At least 8 characters."),
    "founding.again": ("再输一次", "The same again"),
    "founding.currency": ("币种", "Currency"),
    "founding.currency_hint": (
        "账目用它；有了金额就不能再换。",
        "Of the books; final once there is money in them.",
    ),
    "founding.zone": ("时区", "Time zone"),
    "founding.outlet": ("首个门店的名称", "Name of the first outlet"),
    "founding.outlet_hint": ("不填就和店名一样。", "Left empty: as the shop."),
    "founding.reach": ("谁来用", "Who works here"),
    "founding.reach_hint": (
        "本机开着时其他电脑才连得上；以后可在设置里改。",
        "Others are served while this computer runs; settings can change it.",
    ),
    "founding.reach_alone": ("只有这台电脑", "This computer alone"),
    "founding.reach_others": ("店里还有其他电脑", "Other computers, too"),
    "founding.submit": ("开店", "Found it"),
    "founding.back": ("返回", "Back"),
    "founding.paper": ("恢复密钥", "Recovery key"),
    "founding.paper_note": (
        "数据已加密。电脑坏了、忘了口令，只有这张纸能打开备份。只显示这一次：打印或存到 U 盘，然后锁好。",
        (
            "The data are encrypted. If this computer breaks or a passphrase is lost, this paper alone opens "
            "the copies. It is shown once: print it, or save it to a stick, and lock it away."
        ),
    ),
    "founding.kept": ("我已打印、保存或抄下", "I printed it, saved it, or copied it down"),
    "founding.go_on": ("继续", "Go on"),
    "founding.goes_on": ("接着建店", "The founding goes on"),
    "founding.finishing": (
        "正在启动服务器并登记这台电脑，几秒钟…",
        "Starting the server and enrolling this computer; a few seconds…",
    ),
    "server_closing.title": ("本店的服务器也会停", "The shop's server ends too"),
    "server_closing.ends": (
        "它随这个窗口运行，{names} 也在用。",
        "It runs beside this window, and serves {names} too.",
    ),
    "server_closing.more": (
        "它随这个窗口运行，{names} 等工作台也在用，另有 {n} 台。",
        "It runs beside this window, and serves {names} and {n} more.",
    ),
    "server_closing.and": ("、", ", "),
    "server_closing.can": (
        "他们可以离线继续：扫码、收货、发货、盘点、开单都照常，存在各自的电脑上，不会丢；这里再打开后送到。",
        (
            "They work on offline: scans, receipts, shipments, counts and orders are saved on their own "
            "computers. Nothing is lost; it arrives when this window is open again."
        ),
    ),
    "server_closing.cannot": (
        "在那之前他们看不到彼此的新数据；第一次登录、新工作台、人员与权限等要问服务器的事，要等一等。",
        (
            "Until then they see nothing new of each other; what the server has to be asked waits: a first "
            "sign-in, new desks, people and their rights."
        ),
    ),
    "server_closing.rather": (
        "只是离开一会儿？按 {shortcut} 锁定，让窗口开着。",
        "Only leaving for a while? {shortcut} locks; leave the window open.",
    ),
    "server_closing.close": ("关闭并停止服务器", "Close and end the server"),
    "server_closing.stay": ("让它开着", "Leave it open"),
    "code_paper.print": ("打印", "Print"),
    "code_paper.save": ("存为 PDF", "Save as PDF"),
    "code_paper.looks": ("正在找打印机……", "Looking for printers …"),
    "code_paper.choose": ("请选一台打印机。", "Choose a printer."),
    "code_paper.prints": ("正在送往打印机……", "On its way to the printer …"),
    "code_paper.saved": ("已保存：{path}", "Saved: {path}"),
    "code_paper.not_saved": ("存不了：{path}", "Could not be saved: {path}"),
    "code_paper.no_printer": (
        "没有可用的打印机。请存为 PDF，在别的电脑上打印。",
        "There is no printer. Save it as a PDF and print it elsewhere.",
    ),
}
