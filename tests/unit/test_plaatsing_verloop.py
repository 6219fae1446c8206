"""Een baan die onderweg verandert, tegen een model dat per dag bijhoudt hoe zij is."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from banenspoor_contracts import (
    INLEEN,
    Contract,
    Feit,
    OngedaanReden,
    PlaatsingEindReden,
    PlaatsingStand,
    UrenVerloond,
    Vorm,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from services.plaatsing.domain.dossier import neem_baan, neem_sectoren
from services.plaatsing.domain.geschiedenis import neem_over
from services.plaatsing.domain.kalender import peildag
from services.plaatsing.domain.plaatsing import KENMERKEN, Baan
from services.plaatsing.domain.stand import stand
from services.plaatsing.domain.uren import Weigering, maanden
from services.plaatsing.domain.verloop import delen
from services.plaatsing.domain.verschil import Moment
from services.plaatsing.domain.werkgever import sector_op
from services.plaatsing.domain.wijzigen import PlaatsingWeg, beeindig, draag_over, maak_ongedaan, verleng, wijzig
from tests.unit.test_plaatsing_baan import BAAN
from tests.unit.test_plaatsing_keten import Keten, Telling, dagen_2017, momenten
from tests.unit.test_plaatsing_verschil import INLENER, MARKT, OVERHEID, WERKGEVER

DAGEN = [date(2016, 12, 1) + timedelta(days=n) for n in range(760)]
EINDE = DAGEN[-1]
ANDER = UUID(int=77)
werkgevers = st.sampled_from([WERKGEVER, INLENER, ANDER])
velden = st.fixed_dictionaries(
    {},
    optional={
        "werkgever": werkgevers,
        "inlener": st.just(INLENER),
        "vorm": st.sampled_from([Vorm.FORMEEL, Vorm.UITZENDRELATIE, Vorm.WSW_DETACHERING]),
        "contract": st.sampled_from(Contract),
        "gemeente_werk": st.sampled_from(["0014", "0034", "0363"]),
        "uren_per_week_x100": st.sampled_from([1600, 2550, 3600]),
    },
).filter(bool)


@dataclass
class PerDag:
    """Elk kenmerk op elke dag: zo simpel als het kan."""

    dagen: dict[date, dict[str, Any]]
    tot: date | None
    opgave: dict[str, Any]
    ongedaan: bool = False

    def zet(self, van: date, anders: dict[str, Any]) -> None:
        """Vanaf die dag, elk tot het anders was; een vorm zonder inleen heeft geen inlener."""
        for veld, waarde in anders.items():
            stond = self.dagen[van][veld]
            for dag in DAGEN:
                if dag >= van:
                    if self.dagen[dag][veld] != stond:
                        break
                    self.dagen[dag][veld] = waarde
        if "vorm" in anders and anders["vorm"] not in INLEEN:
            for dag in DAGEN:
                if dag >= van:
                    if self.dagen[dag]["vorm"] != anders["vorm"]:
                        break
                    self.dagen[dag]["inlener"] = None

    def eindig(self, tot: date | None) -> None:
        """Na het einde is er niets meer om te onthouden."""
        self.tot = tot
        for dag in DAGEN:
            if tot is not None and dag >= tot:
                self.dagen[dag] = dict(self.dagen[tot - timedelta(days=1)])

    def geef_op(self, opgave: dict[str, Any]) -> None:
        """De bron geeft de hele baan op: alleen wat anders is dan haar vorige opgave en dan nu."""
        nu = self.dagen[EINDE] | {"tot": self.tot}
        anders = {v: w for v, w in opgave.items() if w not in (self.opgave[v], nu[v])}
        if "tot" in anders:
            self.eindig(anders.pop("tot"))
        if "vorm" in anders and anders["vorm"] not in INLEEN:
            anders["inlener"] = None
        for dag in DAGEN:
            self.dagen[dag].update(anders)
        self.opgave = opgave


@dataclass
class Volger(Telling):
    """Als de telling, en volgt ook de baan: uit haar feiten, en uit het topic met alleen de laatste stand."""

    baan: Baan = BAAN
    laatste_stand: PlaatsingStand | None = None
    versie: int = field(default=1)

    def boek(self, gevolg: list[Feit]) -> None:
        """Boekt ook wat er over de baan gezegd is; `versie` telt door."""
        super().boek(gevolg)
        for feit in gevolg:
            if isinstance(feit, PlaatsingStand):
                self.laatste_stand = None if isinstance(feit, PlaatsingWeg) else feit
            elif not isinstance(feit, UrenVerloond):
                self.baan = neem_over(self.baan, self.baan, feit)
                assert self.baan.versie == self.versie + 1
                self.versie += 1


def _kenmerken(baan: Baan) -> dict[str, Any]:
    return {veld: getattr(baan, veld) for veld in KENMERKEN}


class Verloop(Keten):
    """Als de keten, met wijzigingen vanaf een dag, overgangen, einden, verlengingen en ongedaan maken ertussen."""

    def __init__(self) -> None:
        super().__init__()
        self.sectoren |= {ANDER: (OVERHEID,)}
        self.telling = self.volger = Volger()
        self.dagen = PerDag({}, None, {})

    @initialize(tot=st.none() | dagen_2017)
    def begin(self, tot: date | None) -> None:
        """Een baan die misschien ooit eindigt."""
        baan = self.dossier.baan = replace(self.dossier.baan, tot=tot if tot and tot > BAAN.van else None)
        self.volger.baan, self.volger.laatste_stand = baan, baan.stand
        per_dag = {dag: _kenmerken(baan) for dag in DAGEN}
        self.dagen = PerDag(per_dag, baan.tot, _kenmerken(baan) | {"tot": baan.tot})

    def _gelukt(self, gevolg: object) -> bool:
        """Boekt de feiten; False als het niet kon."""
        if isinstance(gevolg, list):
            self.volger.boek(gevolg)
        return not isinstance(gevolg, Weigering)

    @rule(van=dagen_2017, anders=velden, moment=momenten)
    def wijziging(self, van: date, anders: dict[str, Any], moment: Moment) -> None:
        """Vanaf een dag iets anders."""
        if self._gelukt(wijzig(self.dossier, van, anders, moment, self.omgeving)):
            self.dagen.zet(van, anders)

    @rule(naar=werkgevers, op=dagen_2017, moment=momenten)
    def overgang(self, naar: UUID, op: date, moment: Moment) -> None:
        """De onderneming gaat over."""
        if self._gelukt(draag_over(self.dossier, naar, op, moment, self.omgeving)):
            self.dagen.zet(op, {"werkgever": naar})

    @rule(tot=dagen_2017, moment=momenten)
    def einde(self, tot: date, moment: Moment) -> None:
        """De baan eindigt."""
        if self._gelukt(beeindig(self.dossier, tot, PlaatsingEindReden.ONTSLAG, moment, self.omgeving)):
            self.dagen.eindig(tot)

    @rule(tot=st.none() | dagen_2017, moment=momenten)
    def verlenging(self, tot: date | None, moment: Moment) -> None:
        """De baan loopt langer door."""
        if self._gelukt(verleng(self.dossier, tot, moment, self.omgeving)):
            self.dagen.eindig(tot)

    @rule(moment=momenten, kans=st.integers(0, 9))
    def ongedaan(self, moment: Moment, kans: int) -> None:
        """Een enkele keer is zij er nooit geweest."""
        if kans == 0 and self._gelukt(maak_ongedaan(self.dossier, OngedaanReden.DUBBEL, moment, self.omgeving)):
            self.dagen.ongedaan = True

    @rule(
        tot=st.none() | dagen_2017,
        gemeente=st.sampled_from(["0014", "0034"]),
        inlener=st.sampled_from([None, INLENER]),
        contract=st.sampled_from(Contract),
        moment=momenten,
    )
    def andere_opgave(
        self, tot: date | None, gemeente: str, inlener: UUID | None, contract: Contract, moment: Moment
    ) -> None:
        """De bron geeft de hele baan op."""
        if self.dagen.ongedaan:
            return
        vorm = Vorm.UITZENDRELATIE if inlener else Vorm.FORMEEL
        opgave = replace(BAAN, tot=tot, gemeente_werk=gemeente, inlener=inlener, contract=contract, vorm=vorm)
        gevolg = neem_baan(self.dossier, opgave, moment, self.omgeving)
        if self._gelukt(gevolg[1] if isinstance(gevolg, tuple) else gevolg):
            self.dagen.geef_op(_kenmerken(opgave) | {"tot": tot})

    @rule(wie=werkgevers, dag=dagen_2017, moment=momenten)
    def sector(self, wie: UUID, dag: date, moment: Moment) -> None:
        """Een werkgever gaat vanaf een dag naar de andere sector."""
        perioden = (MARKT.model_copy(update={"tot": dag}), OVERHEID.model_copy(update={"van": dag}))
        self.sectoren[wie] = perioden
        if not self.dagen.ongedaan:
            self.volger.boek(neem_sectoren(self.dossier, {wie: perioden}, moment))

    @invariant()
    def gezegd_is_de_stand(self) -> None:
        """Per maand en cel is de som van nieuw − vorig wat uit de dag zelf volgt."""
        regels = self.dossier.regels.values()
        alle = {m for r in regels for m, _ in maanden(r, BAAN.van, self.dagen.tot)} | self.volger.laatst.keys()
        for maand in alle:
            baan = replace(BAAN, tot=self.dagen.tot, **self.dagen.dagen[min(peildag(maand, self.dagen.tot), EINDE)])
            nu = None if self.dagen.ongedaan else stand(baan, maand, regels, self.register, self.sectoren)
            assert self.volger.laatst.get(maand) == nu
            gezegd = self.dossier.gezegd.get(maand)
            assert (gezegd.stand if gezegd else None) == nu
            for (wanneer, cel), uren in self.volger.stand.items():
                if wanneer == maand:
                    assert uren == (nu.uren_x100 if nu is not None and nu.cel.bytes_() == cel else 0)

    @invariant()
    def elke_dag_is_zoals_gezegd(self) -> None:
        """De baan, wie haar feiten volgt, en het model zijn het over elke dag eens."""
        if not self.dagen.dagen:
            return
        baan, volger = self.dossier.baan, self.volger
        assert (baan.tot, baan.versie, baan.ongedaan is not None) == (
            self.dagen.tot,
            volger.versie,
            self.dagen.ongedaan,
        )
        assert (volger.baan.van, volger.baan.tot) == (baan.van, baan.tot)
        lijst = delen(baan)
        assert all(not een.zelfde(ander) for een, ander in pairwise(lijst))
        grenzen = {dag for eerst, dag in pairwise(DAGEN) if self.dagen.dagen[eerst] != self.dagen.dagen[dag]}
        grenzen |= {deel.van for deel in (*lijst, *delen(volger.baan))}
        for dag in grenzen | {dag - timedelta(days=1) for dag in grenzen} | {EINDE}:
            if baan.van <= dag and (baan.tot is None or dag < baan.tot):
                assert _kenmerken(baan.op(dag)) == self.dagen.dagen[dag]
                assert volger.baan.op(dag).gegevens == baan.op(dag).gegevens
        for deel in lijst:
            periode = sector_op(self.sectoren[deel.werkgever], deel.van)
            assert self.dagen.ongedaan or (periode is not None and periode.sector == deel.sector)
        assert volger.laatste_stand == (None if self.dagen.ongedaan else baan.stand)


Verloop.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestVerloop = Verloop.TestCase
