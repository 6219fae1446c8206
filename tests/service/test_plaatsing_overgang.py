"""Overgang van onderneming: dezelfde baan bij een andere werkgever; ervoor blijft wat was."""

from datetime import date
from uuid import uuid4

import pytest
from banenspoor_contracts import (
    OvergangVanOnderneming,
    PersoonSamengevoegd,
    Reden,
)

from services.plaatsing.store import overzicht
from tests.service.plaatsing_proef import BEDRIJF, GEMEENTE, Plaatsing, baan, ingegaan
from tests.service.plaatsing_voordeur import MAANDEN, Plaatsingsdeur, baan_met_uren, codes, opnieuw


@pytest.fixture
async def dienst(deur: Plaatsingsdeur) -> Plaatsing:
    return Plaatsing(deur.database.pool)


async def test_a_transfer_goes_on_under_the_same_job(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await baan_met_uren(deur, dienst)
    assert (await deur.stuur(f"{pad}/overgang", {"naarWerkgever": GEMEENTE, "op": "2017-11-01"})).status_code == 200
    gestart, overgang, gewijzigd = await dienst.gezegd("plaatsingen")
    assert isinstance(overgang, OvergangVanOnderneming)
    assert (overgang.plaatsing, overgang.van_werkgever, overgang.op) == (
        gestart.plaatsing,
        gestart.werkgever,
        date(2017, 11, 1),
    )
    assert (set(gewijzigd.gewijzigd), gewijzigd.van) == ({"sector", "subsector"}, overgang.op)
    assert (gewijzigd.stand.werkgever, gewijzigd.stand.sector) == (overgang.naar_werkgever, "overheid")
    assert await opnieuw(dienst) == [(m, Reden.CORRECTIE) for m in ("11", "12")]
    laatst = {f.maand[5:]: f.nieuw for f in await dienst.uren_gezegd() if f.nieuw}
    assert [laatst[f"{m:02}"].werkgever for m in MAANDEN] == [gestart.werkgever] * 2 + [overgang.naar_werkgever] * 2
    await dienst.controleer()
    async with dienst.pool.acquire() as tx, tx.transaction():
        [oud] = await overzicht.bladzijde(tx, [gestart.werkgever], None, 9)
        [nieuw] = await overzicht.bladzijde(tx, [overgang.naar_werkgever], None, 9)
        samen = await overzicht.bladzijde(tx, [gestart.werkgever, overgang.naar_werkgever], None, 9)
        maanden = [(m.maand[5:], m.uren_x100) for m in await overzicht.per_maand(tx, [gestart.werkgever])]
        [gemeente] = await overzicht.per_gemeente(tx, [gestart.werkgever], date(2017, 12, 1))
    assert (oud.werkgever, oud.tot, len(oud.maanden)) == (gestart.werkgever, overgang.op, 2)
    assert (nieuw.werkgever, nieuw.van, nieuw.tot, len(nieuw.maanden)) == (
        overgang.naar_werkgever,
        overgang.op,
        None,
        2,
    )
    assert [(len(b.maanden), b.van) for b in samen] == [(4, date(2017, 1, 1))]
    assert (maanden, gemeente.plaatsingen, gemeente.lopend) == ([("09", 11092), ("10", 11092)], 1, 0)


async def test_transfers_as_a_file_each_row_on_its_own(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()), baan("P-2", uuid4(), tot="2017-06-01"), baan("P-3", uuid4()))
    await dienst.goed("plaatsing-ongedaan", {"referentie": "P-3", "reden": "DUBBEL"})
    over = {"referentie": "P-1", "naar_werkgever": GEMEENTE, "op": "2017-07-01"}
    uitslag = await dienst.neem(
        "overgangen",
        over,
        over,
        over | {"referentie": "P-2"},
        over | {"op": "2017-01-01"},
        over | {"op": "2016-12-31"},
        over | {"naar_werkgever": "999999999L01"},
        over | {"referentie": "P-3"},
        over | {"referentie": "P-9"},
    )
    assert (uitslag.aanvaard, uitslag.ongewijzigd) == (1, 1)
    assert sorted((f.rij, f.kolom, f.code) for f in uitslag.fouten) == [
        (3, "op", "na_einde"),
        (4, "op", "voor_begin"),
        (5, "op", "voor_begin"),
        (6, "naar_werkgever", "onbekende_werkgever"),
        (7, "referentie", "plaatsing_ongedaan"),
        (8, "referentie", "onbekende_plaatsing"),
    ]
    await dienst.controleer()


async def test_the_source_may_send_its_old_or_its_new_row_and_nothing_is_lost(
    deur: Plaatsingsdeur, dienst: Plaatsing
) -> None:
    persoon = uuid4()
    pad = await baan_met_uren(deur, dienst, persoon)
    await deur.stuur(f"{pad}/overgang", {"naarWerkgever": GEMEENTE, "op": "2017-11-01"})
    await deur.stuur(f"{pad}/beeindigingen", {"tot": "2018-01-01", "reden": "PENSIOEN"})
    voor = await dienst.tel()
    for rij in (
        baan("P-1", persoon),
        baan("P-1", persoon, werkgever=GEMEENTE, tot="2018-01-01"),
        baan("P-1", persoon, werkgever=GEMEENTE, tot="2018-01-01"),
    ):
        uitslag = await dienst.neem("plaatsingen", rij)
        assert (uitslag.ongewijzigd, uitslag.fouten) == (1, [])
    assert await dienst.tel() == voor
    await dienst.goed("plaatsingen", baan("P-1", persoon, werkgever=GEMEENTE, tot="2018-01-01", gemeente_werk="0034"))
    assert {f.nieuw.cel.gemeente_werk for f in (await dienst.uren_gezegd())[-4:] if f.nieuw} == {"0034"}
    assert await dienst.pool.fetchval("select count(*) from deel") == 1
    await dienst.controleer()


async def test_an_employer_without_a_sector_on_that_day_is_refused(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    laat = {"werkgever": "444444444L01", "sector": "markt", "van": "2017-12-01"}
    await dienst.goed("werkgevers", laat)
    pad = await baan_met_uren(deur, dienst)
    over = {"naar_werkgever": laat["werkgever"], "op": "2017-11-01"}
    assert codes(await deur.stuur(f"{pad}/overgang", over)) == [("werkgever", "onbekende_sector")]
    assert (await deur.stuur(f"{pad}/overgang", over | {"op": "2017-12-01"})).status_code == 200
    ontbreekt = await dienst.neem("werkgevers", laat | {"tot": "2017-12-15"})
    assert [f.code for f in ontbreekt.fouten] == ["sector_ontbreekt"]
    await dienst.controleer()


async def test_a_sector_of_a_former_employer_reaches_only_his_months(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    persoon, nieuw = uuid4(), uuid4()
    pad = await baan_met_uren(deur, dienst, persoon)
    await deur.stuur(f"{pad}/overgang", {"naarWerkgever": GEMEENTE, "op": "2017-11-01"})
    voor = len(await dienst.uren_gezegd())
    await dienst.goed("werkgevers", {"werkgever": BEDRIJF, "sector": "overheid", "van": "2016-01-01"})
    assert [(f.maand[5:], f.reden) for f in (await dienst.uren_gezegd())[voor:]] == [
        (m, Reden.SECTOR_CORRECTIE) for m in ("09", "10")
    ]
    samen = PersoonSamengevoegd(persoon=persoon, registraties=(), woonplaatsen=(), in_=nieuw)
    await dienst.hoor(ingegaan(persoon), samen, ingegaan(nieuw))
    [stand] = (await dienst.standen()).values()
    assert stand.persoon == nieuw
    await dienst.controleer()
