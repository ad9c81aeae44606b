"""Where a prefecture stands on the tile map: column from west to east, row from north to south.

Four columns and no borders: a drawn map of China needs an approval number, a grid of names does not.
"""

COLUMNS = 4

# Heilongjiang, read off the positions of the prefectures' seats.
PLACES = {
    "2327": (0, 0), "2302": (0, 1), "2306": (0, 2),
    "2311": (1, 0), "2312": (1, 1), "2301": (1, 2),
    "2307": (2, 0), "2308": (2, 1), "2309": (2, 2), "2310": (2, 3),
    "2304": (3, 0), "2305": (3, 1), "2303": (3, 2),
}  # fmt: skip


def column_of(prefecture_code: str) -> tuple[int, int]:
    """Column and row; a province without a table of its own is dealt out in the order of codes."""
    known = PLACES.get(prefecture_code[:4])
    if known:
        return known
    number = int(prefecture_code[2:4] or 0)
    return number % COLUMNS, number // COLUMNS
