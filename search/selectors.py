"""What is in the public search, for pages that show it without a query."""

from search.models import Category, Listing


def newest_listings(county_code: str, count: int) -> list[Listing]:
    """Of one county, the newest first."""
    of_county = Listing.objects.filter(county_code=county_code)
    return list(of_county.order_by("-published_at", "-product_id")[:count])


def count_listings(county_code: str) -> int:
    return Listing.objects.filter(county_code=county_code).count()


def count_producers(county_code: str) -> int:
    """How many producers have something in the window."""
    named = Listing.objects.filter(county_code=county_code).exclude(producer_name="")
    return named.values("producer_name").distinct().count()


def categories() -> dict[str, Category]:
    """All of them by code, in their order."""
    return {category.code: category for category in Category.objects.all()}
