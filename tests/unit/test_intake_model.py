"""Het register tegen een naïef model (tabellen van dagen), met opdrachten in elke volgorde."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from banenspoor_contracts import (
    BesluitBeschutWerkGenomen,
    CorrectieReden,
    Grondslag,
    RegistratieBeeindigd,
    RegistratieGecorrigeerd,
    RegistratieIngegaan,
    Uitkomst,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from services.intake.domain import Gevolg, Tijdlijn, Weigering, corrigeer, na_besluit, registreer, verhuis

PERSOON = UUID("6f0d1c5e-0000-4000-8000-000000000001")
DAG_NUL, HORIZON = date(2020, 1, 1), 14
GRONDSLAGEN = (Grondslag.PW_INDICATIE, Grondslag.WSW)
GEMEENTEN = ("0014", "0106", "0114")


def dag(nummer: int) -> date:
    return DAG_NUL + timedelta(days=nummer)


def nummer(op: date | None) -> int:
    return HORIZON if op is None else (op - DAG_NUL).days


@dataclass(frozen=True)
class Registreer:
    grondslag: Grondslag
    van: int
    tot: int | None
    gemeente: str


@dataclass(frozen=True)
class Corrigeer:
    grondslag: Grondslag
    van: int | None
    tot: int | None


@dataclass(frozen=True)
class Verhuis:
    gemeente: str
    van: int


@dataclass(frozen=True)
class Besluit:
    op: int


Opdracht = Registreer | Corrigeer | Verhuis | Besluit


@dataclass
class Dagen:
    """Per grondslag elke geregistreerde dag met het begin van haar periode; per dag waar iemand woont."""

    geregistreerd: dict[Grondslag, dict[int, int]] = field(default_factory=lambda: {g: {} for g in GRONDSLAGEN})
    woont: dict[int, str] = field(default_factory=dict)
    ooit: set[Grondslag] = field(default_factory=set)
    besluiten: set[int] = field(default_factory=set)

    def doe(self, opdracht: Opdracht) -> bool:
        """Voert uit; onwaar als de opdracht niet kan."""
        match opdracht:
            case Registreer():
                return self._registreer(opdracht)
            case Corrigeer():
                return self._corrigeer(opdracht)
            case Verhuis(gemeente, van):
                self._woon(gemeente, van)
            case Besluit(op):
                if op + 1 not in self.besluiten:
                    self.besluiten.add(op + 1)
                    for g, dagen in self.geregistreerd.items():
                        self.geregistreerd[g] = {d: v for d, v in dagen.items() if d <= op or v > op}
        return True

    def _registreer(self, r: Registreer) -> bool:
        dagen = self.geregistreerd[r.grondslag]
        bekend = {d for d, v in dagen.items() if v == r.van}
        grens = min((b for b in self.besluiten if b > r.van), default=HORIZON)
        nieuw = set(range(r.van, HORIZON if r.tot is None else r.tot))
        if not bekend:
            nieuw = {d for d in nieuw if d < grens}
            if nieuw & dagen.keys():
                return False
            dagen |= dict.fromkeys(nieuw, r.van)
            self.ooit.add(r.grondslag)
            self._woon(r.gemeente, r.van)
            return True
        if r.gemeente not in {self.woont[d] for d in bekend if d in self.woont}:
            return False
        if r.tot is None or nieuw == bekend or {d for d in nieuw if d < grens} == bekend:
            return True
        if HORIZON - 1 not in bekend:
            return False
        for d in bekend - nieuw:
            del dagen[d]
        return True

    def _corrigeer(self, c: Corrigeer) -> bool:
        dagen = self.geregistreerd[c.grondslag]
        if c.grondslag not in self.ooit:
            return False
        if c.van is None:
            dagen.clear()
            return True
        nieuw = set(range(c.van, HORIZON if c.tot is None else c.tot))
        begin = {dagen[d] for d in nieuw if d in dagen} or set(dagen.values())
        if len(begin) > 1 and not nieuw & dagen.keys():
            return False
        self.geregistreerd[c.grondslag] = {d: v for d, v in dagen.items() if v not in begin} | dict.fromkeys(
            nieuw, c.van
        )
        if self.woont:
            eerste = min(self.woont)
            self.woont |= dict.fromkeys(range(c.van, eerste), self.woont[eerste])
        return True

    def _woon(self, gemeente: str, van: int) -> None:
        daar = self.woont.get(van)
        einde = next((d for d in range(van, HORIZON) if self.woont.get(d) != daar), HORIZON)
        self.woont |= dict.fromkeys(range(van, einde), gemeente)


def voer_uit(tijdlijn: Tijdlijn, opdracht: Opdracht) -> Gevolg | Weigering:
    match opdracht:
        case Registreer(grondslag, van, tot, gemeente):
            return registreer(tijdlijn, grondslag, dag(van), gemeente, tot=None if tot is None else dag(tot))
        case Corrigeer(grondslag, begin, tot):
            van_dag, tot_dag = None if begin is None else dag(begin), None if tot is None else dag(tot)
            return corrigeer(tijdlijn, grondslag, van_dag, CorrectieReden.DATUM, tot=tot_dag)
        case Verhuis(gemeente, van):
            return verhuis(tijdlijn, gemeente, dag(van))
        case Besluit(op):
            return na_besluit(
                tijdlijn,
                BesluitBeschutWerkGenomen(
                    persoon=PERSOON,
                    aanvraag=UUID(int=1),
                    gemeente="0014",
                    uitkomst=Uitkomst.POSITIEF,
                    besluit_op=dag(op),
                    binnen_termijn=True,
                ),
            )


def in_dagen(tijdlijn: Tijdlijn) -> tuple[dict[Grondslag, dict[int, int]], dict[int, str]]:
    """De tijdlijn dag voor dag; overlappen twee perioden van één grondslag, dan faalt dit."""
    telling = Counter((r.grondslag, d) for r in tijdlijn.registraties for d in range(nummer(r.van), nummer(r.tot)))
    assert all(aantal == 1 for aantal in telling.values()), "perioden van één grondslag overlappen"
    geregistreerd: dict[Grondslag, dict[int, int]] = {g: {} for g in GRONDSLAGEN}
    for r in tijdlijn.registraties:
        geregistreerd[r.grondslag] |= dict.fromkeys(range(nummer(r.van), nummer(r.tot)), nummer(r.van))
    woont = {d: w.gemeente for w in tijdlijn.woonplaatsen for d in range(nummer(w.van), nummer(w.tot))}
    return geregistreerd, woont


_DAG = st.integers(0, HORIZON - 3)
_PERIODE = _DAG.flatmap(lambda van: st.tuples(st.just(van), st.none() | st.integers(van + 1, HORIZON - 1)))
_OPDRACHTEN = st.lists(
    st.one_of(
        st.builds(
            lambda g, p, gem: Registreer(g, p[0], p[1], gem),
            st.sampled_from(GRONDSLAGEN),
            _PERIODE,
            st.sampled_from(GEMEENTEN),
        ),
        st.builds(lambda g, p: Corrigeer(g, p[0], p[1]), st.sampled_from(GRONDSLAGEN), _PERIODE),
        st.builds(lambda g: Corrigeer(g, None, None), st.sampled_from(GRONDSLAGEN)),
        st.builds(Verhuis, st.sampled_from(GEMEENTEN), _DAG),
        st.builds(Besluit, _DAG),
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(_OPDRACHTEN)
def test_the_register_agrees_with_a_table_of_days_and_says_exactly_what_changed(opdrachten: list[Opdracht]) -> None:
    tijdlijn, model = Tijdlijn(PERSOON), Dagen()
    for opdracht in opdrachten:
        uit = voer_uit(tijdlijn, opdracht)
        assert model.doe(opdracht) is isinstance(uit, Gevolg), (opdracht, uit)
        if isinstance(uit, Gevolg):
            na = uit.tijdlijn
            veranderd = (tijdlijn.registraties, tijdlijn.woonplaatsen) != (na.registraties, na.woonplaatsen)
            assert bool(uit.feiten) is veranderd
            for feit in uit.feiten:
                inhoud = type(feit).model_validate(feit.model_dump())
                assert isinstance(inhoud, RegistratieIngegaan | RegistratieBeeindigd | RegistratieGecorrigeerd) or (
                    inhoud.naam == "persoon-verhuisd"
                )
                gezegd = inhoud.model_dump(include={"registraties", "woonplaatsen"})
                assert gezegd["registraties"] == tuple(r.model_dump() for r in na.registraties)
                assert gezegd["woonplaatsen"] == tuple(w.model_dump() for w in na.woonplaatsen)
            tijdlijn = na
        assert in_dagen(tijdlijn) == (model.geregistreerd, model.woont)
        assert all(
            een.tot == twee.van and een.gemeente != twee.gemeente for een, twee in pairwise(tijdlijn.woonplaatsen)
        )


@settings(max_examples=200, deadline=None)
@given(_OPDRACHTEN)
def test_the_same_command_again_changes_nothing(opdrachten: list[Opdracht]) -> None:
    tijdlijn = Tijdlijn(PERSOON)
    for opdracht in opdrachten:
        uit = voer_uit(tijdlijn, opdracht)
        if isinstance(uit, Gevolg):
            tijdlijn = uit.tijdlijn
            assert voer_uit(tijdlijn, opdracht) == Gevolg(tijdlijn)
