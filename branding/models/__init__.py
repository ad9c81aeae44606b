"""Public tables: brand cases and package designs of every county."""

from branding.models.brand import EDITION, Brand, BrandMove

__all__ = ["EDITION", "Brand", "BrandMove"]
