"""``jieti doctor``: is this machine fit for the platform, is the platform well, and what to mend.

It starts nothing and changes nothing, works where the platform does not, and never shows a secret.
"""
