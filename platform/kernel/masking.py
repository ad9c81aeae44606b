"""What may be shown of a phone or an identity number: for screens, logs and error reports."""

import re

# In a text: as people write them (138-1234-5678, +86 138 1234 5678, full-width digits) and as an address in a log
# carries them (138%201234%205678, %2B86138…). A digit before or after makes it another number.
_BEGIN = r"(?:(?<!\d)|(?<=%[0-9A-Fa-f]{2}))"
_GAP = r"(?:%20|[-+. \u00a0])?"
_PHONES = re.compile(rf"{_BEGIN}(?:(?:\+|00)?[8８][6６]{_GAP})?[1１][3-9３-９]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")
_YEAR, _DAY = r"(?:18|19|20)\d{2}", r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IDENTITY = re.compile(rf"{_BEGIN}[1-9]\d{{5}}(?:{_YEAR}{_DAY}\d{{3}}[\dXx]|\d{{2}}{_DAY}\d{{3}})(?![\dXx])")


def mask_phone(phone: str) -> str:
    """ "13812345678" → "138****5678"; what is too short is hidden whole."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "*" * len(phone)


def mask_phones_in(text: str) -> str:
    """Every mobile number in a text, masked."""
    return _PHONES.sub(lambda found: mask_phone(re.sub(r"\D", "", found[0].replace("%20", ""))[-11:]), text)


def mask_private_in(text: str) -> str:
    """Every mobile number and every identity number in a text, masked."""
    return mask_phones_in(
        _IDENTITY.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 5)}{found[0][-2:]}", text)
    )
