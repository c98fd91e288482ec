"""Texts of moving house: an outlet closes, a desk ends in good order, the server is elsewhere."""

from merchant_desk.ui.texts.catalogue import Plural, Texts

TEXTS: Texts = {
    "outlets.close": ("关闭门店", "Close the outlet"),
    "outlets.reopen": ("重新开放", "Open again"),
    "outlets.close_title": ("关闭门店 {code}（{name}）？", "Close outlet {code} ({name})?"),
    "outlets.close_note": (
        (
            "它从各处的选择中消失，历史保留，以后可以重新开放。"
            "那里不能再有库存、未结束的单据和待办，由服务器核对。"
        ),
        (
            "It disappears from all choices; its history stays, and it can be opened again. No stock, open "
            "documents or tasks may be left there: the server looks."
        ),
    ),
    "outlets.close_desks": (
        "一同停用的工作台：{desks}（最后一次联系时工作都已送达；之后做的，联网时服务器仍会收下）。",
        Plural(
            "Desk {desks} is retired with it; at its last word it had sent all. What was done since is taken "
            "still.",
            "Desks {desks} are retired with it; at their last word they had sent all. What was done since is "
            "taken still.",
        ),
    ),
    "outlets.close_asked": (
        "已申请关闭；若还有没办完的事，会在待办里说明。",
        "Asked for; if anything is left there, a task will say what.",
    ),
    "outlets.reopen_asked": ("已申请重新开放。", "Asked for."),
    "outlets.event.archived": ("关闭了门店", "closed the outlet"),
    "outlets.event.restored": ("重新开放了门店", "opened the outlet again"),
    "outlets.close_reason.lease": ("租约到期", "the lease ended"),
    "outlets.close_reason.moved": ("搬迁合并", "moved and merged"),
    "outlets.close_reason.given_up": ("不再经营", "given up"),
    "people.leave_title": ("停用本机（{code}）？", "End this desk ({code})?"),
    "people.leave_note": (
        (
            "先把所有工作送到服务器，再停用本机；只在本机上的东西还有剩余时不会停用。"
            "未结束的单据可在同一门店的其他工作台继续。"
        ),
        (
            "All work is sent to the server first; the desk ends only when nothing is left on it alone. "
            "Other desks of the outlet can go on with its open documents."
        ),
    ),
    "people.left": ("工作都已送达，本机已停用。", "All work is at the server, and this desk is retired."),
    "people.left_documents": (
        "工作都已送达，本机已停用。可在其他工作台继续：{numbers}。",
        "All work is at the server, and this desk is retired. Other desks can go on with {numbers}.",
    ),
    "people.leave": ("送完再停用", "Send all, then retire"),
    "moving.reason_hint": ("会记录，同事都能看到。", "It is recorded for colleagues to see."),
    "place.save": ("核对后改用", "Check and follow"),
    "place.move": ("服务器换了地址…", "The server has moved…"),
    "place.title": ("服务器的新地址", "The server's new address"),
    "place.note": (
        (
            "本机先核对那里就是原来的服务器，再改用新地址；不是就什么都不变。"
            "服务器换了证书或从备份恢复时，请输入它给出的登记代码（不会用掉）。"
        ),
        (
            "This desk proves that it is the same server there, and changes nothing if it is not. After a "
            "new certificate or a restore, enter an enrolment code of that server; it is not used up."
        ),
    ),
    "place.where": ("地址或登记代码", "Address or enrolment code"),
    "place.hint": ("如 https://192.168.1.20:8765", "such as https://192.168.1.20:8765"),
    "place.missing": ("请输入地址或登记代码。", "Enter an address or a code."),
    "place.moved": ("服务器地址已改为 {url}。", "The server is at {url} from now on."),
    "place.restored": (
        "服务器地址已改为 {url}；它的数据来自备份，缺少的工作会自动补发。",
        "The server is at {url} from now on. Its data are a backup's; what it lacks is sent again.",
    ),
}
