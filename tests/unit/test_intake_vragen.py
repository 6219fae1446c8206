"""De pure regels achter de vragen aan het register: antwoord aan een werkgever, keten, tempo, en wie wat mag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from banenspoor_contracts import Grondslag, Registratie, Woonplaats
from hypothesis import given
from hypothesis import strategies as st

from services.intake import toegang
from services.intake.domain import Tijdlijn
from services.intake.domain.keten import BEGIN, INHOUD, Controle, canoniek, hash_van
from services.intake.domain.werkgeversvraag import Antwoord, Periode, antwoord
from services.intake.raadplegingen import regels
from services.intake.tempo import Tempo
from shared.api import Opdracht, Probleem

DAG = date(2026, 11, 25)
_dagen = st.dates(date(2023, 1, 1), date(2028, 12, 31))
_perioden = st.lists(
    st.builds(
        lambda van, duur: Periode(van, van + timedelta(days=duur) if duur else None), _dagen, st.integers(0, 900)
    ),
    max_size=5,
)


def _dekt(perioden: Iterable[Periode], dag: date) -> bool:
    return any(p.van <= dag and (p.tot is None or dag < p.tot) for p in perioden)


def test_before_2026_the_law_asks_for_yes_or_no_only() -> None:
    loopt = [Periode(date(2020, 1, 1), None)]
    assert antwoord(loopt, date(2025, 12, 31), regels()) == Antwoord(True)
    assert antwoord(loopt, date(2026, 1, 1), regels()) == Antwoord(True, (Periode(date(2025, 1, 1), None),))
    assert antwoord([], date(2025, 12, 31), regels()) == Antwoord(False)
    assert antwoord(loopt, date(2015, 4, 30), regels()) == Antwoord(False)


@pytest.mark.parametrize(
    ("periode", "gezien"),
    [
        (Periode(date(2024, 1, 1), date(2025, 1, 1)), ()),
        (Periode(date(2024, 1, 1), date(2025, 1, 2)), (Periode(date(2025, 1, 1), date(2025, 1, 2)),)),
        (Periode(date(2026, 2, 1), date(2026, 12, 31)), (Periode(date(2026, 2, 1), date(2026, 12, 31)),)),
        (Periode(date(2026, 2, 1), date(2027, 1, 1)), (Periode(date(2026, 2, 1), None),)),
        (Periode(date(2026, 2, 1), date(2031, 1, 1)), (Periode(date(2026, 2, 1), None),)),
        (Periode(date(2027, 1, 1), None), ()),
    ],
)
def test_the_window_is_this_and_the_previous_calendar_year(periode: Periode, gezien: tuple[Periode, ...]) -> None:
    assert antwoord([periode], DAG, regels()).perioden == gezien


@given(_perioden, st.dates(date(2026, 1, 1), date(2026, 12, 31)), _dagen)
def test_the_periods_are_the_days_of_all_grounds_within_the_window(
    perioden: list[Periode], op: date, dag: date
) -> None:
    uit = antwoord(perioden, op, regels())
    assert uit.in_register == _dekt(perioden, op)
    gezien = uit.perioden or ()
    if date(2025, 1, 1) <= dag < date(2027, 1, 1):
        assert _dekt(gezien, dag) == _dekt(perioden, dag)
    assert all(p.van >= date(2025, 1, 1) and (p.tot is None or p.van < p.tot < date(2027, 1, 1)) for p in gezien)
    for eerste, tweede in pairwise(gezien):
        assert eerste.tot is not None
        assert eerste.tot < tweede.van


def _schakel(nr: int, vorige: bytes, **anders: Any) -> dict[str, Any]:
    moment = datetime(2026, 11, 25, 9, 0, 0, 5, tzinfo=UTC)
    uit: dict[str, Any] = (
        dict.fromkeys(INHOUD) | {"nr": nr, "vorige": vorige, "begin": moment, "einde": moment} | anders
    )
    return uit | {"hash": hash_van(vorige, uit)}


def test_the_canonical_content_is_what_another_can_compute() -> None:
    schakel = _schakel(1, BEGIN, naam="persoon", betrokkene_hmac=b"\x01\xff", correlatie=UUID(int=3), proef=False)
    tekst = canoniek(schakel).decode()
    assert '"begin":"2026-11-25T09:00:00.000005+00:00","betrokkene_hmac":"01ff"' in tekst
    assert '"correlatie":"00000000-0000-0000-0000-000000000003"' in tekst
    elders = schakel | {"begin": schakel["begin"].astimezone(ZoneInfo("Europe/Amsterdam"))}
    assert canoniek(elders) == canoniek(schakel)
    assert canoniek(schakel | {"betrokkene": b"blob"}) == canoniek(schakel)


@given(st.integers(1, 6), st.sampled_from(INHOUD))
def test_any_changed_field_breaks_its_link(waar: int, veld: str) -> None:
    keten, vorige = [], BEGIN
    for nr in range(1, 7):
        keten.append(_schakel(nr, vorige, naam="persoon"))
        vorige = keten[-1]["hash"]
    controle = Controle()
    assert not any(controle.neem(schakel) for schakel in keten)
    assert controle.sluit_af(6, vorige) is None
    keten[waar - 1] = keten[waar - 1] | {veld: 99}
    controle = Controle()
    breuk = next(b for schakel in keten if (b := controle.neem(schakel)))
    assert breuk.nr == waar


def test_a_removed_tail_is_missed_at_the_head() -> None:
    een = _schakel(1, BEGIN)
    twee = _schakel(2, een["hash"])
    controle = Controle()
    controle.neem(een)
    breuk = controle.sluit_af(2, twee["hash"])
    assert breuk is not None
    assert breuk.nr == 2
    controle.neem(twee)
    breuk = controle.sluit_af(1, een["hash"])
    assert breuk is not None
    assert breuk.nr == 2


def test_a_bucket_empties_fills_and_may_go_into_debt() -> None:
    nu = 0.0
    tempo = Tempo(lambda: nu)
    assert tempo.neem("a", "lezen", 40, 60) == 0
    assert tempo.neem("a", "lezen", 40, 60) == 20
    assert tempo.neem("b", "lezen", 40, 60) == 0
    assert tempo.neem("a", "vragen", 40, 60) == 0
    nu = 20.0
    assert tempo.neem("a", "lezen", 40, 60) == 0
    nu = 80.0
    assert tempo.neem("a", "lezen", 600, 60) == 0
    assert tempo.neem("a", "lezen", 1, 60) == 541
    nu = 1000.0
    assert [tempo.neem("a", "lezen", n, 60) for n in (0, 60, 0)] == [0, 0, 0]
    assert tempo.neem("a", "lezen", 1, 60) == 1


@given(st.lists(st.tuples(st.floats(0, 30), st.integers(1, 10)), max_size=60))
def test_never_more_than_the_limit_in_any_minute(vragen: list[tuple[float, int]]) -> None:
    nu, toegestaan = 0.0, []
    tempo = Tempo(lambda: nu)
    for wacht, aantal in vragen:
        nu += wacht
        if tempo.neem("a", "lezen", aantal, 20) == 0:
            toegestaan.append((nu, aantal))
    for begin, _ in toegestaan:
        assert sum(n for op, n in toegestaan if begin <= op < begin + 60) <= 40


def _opdracht(*scopes: str, **namens: Any) -> Opdracht:
    nu = datetime(2026, 11, 25, tzinfo=UTC)
    return replace(Opdracht("client", frozenset(scopes), nu, nu.date(), UUID(int=1)), **namens)


IK, WONER = (
    UUID(int=11),
    Tijdlijn(
        UUID(int=12),
        (Registratie(grondslag=Grondslag.WSW, van=date(2018, 1, 1), tot=date(2019, 1, 1)),),
        (
            Woonplaats(gemeente="0014", van=date(2018, 1, 1), tot=date(2020, 1, 1)),
            Woonplaats(gemeente="0114", van=date(2020, 1, 1)),
        ),
    ),
)


@pytest.mark.parametrize(
    ("opdracht", "mag"),
    [
        (_opdracht("registraties:lezen"), True),
        (_opdracht("registraties:lezen", werkgever=IK), None),
        (_opdracht("registraties:lezen", persoon=IK), False),
        (_opdracht("registraties:lezen", persoon=WONER.persoon), True),
        (_opdracht("registraties:lezen", gemeente="0518"), False),
        (_opdracht("registraties:lezen", gemeente="0014"), True),
        (_opdracht("eigen-gegevens", persoon=WONER.persoon), True),
        (_opdracht("eigen-gegevens", gemeente="0014", persoon=IK), False),
        (_opdracht("eigen-gegevens", gemeente="0014"), None),
        (_opdracht("eigen-gegevens"), None),
        (_opdracht("gemeente", gemeente="0114"), True),
        (_opdracht("gemeente", gemeente="0518"), False),
        (_opdracht("gemeente", persoon=WONER.persoon), None),
        (_opdracht("gemeente", "verantwoording"), None),
        (_opdracht("gemeente"), None),
    ],
)
def test_for_whom_a_token_comes_always_limits(opdracht: Opdracht, mag: bool | None) -> None:
    if mag is None:
        with pytest.raises(Probleem) as fout:
            toegang.mag_lezen(opdracht, WONER)
        assert fout.value.status == 403
    else:
        assert toegang.mag_lezen(opdracht, WONER) is mag


def test_a_municipality_sees_its_own_time_only() -> None:
    oud, nieuw = (toegang.zichtbaar(_opdracht("gemeente", gemeente=g), WONER) for g in ("0014", "0114"))
    assert (len(oud.registraties), [w.gemeente for w in oud.woonplaatsen]) == (1, ["0014"])
    assert (len(nieuw.registraties), [w.gemeente for w in nieuw.woonplaatsen]) == (0, ["0114"])
    assert toegang.zichtbaar(_opdracht("registraties:lezen"), WONER) == WONER
