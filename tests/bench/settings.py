"""The settings of a real site, with the views to compare with beside its own."""

import os
from pathlib import Path

from rasr.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = Path(os.environ["BENCH_STATIC"])
