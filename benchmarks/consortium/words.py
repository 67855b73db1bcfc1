"""Invented names of institutions and people, and what invoices are for."""

from __future__ import annotations

from random import Random

PLACES = (
    "Alderbrück", "Brennhaven", "Calvermoor", "Dunmarsh", "Eskervale", "Fenwater", "Garrowdale", "Hollinport",
    "Inverlune", "Jasperfield", "Kestrelton", "Lindenau", "Marlowick", "Northolme", "Ostrožná", "Pellingham",
    "Quillstead", "Ravensund", "Sørvik", "Tarnbeck", "Ullerwood", "Vallorbe", "Westermoor", "Yarrowby",
)  # fmt: skip
BODIES = (
    ("Institute of Genetics", "IG"), ("Centre for Phenotyping", "CP"), ("Mouse Clinic", "MC"), ("University", "U"),
    ("Research Council", "RC"), ("Academy of Medicine", "AM"), ("Biological Resource Centre", "BRC"),
    ("Laboratory", "L"), ("School of Biology", "SB"), ("Foundation for Life Sciences", "FLS"),
    ("Hospital Trust", "HT"), ("Institute of Technology", "IT"), ("Archive of Mutants", "AMU"),
)  # fmt: skip
GIVEN = (
    "Odile", "Tobias", "Maren", "Ignacio", "Yuki", "Benedikt", "Saoirse", "Łucja", "Anselm", "Priya", "Joaquín",
    "Wenche", "Dmitri", "Amara", "Florin", "Hye-jin", "Lorenz", "Nadia", "Pascal", "Ruth", "Sébastien", "Tamsin",
)  # fmt: skip
FAMILY = (
    "Fennimore", "Abelard", "Brandvold", "Castellane", "Dufresne", "Eastwick", "Falkenrath", "Gyllenhammar",
    "Hawthorne", "Iwasaki", "Jankowski", "Kirchgraber", "Lindqvist", "Montcrieff", "Nakagawa", "Oberholzer",
    "Penhallow", "Quistgaard", "Rasmussen", "Sternberg", "Thibodeaux", "Undset", "Villaseñor", "Wyndham",
)  # fmt: skip
COUNTRIES = ("GB", "DE", "FR", "ES", "IT", "CZ", "DK", "US", "CA", "JP", "KR", "CN", "AU", "TW")
POSITIONS = ("Director", "Head of core facility", "Group leader", "Grants officer", "Archivist", "Veterinarian")
SERVICES = (
    "Cryopreservation of strains", "Shipment of frozen embryos", "Phenotyping pipeline, adult cohort",
    "Annual meeting, participation", "Training course for technicians", "Genotyping of delivered lines",
    "Rederivation of a strain", "Storage in the archive",
)  # fmt: skip


def institution_name(number: int) -> tuple[str, str]:
    """Name and short name of the institution of this number, counted from 0; no two are alike."""
    place = PLACES[number % len(PLACES)]
    body, short = BODIES[number // len(PLACES) % len(BODIES)]
    again = number // (len(PLACES) * len(BODIES))
    suffix = f" {again + 1}" if again else ""
    return f"{place} {body}{suffix}", f"{place[:3].upper()}-{short}{again or ''}"


def person_name(random: Random) -> tuple[str, str]:
    """Given and family name of someone; of three thousand people some share a name, as in life."""
    family = random.choice(FAMILY)
    if random.random() < 0.5:
        family = f"{family}-{random.choice(FAMILY)}"
    return random.choice(GIVEN), family


def ror_of(number: int) -> str:
    """A well-formed ROR id for a number, with its check digits."""
    letters = "0123456789abcdefghjkmnpqrstvwxyz"
    value, digits = 1_000_003 + number, ""
    for _ in range(6):
        digits = letters[value % 32] + digits
        value //= 32
    whole = 1_000_003 + number
    return f"0{digits}{(1 - whole * 100) % 97:02d}"
