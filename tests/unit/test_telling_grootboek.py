"""Lezen en boeken: het snelle lezen houdt gelijke tred met het contract, het register boekt alleen verschillen."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import Cel, Contract, Grondslag, Reden, Sector, UrenStand, UrenVerloond, Vorm
from hypothesis import given, settings
from hypothesis import strategies as st

from services.telling.domain import register
from services.telling.domain.grootboek import REDENCODES, Boeking, microseconden, saldeer
from services.telling.domain.perioden import maand_van_tekst, tekst_van_maand
from services.telling.domain.register import Baan, Inschrijving
from services.telling.lezing import lees_uur
from shared.dead_letter import Vergif
from shared.envelope import Bericht

cellen = st.builds(
    lambda **velden: Cel(**velden),  # de kortste weg langs de namen in de JSON
    gemeente_werk=st.sampled_from(["0014", "0363"]),
    gemeente_woon=st.sampled_from([None, "0014"]),
    sector=st.sampled_from(Sector),
    vorm=st.sampled_from(Vorm),
    contract=st.sampled_from(Contract),
    grondslagen_maand=st.sets(st.sampled_from(Grondslag), max_size=3).map(tuple),
    grondslagen_kwartaal=st.sets(st.sampled_from(Grondslag), max_size=3).map(tuple),
)
urenstanden = st.builds(
    lambda **velden: UrenStand(**velden),
    uren_x100=st.integers(-(10**6), 10**6),
    uitbetaald_x100=st.integers(-100, 100),
    werkgever=st.uuids(),
    inlener=st.none() | st.uuids(),
    cel=cellen,
)
uren = st.builds(
    lambda **velden: UrenVerloond(**velden),
    persoon=st.uuids(),
    plaatsing=st.uuids(),
    maand=st.sampled_from(["2012-10", "2023-12"]),
    reden=st.sampled_from(Reden),
    nieuw=urenstanden,
    vorig=st.none() | urenstanden,
    bekend_op=st.none() | st.datetimes(datetime(2014, 1, 1), datetime(2024, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)


def bericht(waarde: bytes, sleutel: str) -> Bericht:
    tijd = datetime(2024, 5, 1, tzinfo=UTC)
    return Bericht("verloonde-uren", 3, 0, 1, uuid4(), "plaatsing", UrenVerloond.type_, tijd, sleutel, waarde)


@settings(max_examples=100, deadline=None)
@given(feit=uren)
def test_het_snelle_lezen_ziet_wat_het_contract_zegt(feit: UrenVerloond) -> None:
    gelezen = lees_uur(bericht(feit.bytes_(), str(feit.persoon)))
    assert (gelezen.persoon, gelezen.plaatsing) == (str(feit.persoon), str(feit.plaatsing))
    assert (gelezen.maand, gelezen.reden, gelezen.bekend_op) == (feit.maand, feit.reden, feit.bekend_op)
    for been, stand in ((gelezen.nieuw, feit.nieuw), (gelezen.vorig, feit.vorig)):
        assert (been is None) == (stand is None)
        if been is not None and stand is not None:
            assert (been.uren_x100, been.werkgever) == (stand.uren_x100, str(stand.werkgever))
            assert bytes(been.cel) == stand.cel.bytes_()


GOED: dict[str, Any] = json.loads(
    UrenVerloond(
        persoon=UUID(int=1),
        plaatsing=UUID(int=2),
        maand="2023-12",
        reden=Reden.LEVERING,
        nieuw=UrenStand(
            uren_x100=100,
            werkgever=UUID(int=3),
            cel=Cel(
                gemeente_werk="0014",
                sector=Sector.MARKT,
                vorm=Vorm.FORMEEL,
                contract=Contract.VAST,
                grondslagen_maand=(),
                grondslagen_kwartaal=(),
            ),
        ),
        vorig=None,
    ).bytes_()
)


@pytest.mark.parametrize(
    "anders",
    [
        {"maand": "2023-13"},
        {"maand": "9999-01"},
        {"reden": "ZOMAAR"},
        {"nieuw": None},
        {"nieuw": {**GOED["nieuw"], "urenX100": 1.5}},
        {"nieuw": {**GOED["nieuw"], "urenX100": "100"}},
        {"nieuw": {**GOED["nieuw"], "urenX100": 10**12}},
        {"nieuw": {**GOED["nieuw"], "inlener": "een werkgever"}},
        {"persoon": "wie"},
        {"bekendOp": "2024-01-01T00:00:00"},
    ],
)
def test_wat_niet_te_boeken_is_is_vergif(anders: dict[str, Any]) -> None:
    waarde = json.dumps(GOED | anders).encode()
    with pytest.raises(Vergif):
        lees_uur(bericht(waarde, str((GOED | anders)["persoon"])))


def test_geen_json_een_leeg_bericht_en_een_andere_sleutel_zijn_vergif() -> None:
    for waarde in (b"", b"null", b"[]", b"\xff\xfe", b'{"persoon": '):
        with pytest.raises(Vergif):
            lees_uur(bericht(waarde, str(UUID(int=1))))
    with pytest.raises(Vergif, match="sleutel"):
        lees_uur(bericht(json.dumps(GOED).encode(), str(UUID(int=9))))


def test_elke_reden_heeft_een_eigen_getal() -> None:
    assert set(REDENCODES) == set(Reden)
    assert len(set(REDENCODES.values())) == len(Reden)


@given(st.integers(1900 * 12, 2199 * 12 + 11))
def test_een_maand_komt_terug_uit_haar_tekst(maand: int) -> None:
    assert maand_van_tekst(tekst_van_maand(maand)) == maand


def test_een_moment_is_een_heel_aantal_microseconden() -> None:
    assert microseconden(datetime(1970, 1, 1, 0, 0, 1, 7, tzinfo=UTC)) == 1_000_007


def test_saldi_tellen_op_per_maand_cel_en_shard_op_volgorde() -> None:
    def boeking(maand: int, cel: int, been: int, uren: int) -> Boeking:
        return Boeking(maand, 1, been, 1, cel, uren, 1, 1, 1, 0, 1)

    saldi = saldeer(
        [(0, boeking(2, 1, 1, 10)), (0, boeking(1, 9, 1, 5)), (0, boeking(2, 1, -1, -4)), (1, boeking(2, 1, 1, 3))]
    )
    assert [tuple(m) for m in saldi] == [(1, 9, 0, 5, 1, 1), (2, 1, 0, 6, 2, 0), (2, 1, 1, 3, 1, 1)]


dagen = st.dates(date(2015, 1, 1), date(2016, 1, 1))
inschrijvingen = st.frozensets(
    st.builds(Inschrijving, st.sampled_from(["WSW", "PW_INDICATIE"]), dagen, st.none()), max_size=4
)


@given(tijdlijnen=st.lists(inschrijvingen, max_size=6))
def test_geboekte_verschillen_tellen_op_tot_de_laatste_tijdlijn(tijdlijnen: list[frozenset[Inschrijving]]) -> None:
    saldo: dict[Inschrijving, int] = {}
    geboekt: frozenset[Inschrijving] = frozenset()
    for nieuw in tijdlijnen:
        for inschrijving, delta in register.verschil(geboekt, nieuw):
            saldo[inschrijving] = saldo.get(inschrijving, 0) + delta
        geboekt = nieuw
    assert {i for i, aantal in saldo.items() if aantal} == set(geboekt)
    assert set(saldo.values()) <= {0, 1}


def test_een_baan_is_te_verwachten_van_haar_eerste_tot_en_met_haar_laatste_maand() -> None:
    baan = Baan("formeel", date(2023, 10, 15), date(2023, 12, 1))
    per_maand: dict[int, int] = {}
    for _, maand, delta in register.activiteit(baan, 1):
        per_maand[maand] = per_maand.get(maand, 0) + delta
    maanden = [maand_van_tekst(f"2023-{m:02d}") for m in (9, 10, 11, 12)]
    assert [register.verwacht(per_maand, [m]) for m in maanden] == [0, 1, 1, 0]
    assert register.verwacht(per_maand, maanden) == 2


def test_vormen_die_nooit_tellen_worden_niet_verwacht() -> None:
    vormen = register.tellende_vormen("wfsv-38b")
    assert {"formeel", "uitzendrelatie", "wsw_detachering"} <= vormen
    assert not vormen & {"beschut_werk", "wsw_beschut", "proefplaatsing", "overige_detachering"}
