"""Plaatsen beschut werk op een echte database: aantallen zoals toen bekend, de wachtlijst, en twee schrijvers tegelijk."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import (
    Contract,
    Feit,
    OngedaanReden,
    PlaatsingBeeindigd,
    PlaatsingEindReden,
    PlaatsingGestart,
    PlaatsingOngedaanGemaakt,
    Sector,
    Vorm,
)

from services.beoordeling import taken, verdelen
from services.beoordeling.domain.plaatsen import Volgorde, volgorde
from services.beoordeling.handlers import hoor
from services.beoordeling.store import plaatsen
from shared.api import AMSTERDAM
from shared.db import Pool, vergrendel
from shared.envelope import Bericht
from shared.inbox import zeg
from tests.conftest import MaakDatabase
from tests.service.test_beoordeling_api import Beoordelingsdeur, bdeur
from tests.service.test_beoordeling_service import aanvraag, advies, besluit, gezegd, stuur

__all__ = ["bdeur"]
NU = datetime(2024, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
async def pool(db: MaakDatabase) -> Pool:
    return (await db("beoordeling")).pool


async def neem(pool: Pool, *feiten: Feit, nu: datetime = NU) -> None:
    """Hoort feiten zoals de inbox het doet: sloten, handlers, wat zij zeggen, in één transactie per feit."""
    for f in feiten:
        wie = (f.topic, 0, 1, 1, uuid4(), "plaatsing", f.type_, nu, f.sleutel(), f.bytes_())
        async with pool.acquire() as tx, tx.transaction():
            await vergrendel(tx, [f.sleutel()])
            await zeg(tx, await hoor.verwerk(tx, [Bericht(*wie)]))


def baan(persoon: UUID, plaatsing: UUID, van: str = "2024-05-01", **anders: Any) -> PlaatsingGestart:
    velden: dict[str, Any] = {
        "persoon": persoon,
        "plaatsing": plaatsing,
        "versie": 1,
        "werkgever": UUID(int=99),
        "vorm": Vorm.BESCHUT_WERK,
        "contract": Contract.VAST,
        "uren_per_week_x100": 3100,
        "gemeente_werk": "0014",
        "sector": Sector.OVERHEID,
        "van": date.fromisoformat(van),
    }
    return PlaatsingGestart(**(velden | anders))


def einde(persoon: UUID, plaatsing: UUID, tot: str, reden: PlaatsingEindReden) -> PlaatsingBeeindigd:
    return PlaatsingBeeindigd(persoon=persoon, plaatsing=plaatsing, versie=2, tot=date.fromisoformat(tot), reden=reden)


async def positief(pool: Pool, referentie: str, persoon: UUID, op: str = "2024-04-09", **anders: Any) -> None:
    """Een aanvraag met een positief besluit op deze dag."""
    await stuur(pool, "aanvragen", aanvraag(referentie, persoon=str(persoon), **anders))
    await stuur(pool, "adviezen", advies(referentie))
    assert (await stuur(pool, "besluiten", besluit(referentie, op=op))).fouten == []


def aantal(getal: int, gemeente: str = "0014", jaar: int = 2024, **anders: Any) -> dict[str, Any]:
    return {
        "gemeente": gemeente,
        "jaar": jaar,
        "aantal": getal,
        "besloten_op": f"{jaar - 1}-11-22",
        "van": f"{jaar}-01-01",
        "bron": "REGELING",
    } | anders


async def verdeel(pool: Pool, gemeente: str = "0014", nu: datetime = NU) -> int:
    return await verdelen.verdeel_gemeente(pool, gemeente, nu, 31)


async def toestanden(pool: Pool) -> dict[str, str]:
    return {r["referentie"]: r["toestand"] for r in await pool.fetch("select referentie, toestand from aanvraag")}


async def plekken(pool: Pool) -> list[str]:
    """Wat er over plaatsen gezegd is."""
    weg = ("aanvraag-ontvangen", "advies-uitgebracht", "besluit-beschut-werk-genomen")
    return [naam for naam, _ in await gezegd(pool) if naam not in weg]


async def test_places_are_given_in_order_of_decision_and_the_rest_waits(pool: Pool) -> None:
    wie = [uuid4() for _ in range(3)]
    for nr, op in enumerate(("2024-04-11", "2024-04-09", "2024-04-10")):
        await positief(pool, f"A{nr}", wie[nr], op)
    assert await verdeel(pool) == 0  # zonder aantal gebeurt er niets
    await stuur(pool, "te-realiseren", aantal(2))
    assert await verdeel(pool) == 3
    assert await toestanden(pool) == {"A0": "WACHTLIJST", "A1": "AANGEBODEN", "A2": "AANGEBODEN"}
    assert await plekken(pool) == [
        "te-realiseren-aantal-vastgesteld",
        *("plaats-aangeboden", "plaats-aangeboden", "op-wachtlijst-geplaatst"),
    ]
    assert await verdeel(pool) == 0


async def test_who_waits_moves_up_when_a_place_falls_free_and_when_the_number_rises(pool: Pool) -> None:
    wie, banen = [uuid4() for _ in range(3)], [uuid4() for _ in range(3)]
    await stuur(pool, "te-realiseren", aantal(1))
    for nr in range(3):
        await positief(pool, f"A{nr}", wie[nr], f"2024-04-1{nr}")
    await verdeel(pool)
    await neem(pool, baan(wie[0], banen[0]))
    assert await verdeel(pool) == 0
    assert await toestanden(pool) == {"A0": "GEPLAATST", "A1": "WACHTLIJST", "A2": "WACHTLIJST"}
    await stuur(pool, "te-realiseren", aantal(2, bron="VERORDENING"))
    await verdeel(pool)
    assert (await toestanden(pool))["A1"] == "AANGEBODEN"
    await neem(pool, einde(wie[0], banen[0], "2024-05-20", PlaatsingEindReden.ANDERE_BAAN))
    await verdeel(pool)
    assert await toestanden(pool) == {"A0": "TERUGKEERRECHT", "A1": "AANGEBODEN", "A2": "AANGEBODEN"}
    (weg,) = [data for naam, data in await gezegd(pool) if naam == "beschut-werk-beeindigd"]
    assert (weg["op"], weg["reden"]) == ("2024-05-20", "REGULIER_WERK")


async def test_who_comes_back_has_her_old_place_in_the_order(pool: Pool) -> None:
    wie, werk = [uuid4(), uuid4()], uuid4()
    await stuur(pool, "te-realiseren", aantal(1))
    await positief(pool, "A0", wie[0], "2024-04-10")
    await verdeel(pool)
    await neem(pool, baan(wie[0], werk), einde(wie[0], werk, "2024-05-10", PlaatsingEindReden.EIGEN_VERZOEK))
    await positief(pool, "A1", wie[1], "2024-04-11")
    assert (await stuur(pool, "terugkeer", {"referentie": "A0", "op": "2024-06-01"})).aanvaard == 1
    await verdeel(pool)
    assert await toestanden(pool) == {"A0": "AANGEBODEN", "A1": "WACHTLIJST"}


async def test_a_job_that_never_was_frees_the_place_and_the_person(pool: Pool) -> None:
    persoon, werk = uuid4(), uuid4()
    await stuur(pool, "te-realiseren", aantal(1))
    await positief(pool, "A0", persoon)
    await neem(pool, baan(persoon, werk))
    assert await toestanden(pool) == {"A0": "GEPLAATST"}
    ongedaan = PlaatsingOngedaanGemaakt(persoon=persoon, plaatsing=werk, versie=2, reden=OngedaanReden.VERGISSING)
    await neem(pool, ongedaan)
    await verdeel(pool)
    assert await toestanden(pool) == {"A0": "AANGEBODEN"}


async def test_a_job_that_ends_later_ends_on_its_day(pool: Pool) -> None:
    persoon, werk = uuid4(), uuid4()
    await positief(pool, "A0", persoon)
    await neem(pool, baan(persoon, werk), einde(persoon, werk, "2024-06-10", PlaatsingEindReden.PENSIOEN))
    assert await toestanden(pool) == {"A0": "GEPLAATST"}
    await taken.loop_bij(pool, NU + timedelta(days=8))
    assert await toestanden(pool) == {"A0": "GEPLAATST"}
    await taken.loop_bij(pool, NU + timedelta(days=9))
    assert await toestanden(pool) == {"A0": "BEEINDIGD"}


async def test_a_new_decision_takes_the_place_of_an_older_one(pool: Pool) -> None:
    persoon = uuid4()
    await positief(pool, "A0", persoon)
    await neem(pool, baan(persoon, uuid4()))
    await positief(pool, "A1", persoon, "2024-05-09")
    assert await toestanden(pool) == {"A0": "BEEINDIGD", "A1": "GEPLAATST"}
    (weg,) = [data for naam, data in await gezegd(pool) if naam == "beschut-werk-beeindigd"]
    assert weg["reden"] == "HERBEOORDELING"


async def test_the_waiting_are_carried_into_the_next_year(pool: Pool) -> None:
    wie = [uuid4(), uuid4()]
    await stuur(pool, "te-realiseren", aantal(1), aantal(2, jaar=2025, besloten_op="2024-05-20"))
    for nr in range(2):
        await positief(pool, f"A{nr}", wie[nr], f"2024-04-1{nr}")
    await verdeel(pool)
    assert await toestanden(pool) == {"A0": "AANGEBODEN", "A1": "WACHTLIJST"}
    await verdeel(pool, nu=datetime(2025, 1, 1, 0, 30, tzinfo=AMSTERDAM))
    assert await toestanden(pool) == {"A0": "AANGEBODEN", "A1": "AANGEBODEN"}


@pytest.mark.parametrize("ronde", range(3))
async def test_two_writers_give_no_place_twice_and_overtake_nobody(pool: Pool, ronde: int) -> None:
    """Besluiten komen binnen terwijl twee schrijvers verdelen; aan het eind heeft precies wie eerst was een plaats."""
    await stuur(pool, "te-realiseren", aantal(5))
    dagen = [f"2024-04-{10 + (nr * 7 + ronde) % 19}" for nr in range(12)]
    for nr in range(12):
        await stuur(pool, "aanvragen", aanvraag(f"A{nr:02}", persoon=str(uuid4())))
        await stuur(pool, "adviezen", advies(f"A{nr:02}"))

    async def beslis(nummers: range) -> None:
        for nr in nummers:
            await stuur(pool, "besluiten", besluit(f"A{nr:02}", op=dagen[nr]))

    async def schrijf() -> None:
        for _ in range(6):
            await verdeel(pool)
            await asyncio.sleep(0)

    await asyncio.gather(beslis(range(0, 6)), beslis(range(6, 12)), schrijf(), schrijf())
    await verdeel(pool)
    stand = await toestanden(pool)
    gegeven = [data["aanvraag"] for naam, data in await gezegd(pool) if naam == "plaats-aangeboden"]
    assert len(gegeven) == len(set(gegeven)) == 5 == list(stand.values()).count("AANGEBODEN")
    assert list(stand.values()).count("WACHTLIJST") == 7
    # op het moment van elk aanbod wachtte er niemand die voorging
    rijen = await pool.fetch(
        "select o.nr, o.toestand, a.besluit_op, a.referentie from overgang o join aanvraag a using (aanvraag) order by o.nr"
    )
    wacht: dict[str, date] = {}
    for rij in rijen:
        if rij["toestand"] == "WACHTLIJST":
            wacht[rij["referentie"]] = rij["besluit_op"]
        elif rij["toestand"] == "AANGEBODEN":
            wacht.pop(rij["referentie"], None)
            assert all(dag >= rij["besluit_op"] for dag in wacht.values())


async def test_a_writer_waits_for_another_that_is_still_giving(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """De een heeft gekozen en nog niet vastgelegd als er iemand met een ouder besluit bij komt: de plaats gaat één keer weg."""
    gekozen, door, voer_uit = asyncio.Event(), asyncio.Event(), verdelen._voer_uit

    async def traag(*wat: Any) -> None:
        if not gekozen.is_set():
            gekozen.set()
            await door.wait()
        await voer_uit(*wat)

    await stuur(pool, "te-realiseren", aantal(0))
    await positief(pool, "A0", uuid4(), "2024-04-10")
    await verdeel(pool)
    assert await toestanden(pool) == {"A0": "WACHTLIJST"}
    await stuur(pool, "te-realiseren", aantal(1, bron="VERORDENING"))
    monkeypatch.setattr(verdelen, "_voer_uit", traag)
    eerste = asyncio.create_task(verdeel(pool))
    await asyncio.wait_for(gekozen.wait(), 30)
    await positief(pool, "A1", uuid4(), "2024-04-09")
    tweede = asyncio.create_task(verdeel(pool))
    await asyncio.wait({tweede}, timeout=2)
    assert not tweede.done()
    door.set()
    await asyncio.gather(eerste, tweede)
    assert await toestanden(pool) == {"A0": "AANGEBODEN", "A1": "WACHTLIJST"}


# --- de bladzijde van een gemeente ---


async def bladzijde(deur: Beoordelingsdeur, code: str, **vraag: str) -> dict[str, Any]:
    pad = f"/v1/gemeenten/{code}/beschut-werk?" + "&".join(f"{k}={v}" for k, v in vraag.items())
    uit = await deur.lees(pad)
    assert uit.status_code == 200, uit.text
    inhoud: dict[str, Any] = uit.json()
    return inhoud


REGELING_2017 = {"besloten_op": "2017-01-23", "van": "2017-01-01", "bekend_op": "2017-01-24"}
REGELING_2018 = {"besloten_op": "2017-11-22", "van": "2018-01-01", "bekend_op": "2017-12-01"}


async def test_the_numbers_of_the_annexes_as_they_were_known(bdeur: Beoordelingsdeur) -> None:
    rijen = [
        aantal(getal, code, jaar, **regeling)
        for jaar, regeling, getallen in (
            (2017, REGELING_2017, {"0014": 44, "0017": 1, "0009": 1, "0060": 0}),
            (2018, REGELING_2018, {"0014": 70, "0017": 2, "0009": 1}),
        )
        for code, getal in getallen.items()
    ]
    assert (await bdeur.rijen("te-realiseren", *rijen))["aanvaard"] == 7
    assert (await bdeur.rijen("te-realiseren", *rijen))["ongewijzigd"] == 7
    vroeg = await bladzijde(bdeur, "0014", jaar="2017", op="2017-01-10", bekendOp="2017-01-10")
    assert (vroeg["teRealiseren"], vroeg["plicht"], vroeg["open"]) == (None, None, None)
    later = await bladzijde(bdeur, "0014", jaar="2017", op="2017-01-10", bekendOp="2017-03-01")
    assert (later["teRealiseren"], later["plicht"], later["open"]) == (44, 0, 0)
    assert later["vastgesteld"][0]["van"] == "2017-01-01"
    assert (await bladzijde(bdeur, "0060", jaar="2017", op="2017-12-31"))["teRealiseren"] == 0
    assert (await bladzijde(bdeur, "0014", jaar="2018", op="2018-12-31"))["teRealiseren"] == 70
    samen = await bladzijde(bdeur, "0014", jaar="2018", op="2019-01-01")
    assert (samen["teRealiseren"], [a["gemeente"] for a in samen["vastgesteld"]]) == (73, ["0009", "0014", "0017"])
    assert [p["plaatsen"] for p in samen["landelijkFinancieringspad"]] == [2600, 30000]
    weg = await bdeur.lees("/v1/gemeenten/0017/beschut-werk?jaar=2018&op=2019-01-01")
    assert (weg.status_code, weg.json()["code"]) == (400, "opgegaan")
    assert "0014" in weg.json()["detail"]


async def test_a_municipality_sees_duty_filled_open_and_waiting(bdeur: Beoordelingsdeur) -> None:
    pool, wie = bdeur.database.pool, [uuid4() for _ in range(4)]
    await stuur(pool, "te-realiseren", aantal(2))
    for nr in range(4):
        await positief(pool, f"A{nr}", wie[nr], f"2024-04-1{nr}", gemeente="0014")
    await neem(pool, baan(wie[3], uuid4(), uren_per_week_x100=1550))
    await verdeel(pool)
    nu = await bladzijde(bdeur, "0014", op="2024-06-01", jaar="2024")
    assert [w["persoon"] for w in nu["wachtlijst"]["eersten"]] == [str(wie[2])]
    assert (nu["teRealiseren"], nu["positiefEnBeschikbaar"], nu["plicht"]) == (2, 4, 2)
    assert (nu["werkend"], nu["gevuld"], nu["gevuldExact"], nu["aangeboden"], nu["open"]) == (1, 1, "1/2", 2, 2)
    toen = await bladzijde(bdeur, "0014", op="2024-04-11", jaar="2024")
    assert (toen["positiefEnBeschikbaar"], toen["werkend"], toen["wachtlijst"]["aantal"]) == (2, 0, 2)
    for vraag in ("op=gisteren", "bekendOp=2999-01-01", "jaar=12"):
        assert (await bdeur.lees(f"/v1/gemeenten/0014/beschut-werk?{vraag}")).status_code == 400
    assert (await bdeur.lees("/v1/gemeenten/9999/beschut-werk")).status_code == 400
    assert (await bdeur.lees("/v1/gemeenten/0014/beschut-werk", gemeente="0034")).status_code == 403


async def test_today_from_the_state_equals_today_from_the_log(bdeur: Beoordelingsdeur) -> None:
    """De bladzijde van vandaag leest de stand, die van een andere dag het log: op vandaag geven zij hetzelfde."""
    pool, wie, nu = bdeur.database.pool, [uuid4() for _ in range(6)], datetime.now(AMSTERDAM)
    await stuur(pool, "te-realiseren", aantal(2, jaar=nu.year, besloten_op="2024-05-01", van="2024-05-02"))
    for nr in range(5):
        await positief(pool, f"A{nr}", wie[nr], f"2024-04-1{nr}")
    werk = uuid4()
    await neem(pool, baan(wie[4], werk), einde(wie[4], werk, "2024-05-20", PlaatsingEindReden.ANDERE_BAAN))
    await neem(pool, baan(wie[0], uuid4(), uren_per_week_x100=1000), baan(wie[5], uuid4()))
    await verdeel(pool, nu=nu)
    delen, dag, later = ["0014"], nu.date(), nu + timedelta(minutes=5)
    async with pool.acquire() as tx:
        for regel in Volgorde:
            een, ander = [await plaatsen.wachtlijst(tx, delen, dag, later, nu, regel, 9) for nu in (True, False)]
            assert een == ander == volgorde(een, regel)
        een_, ander_ = [await plaatsen.bladzijde(tx, delen, dag, later, nu) for nu in (True, False)]
    assert een_ == ander_
    assert (een_.beschikbaar, een_.werkend, een_.banen, een_.uren_x100) == (5, 2, 2, 4100)
    assert (een_.aangeboden, een_.terugkeerrecht, een_.wachtend) == (1, 1, 2)


async def test_a_wrong_number_is_refused_alone(pool: Pool) -> None:
    uitslag = await stuur(
        pool,
        "te-realiseren",
        aantal(44),
        aantal(43, bron="VERORDENING"),
        aantal(1, gemeente="9999"),
        aantal(1, besloten_op="2025-01-01"),
    )
    assert (uitslag.aanvaard, [(f.rij, f.kolom, f.code) for f in uitslag.fouten]) == (
        1,
        [(2, "aantal", "lager_dan_regeling"), (3, "gemeente", "onbekende_gemeente"), (4, "besloten_op", "toekomst")],
    )


async def test_the_order_of_a_municipality_is_a_setting_of_its_own(pool: Pool) -> None:
    regel = {"gemeente": "0014", "volgorde": "AANVRAAG", "van": "2024-01-01"}
    assert (await stuur(pool, "wachtlijstvolgorde", regel, regel)).ongewijzigd == 1
    await stuur(pool, "te-realiseren", aantal(1))
    await positief(pool, "A0", uuid4(), "2024-04-09", ontvangen_op="2024-03-05")
    await positief(pool, "A1", uuid4(), "2024-04-10", ontvangen_op="2024-03-04")
    await verdeel(pool)
    assert await toestanden(pool) == {"A0": "WACHTLIJST", "A1": "AANGEBODEN"}


# --- herinneringen ---


async def test_a_clock_that_runs_out_is_said_once_for_each_last_day(pool: Pool) -> None:
    await stuur(pool, "aanvragen", aanvraag("A0"), aanvraag("A1", ontvangen_op="2024-03-20"))
    vandaag = date(2024, 4, 15)
    assert await taken.herinner(pool, vandaag, 14) == 1
    assert await taken.herinner(pool, vandaag, 14) == 0
    ((_, data),) = [f for f in await gezegd(pool) if f[0] == "termijn-loopt-af"]
    assert data["uiterlijk"] == "2024-04-29"
    await stuur(pool, "opschortingen", {"referentie": "A0", "van": "2024-04-10", "tot": "2024-04-12"})
    assert await taken.herinner(pool, vandaag + timedelta(days=2), 14) == 1
    await stuur(pool, "adviezen", advies("A0", op="2024-04-20"))
    assert await taken.herinner(pool, date(2024, 6, 2), 14) == 0
    assert await taken.herinner(pool, date(2024, 6, 3), 14) == 1  # de klok van het college
