"""Cleaning and folding of typed text: what may be stored, and what a search or a sort compares; days in words.

Names are never "corrected": only what cannot be seen or breaks other formats is taken out.
"""

import datetime as dt
import re
import unicodedata

from django.utils import formats
from django.utils.translation import gettext as _

# Directional controls can turn the rest of a page or a sheet around (Unicode TR 36); a name never needs them.
_BIDI = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
# Looks empty though Unicode calls some of them letters: fillers and braille blank.
_BLANK_LETTERS = "\u115f\u1160\u3164\uffa0\u2800"
_MAX_MARKS = 4  # more combining marks on one letter are an attack on the layout, not a name

# What most texts consist of: European letters that stand for themselves, and the signs between them.
_HARMLESS = re.compile("[\n\t -~\u00a0-\u02ff\u0400-\u0482\u048a-\u052f\u1e00-\u1eff\u2010-\u2027\u20ac\u2116]*")

_CYRILLIC_PAIRS = (
    "а=a б=b в=v г=g д=d ђ=d е=e ж=z з=z и=i ј=j к=k л=l љ=lj м=m н=n њ=nj о=o п=p р=r с=s т=t ћ=c у=u ф=f х=h "
    "ц=c ч=c џ=dz ш=s ѓ=g ѕ=dz ќ=k щ=st ъ=a ь=j ю=ju я=ja ы=y э=e ё=e ѐ=e ѝ=i й=j і=i ї=i є=e ґ=g"
)
_CYRILLIC = dict(pair.split("=") for pair in _CYRILLIC_PAIRS.split())
_LATIN = {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ß": "ss"}
_FOLDED = str.maketrans(_CYRILLIC | _LATIN)


def clean_text(value: str) -> str:
    """Several lines of typed text made storable: NFC, line feeds only, no control or directional characters."""
    if _HARMLESS.fullmatch(value):
        return value.replace("\t", " ").strip()
    value = re.sub("\r\n|[\r\v\f\x85\u2028\u2029]", "\n", value)
    value = value.translate(_BIDI)
    value = "".join(c for c in value if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn", "Co"})
    # Normalising sorts each run of marks, in time that grows with its square. It may also make two marks of one.
    value = _limit_marks(unicodedata.normalize("NFC", _limit_marks(value)))
    return value.replace("\t", " ").strip()


def clean_line(value: str) -> str:
    """One line of typed text made storable: as clean_text, and every run of white space becomes one space."""
    return re.sub(r"\s+", " ", clean_text(value)).strip()


def has_visible(value: str) -> bool:
    """Whether a reader would see anything: a letter, digit, sign or symbol that is not a blank in disguise."""
    return any(unicodedata.category(c)[0] in "LNPS" and c not in _BLANK_LETTERS for c in value)


def fold(value: str) -> str:
    """What search and sorting compare: no case, no accents, Cyrillic in Latin letters."""
    plain = unicodedata.normalize("NFKC", value).casefold()
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain.translate(_FOLDED)) if not unicodedata.combining(c))
    return re.sub(r"\s+", " ", plain).strip()


def _limit_marks(value: str) -> str:
    kept, marks = [], 0
    for char in value:
        marks = marks + 1 if _is_mark(char) else 0
        if marks <= _MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def _is_mark(char: str) -> bool:
    """Whether it stands on the letter before; a few such signs show it only when they are taken apart."""
    return char > "\u02ff" and unicodedata.combining(unicodedata.normalize("NFD", char)[0]) > 0


def days_in_words(first: dt.date, last: dt.date) -> str:
    """Two days of an edition as a reader says them: "9 to 11 October 2018"."""
    end = formats.date_format(last, "DATE_FORMAT")
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        start = str(first.day)
    else:
        start = formats.date_format(first, "DATE_FORMAT" if first.year != last.year else "MONTH_DAY_FORMAT")
    return _("%(first)s to %(last)s") % {"first": start, "last": end}
