"""Wat verborgen wordt: elk klein vak, en genoeg daarnaast dat geen som het verraadt."""

from datetime import datetime
from fractions import Fraction

from banenspoor_contracts import Reeks
from hypothesis import given, settings
from hypothesis import strategies as st

from services.telling.domain.openbaar import KOLOMMEN, Achter, Drempel, Vak, stapmoment, vakken, verborgen
from services.telling.domain.perioden import perioden
from services.telling.domain.selectie import Selectie
from shared.api import AMSTERDAM
from tests.rang import Gegeven

DREMPEL = Drempel(5, 3)
REGIOS = ["AM01", "AM02", "AM03", "onbekend"]


def rooster(mensen: dict[tuple[str, str], int]) -> list[tuple[Vak, Achter]]:
    """Tellingen van elk vak en elk totaal, als niemand in twee vakken werkt; zoveel werkgevers als mensen."""
    som: dict[Vak, int] = {}
    for (regio, kolom), aantal in mensen.items():
        for vak in {(regio, kolom), (regio, None), (None, kolom), (None, None)}:
            som[vak] = som.get(vak, 0) + aantal
    return [(vak, Achter(aantal, aantal)) for vak, aantal in som.items() if aantal]


def som(vak: Vak) -> dict[Vak, Fraction]:
    regios = REGIOS if vak[0] is None else [vak[0]]
    kolommen = [k for k in KOLOMMEN if k] if vak[1] is None else [vak[1]]
    return {(r, k): Fraction(1) for r in regios for k in kolommen}


def test_genoeg_mensen_en_werkgevers_blijft_staan() -> None:
    assert verborgen([(("AM01", "markt"), Achter(5, 3)), ((None, None), Achter(5, 3))], DREMPEL) == frozenset()


def test_te_weinig_mensen_of_werkgevers_verbergt_een_rechthoek_met_de_minste_mensen() -> None:
    mensen = {("AM01", "markt"): 4, ("AM01", "overheid"): 90, ("AM01", "inleen"): 30}
    mensen |= {("AM02", "markt"): 70, ("AM02", "overheid"): 40, ("AM02", "inleen"): 50}
    verwacht = {("AM01", "markt"), ("AM01", "inleen"), ("AM02", "markt"), ("AM02", "inleen")}
    assert verborgen(rooster(mensen), DREMPEL) == verwacht
    een_werkgever = [
        (vak, achter._replace(werkgevers=2 if vak == ("AM01", "markt") else 9)) for vak, achter in rooster(mensen)
    ]
    groot = [(vak, achter._replace(personen=achter.personen + 100)) for vak, achter in een_werkgever]
    assert ("AM01", "markt") in verborgen(groot, DREMPEL)


def test_een_maand_die_te_klein_is_verbergt_het_vak_in_het_hele_kwartaal() -> None:
    maanden = rooster({(r, k): 50 for r in REGIOS for k in ("markt", "overheid", "inleen")})
    assert verborgen(maanden, DREMPEL) == frozenset()
    assert ("AM02", "markt") in verborgen([*maanden, (("AM02", "markt"), Achter(2, 2))], DREMPEL)


def test_een_leeg_vak_is_geen_dekking_als_het_anders_kan() -> None:
    mensen = {("AM01", "markt"): 3, ("AM01", "inleen"): 80, ("AM02", "markt"): 60, ("AM02", "inleen"): 70}
    assert not {vak for vak in verborgen(rooster(mensen), DREMPEL) if vak[1] == "overheid"}


@settings(max_examples=120, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(REGIOS), st.sampled_from(["markt", "overheid", "inleen"])),
        st.sampled_from([1, 2, 4, 5, 6, 20, 300]),
    )
)
def test_geen_verborgen_vak_volgt_uit_de_getoonde(mensen: dict[tuple[str, str], int]) -> None:
    tellingen = rooster(mensen)
    dicht = verborgen(tellingen, DREMPEL)
    assert {vak for vak, achter in tellingen if DREMPEL.te_klein(achter)} <= dicht
    if not any(DREMPEL.te_klein(achter) for _, achter in tellingen):
        assert dicht == frozenset()
    alle = [(r, k) for r in (*REGIOS, None) for k in KOLOMMEN]
    getoond = Gegeven(som(vak) for vak in alle if vak not in dicht)
    assert [vak for vak in dicht if getoond.volgt(som(vak))] == []


def test_een_sector_waarin_inleen_verdeeld_is_hangt_ook_van_inleen_af() -> None:
    jaar = Selectie(Reeks.JAARMETING, perioden(Reeks.JAARMETING, "2023"), ("sector",))
    assert vakken(jaar, {"sector": "markt"}, verdeeld=True) == {(None, "markt"), (None, "inleen")}
    assert vakken(jaar, {"sector": "markt"}, verdeeld=False) == {(None, "markt")}
    regio = Selectie(Reeks.JAARMETING, perioden(Reeks.JAARMETING, "2023"), ("regio", "sector"))
    assert vakken(regio, {"regio": "AM01", "sector": None}, verdeeld=False) == {("AM01", "inleen")}


def test_een_stap_is_een_heel_uur_of_een_hele_dag() -> None:
    nu = datetime(2024, 7, 12, 15, 59, 59, 999999, tzinfo=AMSTERDAM)
    assert stapmoment(nu, "uur").isoformat() == "2024-07-12T15:00:00+02:00"
    assert stapmoment(nu, "dag").isoformat() == "2024-07-12T00:00:00+02:00"
