"""The settings of a real site, with the views to compare with beside its own."""

import os

from rasr.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
STATIC_ROOT = os.environ["BENCH_STATIC"]
