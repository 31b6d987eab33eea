"""Tests of the glue."""
