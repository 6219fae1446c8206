"""Foute rijen: elk wordt alleen afgewezen, met rij, kolom, code en melding, en laat niets achter."""

from typing import Any
from uuid import uuid4

from tests.service.plaatsing_proef import GEMEENTE, Plaatsing, baan, uren

Geval = tuple[dict[str, Any], str, str]


FOUTE_WERKGEVERS: list[Geval] = [
    ({"werkgever": "12345678L01"}, "werkgever", "onjuist"),
    ({"sector": "zorg"}, "sector", "onbekende_sector"),
    ({"subsector": "ministerie"}, "subsector", "onbekende_sector"),
    ({"van": "20170101"}, "van", "onjuist"),
    ({"van": ""}, "van", "verplicht"),
    ({"tot": "2016-01-01"}, "tot", "einde_voor_begin"),
    ({"gemeente_zetel": "9999"}, "gemeente_zetel", "onbekende_gemeente"),
    ({"grootteklasse": "x" * 21}, "grootteklasse", "onjuist"),
    ({"tot": "2016-01-01", "groep": "87654321"}, "tot", "einde_voor_begin"),
]

FOUTE_BANEN: list[Geval] = [
    ({"werkgever": "999999999L99"}, "werkgever", "onbekende_werkgever"),
    ({"werkgever": "geen nummer"}, "werkgever", "onbekende_werkgever"),
    ({"vorm": "uitzendrelatie", "inlener": "999999999L99"}, "inlener", "onbekende_werkgever"),
    ({"inlener": GEMEENTE}, "inlener", "geen_inleen"),
    ({"vorm": "stage"}, "vorm", "onjuist"),
    ({"contract": "nul-uren"}, "contract", "onjuist"),
    ({"uren_per_week": "veel"}, "uren_per_week", "onjuist"),
    ({"uren_per_week": "-1"}, "uren_per_week", "onjuist"),
    ({"gemeente_werk": "9999"}, "gemeente_werk", "onbekende_gemeente"),
    ({"tot": "2017-01-01"}, "tot", "einde_voor_begin"),
    ({"van": "2009-12-31"}, "werkgever", "onbekende_sector"),
    ({"persoon": "geen uuid"}, "persoon", "onjuist"),
    ({"referentie": " "}, "referentie", "verplicht"),
    ({"kleur": "rood"}, "kleur", "onbekende_kolom"),
]

FOUTE_UREN: list[Geval] = [
    ({"referentie": "P-9"}, "referentie", "onbekende_plaatsing"),
    ({"tijdvak_van": "2016-12-01", "tijdvak_tot": "2017-01-01"}, "tijdvak_van", "voor_begin"),
    ({"tijdvak_van": "2018-03-01", "tijdvak_tot": "2018-04-01"}, "tijdvak_van", "na_einde"),
    ({"tijdvak_tot": "2017-12-01"}, "tijdvak_tot", "einde_voor_begin"),
    ({"tijdvak_tot": "2024-07-01"}, "tijdvak_tot", "toekomst"),
    ({"tijdvak_tot": "9999-12-31"}, "tijdvak_tot", "toekomst"),
    ({"tijdvak_van": "0001-01-01"}, "tijdvak_tot", "tijdvak_te_lang"),
    ({"tijdvak_van": "2017-11-20", "tijdvak_tot": "2017-12-18"}, "tijdvak_van", "tijdvak_overlap"),
    ({"uren": "1,234"}, "uren", "onjuist"),
    ({"uren": None}, "uren", "verplicht"),
    ({"uren": True}, "uren", "onjuist"),
    ({"soort": "bonus"}, "soort", "onjuist"),
    ({"contract": "los"}, "contract", "onjuist"),
    ({"tijdvak_van": "1-12-2017"}, "tijdvak_van", "onjuist"),
    ({"tijdvak_van": "2017-02-30"}, "tijdvak_van", "onjuist"),
]


async def test_wrong_employers_are_rejected_alone(dienst: Plaatsing) -> None:
    voor = await dienst.tel()
    goed = {"werkgever": "555555555L01", "sector": "markt", "van": "2017-01-01"}
    fout = {"werkgever": "444444444L01", "sector": "markt", "van": "2017-01-01"}
    await _alleen_fout(dienst, "werkgevers", goed, [(fout | anders, k, c) for anders, k, c in FOUTE_WERKGEVERS])
    na = await dienst.tel()
    assert {t: na[t] - voor[t] for t in na if na[t] != voor[t]} == {"werkgever": 1, "opgave": 1, "uitgaand": 1}


async def test_wrong_jobs_are_rejected_alone(dienst: Plaatsing) -> None:
    fout = [(baan(f"P-{i}", uuid4()) | anders, k, c) for i, (anders, k, c) in enumerate(FOUTE_BANEN)]
    await _alleen_fout(dienst, "plaatsingen", baan("goed", uuid4()), fout)
    assert [r[0] for r in await dienst.pool.fetch("select referentie from plaatsing")] == ["goed"]
    assert len(await dienst.gezegd("plaatsingen")) == 1


async def test_wrong_lines_are_rejected_alone(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4(), tot="2018-03-01"))
    await dienst.goed("uren", uren("P-1", 11))
    voor = await dienst.tel()
    await _alleen_fout(dienst, "uren", uren("P-1", 10), [(uren("P-1", 12) | a, k, c) for a, k, c in FOUTE_UREN])
    na = await dienst.tel()
    assert {t: na[t] - voor[t] for t in na if na[t] != voor[t]} == {"urenregel": 1, "gezegd": 1, "uitgaand": 1}
    await dienst.controleer()


async def _alleen_fout(dienst: Plaatsing, soort: str, goed: dict[str, Any], fout: list[Geval]) -> None:
    """Eén bestand met alle foute rijen en als laatste een goede: alleen die gaat."""
    uitslag = await dienst.neem(soort, *(rij for rij, _, _ in fout), goed)
    verwacht = [(nummer, kolom, code) for nummer, (_, kolom, code) in enumerate(fout, start=1)]
    assert [(f.rij, f.kolom, f.code) for f in uitslag.fouten] == verwacht
    assert all(f.melding for f in uitslag.fouten)
    assert (uitslag.aanvaard, uitslag.ongewijzigd) == (1, 0)
