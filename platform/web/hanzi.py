"""Numbers as they are written in a Chinese headline."""

DIGITS = "零一二三四五六七八九"
UNITS = ("", "十", "百", "千")
LARGEST = 9999


def hanzi(number: int) -> str:
    """121 → 一百二十一, 12 → 十二, 305 → 三百零五; beyond 9999 the digits as they are."""
    if not 0 <= number <= LARGEST:
        return str(number)
    if number == 0:
        return DIGITS[0]
    written, gap = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(written)
            continue
        written += (DIGITS[0] if gap else "") + DIGITS[digit] + UNITS[place]
        gap = False
    return written.removeprefix("一") if written.startswith("一十") else written
