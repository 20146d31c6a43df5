"""Plans side by side: what each allows, and what it costs."""

from collections.abc import Sequence

from nicegui import ui

from storage.books import Tariff
from ui.components.controls import named, text
from ui.components.entrance import tier_name
from ui.words import t, tn, word

HEADS = (
    word("Plan"),
    word("Price a month"),
    word("Credits a month"),
    word("Results are kept"),
    word("Photos up to"),
    word("Made at"),
    word("Library"),
)
MILLION, GIGA, TERA = 10**6, 10**9, 10**12
DAY = 24


def price_table(tariffs: Sequence[Tariff], mine: str) -> None:
    """`mine` is the plan of whoever looks; empty for none."""
    heads = [t(one) for one in HEADS]
    with named(ui.element("table"), t("Plans and prices")).classes("prices"):
        with ui.element("thead"), ui.element("tr"):
            for head in heads:
                text(head, tag="th").props("scope=col")
        with ui.element("tbody"):
            for one in tariffs:
                with ui.element("tr").classes("mine" if one.id == mine else ""):
                    with ui.element("th").props("scope=row"):
                        text(tier_name(one.id, one.name), tag="span")
                        if one.id == mine:
                            text(t("your plan"), tag="span").classes("tier")
                    for head, cell in zip(heads[1:], _cells(one), strict=True):
                        text(cell, tag="td").props["data-head"] = head


def _cells(one: Tariff) -> tuple[str, ...]:
    return (
        _price(one.price_cents),
        f"{one.monthly_credits:,}" if one.monthly_credits else t("none"),
        _kept(one),
        f"{one.max_pixels // MILLION} MP, {one.max_bytes // MILLION} MB",
        _made(one),
        _room(one),
    )


def _price(cents: int) -> str:
    if not cents:
        return t("free")
    return f"${cents // 100:,}" if cents % 100 == 0 else f"${cents / 100:,.2f}"


def _kept(one: Tariff) -> str:
    if one.kept_hours is None:
        return t("until you delete them")
    hours = tn("{count} hour", "{count} hours", one.kept_hours)
    if not one.longer_hours:
        return hours
    days = tn("{count} day", "{count} days", one.longer_hours // DAY)
    return t("{hours}, on request {days}", hours=hours, days=days)


def _made(one: Tariff) -> str:
    if one.processed_pixels is None:
        return t("full size")
    return f"{one.processed_pixels // MILLION} MP"


def _room(one: Tariff) -> str:
    if not one.persists:
        return t("none")
    if not one.storage_bytes:
        return t("no limit")
    unit, size = ("TB", TERA) if one.storage_bytes >= TERA else ("GB", GIGA)
    return f"{one.storage_bytes / size:g} {unit}"


def costs(credits_per_matte: int, credits_per_upscale: int) -> str:
    """Tell what credits are spent on."""
    return t(
        "{cutout} for cutting out a photo with a model, {enlarged} for enlarging it. Other "
        "backgrounds, shadows, sizes and downloads of what is cut out cost nothing.",
        cutout=tn("{count} credit", "{count} credits", credits_per_matte),
        enlarged=tn("{count} credit", "{count} credits", credits_per_upscale),
    )
