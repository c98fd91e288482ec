"""What can go wrong with the keeping of a profile's key, each with a name and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import ClassVar

from merchant_desk.models.faults import Fault


class KeyringTrouble(Enum):
    """Why the keyring of the operating system does not serve."""

    NONE_FOUND = "none_found"
    LOCKED = "locked"
    DENIED = "denied"
    TIMED_OUT = "timed_out"
    FAILED = "failed"
    ENTRY_MISSING = "entry_missing"

    def sentence(self, language: str = "zh_CN") -> str:
        """Say why, in `language` ("zh..." or any other for English)."""
        return _TROUBLES[self][0 if language.startswith("zh") else 1]


_TROUBLES: dict[KeyringTrouble, tuple[str, str]] = {
    KeyringTrouble.NONE_FOUND: ("本机没有可用的系统密钥环。", "This computer has no usable keyring."),
    KeyringTrouble.LOCKED: ("系统密钥环已锁定。", "The system's keyring is locked."),
    KeyringTrouble.DENIED: ("系统密钥环拒绝了访问。", "The system's keyring denied access."),
    KeyringTrouble.TIMED_OUT: ("系统密钥环没有应答。", "The system's keyring did not answer."),
    KeyringTrouble.FAILED: ("系统密钥环出错。", "The system's keyring failed."),
    KeyringTrouble.ENTRY_MISSING: (
        "系统密钥环中没有此配置的密钥。",
        "The system's keyring does not hold the key of this profile.",
    ),
}


_NAMES: Mapping[object, tuple[str, str]] = {
    "": ("", ""),
    **{trouble.value: (zh, f"{en} ") for trouble, (zh, en) in _TROUBLES.items()},
}


@dataclass(eq=False)
class KeyringUnavailable(Fault):
    """The key is in the keyring alone, and the keyring does not give it; `trouble` is a KeyringTrouble."""

    trouble: str
    detail: str
    zh: ClassVar[str] = (
        "{trouble}无法取得本机数据的密钥（{detail}）。数据没有丢失：请解锁密钥环并允许访问后重试，"
        "或用打印的恢复密钥或服务器恢复。"
    )
    en: ClassVar[str] = (
        "{trouble}The key of this computer's data could not be had ({detail}). Nothing is lost: unlock the "
        "keyring, allow the access and try again, or restore the key from the printed recovery key or the "
        "server."
    )
    names = _NAMES

    @property
    def reason(self) -> KeyringTrouble:
        """The trouble by its name."""
        return KeyringTrouble(self.trouble)


@dataclass(eq=False)
class WrongPassphrase(Fault):
    """The passphrase was wrong as often as it was asked for."""

    attempts: int
    zh: ClassVar[str] = (
        "口令不正确（已尝试 {attempts} 次）。数据没有丢失：请重试，或用打印的恢复密钥或服务器恢复。"
    )
    en: ClassVar[str] = (
        "The passphrase is wrong ({attempts:attempt|attempts}). Nothing is lost: try again, or restore the "
        "key from the printed recovery key or the server."
    )


@dataclass(eq=False)
class WeakPassphrase(Fault):
    """A new passphrase is too short."""

    least: int
    zh: ClassVar[str] = "口令太短：至少需要 {least} 个字符。"
    en: ClassVar[str] = "The passphrase is too short: at least {least} characters are needed."


@dataclass(eq=False)
class PassphraseNotGiven(Fault):
    """A passphrase is needed, and nobody gave one; `trouble` is the KeyringTrouble that made it needed.

    `variable` is the environment variable that a script gives it in.
    """

    trouble: str = ""
    variable: str = "MERCHANT_DESK_PASSPHRASE"
    zh: ClassVar[str] = (
        "{trouble}需要口令才能打开此配置，但没有输入口令。什么都没有改变。"
        "请在终端中运行以便输入，或设置 {variable}。"
    )
    en: ClassVar[str] = (
        "{trouble}A passphrase is needed for this profile, and none was given. Nothing was changed. Run it "
        "in a terminal to be asked, or set {variable}."
    )
    names = _NAMES


@dataclass(eq=False)
class KeyMissing(Fault):
    """There is a database, but no record of its key: making a new one would lock the data away."""

    folder: Path
    zh: ClassVar[str] = (
        "{folder} 中有数据库，但找不到它的密钥。没有创建新密钥；请用打印的恢复密钥或服务器恢复。"
    )
    en: ClassVar[str] = (
        "There is a database in {folder}, but its key is missing. No new key was made; restore the key from "
        "the printed recovery key or the server."
    )


@dataclass(eq=False)
class DemoUnprotected(Fault):
    """A demo profile's key lies open beside it: there is nothing to protect and nothing to recover."""

    zh: ClassVar[str] = "这是演示数据，密钥就在旁边：没有口令、密钥环或恢复密钥可设。"
    en: ClassVar[str] = (
        "These are demo data, their key lies open beside them: there is no passphrase, keyring or recovery "
        "paper to set."
    )


@dataclass(eq=False)
class KeyDoesNotFit(Fault):
    """A restored key is not the key of this profile."""

    folder: Path
    zh: ClassVar[str] = "恢复的密钥不属于 {folder} 中的配置。什么都没有改变。"
    en: ClassVar[str] = "The restored key is not that of the profile in {folder}. Nothing was changed."


@dataclass(eq=False)
class VaultDamaged(Fault):
    """The file that says where the key is cannot be read, or was written by a newer version."""

    path: Path
    detail: str
    zh: ClassVar[str] = "{path} 无法读取（{detail}）。请从备份取回该文件，或用打印的恢复密钥或服务器恢复。"
    en: ClassVar[str] = (
        "{path} cannot be read ({detail}). Bring the file back from a backup, or restore the key from the "
        "printed recovery key or the server."
    )
