"""De sectoren van een werkgever door de tijd."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from banenspoor_contracts import Sector, Subsector, WerkgeverStand
from hypothesis import given
from hypothesis import strategies as st

from services.plaatsing.domain.sbi import branche
from services.plaatsing.domain.uren import Weigering
from services.plaatsing.domain.werkgever import Opgave, met_opgave, sector_op, tijdlijn, volgende_stand

MARKT, OVERHEID = Sector.MARKT, Sector.OVERHEID


def opgave(jaar: int, sector: Sector = MARKT, tot: date | None = None) -> Opgave:
    """Vanaf 1 januari van het jaar."""
    return Opgave(date(jaar, 1, 1), tot, sector, Subsector.GEMEENTE if sector is OVERHEID else None)


def samen(*opgaven: Opgave) -> tuple[Opgave, ...]:
    """Alle opgaven na elkaar; geen ervan wordt geweigerd."""
    stand: tuple[Opgave, ...] = ()
    for o in opgaven:
        nieuw = met_opgave(stand, o)
        assert not isinstance(nieuw, Weigering)
        stand = nieuw
    return stand


def test_an_open_period_lasts_until_the_next_begins() -> None:
    perioden = tijdlijn(samen(opgave(2020, OVERHEID), opgave(2017)))
    assert [(p.van, p.tot, p.sector) for p in perioden] == [
        (date(2017, 1, 1), date(2020, 1, 1), MARKT),
        (date(2020, 1, 1), None, OVERHEID),
    ]
    assert sector_op(perioden, date(2016, 12, 31)) is None
    assert sector_op(perioden, date(2019, 12, 31)) == perioden[0]
    assert sector_op(perioden, date(2020, 1, 1)) == perioden[1]


def test_the_same_begin_again_replaces() -> None:
    assert samen(opgave(2017), opgave(2017, OVERHEID)) == (opgave(2017, OVERHEID),)


def test_an_explicit_end_may_not_run_over_another_period() -> None:
    dicht = opgave(2017, tot=date(2019, 1, 1))
    for eerst, dan in ((dicht, opgave(2018)), (opgave(2018), dicht)):
        weigering = met_opgave((eerst,), dan)
        assert isinstance(weigering, Weigering)
        assert weigering.code == "overlap"
    assert len(samen(dicht, opgave(2019))) == 2
    assert len(samen(opgave(2019), dicht)) == 2


def test_an_end_before_the_begin_is_refused() -> None:
    weigering = met_opgave((), opgave(2017, tot=date(2017, 1, 1)))
    assert isinstance(weigering, Weigering)
    assert weigering.code == "einde_voor_begin"


@given(st.permutations([opgave(j, s) for j, s in zip(range(2013, 2020), [MARKT, OVERHEID] * 4, strict=False)]))
def test_the_order_of_delivery_does_not_matter(opgaven: list[Opgave]) -> None:
    assert samen(*opgaven) == samen(*sorted(opgaven, key=lambda o: o.van))


@given(
    st.lists(st.builds(opgave, st.integers(2010, 2030), st.sampled_from(Sector), st.none() | st.dates()), max_size=9)
)
def test_periods_never_overlap(opgaven: list[Opgave]) -> None:
    stand: tuple[Opgave, ...] = ()
    for o in opgaven:
        nieuw = met_opgave(stand, o)
        stand = stand if isinstance(nieuw, Weigering) else nieuw
        perioden = tijdlijn(stand)
        assert all(a.tot is not None and a.tot <= b.van for a, b in pairwise(perioden))
        assert all(p.tot is None or p.van < p.tot for p in perioden)
        assert sum(p.van <= date(2020, 6, 1) < (p.tot or date.max) for p in perioden) <= 1
        assert sector_op(perioden, date(2020, 6, 1) - timedelta(days=9000)) is None


@pytest.mark.parametrize(
    ("sbi", "sectie"),
    [
        *(("O", "O"), ("o", "O"), ("84", "O"), ("84.11", "O"), ("8411", "O"), ("O 84.11", "O"), ("O84", "O")),
        *(("01.1", "A"), ("09", "B"), ("10", "C"), ("33.20", "C"), ("78201", "N"), ("99", "U")),
        *((None, None), ("", None), (" ", None), ("34", None), ("04", None), ("1", None), ("Z", None), ("zorg", None)),
    ],
)
def test_a_code_falls_in_one_section(sbi: str | None, sectie: str | None) -> None:
    assert branche(sbi) == sectie


def test_an_employer_is_said_again_only_when_something_is_different() -> None:
    werkgever, groep, toen = uuid4(), uuid4(), datetime(2020, 1, 1, tzinfo=UTC)
    eerst = Opgave(date(2017, 1, 1), None, MARKT, None, "84", "250+", "0014", "J. Jansen", "12345678")
    groepen = {"12345678": groep}
    stand = volgende_stand(werkgever, (eerst,), groepen, None, toen)
    assert isinstance(stand, WerkgeverStand)
    assert (stand.versie, stand.branche, stand.grootteklasse, stand.gemeente_zetel) == (1, "O", "250+", "0014")
    assert (stand.groep, stand.bekend_op, stand.sectoren) == (groep, toen, tijdlijn((eerst,)))
    assert b"Jansen" not in stand.bytes_()
    assert b"12345678" not in stand.bytes_()
    assert volgende_stand(werkgever, (eerst,), groepen, stand, None) is None
    daarna = volgende_stand(werkgever, (eerst, opgave(2030, OVERHEID)), groepen, stand, None)
    assert daarna is not None
    assert (daarna.versie, daarna.branche, daarna.groep, daarna.bekend_op) == (2, None, None, None)
    assert [s.sector for s in daarna.sectoren] == [MARKT, OVERHEID]
    te_lang = Opgave(date(2017, 1, 1), None, MARKT, None, grootteklasse="x" * 21)
    lang = volgende_stand(werkgever, (te_lang,), {}, None, None)
    assert lang is not None
    assert lang.grootteklasse is None
