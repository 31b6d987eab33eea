"""`make bench`: how fast the agenda is, as ratios to what the same server can do at all, in one run on one machine."""
