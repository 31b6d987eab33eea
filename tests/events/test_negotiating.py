"""What a reader takes and already has, from its headers."""

import pytest

from events.negotiating import PLAIN, encoding_for, has_it


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("br; q=0.5, gzip; q=0.50", "br"),
        ("br, gzip;q=0.5", "br"),
        ("gzip;q=0", ""),
        ("gzip; q=0.000", ""),
        ("br;q=0, gzip", "gzip"),
        ("*", "br"),
        ("*;q=0", ""),
        ("*;q=0, gzip;q=0.1", "gzip"),
        ("br;q=0, *", "gzip"),
        ("identity", ""),
        ("deflate", ""),
        ("x-gzip-not", ""),
        ("gzip;q=nan", ""),
        ("gzip;q=1e9, br", "br"),
        ("gzip;q=", ""),
        (",;,;q=,", ""),
        ("gzip, " * 1000, "gzip"),
    ],
)
def test_the_heaviest_encoding_of_ours_is_taken(accept, encoding):
    assert encoding_for(accept) == encoding


@pytest.mark.parametrize(
    ("none_match", "since", "known"),
    [
        ("", "", False),
        ('"tag"', "", True),
        ('W/"tag"', "", True),
        ('"other", "tag"', "", True),
        ("*", "", True),
        ('"other"', "Thu, 01 Jan 1970 00:01:00 GMT", False),
        ("", "Thu, 01 Jan 1970 00:01:00 GMT", True),
        ("", "Thu, 01 Jan 1970 00:00:59 GMT", False),
        ("", "yesterday", False),
    ],
)
def test_a_reader_has_it_by_its_tag_or_else_by_its_date(none_match, since, known):
    assert has_it('"tag"', 60, none_match=none_match, modified_since=since) == known


@pytest.mark.parametrize("accept", ["gzip;q=.", "br;q=.5", "gzip;q=", "br;q=٣", "*;q=."])
def test_a_weight_that_is_none_counts_as_nothing(accept):
    assert encoding_for(accept) == PLAIN
