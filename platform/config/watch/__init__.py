"""Watching the platform: what is counted, what is logged of a request, what a scraper reads, what Sentry hears."""
