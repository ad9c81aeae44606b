"""A question on the terminal, before a command does what cannot be undone."""

import sys


def says_yes(question: str) -> bool:
    return input(f"{question} (y/N) ").strip().lower() in {"y", "yes", "是"}


def agrees(question: str) -> bool:
    """Who types is asked once more; a script has said what it wants."""
    return not sys.stdin.isatty() or says_yes(question)
