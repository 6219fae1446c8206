"""Eerste stap: wie er in het register staat, wie er werkt en in welke kolom, kwartaal na kwartaal. Zuiver en herhaalbaar."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from deploy.demo.doelen import GRONDEN, KOLOMMEN, Kwartaaldoel
from deploy.demo.schaal import naar_rato

HERBEOORDEELD = {"2021-Q1": 1694, "2022-Q2": 1256}
"""Wajongers die duurzaam geen arbeidsvermogen bleken te hebben: hun registratie eindigt in dit kwartaal (uwv.nl)."""
_AANDEEL = {"verliest werk": 535, "instroom werkend": 188, "uitstroom werkend": 118}
"""Waar de bron geen stromen heeft: tienduizendsten van de werkenden (aangenomen, naar de kwartalen ernaast)."""


@dataclass(slots=True)
class Inschrijving:
    """Eén grondslag van één persoon, `[van, tot)`; `grond` is de groep van het register."""

    grond: str
    van: date
    tot: date | None = None
    reden: str = ""


@dataclass(slots=True)
class Persoon:
    """Iemand in het register. `werkt` is de kolom waarin zij nu werkt, of leeg."""

    nr: int
    grond: str
    inschrijvingen: list[Inschrijving]
    werkt: str = ""
    sinds: int = 0
    """De dag waarop zij aan het werk ging."""


@dataclass(slots=True)
class Mutaties:
    """Wat er in één kwartaal met wie gebeurt; `verloren` en `vertrokken` houden hun oude kolom in `werkt`."""

    doel: Kwartaaldoel
    gevonden: list[Persoon] = field(default_factory=list)
    verloren: list[Persoon] = field(default_factory=list)
    vertrokken: list[Persoon] = field(default_factory=list)
    overgestapt: list[Persoon] = field(default_factory=list)


class Register:
    """De stand van het register; elk kwartaal precies de aantallen van het doel."""

    def __init__(self, loting: random.Random) -> None:
        self._loting = loting
        self.personen: list[Persoon] = []
        self.werkenden: list[Persoon] = []
        self._thuis: dict[str, list[Persoon]] = {grond: [] for grond in GRONDEN}

    def begin(self, doel: Kwartaaldoel) -> Mutaties:
        """Het eerste kwartaal: het hele register stroomt in, en wie werkt begint."""
        for grond in GRONDEN:
            for _ in range(doel.gronden[grond]):
                self._thuis[grond].append(self._nieuw(grond, self._dag(date(2010, 1, 1), date(2012, 9, 1))))
        mutaties = Mutaties(doel)
        for kolom, aantal in verdeling(doel).items():
            for _ in range(aantal):
                mutaties.gevonden.append(self._aan_het_werk(kolom))
        for persoon in mutaties.gevonden:
            persoon.sinds = self._dag(date(2009, 1, 1), doel.begin).toordinal()
        return mutaties

    def volgend(self, doel: Kwartaaldoel, schaal: int) -> Mutaties:
        """Neemt één kwartaal: eerst het register, dan wie haar werk verliest, wisselt of vindt."""
        gaan, komen, over = self._stromen_register(doel, schaal)
        werkenden = len(self.werkenden)
        stroom = {naam: doel.stromen.get(naam, _AANDEEL[naam] * werkenden // 10_000) for naam in _AANDEEL}
        mutaties = Mutaties(doel)
        self._laat_gaan(mutaties, gaan, stroom["uitstroom werkend"], schaal)
        self._stap_over(doel, over)
        werkend_in = min(stroom["instroom werkend"], sum(komen.values()))
        nieuw = [self._nieuw(g, self._dag(doel.begin, doel.einde)) for g in GRONDEN for _ in range(komen[g])]
        self._loting.shuffle(nieuw)
        verlies = stroom["verliest werk"]
        vinden = doel.werkzaam - len(self.werkenden) + verlies - werkend_in
        if vinden < 0:
            verlies, vinden = verlies - vinden, 0
        nodig = verdeling(doel)
        self._verlies(mutaties, verlies, nodig)
        self._verdeel_nieuw(mutaties, nieuw[:werkend_in], vinden, nodig)
        for persoon in nieuw[werkend_in:]:
            self._thuis[persoon.grond].append(persoon)
        return mutaties

    def _dag(self, van: date, tot: date) -> date:
        return van + timedelta(days=self._loting.randrange((tot - van).days))

    def _nieuw(self, grond: str, van: date) -> Persoon:
        persoon = Persoon(len(self.personen), grond, [Inschrijving(grond, van)])
        self.personen.append(persoon)
        return persoon

    def _pak(self, grond: str) -> Persoon:
        """Iemand uit de groep die niet werkt, door het lot."""
        lijst = self._thuis[grond]
        plek = self._loting.randrange(len(lijst))
        lijst[plek], lijst[-1] = lijst[-1], lijst[plek]
        return lijst.pop()

    def _aan_het_werk(self, kolom: str) -> Persoon:
        """Iemand die nog niet werkt begint in deze kolom: detachering vooral uit de Wsw, de rest uit de andere groepen."""
        eerst = "wsw" if kolom == "inleen" and self._loting.random() < 0.85 else ""
        gronden = [g for g in GRONDEN if self._thuis[g] and (g != "wsw" or kolom == "inleen" or not eerst)]
        if eerst and self._thuis[eerst]:
            grond = eerst
        else:
            gewichten = [len(self._thuis[g]) * (4 if g == "pw" else 1) for g in gronden]
            (grond,) = self._loting.choices(gronden, gewichten)
        persoon = self._pak(grond)
        persoon.werkt = kolom
        self.werkenden.append(persoon)
        return persoon

    def _stromen_register(
        self, doel: Kwartaaldoel, schaal: int
    ) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Per groep wie vertrekt, wie komt, en wie van groep wisselt (min is weg) zonder het register te verlaten."""
        nu = dict.fromkeys(GRONDEN, 0)
        for groep in (self.werkenden, *self._thuis.values()):
            for persoon in groep:
                nu[persoon.grond] += 1
        groei = {g: doel.gronden[g] - nu[g] for g in GRONDEN}
        herbeoordeeld = -(-HERBEOORDEELD.get(doel.periode, 0) // schaal)
        netto = sum(groei.values())
        standaard = max(3400 // schaal, sum(max(0, d) for d in groei.values())) + herbeoordeeld
        instroom = max(doel.stromen.get("register in", standaard), netto, 0)
        komen = {g: max(0, groei[g]) for g in GRONDEN}
        over = dict.fromkeys(GRONDEN, 0)
        tekort = sum(komen.values()) - instroom
        if tekort > 0:  # meer groei dan instroom: wie al geregistreerd is krijgt een andere grondslag
            komen, over = self._wissel(groei, komen, tekort)
        elif tekort < 0:
            bij = naar_rato(-tekort, {g: nu[g] * (3 if g == "pw" else 1) for g in GRONDEN})
            komen = {g: komen[g] + bij[g] for g in GRONDEN}
        gaan = {g: komen[g] + over[g] - groei[g] for g in GRONDEN}
        if gaan["wajong"] < herbeoordeeld:
            ruil = min(herbeoordeeld - gaan["wajong"], komen["pw"], gaan["pw"])
            gaan = {**gaan, "wajong": gaan["wajong"] + ruil, "pw": gaan["pw"] - ruil}
            komen = {**komen, "wajong": komen["wajong"] + ruil, "pw": komen["pw"] - ruil}
        return gaan, komen, over

    def _wissel(
        self, groei: dict[str, int], komen: dict[str, int], tekort: int
    ) -> tuple[dict[str, int], dict[str, int]]:
        over = dict.fromkeys(GRONDEN, 0)
        for naar in GRONDEN:
            deel = min(tekort - sum(o for o in over.values() if o > 0), komen[naar])
            over[naar] += deel
            komen = {**komen, naar: komen[naar] - deel}
        rest = tekort
        for bron in ("wajong", "wsw", "pw"):
            deel = min(rest, max(0, -groei[bron]))
            over[bron] -= deel
            rest -= deel
        return komen, over

    def _laat_gaan(self, mutaties: Mutaties, gaan: dict[str, int], werkend: int, schaal: int) -> None:
        """Beëindigt registraties; zo mogelijk precies `werkend` van wie er werkt, anders wie er nog is."""
        thuis = {g: len(self._thuis[g]) for g in GRONDEN}
        werk = dict.fromkeys(GRONDEN, 0)
        for persoon in self.werkenden:
            werk[persoon.grond] += 1
        minst = {g: max(0, gaan[g] - thuis[g]) for g in GRONDEN}
        herbeoordeeld = -(-HERBEOORDEELD.get(mutaties.doel.periode, 0) // schaal)
        meest = {g: min(gaan[g], werk[g]) for g in GRONDEN}
        meest["wajong"] = max(minst["wajong"], min(meest["wajong"], gaan["wajong"] - herbeoordeeld))
        quota = _tussen(max(werkend, sum(minst.values())), minst, meest)
        blijft: list[Persoon] = []
        self._loting.shuffle(self.werkenden)
        rest = dict(quota)
        for persoon in self.werkenden:
            if rest[persoon.grond]:
                rest[persoon.grond] -= 1
                mutaties.vertrokken.append(persoon)
                self._eindig(persoon, mutaties.doel, "")
            else:
                blijft.append(persoon)
        self.werkenden = blijft
        for grond in GRONDEN:
            for nr in range(gaan[grond] - quota[grond]):
                heroordeel = grond == "wajong" and nr < herbeoordeeld
                self._eindig(self._pak(grond), mutaties.doel, "HERBEOORDELING" if heroordeel else "")

    def _eindig(self, persoon: Persoon, doel: Kwartaaldoel, reden: str) -> None:
        open_ = persoon.inschrijvingen[-1]
        open_.tot = max(self._dag(doel.begin, doel.einde), open_.van + timedelta(days=1))
        redenen = ("VERLOPEN", "EIGEN_VERZOEK", "AOW_LEEFTIJD", "LOONWAARDE_BOVEN_WML")
        open_.reden = reden or self._loting.choice(redenen)

    def _stap_over(self, doel: Kwartaaldoel, over: dict[str, int]) -> None:
        """Wie niet werkt en van groep wisselt: de nieuwe grondslag begint waar de oude eindigt."""
        naar = [g for g in GRONDEN for _ in range(max(0, over[g]))]
        van = [g for g in GRONDEN for _ in range(max(0, -over[g]))]
        for bron, doelgroep in zip(van, naar, strict=True):
            persoon = self._pak(bron)
            dag = max(self._dag(doel.begin, doel.einde), persoon.inschrijvingen[-1].van + timedelta(days=1))
            persoon.inschrijvingen[-1].tot, persoon.inschrijvingen[-1].reden = dag, "HERBEOORDELING"
            persoon.inschrijvingen.append(Inschrijving(doelgroep, dag))
            persoon.grond = doelgroep
            self._thuis[doelgroep].append(persoon)

    def _verlies(self, mutaties: Mutaties, aantal: int, nodig: dict[str, int]) -> None:
        """Wie haar werk verliest: eerst waar de kolom krimpt, en eerder wie er kort werkt."""
        stand = _tel(self.werkenden)
        teveel = {k: max(0, stand[k] - nodig[k]) for k in KOLOMMEN}
        uit_krimp = naar_rato(min(aantal * 7 // 10, sum(teveel.values())), teveel)
        quota = naar_rato(aantal - sum(uit_krimp.values()), stand)
        per_kolom: dict[str, list[Persoon]] = {k: [] for k in KOLOMMEN}
        for persoon in self.werkenden:
            per_kolom[persoon.werkt].append(persoon)
        weg: set[int] = set()
        for kolom in KOLOMMEN:
            lijst = per_kolom[kolom]
            for _ in range(min(len(lijst), uit_krimp[kolom] + quota[kolom])):
                # drie trekkingen, de kortst werkende gaat
                plek = max((self._loting.randrange(len(lijst)) for _ in range(3)), key=lambda p: lijst[p].sinds)
                lijst[plek], lijst[-1] = lijst[-1], lijst[plek]
                persoon = lijst.pop()
                weg.add(persoon.nr)
                mutaties.verloren.append(persoon)
        self.werkenden = [p for p in self.werkenden if p.nr not in weg]

    def _verdeel_nieuw(self, mutaties: Mutaties, nieuw: Sequence[Persoon], vinden: int, nodig: dict[str, int]) -> None:
        """Vult de kolommen aan met wie werkend instroomt en wie werk vindt; wat nog te veel is, stapt over."""
        stand = _tel(self.werkenden)
        tekort = [k for k in KOLOMMEN for _ in range(max(0, nodig[k] - stand[k]))]
        teveel = {k: max(0, stand[k] - nodig[k]) for k in KOLOMMEN}
        self._loting.shuffle(tekort)
        for persoon in self.werkenden if any(teveel.values()) else ():
            if teveel[persoon.werkt]:
                teveel[persoon.werkt] -= 1
                mutaties.overgestapt.append(persoon)
                persoon.werkt = tekort.pop()
        for persoon in nieuw:
            persoon.werkt = tekort.pop()
            self.werkenden.append(persoon)
            mutaties.gevonden.append(persoon)
        for _ in range(vinden):
            mutaties.gevonden.append(self._aan_het_werk(tekort.pop()))
        for persoon in mutaties.gevonden:
            persoon.sinds = mutaties.doel.begin.toordinal()
        for persoon in mutaties.verloren:  # pas nu: wie net verloor, vindt niet in hetzelfde kwartaal
            self._thuis[persoon.grond].append(persoon)


def verdeling(doel: Kwartaaldoel) -> dict[str, int]:
    """Hoeveel werkenden er in elke kolom zijn: naar rato van de uren."""
    return naar_rato(doel.werkzaam, {k: doel.uren_x100[k] for k in KOLOMMEN})


def _tel(werkenden: Iterable[Persoon]) -> dict[str, int]:
    stand = dict.fromkeys(KOLOMMEN, 0)
    for persoon in werkenden:
        stand[persoon.werkt] += 1
    return stand


def _tussen(totaal: int, minst: dict[str, int], meest: dict[str, int]) -> dict[str, int]:
    """Verdeelt een totaal binnen grenzen: eerst het minste, de rest naar rato van de ruimte."""
    ruimte = {g: meest[g] - minst[g] for g in minst}
    rest = naar_rato(min(max(0, totaal - sum(minst.values())), sum(ruimte.values())), ruimte)
    return {g: min(meest[g], minst[g] + rest[g]) for g in minst}
