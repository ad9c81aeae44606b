"""Django's way of naming a database backend: see ``base``."""
