"""Personen met werk dat telt: ieder één keer, bij de kenmerken van haar hoofdbaan.

Iemand werkt aan het eind van een periode als haar tellende uren in de laatste maand daarvan samen boven nul zijn. Haar
hoofdbaan is de baan met de meeste tellende uren in die maand. Elke uitsplitsing en elk filter gaat over de hoofdbaan, zodat
cellen altijd optellen tot het totaal. Een sleutel verdeelt uren en geen mensen: ingeleend blijft in elke reeks ongedeeld.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from banenspoor_contracts import Grondslag, Reeks, Vorm
from banenspoor_contracts.wie_telt import telt

from services.telling.domain.aantal import Aantal
from services.telling.domain.gebieden import NEDERLAND, ONBEKEND, Grenzen
from services.telling.domain.noten import Noot
from services.telling.domain.optelling import Optelling
from services.telling.domain.regels import Herkomst, Regelboek
from services.telling.domain.selectie import Opname, Selectie, Stand, opnames

Geteld = tuple[Stand, int]
"""De kenmerken van een hoofdbaan (een stand zonder uren), en hoeveel personen er in die maand zo een hebben."""


def peilmaanden(selectie: Selectie, boek: Regelboek) -> list[Opname]:
    """De opnames van een vraag naar personen: van elke periode alleen de laatste maand."""
    return [replace(opname, maanden=[opname.periode.maanden[-1]], venster=None) for opname in opnames(selectie, boek)]


def tellend(opname: Opname, boek: Regelboek, soorten: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Welke combinaties van (grondslagen, vorm) tellen in de maand van deze opname."""
    wet = boek.wet(opname.peildag(opname.maanden[-1])).waarde
    return [
        (gronden, vorm)
        for gronden, vorm in soorten
        if telt([Grondslag(code) for code in gronden.split(",") if code], Vorm(vorm), wet)
    ]


def peilregels(opname: Opname, boek: Regelboek, grenzen: Grenzen, selectie: Selectie) -> dict[str, Herkomst | None]:
    """De regels waarmee personen in de maand van deze opname geteld zijn."""
    return {
        "wieTelt": boek.wet(opname.peildag(opname.maanden[-1])).herkomst,
        "peilmoment": opname.peilmoment.herkomst,
        "grenzen": grenzen.herkomst(selectie.grensdag(opname.periode)) if selectie.gebied_nodig else None,
        "plaats": opname.plaats.herkomst,
    }


def personen(geteld: Iterable[Geteld], boek: Regelboek, selectie: Selectie) -> list[Aantal]:
    """De cellen van een vraag naar personen; `geteld` is van alle `peilmaanden(selectie, boek)`."""
    per_maand: dict[int, list[Geteld]] = {}
    for stand, aantal in geteld:
        per_maand.setdefault(stand.maand, []).append((stand, aantal))
    grenzen = Grenzen.uit(boek)
    return [
        cel
        for opname in peilmaanden(selectie, boek)
        for cel in _Peiling(selectie, opname, boek, grenzen).cellen(per_maand.get(opname.maanden[-1], []))
    ]


@dataclass(frozen=True, slots=True)
class _Peiling:
    """De laatste maand van één periode met haar regels."""

    selectie: Selectie
    opname: Opname
    boek: Regelboek
    grenzen: Grenzen

    def cellen(self, geteld: Iterable[Geteld]) -> list[Aantal]:
        """De cellen van deze periode, op volgorde van hun kenmerken."""
        optelling = Optelling(self.selectie, self.opname, self.boek, self.grenzen, None)
        return [
            self._cel(dict(zip(self.selectie.per, kenmerken, strict=True)), int(aantal))
            for kenmerken, aantal in optelling.tel_op(geteld).items()
        ]

    def _cel(self, kenmerken: dict[str, str | None], aantal: int) -> Aantal:
        s = self.selectie
        gebied = kenmerken.get("gemeente") or s.gemeente or kenmerken.get("regio") or s.regio or NEDERLAND
        noten = [Noot.WERKGEVER_NU] if s.werkgever_nu else []
        noten += [Noot.PERSONEN] + ([Noot.LOPEND] if s.reeks is Reeks.LOPEND else [])
        return Aantal(
            periode=str(self.opname.periode),
            kenmerken=kenmerken,
            aantal=aantal,
            status="lopend" if s.reeks is Reeks.LOPEND else "indicatief",
            noten=tuple(noten + ([Noot.PLAATS_ONBEKEND] if gebied == ONBEKEND else [])),
            regels=peilregels(self.opname, self.boek, self.grenzen, s),
        )
