"""All tabs of a browser show the same person."""

from nicegui.element import Element


class Tabs(Element, component="tabs.js"):
    """Loads its page again when another tab has signed somebody in or out."""
