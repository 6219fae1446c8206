"""Wat als: dezelfde uren met één of meer andere regels. Het antwoord is nooit een cijfer van de banenafspraak.

Niets hiervan is een gebeurtenis of een boeking: een andere regel is een andere vraag, toegepast bij het lezen. Wat nooit
verzameld of vastgesteld is, kan niet uitgerekend worden, en dat is dan het antwoord (`niet_uit_te_rekenen`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import TypeVar

from banenspoor_contracts import Sector
from banenspoor_contracts.wie_telt import TABELLEN

from services.telling.domain.aantal import Aantal
from services.telling.domain.bedragen import exact
from services.telling.domain.figuur import Cel
from services.telling.domain.noten import Noot
from services.telling.domain.perioden import Onjuist
from services.telling.domain.regels import (
    NULDAG,
    Doel,
    Herkomst,
    Keuze,
    Norm,
    Peilmoment,
    Regel,
    Regelboek,
    Verdeelsleutel,
)
from services.telling.domain.selectie import Selectie

SLEUTEL, NORM, WIE_TELT, SECTOREN, PEILMOMENT = NAMEN = ("sleutel", "norm", "wieTelt", "sectoren", "peilmoment")
STATUS = "wat-als"
Cijfer = TypeVar("Cijfer", Cel, Aantal)
_JAAR = re.compile(r"(19|20|21)\d\d", re.ASCII)
_GETAL = re.compile(r"\d{1,3}(\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WatAls:
    """Wat er anders is; wat leeg is, is zoals het was. `gevraagd`: op naam, zoals de vrager het schreef."""

    gevraagd: Mapping[str, str]
    sleutel: int | None = None
    norm: Fraction | None = None
    wie_telt: str | None = None
    samen: bool = False
    peilmoment: Peilmoment | None = None

    def selectie(self, selectie: Selectie) -> Selectie:
        """De selectie met de sectoren samen, als dat gevraagd is: één kolom, en dus geen uitsplitsing naar sector."""
        if not self.samen:
            return selectie
        if selectie.sector is not None:
            raise Onjuist(
                "past_niet_bij_wat_als",
                "Dit kan niet bij dit wat-als",
                f"sector={selectie.sector} kan niet bij sectoren:samen: dan zijn er geen sectoren meer.",
            )
        return replace(selectie, per=tuple(naam for naam in selectie.per if naam != "sector"))

    def merk(self, cijfers: Iterable[Cijfer], selectie: Selectie) -> list[Cijfer]:
        """Elk cijfer als wat-als: zijn status, en in noten wat er anders is."""
        noten = self._noten(selectie)
        return [replace(c, status=STATUS, noten=tuple(sorted(noten.union(c.noten)))) for c in cijfers]

    @property
    def doel_houdt_zin(self) -> bool:
        """De doelstelling is besloten in banen van de norm en voor de groep van de wet: met een andere norm of groep niet."""
        return self.norm is None and self.wie_telt is None

    def _noten(self, selectie: Selectie) -> set[Noot]:
        verdeeld = selectie.inleen_verdeeld() and ("sector" in selectie.per or selectie.sector is not None)
        bij = {
            NORM: Noot.WAT_ALS_NORM,
            WIE_TELT: Noot.WAT_ALS_WIE_TELT,
            SECTOREN: Noot.WAT_ALS_SECTOREN,
            PEILMOMENT: Noot.WAT_ALS_PEILMOMENT,
            SLEUTEL: Noot.WAT_ALS_SLEUTEL if verdeeld else Noot.WAT_ALS_SLEUTEL_NIET_NODIG,
        }
        geen_doel = set() if self.doel_houdt_zin else {Noot.WAT_ALS_GEEN_DOEL}
        return {Noot.WAT_ALS} | {bij[naam] for naam in self.gevraagd} | geen_doel


def lees(tekst: str) -> WatAls:
    """Leest `sleutel:2016,norm:24,wieTelt:2026,sectoren:samen,peilmoment:maand`, elk hoogstens één keer."""
    gevraagd: dict[str, str] = {}
    for deel in tekst.split(","):
        naam, streep, waarde = (stuk.strip() for stuk in deel.partition(":"))
        if naam not in NAMEN or not streep or naam in gevraagd:
            raise _onjuist(f"{deel.strip()!r} kan niet; wel, elk hoogstens één keer: {', '.join(NAMEN)}.")
        gevraagd[naam] = waarde
    return WatAls(
        gevraagd,
        _sleutel(gevraagd.get(SLEUTEL)),
        _norm(gevraagd.get(NORM)),
        _wie_telt(gevraagd.get(WIE_TELT)),
        _samen(gevraagd.get(SECTOREN)),
        _peilmoment(gevraagd.get(PEILMOMENT)),
    )


def _onjuist(detail: str) -> Onjuist:
    voorbeeld = "Bijvoorbeeld watAls=sleutel:2016,norm:24,wieTelt:2026,sectoren:samen,peilmoment:maand."
    return Onjuist("onjuiste_wat_als", "Dit wat-als is niet te lezen", f"{detail} {voorbeeld}")


def _onbekend(waarom: str) -> Onjuist:
    return Onjuist("niet_uit_te_rekenen", "Dit kan niet uitgerekend worden", waarom)


def _sleutel(waarde: str | None) -> int | None:
    if waarde is None:
        return None
    if not _JAAR.fullmatch(waarde):
        raise _onjuist(f"{SLEUTEL}:{waarde} is geen jaar.")
    return int(waarde)


def _norm(waarde: str | None) -> Fraction | None:
    if waarde is None:
        return None
    uren = Fraction(waarde) if _GETAL.fullmatch(waarde) else Fraction(0)
    if uren <= 0:
        raise _onjuist(f"{NORM}:{waarde} kan niet: verwacht uren per week, met een punt voor de decimalen.")
    return uren


def _wie_telt(waarde: str | None) -> str | None:
    if waarde is None or waarde in TABELLEN or _JAAR.fullmatch(waarde):
        return waarde
    raise _onjuist(f"{WIE_TELT}:{waarde} kan niet; wel een jaar (de wet op 1 januari) of: {', '.join(TABELLEN)}.")


def _samen(waarde: str | None) -> bool:
    if waarde not in (None, "samen"):
        raise _onbekend(f"{SECTOREN}:{waarde}: uren zijn verzameld naar markt en overheid; alleen samen kan.")
    return waarde is not None


def _peilmoment(waarde: str | None) -> Peilmoment | None:
    if waarde is None or waarde in tuple(Peilmoment):
        return None if waarde is None else Peilmoment(waarde)
    raise _onbekend(
        f"{PEILMOMENT}:{waarde}: bij elk uur is alleen verzameld welke grondslagen er aan het eind van de maand en aan het "
        "eind van het kwartaal golden."
    )


class WatAlsBoek(Regelboek):
    """Het regelboek met de gevraagde regels anders; hun herkomst zegt dat zij gevraagd zijn."""

    def __init__(self, boek: Regelboek, anders: WatAls) -> None:
        """`Onjuist` (`niet_uit_te_rekenen`) als er van een gevraagde regel niets is om mee te rekenen."""
        self._boek, self._anders = boek, anders
        if anders.norm is not None and boek.norm(NULDAG) is None:
            raise _onbekend(f"{NORM}: op dit kennismoment is er geen norm om vanuit te rekenen.")
        super().__init__([self._omgerekend(regel) for regel in boek.alle])
        if anders.sleutel is not None and str(anders.sleutel) not in self.geldend("verdeelsleutel"):
            raise _onbekend(f"{SLEUTEL}:{anders.sleutel}: op dit kennismoment is er voor dat jaar geen verdeelsleutel.")

    def _omgerekend(self, regel: Regel) -> Regel:
        """Een nulmeting in banen is in banen van de norm: haar uren, door de gevraagde norm."""
        banen, norm, week = regel.getal("banen"), self._boek.norm(NULDAG), self._anders.norm
        if regel.soort != "nulmeting" or banen is None or week is None or norm is None:
            return regel
        return replace(regel, inhoud={**regel.inhoud, "banen": exact(banen * norm.uren_per_week / week)})

    def norm(self, dag: date) -> Norm | None:
        """De gevraagde uren per week; de uren per jaar in dezelfde verhouding, exact."""
        norm, week = super().norm(dag), self._anders.norm
        if norm is None or week is None:
            return norm
        jaar = None if norm.uren_per_jaar is None else norm.uren_per_jaar * week / norm.uren_per_week
        return Norm(week, jaar, _gevraagd(f"{norm.herkomst.versie} × {exact(week / norm.uren_per_week)}"))

    def wet(self, dag: date) -> Keuze:
        """De gevraagde versie van wie telt; van een jaar de wet die er op 1 januari geldt."""
        versie = self._anders.wie_telt
        if versie is None:
            return super().wet(dag)
        waarde = versie if versie in TABELLEN else super().wet(date(int(versie), 1, 1)).waarde
        return Keuze(waarde, _gevraagd(waarde))

    def peilmoment(self, reeks: str, dag: date) -> Keuze:
        """Het gevraagde peilmoment, in elke reeks."""
        moment = self._anders.peilmoment
        return super().peilmoment(reeks, dag) if moment is None else Keuze(moment, _gevraagd(moment))

    def sleutel(self, jaar: int) -> Verdeelsleutel | None:
        """De sleutel van het gevraagde jaar, voor elk jaar; die van de nulmeting blijft haar eigen."""
        if self._anders.sleutel is None:
            return super().sleutel(jaar)
        regel = self.geldend("verdeelsleutel")[str(self._anders.sleutel)]
        deel = {sector: (regel.getal(sector.value) or Fraction(0)) / 100 for sector in Sector}
        return Verdeelsleutel(jaar, deel, _gevraagd(regel.versie))

    def doel(self, gebied: str, sector: str | None, periode: str, jaar: str) -> Doel | None:
        """De doelstelling, zolang zij naast dit wat-als iets zegt."""
        return super().doel(gebied, sector, periode, jaar) if self._anders.doel_houdt_zin else None


def _gevraagd(versie: str) -> Herkomst:
    return Herkomst(versie, "wat als: zo gevraagd, niet zo vastgesteld")
