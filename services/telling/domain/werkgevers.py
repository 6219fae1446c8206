"""Werkgevers die meedoen, en welk deel zij zijn van alle werkgevers.

Een werkgever doet aan het eind van een periode mee als zijn tellende uren in de laatste maand daarvan samen boven nul
zijn, zoals bij personen. Een cel telt de werkgevers met tellende uren boven nul in die cel. Werkgever is de formele: elk
loonheffingennummer is er één, ook binnen een groep. Het totaal aantal werkgevers is een gegeven per jaar en is landelijk.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from banenspoor_contracts import Reeks

from services.telling.domain.aantal import Aantal
from services.telling.domain.gebieden import ONBEKEND, Grenzen
from services.telling.domain.noten import Noot
from services.telling.domain.optelling import Optelling
from services.telling.domain.personen import peilmaanden
from services.telling.domain.regels import Herkomst, Regelboek, herkomst
from services.telling.domain.selectie import VAN_WERKGEVER, Opname, Selectie, Stand

_IN_TOTALEN = ("sector", "branche", "grootteklasse")
"""Waarnaar een totaal gesplitst kan zijn; `branche` heet in het bestand `sbi`."""
Kolommen = tuple[str, str | None, str | None, str | None]
"""(jaar, sector, branche, grootteklasse); leeg: alle samen."""


@dataclass(frozen=True, slots=True)
class Totaal:
    """Hoeveel werkgevers er in een jaar zijn, met precies deze kenmerken."""

    aantal: int
    herkomst: Herkomst


@dataclass(frozen=True, slots=True)
class Deelname:
    """Hoeveel werkgevers er in één cel meedoen, en van hoeveel; `totaal` is leeg als dat niet bekend is."""

    geteld: Aantal
    totaal: Totaal | None

    @property
    def aandeel(self) -> Fraction | None:
        """Welk deel van alle werkgevers met deze kenmerken meedoet."""
        return None if self.totaal is None else Fraction(self.geteld.aantal, self.totaal.aantal)


def totalen(boek: Regelboek) -> dict[Kolommen, Totaal]:
    """De totalen die in `boek` bekend zijn."""
    return {
        (inhoud["jaar"], inhoud.get("sector"), inhoud.get("sbi"), inhoud.get("grootteklasse")): Totaal(
            int(inhoud["aantal"]), herkomst(regel)
        )
        for regel in boek.geldend("werkgevers-totalen").values()
        for inhoud in [regel.inhoud]
    }


def werkgevers(standen: Iterable[Stand], boek: Regelboek, selectie: Selectie) -> list[Deelname]:
    """De cellen van een vraag naar werkgevers; elke stand is van één werkgever, in een maand van `peilmaanden`."""
    per_maand: dict[int, list[Stand]] = {}
    for stand in standen:
        per_maand.setdefault(stand.maand, []).append(stand)
    grenzen, alle = Grenzen.uit(boek), totalen(boek)
    return [
        _deelname(selectie, opname, boek, grenzen, alle, dict(zip(selectie.per, kenmerken, strict=True)), aantal)
        for opname in peilmaanden(selectie, boek)
        for kenmerken, aantal in Optelling(selectie, opname, boek, grenzen, None, van_werkgever=True)
        .werkgevers(per_maand.get(opname.maanden[-1], []))
        .items()
    ]


def _deelname(
    s: Selectie,
    opname: Opname,
    boek: Regelboek,
    grenzen: Grenzen,
    alle: Mapping[Kolommen, Totaal],
    kenmerken: Mapping[str, str | None],
    aantal: int,
) -> Deelname:
    totaal = _totaal(s, str(opname.periode.jaar), alle, kenmerken)
    geteld = Aantal(
        periode=str(opname.periode),
        kenmerken=kenmerken,
        aantal=aantal,
        status="lopend" if s.reeks is Reeks.LOPEND else "indicatief",
        noten=tuple(sorted(_noten(s, kenmerken, totaal))),
        regels={
            "wieTelt": boek.wet(opname.peildag(opname.maanden[-1])).herkomst,
            "peilmoment": opname.peilmoment.herkomst,
            "grenzen": grenzen.herkomst(s.grensdag(opname.periode)) if s.gebied_nodig else None,
            "plaats": opname.plaats.herkomst,
            "werkgeversTotaal": totaal.herkomst if totaal else None,
        },
    )
    return Deelname(geteld, totaal)


def _totaal(
    s: Selectie, jaar: str, alle: Mapping[Kolommen, Totaal], kenmerken: Mapping[str, str | None]
) -> Totaal | None:
    """Het totaal van precies deze kenmerken, of None: het is er niet, of de cel is enger dan enig totaal kan zijn."""
    enger = s.gebied_nodig or any((s.vorm, s.grondslag, s.werkgever, s.groep)) or set(s.per) - set(_IN_TOTALEN)
    sector = kenmerken.get("sector", s.sector)
    return None if enger else alle.get((jaar, sector, kenmerken.get("branche"), kenmerken.get("grootteklasse")))


def _noten(s: Selectie, kenmerken: Mapping[str, str | None], totaal: Totaal | None) -> set[Noot]:
    noten = {Noot.WERKGEVERS}
    noten |= {Noot.LOPEND} if s.reeks is Reeks.LOPEND else set()
    noten |= {Noot.WERKGEVER_NU} if s.werkgever_nu else set()
    noten |= {Noot.WERKGEVER_IN_MEER_CELLEN} if set(s.per) - set(VAN_WERKGEVER) else set()
    noten |= {Noot.GEEN_TOTAAL} if totaal is None else set()
    return noten | (
        {Noot.PLAATS_ONBEKEND} if ONBEKEND in (kenmerken.get("gemeente"), kenmerken.get("regio")) else set()
    )
