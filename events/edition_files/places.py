"""Time zones of the cities where editions are held: a file names the city, rarely the zone."""

from events.text import fold

# Zone, a word that the State's name holds, the cities as people write them.
_CITIES = """
Europe/Tirane      albania      Tirana, Tiranë, Durrës, Vlorë, Shkodër, Elbasan, Korçë, Sarandë
Europe/Sarajevo    bosnia       Sarajevo, Banja Luka, Mostar, Doboj, Tuzla, Zenica, Bihać
Europe/Sofia       bulgaria     Sofia, Plovdiv, Varna, Burgas, Kazanlak
Europe/Zagreb      croatia      Zagreb, Split, Trogir, Dubrovnik, Rijeka, Zadar, Rakitje
Europe/Belgrade    kosovo       Pristina, Prishtina, Prishtinë, Priština, Prizren
Europe/Chisinau    moldova      Chisinau, Chișinău, Balti, Bălți
Europe/Podgorica   montenegro   Podgorica, Budva, Bar, Tivat, Kotor, Nikšić
Europe/Skopje      macedonia    Skopje, Ohrid, Bitola, Tetovo
Europe/Bucharest   romania      Bucharest, București, Cluj-Napoca, Brașov, Constanța, Sibiu
Europe/Belgrade    serbia       Belgrade, Beograd, Novi Sad, Niš, Kragujevac
Europe/Ljubljana   slovenia     Ljubljana, Bled, Maribor, Kranj, Brdo, Portorož
Europe/Athens      greece       Athens, Thessaloniki
Europe/Istanbul    turk         Ankara, Istanbul, Antalya
Europe/Nicosia     cyprus       Nicosia, Larnaca
Europe/Budapest    hungary      Budapest
Europe/Vienna      austria      Vienna, Graz
Europe/Zurich      switzerland  Geneva, Bern, Spiez
Europe/Amsterdam   netherlands  The Hague, Amsterdam
Europe/Brussels    belgium      Brussels
Europe/Luxembourg  luxembourg   Luxembourg, Capellen
Europe/Rome        italy        Rome, Trieste
Europe/Berlin      germany      Berlin, Garmisch-Partenkirchen, Geilenkirchen
Europe/Paris       france       Paris
Europe/Oslo        norway       Oslo
Europe/London      kingdom      London
America/Santiago   chile        Santiago
America/New_York   states       New York, Washington
"""
_BY_CITY: dict[str, tuple[str, str]] = {}
for _line in _CITIES.split("\n"):
    if _line:
        _zone, _state, _names = _line.split(maxsplit=2)
        _BY_CITY |= {fold(_name): (_zone, _state) for _name in _names.split(",")}


def zone_of(city: str, country: str = "") -> str:
    """The IANA zone of a city of the table; empty where it is not there or lies in another State."""
    zone, state = _BY_CITY.get(fold(city), ("", ""))
    return zone if not country or state in fold(country) else ""
