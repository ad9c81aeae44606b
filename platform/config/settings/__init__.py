"""The settings of every process: the surroundings decide (``config/environment.py``), nothing else."""

from config.settings.base import *  # noqa: F403
