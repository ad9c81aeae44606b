"""The settings of every process: the surroundings decide (``config/environment``), nothing else."""

from config.settings.base import *  # noqa: F403
