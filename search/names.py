"""Names behind the codes of facets, and their order on a screen."""

from dataclasses import dataclass

from search.ports import BANDS, Band, Facets
from search.selectors import categories
from tenants import register
from tenants.models import County


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    name: str
    count: int
    chosen: bool = False


def county_choices(facets: Facets, chosen: tuple[str, ...] = ()) -> list[Choice]:
    names = county_names({*facets.counties, *chosen})
    return _ordered(facets.counties, names, chosen)


def category_choices(facets: Facets, chosen: tuple[str, ...] = ()) -> list[Choice]:
    names = {code: category.title for code, category in categories().items()}
    counts = dict(facets.categories)
    for code in chosen:  # an upper category counts what is below it
        if "." not in code:
            counts[code] = sum(count for below, count in facets.categories.items() if below.split(".")[0] == code)
    return _ordered(counts, names, chosen)


def price_choices(facets: Facets, chosen: tuple[Band, ...] = ()) -> list[Choice]:
    return [Choice(band.key, band_name(band), facets.prices.get(band.key, 0), band in chosen) for band in BANDS]


def band_name(band: Band) -> str:
    from django.utils.translation import gettext as _

    low, high = (band.low or 0) // 100, (band.high or 0) // 100
    if band.low is None:
        return _("%(high)s 元以下") % {"high": high}
    if band.high is None:
        return _("%(low)s 元以上") % {"low": low}
    return _("%(low)s–%(high)s 元") % {"low": low, "high": high}


def county_names(codes: set[str]) -> dict[str, str]:
    names = dict(County.objects.filter(code__in=codes).values_list("code", "name"))
    for code in codes - names.keys():
        division = register.division(code)
        names[code] = division.name if division else code
    return names


def _ordered(counts: dict[str, int], names: dict[str, str], chosen: tuple[str, ...]) -> list[Choice]:
    """The chosen ones first, then those with most."""
    choices = [Choice(code, names.get(code, code), counts.get(code, 0), code in chosen) for code in {*counts, *chosen}]
    return sorted(choices, key=lambda choice: (not choice.chosen, -choice.count, choice.code))
