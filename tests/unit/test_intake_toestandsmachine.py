"""Het register als toestandsmachine: opdrachten in elke volgorde tegen een naïef model, met terugkijken bij elke stap.

Het model kent geen perioden: het houdt per grondslag en per peildag bij of iemand geregistreerd is, en bewaart van elk
moment een hele kopie. De peildagen zijn de dagen waarop iets kan beginnen of eindigen, dus daartussen verandert niets.
"""

from __future__ import annotations

import bisect
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from banenspoor_contracts import (
    BesluitBeschutWerkGenomen,
    CorrectieReden,
    EindReden,
    Feit,
    Grondslag,
    RegistratieBeeindigd,
    Uitkomst,
)
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.intake import store
from services.intake.domain import (
    Gevolg,
    Tijdlijn,
    Weigering,
    beeindig_lopende,
    corrigeer,
    grens,
    na_besluit,
    na_grens,
    registreer,
    verhuis,
    vervallen,
)
from tests.unit.intake_naief import AOW, DAGEN, EINDE, GEKOZEN, GRONDEN, NUMMER, Einden, Model, R, Stand, in_dagen

PERSOON = UUID("6f0d1c5e-0000-4000-8000-000000000001")
dagen = st.sampled_from(sorted(GEKOZEN))
gronden = st.sampled_from(GRONDEN)
gemeenten = st.sampled_from(("0014", "0106", "0114"))
redenen = st.none() | st.sampled_from((R.EIGEN_VERZOEK, R.HERBEOORDELING, R.VERLOPEN))
kennis = st.none() | st.integers(0, 30)


class Register(RuleBasedStateMachine):
    """Eén mens. `bekend` is de kennistijd van een geladen feit (dagen na een begin), leeg: nu."""

    @initialize(g=gronden, van=dagen, gemeente=gemeenten, bekend=kennis)
    def begin(self, g: Grondslag, van: date, gemeente: str, bekend: int | None) -> None:
        self.t, self.model, self.vandaag = Tijdlijn(PERSOON), Model(), date(2017, 6, 1)
        self.historie: list[tuple[datetime | None, tuple[object, ...], int]] = []
        self.gezegd: list[Feit] = []
        self.momenten: list[tuple[int, object]] = []
        self.laatst: int | None = 0
        self.registreer(g, van, gemeente, None, None, bekend)

    def _moment(self, bekend: int | None) -> datetime | None:
        return None if bekend is None else datetime(2026, 2, 1, tzinfo=UTC) + timedelta(days=bekend)

    def _doe(self, uit: Gevolg | Weigering, verwacht: Einden | None, bekend: int | None = None) -> None:
        """Neemt de uitkomst over, en vergelijkt haar met die van het model."""
        assert isinstance(uit, Weigering) is (verwacht is None), uit
        if isinstance(uit, Weigering):
            return
        na = uit.tijdlijn
        veranderd = (self.t.registraties, self.t.woonplaatsen) != (na.registraties, na.woonplaatsen)
        assert bool(uit.feiten) is veranderd
        einden = [(f.grondslag, f.tot, f.reden) for f in uit.feiten if isinstance(f, RegistratieBeeindigd)]
        assert sorted(einden) == sorted(verwacht or [])
        if veranderd:
            self.laatst = None if bekend is None or self.laatst is None else max(self.laatst, bekend)
            assert na.bekend_op == self._moment(self.laatst)
            assert {f.bekend_op for f in uit.feiten} == {na.bekend_op}
            for tabel in store._TABELLEN:
                weg, erbij = tabel.verschil(self.t, na)
                self.historie += [(na.bekend_op, p, -1) for p in weg] + [(na.bekend_op, p, 1) for p in erbij]
            self.gezegd += uit.feiten
            self.momenten.append((99 if self.laatst is None else self.laatst, self.model.kopie()))
        self.t = na

    @rule(g=gronden, van=dagen, gemeente=gemeenten, tot=st.none() | dagen, reden=redenen, bekend=kennis)
    def registreer(
        self, g: Grondslag, van: date, gemeente: str, tot: date | None, reden: EindReden | None, bekend: int | None
    ) -> None:
        tot = None if tot is None or tot <= van else tot
        uit = registreer(self.t, g, van, gemeente, tot=tot, reden=reden, bekend_op=self._moment(bekend))
        nr = EINDE if tot is None else NUMMER[tot]
        self._doe(uit, self.model.registreer(g, NUMMER[van], gemeente, nr, reden), bekend)

    @precondition(lambda self: self.t.registraties)
    @rule(data=st.data(), tot=dagen, reden=redenen, bekend=kennis)
    def lever_nog_eens(self, data: st.DataObject, tot: date, reden: EindReden | None, bekend: int | None) -> None:
        """Een bekende registratie, nu met een einde."""
        r = data.draw(st.sampled_from(self.t.registraties))
        self.registreer(r.grondslag, r.van, self.model.woont[NUMMER[r.van]], tot, reden, bekend)

    @precondition(lambda self: self.t.registraties)
    @rule(g=gronden, tot=dagen, reden=redenen)
    def beeindig(self, g: Grondslag, tot: date, reden: EindReden | None) -> None:
        self._doe(beeindig_lopende(self.t, g, tot, reden), self.model.beeindig(g, NUMMER[tot], reden))

    @rule(g=gronden, van=dagen, tot=st.none() | dagen, bekend=kennis)
    def corrigeer(self, g: Grondslag, van: date, tot: date | None, bekend: int | None) -> None:
        tot = None if tot is None or tot <= van else tot
        uit = corrigeer(self.t, g, van, CorrectieReden.DATUM, tot=tot, bekend_op=self._moment(bekend))
        self._doe(uit, self.model.corrigeer(g, NUMMER[van], EINDE if tot is None else NUMMER[tot]), bekend)

    @rule(g=gronden)
    def maak_ongedaan(self, g: Grondslag) -> None:
        uit = corrigeer(self.t, g, None, CorrectieReden.ONTERECHT)
        self._doe(uit, self.model.corrigeer(g, None, EINDE))

    @rule(gemeente=gemeenten, van=dagen, bekend=kennis)
    def verhuis(self, gemeente: str, van: date, bekend: int | None) -> None:
        self.model.woon(gemeente, NUMMER[van])
        self._doe(verhuis(self.t, gemeente, van, bekend_op=self._moment(bekend)), [], bekend)

    @rule(op=dagen, uitkomst=st.sampled_from(Uitkomst))
    def besluit(self, op: date, uitkomst: Uitkomst) -> None:
        besluit = BesluitBeschutWerkGenomen(
            persoon=PERSOON,
            aanvraag=UUID(int=1),
            gemeente="0014",
            uitkomst=uitkomst,
            besluit_op=op,
            binnen_termijn=True,
        )
        tot = NUMMER[op + timedelta(days=1)]
        nieuw = uitkomst is Uitkomst.POSITIEF and tot not in self.model.besluiten
        verwacht = self.model.kap(tot, R.BESCHUT_WERK) if nieuw else []
        if nieuw:
            self.model.besluiten.add(tot)
        self._doe(na_besluit(self.t, besluit), verwacht)

    @precondition(lambda self: self.t.registraties)
    @rule(g=gronden, tot=st.sampled_from((date(2020, 1, 1), date(2021, 1, 1), date(2026, 1, 1))))
    def meldt_zich_af(self, g: Grondslag, tot: date) -> None:
        self.beeindig(g, tot, R.EIGEN_VERZOEK)

    @precondition(lambda self: self.t.registraties)
    @rule(data=st.data(), g=gronden, reden=st.sampled_from((R.HERBEOORDELING, R.LOONWAARDE_BOVEN_WML)))
    def verval(self, data: st.DataObject, g: Grondslag, reden: EindReden) -> None:
        op = data.draw(st.sampled_from([DAGEN[d] for d in self.model.dagen[g]] or GEKOZEN))
        self._doe(vervallen(self.t, g, op, reden, self.vandaag), self.model.verval(g, NUMMER[op], reden, self.vandaag))

    @rule(
        overleden=st.none() | dagen,
        geboren=st.none() | st.sampled_from(sorted(AOW)),
        vandaag=st.sampled_from((date(2017, 6, 1), date(2018, 1, 1), date(2021, 1, 1), date(2026, 1, 1))),
    )
    def de_kluis_weet(self, overleden: date | None, geboren: date | None, vandaag: date) -> None:
        """De grens uit de kluis, zoals de dagelijkse taak en de levering van personen haar toepassen."""
        self.vandaag = max(self.vandaag, vandaag)
        kan = [] if overleden is None else [(overleden + timedelta(days=1), R.OVERLEDEN)]
        if geboren is not None and AOW[geboren] <= self.vandaag:
            kan.append((AOW[geboren], R.AOW_LEEFTIJD))
        self.model.grens = min(((NUMMER[dag], reden) for dag, reden in kan), key=lambda k: k[0], default=None)
        self.t = replace(self.t, grens=grens(geboren, overleden, self.vandaag))
        self._doe(na_grens(self.t), self.model.kap(*self.model.grens) if self.model.grens else [])

    @invariant()
    def vandaag_klopt(self) -> None:
        assert in_dagen(self.t) == self.model.kopie()

    @invariant()
    def wie_alleen_luistert_weet_het_ook(self) -> None:
        if self.gezegd:
            laatste = self.gezegd[-1].model_dump(include={"registraties", "woonplaatsen"})
            assert laatste["registraties"] == tuple(r.model_dump() for r in self.t.registraties)
            assert laatste["woonplaatsen"] == tuple(w.model_dump() for w in self.t.woonplaatsen)

    @invariant()
    def elke_blik_terug_is_wat_toen_bekend_was(self) -> None:
        """Op elk moment: de som van de historie tot dan is de kopie die het model toen bewaarde."""
        kennismomenten = [k for k, _ in self.momenten]
        assert kennismomenten == sorted(kennismomenten)
        for toen in {*kennismomenten[-3:], *kennismomenten[:1]}:
            bekend: dict[tuple[object, ...], int] = {}
            for op, periode, teken in self.historie:
                if (99 if op is None else (op - datetime(2026, 2, 1, tzinfo=UTC)).days) <= toen:
                    bekend[periode] = bekend.get(periode, 0) + teken
            assert set(bekend.values()) <= {0, 1}
            stand = {p for p, n in bekend.items() if n}
            verwacht = self.momenten[bisect.bisect_right(kennismomenten, toen) - 1][1]
            assert _stand_in_dagen(stand) == verwacht


def _stand_in_dagen(stand: set[tuple[object, ...]]) -> Stand:
    """De perioden van de historie dag voor dag: (persoon, grondslag, van, tot) en (persoon, gemeente, van)."""
    uit: dict[Grondslag, dict[int, int]] = {g: {} for g in GRONDEN}
    woont: dict[int, str] = {}
    for _, wat, van, *tot in sorted(stand, key=lambda p: str(p[2])):
        assert isinstance(wat, str)
        assert isinstance(van, date)
        if tot:
            einde = NUMMER[tot[0]] if isinstance(tot[0], date) else EINDE
            uit[Grondslag(wat)] |= dict.fromkeys(range(NUMMER[van], einde), NUMMER[van])
        else:
            woont |= dict.fromkeys(range(NUMMER[van], EINDE), wat)
    return uit, woont


TestRegister = Register.TestCase
TestRegister.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)
