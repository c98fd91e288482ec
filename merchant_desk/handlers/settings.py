"""Handlers: what a merchant, an outlet and its people set."""

from uuid import UUID

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.setting_kinds import T
from merchant_desk.domain.settings import Level, SetSetting, Setting, check_decision, setting_id
from merchant_desk.domain.settings_known import setting_of
from merchant_desk.handlers.context import Context, Key, handles


def _row(op: SetSetting) -> list[Key]:
    """Name the row of an outlet's decision; whose the others are stands in the envelope alone."""
    own = op.level == Level.OUTLET and op.outlet_id is not None
    return [("settings", setting_id(op.outlet_id, op.key))] if own and op.outlet_id else []


@handles(SetSetting, reads=_row)
def set_setting(context: Context, op: SetSetting) -> None:
    """Write what the level decides from now on, and that it was decided; a later one takes its place."""
    setting = setting_of(op.key)
    level = check_decision(setting, op.level, op.outlet_id, op.value)
    right = setting.right_at(level)
    if right and not context.may(right, op.outlet_id):
        raise Refusal("not_allowed", right=right)
    write_decision(context, op.key, level, _scope(context, level, op.outlet_id), op.value)


def write_decision(context: Context, key: str, level: Level, scope_id: UUID, value: str) -> None:
    """Write what somebody decided (as stored), and that it was; what stands already is no change."""
    id = setting_id(scope_id, key)
    stored = context.unit.get("settings", id)
    was = stored["value"] if stored is not None else ""
    if was == value:
        return
    envelope = context.envelope
    decided = {"value": value, "set_at": envelope.time, "set_by": envelope.person_id}
    whose = {"key": key, "level": str(level), "scope_id": scope_id}
    if stored is None:
        context.unit.insert("settings", {"id": id, **whose, **decided})
    else:
        context.unit.update("settings", id, **decided)
    change = {"id": context.new_id("setting_changes", key), "was": was, "device_id": envelope.device_id}
    context.unit.insert("setting_changes", {**change, **whose, **decided})


def write_own(context: Context, setting: Setting[T], outlet_id: UUID, value: T) -> None:
    """Write what an outlet is opened with, unless that counts there already.

    Raises:
        Refusal: it is no value of the setting.
    """
    stored = setting.kind.stored(setting.kind.judged(value))
    wider = context.unit.get("settings", setting_id(context.envelope.merchant_id, setting.key))
    counts = (wider["value"] if wider is not None else "") or setting.kind.stored(setting.default)
    if stored != counts:
        write_decision(context, setting.key, Level.OUTLET, outlet_id, stored)


def counting(context: Context, setting: Setting[T], outlet_id: UUID) -> T:
    """Return what counts at an outlet, looked at without a trace: for verdicts, as totals are."""
    for scope_id in (outlet_id, context.envelope.merchant_id):
        stored = context.unit.peek("settings", setting_id(scope_id, setting.key))
        if stored is not None and stored["value"]:
            return setting.kind.restored(stored["value"])
    return setting.default


def _scope(context: Context, level: Level, outlet_id: UUID | None) -> UUID:
    """Return whose decision it is; a person's own is that of whoever decides."""
    if level is Level.PERSON:
        return context.envelope.person_id
    return outlet_id if level is Level.OUTLET and outlet_id is not None else context.envelope.merchant_id
