"""What the surroundings say: every environment variable is read here, once, and checked.

``DATABASE_URL`` makes it production. Without it the platform runs on the PostgreSQL that
comes in its own wheel, keeps everything under ``JIETI_VAR``, and makes its own secrets.
"""

from config.environment.checks import check_environment
from config.environment.problem import EnvironmentProblem
from config.environment.reading import ROOT, Environment, read_environment, socket_folder, var_folder
from config.environment.values import parse_database_url

__all__ = [
    "ROOT",
    "Environment",
    "EnvironmentProblem",
    "check_environment",
    "parse_database_url",
    "read_environment",
    "socket_folder",
    "var_folder",
]
