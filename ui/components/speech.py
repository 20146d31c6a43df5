"""Sentences that come and go."""

from nicegui import ui

READING_SECONDS = 4.0
SECONDS_A_WORD = 0.4


def say(sentence: str) -> None:
    """Show a sentence long enough to be read."""
    seconds = READING_SECONDS + SECONDS_A_WORD * len(sentence.split())
    ui.notify(sentence, timeout=int(seconds * 1000), close_button="Close")
