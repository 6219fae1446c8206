"""Instrumenten en loonwaarde bij een baan: perioden overlappen nooit, en wie meeluistert komt op dezelfde stand uit."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import (
    Contract,
    Feit,
    Instrument,
    InstrumentBeeindigd,
    InstrumentGestart,
    LoonwaardeVastgesteld,
    Sector,
    VerstrekkerSoort,
    Vorm,
)
from hypothesis import given
from hypothesis import strategies as st

from services.plaatsing.domain.ondersteuning import (
    Loonwaarde,
    Periode,
    Sleutel,
    neem_instrument,
    neem_loonwaarde,
)
from services.plaatsing.domain.plaatsing import Baan
from services.plaatsing.domain.uren import Weigering

LKS, COACH = Instrument.LOONKOSTENSUBSIDIE, Instrument.JOBCOACH_EXTERN
GEMEENTE, UWV = VerstrekkerSoort.GEMEENTE, VerstrekkerSoort.UWV
TOEN, LATER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)


def baan(tot: date | None = None) -> Baan:
    """Een baan vanaf 2017."""
    gevers: tuple[UUID, UUID | None] = (uuid4(), None)
    return Baan(
        *(uuid4(), uuid4(), "A", "P-1", *gevers, Vorm.FORMEEL, Contract.VAST, 2550, "0014", Sector.MARKT, None),
        *(date(2017, 1, 1), tot),
    )


def lks(van: date, tot: date | None = None, **anders: Any) -> Periode:
    """Loonkostensubsidie van de gemeente Groningen."""
    waarden: dict[str, Any] = {"instrument": LKS, "verstrekker": GEMEENTE, "gemeente": "0014"}
    return Periode(van=van, tot=tot, **(waarden | anders))


def goed(stand: dict[Sleutel, Periode], nieuw: Periode, bij: Baan) -> Feit:
    """Neemt de periode op in de stand; geeft het feit."""
    gevolg = neem_instrument(bij, stand, nieuw)
    assert isinstance(gevolg, tuple)
    stand[gevolg[0].sleutel] = gevolg[0]
    return gevolg[1]


def test_a_period_starts_ends_runs_on_and_changes_hands() -> None:
    bij, stand = baan(), dict[Sleutel, Periode]()
    van, tot = date(2018, 1, 1), date(2019, 1, 1)
    gestart = goed(stand, lks(van), bij)
    assert isinstance(gestart, InstrumentGestart)
    assert (gestart.persoon, gestart.plaatsing, gestart.tot) == (bij.persoon, bij.plaatsing, None)
    assert gestart.verstrekker.json_() == {"soort": "GEMEENTE", "code": "0014"}
    einde = goed(stand, lks(van, tot), bij)
    assert isinstance(einde, InstrumentBeeindigd)
    assert (einde.van, einde.tot) == (van, tot)
    assert neem_instrument(bij, stand, lks(van, tot)) is None
    langer = goed(stand, lks(van, date(2020, 1, 1)), bij)
    assert isinstance(langer, InstrumentBeeindigd)
    open_ = goed(stand, lks(van), bij)
    assert isinstance(open_, InstrumentGestart)
    ander = goed(stand, lks(van, tot, gemeente="0034"), bij)
    assert isinstance(ander, InstrumentGestart)
    assert (ander.tot, ander.verstrekker.code) == (tot, "0034")
    assert list(stand) == [(LKS, van)]


@pytest.mark.parametrize(
    ("nieuw", "veld", "code"),
    [
        (lks(date(2018, 1, 1), date(2018, 1, 1)), "tot", "einde_voor_begin"),
        (lks(date(2016, 12, 31)), "van", "voor_begin"),
        (lks(date(2022, 1, 1)), "van", "na_einde"),
        (lks(date(2018, 1, 1), gemeente=None), "verstrekker_gemeente", "verplicht"),
        (lks(date(2018, 1, 1), verstrekker=UWV), "verstrekker_gemeente", "onjuist"),
        (lks(date(2018, 1, 1)), "van", "overlap"),
        (lks(date(2018, 1, 1), date(2019, 6, 2)), "tot", "overlap"),
        (lks(date(2020, 1, 1)), "van", "overlap"),
    ],
)
def test_what_cannot_be_is_refused(nieuw: Periode, veld: str, code: str) -> None:
    loopt = lks(date(2019, 6, 1))
    weigering = neem_instrument(baan(date(2022, 1, 1)), {loopt.sleutel: loopt}, nieuw)
    assert isinstance(weigering, Weigering)
    assert (weigering.veld, weigering.code) == (veld, code)
    assert not any(woord in weigering.melding for woord in ("LOON", "loon", "subsidie"))


def test_what_touches_or_is_another_instrument_may_be_and_may_outlive_the_job() -> None:
    bij, stand = baan(date(2022, 1, 1)), dict[Sleutel, Periode]()
    goed(stand, lks(date(2019, 6, 1)), bij)
    goed(stand, lks(date(2018, 1, 1), date(2019, 6, 1)), bij)
    goed(stand, lks(date(2018, 1, 1), instrument=COACH, verstrekker=UWV, gemeente=None), bij)
    goed(stand, lks(date(2019, 6, 1), date(2025, 1, 1)), bij)
    assert len(stand) == 3


def test_known_time_never_goes_back() -> None:
    bij, stand = baan(), dict[Sleutel, Periode]()
    van = date(2018, 1, 1)
    assert goed(stand, lks(van, bekend_op=LATER), bij).bekend_op == LATER
    assert goed(stand, lks(van, date(2019, 1, 1), bekend_op=TOEN), bij).bekend_op == LATER
    assert goed(stand, lks(van), bij).bekend_op is None
    assert goed(stand, lks(van, date(2019, 1, 1), bekend_op=LATER), bij).bekend_op is None


def test_a_wage_value_of_the_same_day_replaces() -> None:
    bij, eerst = baan(date(2022, 1, 1)), Loonwaarde(date(2016, 10, 1), 6250, "UNIFORM", TOEN)
    gevolg = neem_loonwaarde(bij, {}, eerst)
    assert isinstance(gevolg, tuple)
    feit = gevolg[1]
    assert isinstance(feit, LoonwaardeVastgesteld)
    assert (feit.procent_x100, feit.op, feit.methode, feit.bekend_op) == (6250, eerst.op, "UNIFORM", TOEN)
    assert neem_loonwaarde(bij, {eerst.op: eerst}, Loonwaarde(eerst.op, 6250, "UNIFORM")) is None
    beter = neem_loonwaarde(bij, {eerst.op: eerst}, Loonwaarde(eerst.op, 7000, "UNIFORM"))
    assert isinstance(beter, tuple)
    assert beter[1].bekend_op is None
    te_laat = neem_loonwaarde(bij, {}, Loonwaarde(date(2022, 1, 1), 7000, "UNIFORM"))
    assert isinstance(te_laat, Weigering)
    assert (te_laat.veld, te_laat.code) == ("op", "na_einde")


_DAGEN = st.integers(0, 40).map(lambda n: date(2017, 1, 1) + timedelta(days=n))
_PERIODEN = st.builds(
    Periode,
    instrument=st.sampled_from([LKS, COACH]),
    van=_DAGEN,
    tot=st.none() | _DAGEN,
    verstrekker=st.just(GEMEENTE),
    gemeente=st.sampled_from(["0014", "0034"]),
)


@given(st.lists(_PERIODEN, max_size=25))
def test_periods_never_overlap_and_a_listener_ends_up_with_the_same(rijen: list[Periode]) -> None:
    bij, stand, gehoord = baan(date(2017, 2, 1)), dict[Sleutel, Periode](), dict[Any, Any]()
    for rij in rijen:
        gevolg = neem_instrument(bij, stand, rij)
        if isinstance(gevolg, tuple):
            stand[rij.sleutel], feit = gevolg
            assert isinstance(feit, InstrumentGestart | InstrumentBeeindigd)
            gehoord[feit.instrument, feit.van] = feit.tot, feit.verstrekker.code
        elif gevolg is None:
            assert stand[rij.sleutel] == rij
    for instrument in (LKS, COACH):
        op_volgorde = sorted((p for p in stand.values() if p.instrument is instrument), key=lambda p: p.van)
        assert all(a.tot is not None and a.tot <= b.van for a, b in pairwise(op_volgorde))
    assert gehoord == {sleutel: (p.tot, p.gemeente) for sleutel, p in stand.items()}
