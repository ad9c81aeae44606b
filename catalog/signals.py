"""What others may hear: sent inside the county and inside the transaction, with ``product``."""

from django.dispatch import Signal

product_submitted = Signal()
product_published = Signal()
product_withdrawn = Signal()
