"""What keeps a job from being begun or finished, in words."""

from dataclasses import dataclass
from typing import ClassVar

from merchant_desk.models.faults import Fault


@dataclass(eq=False)
class MappingForOtherKind(Fault):
    """A mapping of products was given for orders, or the other way round."""

    mapping: str
    kind: str
    wanted: str
    zh: ClassVar[str] = "映射“{mapping}”用于 {kind}，不能用来导入 {wanted}。请换一个映射。"
    en: ClassVar[str] = 'The mapping "{mapping}" is for {kind}, not for {wanted}. Choose another one.'


@dataclass(eq=False)
class OtherCurrency(Fault):
    """The file's amounts are in another currency than the merchant's books."""

    found: str
    ours: str
    zh: ClassVar[str] = (
        "按映射，文件的金额是 {found}，商户记账用 {ours}，直接导入会把两种货币加在一起。没有写入任何内容。"
        "如果数字其实就是 {ours}，请用 --currency {ours}（或改映射里的货币）。"
    )
    en: ClassVar[str] = (
        "By its mapping the file is in {found}, the merchant's books are in {ours}: not to be added up. "
        "Nothing was written. If the figures are {ours} after all, say so: --currency {ours}, or the mapping."
    )


@dataclass(eq=False)
class FoundOtherwise(Fault):
    """The second reading of a file gave other rows than the dry run."""

    source: str
    zh: ClassVar[str] = "{source} 在检查之后变了。已写入的部分保留；请重新检查后再导入。"
    en: ClassVar[str] = (
        "{source} is not what it was when it was checked. Nothing is undone; check it and import it again."
    )


@dataclass(eq=False)
class SetupStays(Fault):
    """What a shop is set up with is not taken back as one: each record is ended on its own screen."""

    kind: str
    zh: ClassVar[str] = "承运商、税率、库位和人员不能整批撤销（{kind}）；不要的请在各自的界面停用。"
    en: ClassVar[str] = (
        "Carriers, taxes, locations and people ({kind}) are not taken back as one: archive them on their "
        "screens."
    )


@dataclass(eq=False)
class NoSuchJob(Fault):
    """This desk knows no such job of its outlet: it is another one's, has not arrived yet, or never was."""

    job: str
    zh: ClassVar[str] = "本店没有导入任务 {job}：请先同步；别的门店的导入要在那家门店撤销。"
    en: ClassVar[str] = (
        "No import {job} of this outlet is here. Sync first; another outlet's is undone there."
    )


@dataclass(eq=False)
class TakenBackMeanwhile(Fault):
    """An import was taken back while this desk was at it, or before it went on: no more comes in by it."""

    source: str
    zh: ClassVar[str] = (
        "{source} 的导入还没有做完，就被撤销了（可能在别的工作台）。没有再写入任何内容。"
        "确实要这个文件，请再导入一次。"
    )
    en: ClassVar[str] = (
        "The import of {source} was undone, maybe at another desk, before it ended. Nothing more was "
        "written. If the file is wanted after all, import it again."
    )
