"""What people sign in to a hosted instance with, joined on its project."""

import asyncio
from collections.abc import Awaitable, Callable

from auth.accounts import Accounts
from auth.errors import NotAllowed
from storage.cloud.books import SupabaseBooks
from storage.cloud.instance import Instance
from storage.cloud.project import Project
from storage.errors import StorageError
from ui.members import Members

Leave = Callable[[], Awaitable[None]]
NOT_HERE = "This is not possible here. Write to those who run this site."


def open_members(
    url: str,
    key: str,
    gate: tuple[Accounts, Leave],
    *,
    instance: Instance | None,
    providers: tuple[str, ...],
    contact: str,
) -> Members:
    """Return the members of a project that is asked with its publishable key.

    Only the server of an instance lets a user have what a visit made, or go.
    """
    project = Project(url, key)
    accounts, close = gate

    async def leave() -> None:
        await close()
        project.close()

    async def adopt(visit: str, scope: str) -> None:
        await _ruled(lambda: _given(instance).adopt(visit, scope))

    async def erase(scope: str) -> None:
        await _ruled(lambda: _given(instance).erase(scope))

    return Members(
        accounts,
        providers,
        adopt=adopt,
        erase=erase,
        takeout=lambda account, access: _given(instance).takeout(key, account, access),
        books=SupabaseBooks(project, key),
        contact=contact,
        close=leave,
    )


async def _ruled(rule: Callable[[], None]) -> None:
    """Ask the database for something, away from the loop. Raises NotAllowed."""
    try:
        await asyncio.to_thread(rule)
    except StorageError as error:
        raise NotAllowed(error.says) from error


def _given(instance: Instance | None) -> Instance:
    if instance is None:
        raise NotAllowed(NOT_HERE)
    return instance
