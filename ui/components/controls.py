"""Headings, buttons and icons as plain HTML: the style sheet alone gives them their look."""

from collections.abc import Callable
from typing import Any, TypeVar

from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

Click = Callable[[], Any]
AnyElement = TypeVar("AnyElement", bound=Element)


def heading(text: str, *, level: int = 2) -> TextElement:
    return TextElement(tag=f"h{level}", text=text)


def text(words: str = "", *, tag: str = "p") -> TextElement:
    return TextElement(tag=tag, text=words)


def button(words: str, on_click: Click | None, *, classes: str = "") -> TextElement:
    """One that does something here; with None it is for the browser to act."""
    made = TextElement(tag="button", text=words).classes(f"button {classes}").props("type=button")
    return made.on("click", on_click) if on_click else made


def named(element: AnyElement, label: str) -> AnyElement:
    """Say what an element is to those who cannot see it."""
    element.props["aria-label"] = label
    return element


def icon(name: str) -> TextElement:
    """One of the Material Symbols, for the eye alone."""
    made = TextElement(tag="span", text=name).classes("material-symbols-outlined")
    made.props("aria-hidden=true")
    return made


def icon_button(name: str, label: str, on_click: Click) -> Element:
    made = Element("button").classes("icon-button").props("type=button").on("click", on_click)
    named(made, label).props["title"] = label
    with made:
        icon(name)
    return made


def icon_link(name: str, label: str, address: str) -> Element:
    made = Element("a").classes("icon-button").props(f'href="{address}"')
    named(made, label).props["title"] = label
    with made:
        icon(name)
    return made


def give(to: Element, **props: Any) -> None:
    """Let an element have these props; nothing is sent to the page where it has them already.

    Each that is sent lets the browser go through the whole page.
    """
    if any(to.props.get(name) != value for name, value in props.items()):
        to.props.update(props)


def enable(one: Element, possible: bool) -> None:  # noqa: FBT001 its state
    """Let a button be pressed, or show that there is nothing to do now."""
    one.props(remove="disabled") if possible else one.props("disabled")


def link(words: str, *, classes: str = "") -> TextElement:
    """A link that leads nowhere yet: see `point`."""
    return TextElement(tag="a", text=words).classes(classes)


def point(to: TextElement, address: str) -> None:
    """Let a link download from an address, or show that there is nothing now."""
    if address:
        to.props(f'href="{address}" download', remove="aria-disabled role")
    else:
        to.props("aria-disabled=true role=link", remove="href download")
