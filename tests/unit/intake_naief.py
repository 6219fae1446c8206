"""Een naïef model van het register: per peildag wie geregistreerd is en waar zij woont, zonder perioden.

De peildagen zijn de dagen waarop in een proef iets kan beginnen of eindigen, dus daartussen verandert niets.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from banenspoor_contracts import EindReden, Grondslag

from services.intake.domain import Tijdlijn

G, R = Grondslag, EindReden
GRONDEN = (G.PW_PRAKTIJKROUTE, G.VSO_PRO)
GEKOZEN = [date(j, 1, 1) for j in (2014, 2017, 2018, 2019, 2020, 2021, 2026)] + [
    *(date(2014, 6, 1), date(2016, 12, 31), date(2017, 12, 29), date(2017, 12, 30))
]
DAGEN = sorted({d + timedelta(days=n) for d in GEKOZEN for n in (0, 1)})
"""De peildagen. Wat op de laatste nog loopt, loopt door."""
NUMMER = {d: n for n, d in enumerate(DAGEN)}
EINDE = len(DAGEN)
AOW = {date(1949, 4, 1): date(2014, 6, 1), date(1954, 9, 1): date(2021, 1, 1), date(1959, 1, 1): date(2026, 1, 1)}
"""Geboortedagen en de dag waarop die mensen de AOW-leeftijd bereiken, nagerekend met AOW art. 7a."""
Einden = list[tuple[Grondslag, date, EindReden]]
Stand = tuple[dict[Grondslag, dict[int, int]], dict[int, str]]


@dataclass
class Model:
    """Per grondslag elke geregistreerde peildag met het begin van haar periode; per peildag waar iemand woont."""

    dagen: dict[Grondslag, dict[int, int]] = field(default_factory=lambda: {g: {} for g in GRONDEN})
    woont: dict[int, str] = field(default_factory=dict)
    ooit: set[Grondslag] = field(default_factory=set)
    vervallen: set[Grondslag] = field(default_factory=set)
    besluiten: set[int] = field(default_factory=set)
    grens: tuple[int, EindReden] | None = None

    def kopie(self) -> Stand:
        return {g: dict(d) for g, d in self.dagen.items()}, dict(self.woont)

    def _mag_beginnen(self, g: Grondslag, van: int) -> bool:
        te_vroeg = g is G.PW_PRAKTIJKROUTE and DAGEN[van] < date(2017, 1, 1)
        return not te_vroeg and (self.grens is None or van < self.grens[0])

    def _knip(self, g: Grondslag, begin: int, tot: int) -> None:
        self.dagen[g] = {d: b for d, b in self.dagen[g].items() if b != begin or d < tot}

    def registreer(self, g: Grondslag, van: int, gemeente: str, tot: int, reden: EindReden | None) -> Einden | None:
        """De einden die erbij komen; None: kan niet. `tot` EINDE: zonder einde."""
        eigen = {d for d, b in self.dagen[g].items() if b == van}
        kappen = [(b, R.BESCHUT_WERK) for b in self.besluiten] + ([self.grens] if self.grens else [])
        kap, waarom = min([k for k in kappen if van < k[0] < tot], default=(tot, None))
        if not eigen:
            if not self._mag_beginnen(g, van) or set(range(van, kap)) & self.dagen[g].keys():
                return None
            self.dagen[g] |= dict.fromkeys(range(van, kap), van)
            self.ooit.add(g)
            self.woon(gemeente, van)
            return [] if kap == EINDE else [(g, DAGEN[kap], waarom or reden or R.VERLOPEN)]
        if gemeente not in {self.woont[d] for d in eigen}:
            return None
        if tot == EINDE or max(eigen) + 1 in (tot, kap):
            return []
        return None if max(eigen) + 1 != EINDE else self._beeindig(g, van, tot, reden)

    def _beeindig(self, g: Grondslag, van: int, tot: int, reden: EindReden | None) -> Einden | None:
        if self.grens and self.grens[0] < tot:
            tot, reden = self.grens
        if tot <= van:
            return None
        self._knip(g, van, tot)
        return [(g, DAGEN[tot], reden or R.VERLOPEN)]

    def beeindig(self, g: Grondslag, tot: int, reden: EindReden | None) -> Einden | None:
        zelf = g is G.VSO_PRO or g in self.vervallen
        if reden is R.EIGEN_VERZOEK and (not zelf or DAGEN[tot] < date(2021, 1, 1)):
            return None
        einde = {b: d + 1 for d, b in sorted(self.dagen[g].items())}
        kan = [b for b, e in einde.items() if b < tot and e in (tot, EINDE)]
        if not kan:
            return None
        return [] if einde[max(kan)] == tot else self._beeindig(g, max(kan), tot, reden)

    def corrigeer(self, g: Grondslag, van: int | None, tot: int) -> Einden | None:
        if g not in self.ooit:
            return None
        if van is None:
            self.dagen[g] = {}
            return []
        if not self._mag_beginnen(g, van):
            return None
        nieuw = set(range(van, min(tot, self.grens[0]) if self.grens else tot))
        raakt = {b for d, b in self.dagen[g].items() if d in nieuw}
        weg = raakt or set(self.dagen[g].values())
        if len(weg) > 1 and not raakt:
            return None
        self.dagen[g] = {d: b for d, b in self.dagen[g].items() if b not in weg} | dict.fromkeys(nieuw, van)
        eerste = min(self.woont)
        self.woont |= dict.fromkeys(range(van, eerste), self.woont[eerste])
        return []

    def woon(self, gemeente: str, van: int) -> None:
        daar = self.woont.get(van)
        tot = next((d for d in range(van, EINDE) if self.woont.get(d) != daar), EINDE)
        self.woont |= dict.fromkeys(range(van, tot), gemeente)

    def kap(self, dag: int, reden: EindReden) -> Einden:
        """Beëindigt wat op deze dag loopt en eerder begon."""
        lopend = [(g, d[dag]) for g, d in self.dagen.items() if d.get(dag, dag) < dag]
        for g, begin in lopend:
            self._knip(g, begin, dag)
        return [(g, DAGEN[dag], reden) for g, _ in lopend]

    def verval(self, g: Grondslag, op: int, reden: EindReden, bekend: date) -> Einden | None:
        if op not in self.dagen[g]:
            return None
        self.vervallen.add(g)
        opgeschort, einde = date(2017, 12, 30), date(DAGEN[op].year + 3, 1, 1)
        if DAGEN[op] >= opgeschort or (einde > opgeschort and bekend >= opgeschort):
            return []
        tot, begin = NUMMER[einde], self.dagen[g][op]
        if self.dagen[g].get(tot) != begin:
            return []
        self._knip(g, begin, tot)
        return [(g, einde, reden)]


def in_dagen(t: Tijdlijn) -> Stand:
    """De perioden dag voor dag; overlappen er twee van één grondslag, dan faalt dit."""
    uit: dict[Grondslag, dict[int, int]] = {g: {} for g in GRONDEN}
    for r in t.registraties:
        erbij = dict.fromkeys(range(NUMMER[r.van], EINDE if r.tot is None else NUMMER[r.tot]), NUMMER[r.van])
        assert not uit[r.grondslag].keys() & erbij.keys(), "perioden van één grondslag overlappen"
        uit[r.grondslag] |= erbij
    woont = {
        d: w.gemeente for w in t.woonplaatsen for d in range(NUMMER[w.van], EINDE if w.tot is None else NUMMER[w.tot])
    }
    return uit, woont
