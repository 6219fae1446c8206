"""Werkgevers, banen en uren erin op een echte database: wat goed is gaat, wat fout is blijft alleen achter."""

import base64
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest
from banenspoor_contracts import (
    Grondslag,
    PlaatsingBeeindigd,
    PlaatsingGestart,
    PlaatsingGewijzigd,
    Reden,
    Sector,
    UrenVerloond,
)

from services.plaatsing.app import controleer_kluis
from shared.kluis import HMAC, SLEUTELS, KluisFout, kluis
from tests.service.plaatsing_proef import (
    BEDRIJF,
    GEMEENTE,
    NU,
    UITZENDER,
    WERKGEVERS,
    Plaatsing,
    baan,
    ingegaan,
    uren,
)


async def test_jobs_and_hours_go_in_and_are_said(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.hoor(ingegaan(persoon))
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", uren("P-1", 11, "100"), uren("P-1", 12, "110.92", contract="vast"))
    [gestart] = await dienst.gezegd("plaatsingen")
    assert isinstance(gestart, PlaatsingGestart)
    assert (gestart.persoon, gestart.gemeente_werk, gestart.uren_per_week_x100) == (persoon, "0014", 2550)
    november, december = await dienst.uren_gezegd()
    assert (november.maand, november.reden, november.vorig) == ("2017-11", Reden.LEVERING, None)
    assert november.nieuw is not None
    assert december.nieuw is not None
    assert (november.nieuw.uren_x100, december.nieuw.uren_x100) == (10000, 11092)
    assert (november.nieuw.cel.contract, december.nieuw.cel.contract) == ("tijdelijk", "vast")
    assert december.nieuw.cel.grondslagen_maand == (Grondslag.WSW,)
    assert december.nieuw.werkgever == gestart.werkgever
    await dienst.controleer()


async def test_the_same_files_twice_change_nothing(dienst: Plaatsing) -> None:
    persoon = uuid4()
    sluiting = {"leverancier": "A", "maand": "2017-12", "sluit_op": "2018-02-01"}
    banen, regels = [baan("P-1", persoon), baan("P-2", persoon, tot="2018-01-01")], [uren("P-1", 12), uren("P-2", 11)]
    await dienst.goed("plaatsingen", *banen)
    await dienst.goed("uren", *regels)
    await dienst.goed("maandsluiting", sluiting)
    voor = await dienst.tel()
    for soort, rijen in (
        ("werkgevers", WERKGEVERS),
        ("plaatsingen", banen),
        ("uren", regels),
        ("maandsluiting", [sluiting]),
    ):
        uitslag = await dienst.neem(soort, *rijen)
        assert (uitslag.aanvaard, uitslag.ongewijzigd, uitslag.fouten) == (0, len(rijen), [])
    assert await dienst.tel() == voor


async def test_a_line_again_is_a_correction_and_order_within_a_file_counts(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    uitslag = await dienst.neem("uren", uren("P-1", 12, "100"), uren("P-1", 12, "100,00"), uren("P-1", 12, "-90"))
    assert (uitslag.aanvaard, uitslag.ongewijzigd) == (2, 1)
    eerst, dan = await dienst.uren_gezegd()
    assert (eerst.reden, dan.reden, dan.vorig) == (Reden.LEVERING, Reden.CORRECTIE, eerst.nieuw)
    assert dan.nieuw is not None
    assert dan.nieuw.uren_x100 == -9000
    await dienst.controleer()


async def test_four_weeks_add_up_over_two_months_and_a_payout_is_kept_apart(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    weken = {"tijdvak_van": "2017-11-20", "tijdvak_tot": "2017-12-18"}
    await dienst.goed("uren", uren("P-1", 12, "100,01") | weken, uren("P-1", 12, "8", soort="uitbetaling"))
    laatst = {f.maand: f.nieuw for f in await dienst.uren_gezegd()}
    assert {m: (s.uren_x100, s.uitbetaald_x100) for m, s in laatst.items() if s} == {
        "2017-11": (3928, 0),
        "2017-12": (6873, 800),
    }
    await dienst.controleer()


async def test_the_same_reference_again_changes_the_job_and_its_months(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", uren("P-1", 11), uren("P-1", 12))
    anders = baan("P-1", persoon, werkgever=UITZENDER, vorm="uitzendrelatie", inlener=GEMEENTE, tot="2017-12-16")
    await dienst.goed("plaatsingen", anders)
    _, beeindigd, gewijzigd = await dienst.gezegd("plaatsingen")
    assert isinstance(beeindigd, PlaatsingBeeindigd)
    assert isinstance(gewijzigd, PlaatsingGewijzigd)
    assert (beeindigd.versie, gewijzigd.versie) == (2, 3)
    assert set(gewijzigd.gewijzigd) == {"werkgever", "inlener", "vorm"}
    gecorrigeerd = (await dienst.uren_gezegd())[2:]
    assert [(f.maand, f.reden) for f in gecorrigeerd] == [("2017-11", Reden.CORRECTIE), ("2017-12", Reden.CORRECTIE)]
    assert {f.nieuw.cel.sector_inlener for f in gecorrigeerd if f.nieuw} == {Sector.OVERHEID}
    geweigerd = await dienst.neem("plaatsingen", anders | {"tot": "2017-11-15"}, anders | {"persoon": str(uuid4())})
    assert [(f.kolom, f.code) for f in geweigerd.fouten] == [
        ("tot", "uren_buiten_periode"),
        ("referentie", "andere_persoon"),
    ]
    await dienst.controleer()


async def test_another_municipality_of_work_is_a_municipality_correction(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("uren", uren("P-1", 12))
    await dienst.goed("plaatsingen", baan("P-1", persoon, gemeente_werk="0034"))
    assert [f.reden for f in await dienst.uren_gezegd()] == [Reden.LEVERING, Reden.GEMEENTE_CORRECTIE]
    await dienst.controleer()


async def test_a_sector_that_changes_backwards_says_the_touched_months_again(dienst: Plaatsing) -> None:
    persoon, ander = uuid4(), uuid4()
    ingeleend = baan("P-2", ander, werkgever=UITZENDER, vorm="wsw_detachering", inlener=BEDRIJF)
    await dienst.goed("plaatsingen", baan("P-1", persoon), ingeleend, baan("P-3", ander, werkgever=GEMEENTE))
    await dienst.goed("uren", *(uren(p, m) for p in ("P-1", "P-2", "P-3") for m in (11, 12)))
    await dienst.goed(
        "werkgevers", {"werkgever": BEDRIJF, "sector": "overheid", "subsector": "zbo", "van": "2017-12-01"}
    )
    opnieuw = (await dienst.uren_gezegd())[6:]
    assert [(f.maand, f.reden) for f in opnieuw] == [("2017-12", Reden.SECTOR_CORRECTIE)] * 2
    cellen = {f.persoon: f.nieuw.cel for f in opnieuw if f.nieuw}
    assert (cellen[persoon].sector, cellen[persoon].subsector) == ("overheid", "zbo")
    assert (cellen[ander].sector, cellen[ander].sector_inlener) == ("markt", "overheid")
    assert len(await dienst.gezegd("plaatsingen")) == 3  # op hun begin was de sector nog dezelfde
    await dienst.goed("werkgevers", {"werkgever": BEDRIJF, "sector": "overheid", "van": "2010-01-01"})
    assert [f.versie for f in (await dienst.gezegd("plaatsingen"))[3:]] == [2]
    te_laat = await dienst.neem(
        "werkgevers", {"werkgever": GEMEENTE, "sector": "markt", "van": "2010-01-01", "tot": "2017-12-31"}
    )
    assert [(f.kolom, f.code) for f in te_laat.fouten] == [("van", "sector_ontbreekt")]
    await dienst.controleer()


async def test_the_month_closing_of_the_supplier_decides_the_reason(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon))
    await dienst.goed("maandsluiting", {"leverancier": "salaris", "maand": "2017-12", "sluit_op": "2018-02-01"})
    await dienst.goed("uren", uren("P-1", 11, leverancier="salaris"), uren("P-1", 12, leverancier="salaris"))
    await dienst.hoor(ingegaan(persoon))
    redenen = [(f.maand, f.reden) for f in await dienst.uren_gezegd()]
    assert redenen == [
        ("2017-11", Reden.LEVERING),
        ("2017-12", Reden.NALEVERING),
        ("2017-11", Reden.STATUS),
        ("2017-12", Reden.STATUS_CORRECTIE),
    ]


async def test_hours_of_someone_not_yet_heard_are_said_and_said_again(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon), baan("P-2", persoon, werkgever=GEMEENTE))
    await dienst.goed("uren", uren("P-1", 12), uren("P-2", 12))
    await dienst.hoor(ingegaan(persoon), ingegaan(persoon))
    feiten = await dienst.uren_gezegd()
    assert [f.reden for f in feiten] == [Reden.LEVERING, Reden.LEVERING, Reden.STATUS, Reden.STATUS]
    assert [len(f.nieuw.cel.grondslagen_maand) for f in feiten if f.nieuw] == [0, 0, 1, 1]
    await dienst.controleer()


async def test_history_is_known_when_it_says_and_never_goes_back(dienst: Plaatsing) -> None:
    persoon = uuid4()
    toen, later = "2018-01-20", "2018-03-01"
    await dienst.goed("maandsluiting", {"leverancier": "A", "maand": "2017-12", "sluit_op": "2018-02-01"})
    await dienst.goed("plaatsingen", baan("P-1", persoon, bekend_op="2017-01-05"))
    await dienst.goed("uren", uren("P-1", 12, "100", bekend_op=toen))
    await dienst.goed("uren", uren("P-1", 12, "90", bekend_op=later))
    vroeg = datetime.fromisoformat("2016-01-01T00:00:00+01:00")
    await dienst.hoor(ingegaan(persoon, bekend_op=vroeg))
    await dienst.goed("uren", uren("P-1", 12, "80"), uren("P-1", 12, "70", bekend_op=later))
    feiten = await dienst.uren_gezegd()
    dagen = [f.bekend_op and f.bekend_op.astimezone().date().isoformat() for f in feiten]
    assert dagen[2] == dagen[1] is not None
    assert dagen[3:] == [None, None]
    assert [f.reden for f in feiten] == [
        Reden.LEVERING,
        Reden.CORRECTIE,
        Reden.STATUS_CORRECTIE,
        Reden.CORRECTIE,
        Reden.CORRECTIE,
    ]
    [gestart] = await dienst.gezegd("plaatsingen")
    assert gestart.bekend_op == datetime.fromisoformat("2017-01-05T00:00:00+01:00")
    await dienst.controleer()


async def test_numbers_and_names_are_stored_encrypted_only(dienst: Plaatsing) -> None:
    inhoud = ""
    for tabel in ("werkgever", "opgave", "uitgaand"):
        for rij in await dienst.pool.fetch(f"select * from {tabel}"):
            inhoud += " ".join(w.decode("latin-1") if isinstance(w, bytes) else str(w) for w in rij.values())
    assert "222222222" not in inhoud
    assert "Jansen" not in inhoud
    assert "12345678" not in inhoud
    nummers = {kluis().ontsleutel(r["nummer"]) for r in await dienst.pool.fetch("select nummer from werkgever")}
    assert nummers == {GEMEENTE, BEDRIJF, UITZENDER}


async def test_the_service_does_not_start_with_a_vault_of_another_database(
    dienst: Plaatsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    await controleer_kluis(dienst.pool)
    monkeypatch.setenv(HMAC, base64.b64encode(bytes(range(32))).decode())
    kluis.cache_clear()
    with pytest.raises(KluisFout, match=HMAC):
        await controleer_kluis(dienst.pool)
    monkeypatch.delenv(SLEUTELS)
    kluis.cache_clear()
    with pytest.raises(KluisFout, match=SLEUTELS):
        await controleer_kluis(dienst.pool)


async def test_what_changes_beside_the_sector_says_nothing_about_jobs_and_hours(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 12))
    voor = await dienst.tel()
    await dienst.goed("werkgevers", WERKGEVERS[1] | {"naam": "Jansen B.V.", "sbi": "C", "gemeente_zetel": "0014"})
    assert await dienst.tel() == voor | {"uitgaand": voor["uitgaand"] + 1}
    assert [s.branche for s in await dienst.gezegd("werkgevers")][-1] == "C"


async def test_references_belong_to_their_source_and_hours_may_come_from_another(dienst: Plaatsing) -> None:
    een, ander = uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", een), baan("P-2", een))
    dienst_b = replace(dienst, client="B")
    await dienst_b.goed("plaatsingen", baan("P-1", ander))
    await dienst_b.goed("uren", uren("P-1", 12), uren("P-2", 12))
    assert [f.persoon for f in await dienst.uren_gezegd()] == [ander, een]
    dienst_c = replace(dienst, client="C")
    uitslag = await dienst_c.neem("uren", uren("P-1", 11), uren("P-2", 11))
    assert [(f.rij, f.code) for f in uitslag.fouten] == [(1, "onbekende_plaatsing")]


async def test_the_database_itself_refuses_overlap(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    await dienst.goed("uren", uren("P-1", 12))
    with pytest.raises(asyncpg.ExclusionViolationError):
        await dienst.pool.execute(
            "insert into urenregel (plaatsing_nr, soort, van, tot, uren_x100, leverancier) "
            "select nr, 'regulier', '2017-12-15', '2018-01-15', 1, 'A' from plaatsing"
        )
    with pytest.raises(asyncpg.ExclusionViolationError):
        await dienst.pool.execute(
            "insert into opgave (werkgever, van, tot, sector) "
            "select werkgever, '2015-01-01', '2016-01-01', 'markt' from werkgever"
        )


async def test_today_counts_and_tomorrow_is_the_future(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", baan("P-1", uuid4()))
    morgen = NU.date() + timedelta(days=1)
    regels = [{"referentie": "P-1", "tijdvak_van": "2024-06-01", "uren": "10", "tijdvak_tot": t.isoformat()}
              for t in (morgen + timedelta(days=1), morgen)]  # fmt: skip
    uitslag = await dienst.neem("uren", *regels)
    assert ([(f.rij, f.code) for f in uitslag.fouten], uitslag.aanvaard) == ([(1, "toekomst")], 1)
    assert isinstance((await dienst.uren_gezegd())[0], UrenVerloond)
    assert date.fromisoformat(regels[1]["tijdvak_tot"]) == morgen
