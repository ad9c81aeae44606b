"""Money is a whole number of fen; only screens show yuan."""


def yuan(fen: int) -> str:
    """6800 → "68.00". Integer arithmetic, so nothing is rounded."""
    sign = "-" if fen < 0 else ""
    whole, rest = divmod(abs(fen), 100)
    return f"{sign}{whole}.{rest:02d}"


def per_500_grams(price_fen: int, net_grams: int) -> int:
    """The price of a 斤, in fen, rounded to the nearest fen (half up)."""
    return (price_fen * 500 * 2 + net_grams) // (2 * net_grams)
