"""Who a person is, which roles they hold, and how they sign in."""
