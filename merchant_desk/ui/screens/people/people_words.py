"""People and desks in words: columns, roles, states, and what was asked for."""

from uuid import UUID

from merchant_desk.domain.imports_setup import ImportPeople
from merchant_desk.domain.operations import kind_of
from merchant_desk.domain.organisation import (
    AddPerson,
    ArchivePerson,
    GiveBadge,
    GrantRole,
    RestorePerson,
    RetireDevice,
    RevokeRole,
)
from merchant_desk.models.queries.people import DeskRow, GrantView, PersonRow
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.people.standing import ACTIVE, LOCKED, NO_PASSWORD, Standing
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.texts.speech import Speech
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText

TONES = {ACTIVE: Tone.OK, LOCKED: Tone.REFUSED, NO_PASSWORD: Tone.WARNING}


def role_name(role: str, language: Speech) -> str:
    """Return a role's name; the bare word of one that a newer server knows."""
    key = f"people.role.{role}"
    return language.text(key) if language.knows(key) else role


def roles_text(roles: str, language: Language) -> str:
    """Return a person's roles with their outlets; `roles` as `PersonRow` has them."""
    found = []
    for one in roles.split():
        role, _, outlet = one.partition(":")
        where = language.text("people.all_outlets") if outlet == "*" else outlet
        found.append(f"{role_name(role, language)} · {where}")
    return language.text("people.comma").join(found)


def state_chip(row: PersonRow, standing: Standing, language: Language) -> ChipText:
    """Return a person's state as a chip; who has left is archived, whatever the server says of passwords."""
    state = "archived" if row.archived else standing.state(row.id)
    return ChipText(language.text(f"people.state.{state}"), TONES.get(state, Tone.NEUTRAL))


def person_columns(standing: Standing) -> list[Column[PersonRow]]:
    """Return the columns of people; their states are what the server said last."""

    def roles(row: PersonRow, language: Language) -> Cell:
        said = roles_text(row.roles, language)
        return Cell(said or language.text("people.no_roles_short"), quiet=not said or bool(row.archived))

    def name(row: PersonRow, _: Language) -> Cell:
        return Cell(row.name, strong=not row.archived, quiet=bool(row.archived))

    return [
        Column("name", "people.name", name, width=14),
        Column("login", "people.login", lambda row, _: Cell(row.login, quiet=bool(row.archived)),
               value=lambda row: row.login, width=13),
        Column("roles", "people.roles", roles, least=20),
        Column("badge", "people.badge", lambda row, _: Cell(row.badge or "—", quiet=not row.badge), width=13),
        Column(
            "state", "people.state",
            lambda row, lang: Cell(chip=state_chip(row, standing, lang)), width=12,
        ),
    ]  # fmt: skip


def desk_columns(standing: Standing, own: UUID) -> list[Column[DeskRow]]:
    """Return the columns of desks; contacts and unsent work are what the server said last."""

    def name(row: DeskRow, language: Language) -> Cell:
        if row.retired_at is not None:
            return Cell(row.name, row.retired_reason, ChipText(language.text("people.retired")), quiet=True)
        is_own = row.id == own
        return Cell(
            row.name, chip=ChipText(language.text("people.this_desk"), Tone.ACCENT) if is_own else None
        )

    def contact(row: DeskRow, language: Language) -> Cell:
        seen = standing.desk(row.id)
        return Cell(language.moment(seen.last_contact, standing.as_of)) if seen else Cell("—", quiet=True)

    def unsent(row: DeskRow, language: Language) -> Cell:
        seen = standing.desk(row.id)
        if seen is None:
            return Cell("—", quiet=True)
        if seen.pending < 0:
            return Cell(language.text("people.unsent_unknown"), quiet=True)
        some = seen.pending > 0
        return Cell(
            language.number(seen.pending), strong=some, quiet=not some, tone=Tone.WARNING if some else None
        )

    return [
        Column("code", "people.desk_code", lambda row, _: Cell(row.code, strong=True),
               value=lambda row: row.code, width=8),
        Column("name", "people.desk_name", name, least=16),
        Column("outlet", "people.outlet", lambda row, _: Cell(row.outlet), width=16),
        Column("contact", "people.contact", contact, width=14),
        Column("unsent", "people.unsent", unsent, width=9, figures=True),
        Column("enrolled", "people.enrolled", lambda row, lang: Cell(lang.day(row.enrolled_at), quiet=True),
               width=13),
    ]  # fmt: skip


def request_text(
    body: object, people: dict[UUID, str], grants: dict[UUID, GrantView], language: Speech
) -> str:
    """Return what was asked for in a sentence; names are those that this desk knows."""

    def name_of(person_id: UUID) -> str:
        return people.get(person_id, "?")

    if isinstance(body, AddPerson):
        return language.text("people.request.add_person", name=body.name, login=body.login)
    if isinstance(body, ImportPeople):
        counts = {"people": len(body.people), "roles": len(body.roles)}
        return language.text("people.request.import_people", **counts)
    if isinstance(body, GiveBadge):
        who = name_of(body.person_id)
        return language.text("people.request.give_badge", name=who, badge=body.badge or "—")
    if isinstance(body, GrantRole):
        role, who = role_name(body.role, language), name_of(body.person_id)
        return language.text("people.request.grant_role", name=who, role=role)
    if isinstance(body, RevokeRole):
        grant = grants.get(body.grant_id)
        role, who = (role_name(grant.role, language), grant.person) if grant else ("?", "?")
        return language.text("people.request.revoke_role", name=who, role=role)
    if isinstance(body, ArchivePerson | RestorePerson):
        verb = "archive_person" if isinstance(body, ArchivePerson) else "restore_person"
        return language.text(f"people.request.{verb}", name=name_of(body.person_id))
    if isinstance(body, RetireDevice):
        return language.text("people.request.retire_device", code=name_of(body.device_id), reason=body.reason)
    kind = kind_of(body).name
    return language.text(f"operation.{kind}") if language.knows(f"operation.{kind}") else kind
