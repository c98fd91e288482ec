"""What everybody may do about signing in, whatever their role: change the own password, set the own PIN."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from merchant_desk.desk import Desk
from merchant_desk.models.queries.people import PersonRow
from merchant_desk.sync.status import Link
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.people.person_forms import PersonForms
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.window.screens import ScreenContext

OWN_SECRETS = ("person.password", "person.pin")
GROUP = "actions.person"


def own_secrets(window: QWidget, desk: Desk, context: ScreenContext) -> list[Action]:
    """Return the actions of `OWN_SECRETS`; both need the server."""

    def told(text: str) -> None:
        context.notices.tell(text, Tone.OK)

    def possible() -> bool:
        return desk.signed_in is not None and desk.runtime.status.link is Link.ONLINE

    def set_pin() -> None:
        me = desk.person
        forms.set_pin(PersonRow(me.id, me.login, me.name, "", ""))

    def action(name: str, run: Callable[[], None], icon: str) -> Action:
        return Action(name, name, run, "", icon, GROUP, enabled=possible)

    forms = PersonForms(window, desk, context, desk.do, told)
    return [
        action("person.password", forms.change_password, "key-round"),
        action("person.pin", set_pin, "keyboard"),
    ]
