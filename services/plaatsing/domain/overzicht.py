"""Alle banen van een werkgever op een rij: regels voor een tabel die in een rekenblad veilig opengaat."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

KOLOMMEN = (
    *("regel", "plaatsing", "referentie", "rol", "werkgever", "inlener", "vorm", "contract", "uren_per_week"),
    *("gemeente_werk", "van", "tot", "maand", "uren", "uitbetaald", "plaatsingen"),
)
_FORMULE = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""Waarmee een cel een formule wordt, ook in volle breedte."""
_STUURTEKEN = re.compile(r"[\x00-\x1f\x7f]")


class Rol(StrEnum):
    """Hoe de werkgever bij de baan hoort."""

    FORMEEL = "formeel"
    INGELEEND = "ingeleend"


@dataclass(frozen=True, slots=True)
class Maand:
    """Wat er over een maand het laatst gezegd is, in honderdsten van uren; `plaatsingen` telt hoeveel banen dat zijn."""

    maand: str
    uren_x100: int
    uitbetaald_x100: int
    rol: Rol
    plaatsingen: int = 1


@dataclass(frozen=True, slots=True)
class Werkplek:
    """Een baan zoals haar werkgever haar ziet. `referentie` ontbreekt bij wie ingeleend is: die is van een ander."""

    plaatsing: UUID
    referentie: str | None
    rol: Rol
    werkgever: UUID
    inlener: UUID | None
    vorm: str
    contract: str
    uren_per_week_x100: int
    gemeente_werk: str
    van: date
    tot: date | None
    maanden: tuple[Maand, ...]


@dataclass(frozen=True, slots=True)
class Gemeente:
    """Hoeveel banen in deze gemeente zijn of waren, en hoeveel er op de dag van de vraag lopen."""

    gemeente: str
    plaatsingen: int
    lopend: int


def rol(werkgever: UUID, eigen: Collection[UUID]) -> Rol:
    """De rol van `eigen` (een werkgever, of haar hele groep) bij een baan met deze formele werkgever."""
    return Rol.FORMEEL if werkgever in eigen else Rol.INGELEEND


def regels(banen: Sequence[Werkplek]) -> Iterator[tuple[str, ...]]:
    """Per baan en maand een regel `maand`; een baan zonder uren heeft één regel zonder maand."""
    for b in banen:
        baan = (
            *("maand", str(b.plaatsing), veilig(b.referentie or ""), b.rol, str(b.werkgever), str(b.inlener or "")),
            *(b.vorm, b.contract, decimaal(b.uren_per_week_x100), b.gemeente_werk, b.van.isoformat()),
            b.tot.isoformat() if b.tot else "",
        )
        if not b.maanden:
            yield (*baan, "", "", "", "")
        for maand in b.maanden:
            yield (*baan, maand.maand, decimaal(maand.uren_x100), decimaal(maand.uitbetaald_x100), "")


def totaalregels(per_maand: Sequence[Maand], per_gemeente: Sequence[Gemeente]) -> Iterator[tuple[str, ...]]:
    """Per maand en rol een regel `totaal`, en één over alles: het aantal banen en al hun uren."""
    for m in per_maand:
        yield _totaal(m.rol, m.maand, m.uren_x100, m.uitbetaald_x100, m.plaatsingen)
    uren, uitbetaald = sum(m.uren_x100 for m in per_maand), sum(m.uitbetaald_x100 for m in per_maand)
    yield _totaal("", "", uren, uitbetaald, sum(g.plaatsingen for g in per_gemeente))


def veilig(tekst: str) -> str:
    """Tekst op één regel die in een rekenblad geen formule wordt: wat zo begint krijgt een apostrof ervoor."""
    regel = _STUURTEKEN.sub(" ", tekst)
    return f"'{regel}" if regel.lstrip().startswith(_FORMULE) else regel


def decimaal(x100: int) -> str:
    """Honderdsten als getal met twee decimalen en een punt; ook een negatief getal blijft een getal."""
    return f"{'-' if x100 < 0 else ''}{abs(x100) // 100}.{abs(x100) % 100:02d}"


def _totaal(wie: str, maand: str, uren_x100: int, uitbetaald_x100: int, plaatsingen: int) -> tuple[str, ...]:
    vast = ("totaal", "", "", wie, *[""] * 8)
    return (*vast, maand, decimaal(uren_x100), decimaal(uitbetaald_x100), str(plaatsingen))
