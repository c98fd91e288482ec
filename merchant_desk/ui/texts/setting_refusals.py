"""Why a setting cannot be decided like that; `refusals.sentence` finds them by code."""

from merchant_desk.ui.texts.catalogue import Texts

TEXTS: Texts = {
    "refusal.unknown_setting": ("没有「{setting}」这项设置", "There is no setting {setting}"),
    "refusal.setting_value_missing": (
        "请给出「{setting}」的新值，或用 --default 取消此设置",
        "Give a new value of {setting}, or --default to take it back",
    ),
    "refusal.setting_not_at_level": (
        "「{setting}」不能在「{level:word}」这一级设置",
        "{setting} cannot be set for the {level:word}",
    ),
    "refusal.setting_unreadable": ("读不懂这个值：{value}", "This value cannot be read: {value}"),
    "refusal.not_a_switch": ("「{value}」既不是开也不是关", "{value} is neither on nor off"),
    "refusal.not_a_whole_number": ("「{value}」不是整数", "{value} is not a whole number"),
    "refusal.number_out_of_range": (
        "{value} 不在 {least} 到 {most} 之间",
        "{value} is not between {least} and {most}",
    ),
    "refusal.not_a_time_of_day": (
        "「{value}」不是一天中的时刻：应写成 HH:MM，从 00:00 到 23:59",
        "{value} is no time of day; write it as HH:MM, from 00:00 to 23:59",
    ),
    "refusal.not_a_choice": ("「{value}」不在可选之列：{options}", "{value} is not one of {options}"),
    "refusal.too_few_chosen": ("至少选 {least} 个", "Choose at least {least}"),
    "refusal.not_a_text": ("「{value}」不是文字", "{value} is not a text"),
    "refusal.unknown_zone": (
        "不认识的时区：{zone}，应写成 Asia/Shanghai 这样",
        "Unknown time zone: {zone}; write it like Asia/Shanghai",
    ),
    "refusal.unknown_encoding": ("不认识的字符编码：{encoding}", "Unknown encoding: {encoding}"),
    "refusal.scanner_needs_suffix": (
        "以后缀结尾的扫描枪须先填写后缀",
        "A scanner that ends with its suffix needs one first",
    ),
    "refusal.scanner_needs_prefix": (
        "只接受有前缀的扫描，须先填写前缀",
        "Only scans with a prefix: it needs one first",
    ),
    "refusal.text_too_long": ("最多 {most} 个字符", "At most {most} characters"),
}
