"""What the rooms above hear, in the same transaction, with ``county_code`` and ``product_ids``."""

from django.dispatch import Signal

# An endorsement appears, disappears or changes its face: kept pages that show it are stale.
endorsements_changed = Signal()
