"""Actions of a screen in one line each: id and title are the screen's name and the action's."""

from collections.abc import Callable

from merchant_desk.ui.actions import Action, always


def act(
    name: str,
    run: Callable[[], None],
    key: str = "",
    icon: str = "",
    *,
    when: Callable[[], bool] = always,
    right: str = "",
    group: str = "actions.document",
) -> Action:
    """Return an action of one screen; `name` is "<screen>.<verb>", which is also its title's key."""
    return Action(name, name, run, key, icon, group, name.partition(".")[0], when, right)
