"""Tests of participants/."""
