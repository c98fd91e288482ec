"""The vectors of shared data `gs1/` that are not run, by name and with the reason. The only list of its kind.

`test_gs1_linters.py` and `test_gs1_messages.py` fail if a name stands here without need, or if one of the
application identifiers that the floor relies on would be left unchecked.
"""

_BY_PATTERN = "serves no identifier that the floor reads; biip's pattern still checks the value's form"
_KEPT_UNREAD = (
    "serves no identifier that the floor reads; the value is kept as text, nothing is derived from it"
)

LINTERS = {
    "couponcode": "North American coupons (8110): not accepted by any desk",
    "couponposoffer": "North American coupons (8112): not accepted by any desk",
    "cset39": f"CPID (8010): {_BY_PATTERN}",
    "cset64": f"digital signature (8030): {_BY_PATTERN}",
    "csumalpha": f"GMN and MUDI of medical devices (8013, 8014): {_KEPT_UNREAD}",
    "hasnondigit": f"MUDI (8014): {_KEPT_UNREAD}",
    "hh": f"production time (8008): {_BY_PATTERN}",
    "hhmi": f"times of day behind a date (4324, 4325, 7003, 7011, 7251): {_KEPT_UNREAD}",
    "hyphen": f"temperatures below zero (4330 to 4333): {_BY_PATTERN}",
    "iban": f"account to pay to (8007): {_KEPT_UNREAD}",
    "importeridx": f"importer of tobacco (7040): {_KEPT_UNREAD}",
    "iso3166": f"countries (421 to 426): {_KEPT_UNREAD}",
    "iso3166999": f"countries of processors (703n): {_KEPT_UNREAD}",
    "iso3166alpha2": f"countries of addresses (4307, 4317): {_BY_PATTERN}",
    "iso4217": f"currencies (391n, 393n): {_KEPT_UNREAD}",
    "iso5218": f"sex of a patient (7252): {_KEPT_UNREAD}",
    "latitude": f"place of delivery (4309): {_KEPT_UNREAD}",
    "longitude": f"place of delivery (4309): {_KEPT_UNREAD}",
    "mediatype": f"kind of card or wristband (7241): {_KEPT_UNREAD}",
    "mi": f"production time (8008): {_BY_PATTERN}",
    "nonzero": f"dimensions of rolls (8001): {_KEPT_UNREAD}",
    "nozeroprefix": f"CPID serial (8011): {_KEPT_UNREAD}",
    "packagetype": f"kind of package (7041): {_KEPT_UNREAD}",
    "pcenc": f"names and addresses (43nn, 725n): {_KEPT_UNREAD}",
    "pieceoftotal": f"piece of several (8006, 8026): {_KEPT_UNREAD}",
    "posinseqslash": f"order of birth (7258): {_BY_PATTERN}",
    "ss": f"production time (8008): {_BY_PATTERN}",
    "winding": f"dimensions of rolls (8001): {_KEPT_UNREAD}",
    "yesno": f"flags of transport (4321 to 4323): {_BY_PATTERN}",
    "yyyymmd0": "no identifier of the dictionary uses it",
    "yyyymmdd": f"date of birth (7250, 7251): {_BY_PATTERN}",
    "zero": f"filler of GRAI (8003): {_BY_PATTERN}",
}
"""Linters of the syntax dictionary's tests (`gs1-linter_vectors.jsonl`)."""

FUNCTIONS = {
    "LookupCountryIdentifier": "the country of a prefix is shown nowhere; the GTINs themselves are run",
}
"""Functions under test in `zxing-cpp_gs1_gtin_vectors.jsonl`."""

DAMAGED = {
    ("test/unit/GS1Test.cpp", 134): "ParseFieldsInGeneralPurpose(3376...)",
    ("test/unit/GS1Test.cpp", 148): "ParseFieldsInGeneralPurpose(3944...)",
    ("test/unit/GS1Test.cpp", 162): "ParseFieldsInGeneralPurpose(3956...)",
}
"""Rows of that file which are no test: a line that is commented out in the original, of a function that it no
longer has; what stands as expectation is the text of the cases behind it, run together (a test proves it)."""
