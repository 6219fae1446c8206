"""Urenregels: wat een werkgever over één tijdvak van één baan verloonde, en hoe dat over maanden verdeeld wordt."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from banenspoor_contracts import Contract

from services.plaatsing.domain.kalender import DAG, dagen_per_maand

LANGSTE_TIJDVAK = 366
"""Dagen: de Wsw en de Wiw leveren een heel jaar in één regel; langer is een vergissing."""

_UREN = re.compile(r"([+-]?)(\d{1,7})(?:[.,](\d{1,2}))?", re.ASCII)


class UrenSoort(StrEnum):
    """`uitbetaling`: uitbetaald verlof en extra's, apart gehouden waar de leverancier het weet.

    `voortgezet`: niet geleverd maar van een jaar eerder; telt alleen in maanden waarover niets geleverd is.
    """

    REGULIER = "regulier"
    UITBETALING = "uitbetaling"
    VOORTGEZET = "voortgezet"


Sleutel: TypeAlias = tuple[UrenSoort, date, date]
"""Wat een regel binnen haar baan aanwijst: soort en tijdvak. Een latere regel met dezelfde sleutel vervangt haar."""


class Regel(NamedTuple):
    """Eén regel: de uren (in honderdsten; negatief mag) van een tijdvak `[van, tot)`.

    `bekend_op` staat er alleen bij geladen historie: toen werd deze regel bekend.
    """

    soort: UrenSoort
    van: date
    tot: date
    uren_x100: int
    contract: Contract | None
    leverancier: str
    levering: str | None = None
    bekend_op: datetime | None = None

    @property
    def sleutel(self) -> Sleutel:
        return self.soort, self.van, self.tot

    def zegt_hetzelfde(self, andere: "Regel") -> bool:
        """Dezelfde uren en hetzelfde contract; wie haar leverde en in welke levering doet er niet toe."""
        return self.uren_x100 == andere.uren_x100 and self.contract == andere.contract


@dataclass(frozen=True, slots=True)
class Weigering:
    """Waarom iets niet kan: het veld, een vaste code en een zin voor wie het leest."""

    veld: str
    code: str
    melding: str


@lru_cache(maxsize=65536)
def honderdsten(tekst: str) -> int:
    """Uren met punt of komma en ten hoogste twee decimalen, als geheel aantal honderdsten; anders ValueError."""
    gelezen = _UREN.fullmatch(tekst.strip())
    if gelezen is None:
        raise ValueError("geen aantal uren: verwacht ten hoogste zeven cijfers en twee decimalen, met punt of komma")
    teken, geheel, rest = gelezen.groups()
    aantal = int(geheel) * 100 + int((rest or "").ljust(2, "0"))
    return -aantal if teken == "-" else aantal


def verdeel(aantal: int, dagen: Sequence[int]) -> list[int]:
    """Verdeelt een aantal naar rato van dagen: cumulatief naar beneden op de absolute waarde, het teken erna.

    De delen tellen precies op tot `aantal`, hoe de dagen ook vallen. `dagen`: elk > 0, ten minste één.
    """
    totaal, absoluut = sum(dagen), abs(aantal)
    teken = -1 if aantal < 0 else 1
    delen, gehad, dag = [], 0, 0
    for deel in dagen:
        dag += deel
        tot_hier = absoluut * dag // totaal
        delen.append(teken * (tot_hier - gehad))
        gehad = tot_hier
    return delen


def maanden(regel: Regel, van: date, tot: date | None) -> tuple[tuple[str, int], ...]:
    """De maanden van een regel binnen de baan `[van, tot)`, met hun dagen; leeg als zij er helemaal buiten valt."""
    return dagen_per_maand(*_binnen(regel, van, tot))


def in_maand(regel: Regel, maand: str, van: date, tot: date | None) -> int | None:
    """Het deel van een regel dat in de maand valt, in honderdsten; None als zij die maand binnen de baan niet raakt."""
    van, tot = _binnen(regel, van, tot)
    dagen = dagen_per_maand(van, tot)
    if len(dagen) == 1:  # één maand: verreweg het meest, en er valt niets te verdelen
        return regel.uren_x100 if dagen[0][0] == maand else None
    return _per_maand(regel.uren_x100, van, tot).get(maand)


def _binnen(regel: Regel, van: date, tot: date | None) -> tuple[date, date]:
    """De dagen van een regel die binnen de baan `[van, tot)` vallen."""
    return max(regel.van, van), regel.tot if tot is None else min(regel.tot, tot)


@lru_cache(maxsize=4096)
def _per_maand(uren_x100: int, van: date, tot: date) -> Mapping[str, int]:
    """Het deel van elke maand; onthouden, want een tijdvak wordt voor elk van zijn maanden nagevraagd."""
    delen = dagen_per_maand(van, tot)
    namen, dagen = [maand for maand, _ in delen], [dag for _, dag in delen]
    return MappingProxyType(dict(zip(namen, verdeel(uren_x100, dagen) if dagen else (), strict=True)))


def beoordeel(
    regel: Regel, van: date, tot: date | None, bekend: Mapping[Sleutel, Regel], vandaag: date
) -> Weigering | None:
    """Mag deze regel bij een baan `[van, tot)` die al de regels `bekend` heeft?

    Een tijdvak dat de baan deels dekt mag (de uren gaan naar de dagen binnen de baan), een dat er helemaal buiten ligt
    niet. Tijdvakken van één soort die elkaar raken zonder gelijk te zijn, mogen niet.
    """
    if not regel.van < regel.tot:
        return Weigering("tijdvak_tot", "einde_voor_begin", "het tijdvak eindigt niet na zijn begin")
    if regel.tot - DAG > vandaag:
        return Weigering("tijdvak_tot", "toekomst", f"het tijdvak loopt door na vandaag ({vandaag})")
    if (regel.tot - regel.van).days > LANGSTE_TIJDVAK:
        return Weigering("tijdvak_tot", "tijdvak_te_lang", f"een tijdvak duurt ten hoogste {LANGSTE_TIJDVAK} dagen")
    if regel.tot <= van:
        return Weigering("tijdvak_van", "voor_begin", f"het tijdvak ligt voor het begin van de plaatsing ({van})")
    if tot is not None and regel.van >= tot:
        return Weigering("tijdvak_van", "na_einde", f"het tijdvak ligt na het einde van de plaatsing ({tot})")
    if bekend and regel.sleutel not in bekend and (andere := _raakt(regel, bekend.values())) is not None:
        return Weigering("tijdvak_van", "tijdvak_overlap", f"overlapt met het tijdvak {andere.van} tot {andere.tot}")
    return None


def buiten_periode(regels: Iterable[Regel], van: date, tot: date | None) -> Regel | None:
    """Een regel met uren die helemaal buiten de baan `[van, tot)` valt, als die er is."""
    geleverd = (r for r in regels if r.uren_x100 and r.soort is not UrenSoort.VOORTGEZET)
    return next((r for r in geleverd if r.tot <= van or (tot is not None and r.van >= tot)), None)


def _raakt(regel: Regel, andere: Iterable[Regel]) -> Regel | None:
    return next((r for r in andere if r.soort == regel.soort and r.van < regel.tot and regel.van < r.tot), None)
