"""The register of all China as if it were one province.

A platform serves one province, so its register tells counties apart within a province only: there are a Hexi
in Tianjin and one in Nanjing. Here the slug of such a county begins with its province's number. Nothing else of
the register is touched, and counties come through the ordinary door.
"""

from collections import Counter
from dataclasses import replace
from functools import lru_cache

from tenants import register

WHOLE = "00"
_of_a_province = register.divisions
_by_code = register.division


@lru_cache(maxsize=1)
def counties() -> tuple[register.Division, ...]:
    """The 2 844 that are valid in today's register, in the order of codes."""
    valid = sorted((one for one in register._all().values() if not one.valid_to), key=lambda one: one.code)
    times = Counter(one.slug for one in valid)
    return tuple(
        replace(one, slug=f"{one.slug}-{one.province_code[:2]}") if times[one.slug] > 1 else one for one in valid
    )


@lru_cache(maxsize=1)
def _mine() -> dict[str, register.Division]:
    return {one.code: one for one in counties()}


def take_whole() -> None:
    """From here on the register of this process speaks of the whole country."""
    register.divisions = lambda province: counties() if province == WHOLE else _of_a_province(province)  # type: ignore[assignment]
    register.division = lambda code: _mine().get(code) or _by_code(code)
