"""Numbers that came from a browser."""

LONGEST = 18  # digits that a row's number can have; int() of five thousand would itself be an error


def number_in(said: str) -> int:
    """The row's number in what a form sent; 0, which no row has, where it is none."""
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= LONGEST else 0
