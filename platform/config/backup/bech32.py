"""Bech32 (BIP 173), the writing of age's keys: letters that are not mistaken, and a checksum for typing errors."""

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(kind: str, raw: bytes) -> str:
    words = _regroup(list(raw), 8, 5, pad=True)
    residue = _polymod(_spread(kind) + words + [0] * 6) ^ 1
    check = [(residue >> 5 * (5 - place)) & 31 for place in range(6)]
    return kind + "1" + "".join(LETTERS[word] for word in words + check)


def decode(text: str) -> tuple[str, bytes]:
    """(kind, bytes). Raises ValueError for a typing error."""
    if text not in {text.lower(), text.upper()}:
        raise ValueError("large and small letters are mixed")
    kind, one, rest = text.lower().rpartition("1")
    if not one or not kind or len(rest) < 6 or any(letter not in LETTERS for letter in rest):
        raise ValueError("it is not written as a key is")
    words = [LETTERS.index(letter) for letter in rest]
    if _polymod(_spread(kind) + words) != 1:
        raise ValueError("a letter is wrong")
    return kind, bytes(_regroup(words[:-6], 5, 8, pad=False))


def _spread(kind: str) -> list[int]:
    return [ord(letter) >> 5 for letter in kind] + [0] + [ord(letter) & 31 for letter in kind]


def _polymod(words: list[int]) -> int:
    residue = 1
    for word in words:
        top = residue >> 25
        residue = (residue & 0x1FFFFFF) << 5 ^ word
        for place, factor in enumerate(GENERATOR):
            residue ^= factor if top >> place & 1 else 0
    return residue


def _regroup(words: list[int], width: int, into: int, *, pad: bool) -> list[int]:
    held = bits = 0
    found = []
    for word in words:
        held = held << width | word
        bits += width
        while bits >= into:
            bits -= into
            found.append(held >> bits & (2**into - 1))
    rest = held & (2**bits - 1)
    if pad and bits:
        found.append(rest << (into - bits))
    elif not pad and (bits >= width or rest):
        raise ValueError("it is not written as a key is")
    return found
