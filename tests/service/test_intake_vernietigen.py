"""Vernietigen door de voordeur: alles van één mens is weg, totalen blijven, en wie mag wanneer."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import PersoonsgegevensVernietigd, PlaatsingGestart

from services.intake import registeromvang, vernietigen
from services.intake.domain.bewaartermijnen import Termijn, TermijnFout, termijnen
from tests.service.intake_voordeur import BSNS, Voordeur
from tests.service.test_intake_besluit import hoort
from tests.service.test_intake_raadplegingen import verklaar, werkt
from tests.service.test_intake_samenvoegen import post, voeg_samen

BSN, ANDER = BSNS[0], BSNS[1]
WSW = {"bsn": BSN, "grondslag": "WSW", "van": "2015-01-01", "gemeente": "0014", "tot": "2018-06-01"}
BEVEL = {"reden": "rechterlijk_bevel", "kenmerk": "zaak AMS 26/1234"}
BLIJFT = {"uitgaand", "slot", "idempotentie"}
"""Waar het pseudoniem nog staat; docs/vernietigen.md zegt waarom en hoe lang."""
VANDAAG = date(2026, 11, 25)


async def geregistreerd(deur: Voordeur, bsn: str = BSN, **anders: Any) -> UUID:
    assert (await deur.rijen("registraties", WSW | {"bsn": bsn} | anders))["aanvaard"] == 1
    return await deur.persoon(bsn)


async def vernietig(deur: Voordeur, persoon: UUID, **anders: str) -> Any:
    return await post(deur, f"/v1/personen/{persoon}/vernietiging", BEVEL | anders, "vernietiging")


async def overal(deur: Voordeur, *wie: UUID) -> set[str]:
    """De tabellen waarin een van deze pseudoniemen staat, in welke kolom en vorm dan ook."""
    tabellen = await deur.database.pool.fetch("select tablename from pg_tables where schemaname = 'public'")
    conn = await asyncpg.connect(deur.database.eigenaar_url)
    try:
        return {
            t["tablename"]
            for t in tabellen
            for persoon in wie
            if await conn.fetchval(
                f"select exists (select from {t['tablename']} r where r::text like $1)", f"%{persoon}%"
            )
        }
    finally:
        await conn.close()


async def omvang(deur: Voordeur, op: date) -> int:
    async with deur.database.pool.acquire() as tx:
        nu = await tx.fetchval("select clock_timestamp()")
        return (await registeromvang.omvang(tx, op, nu, [], None))[0]


async def test_nothing_of_the_person_remains_and_totals_stay(voordeur: Voordeur) -> None:
    persoon = await geregistreerd(voordeur)
    await geregistreerd(voordeur, ANDER)
    await voordeur.rijen("personen", {"bsn": BSN, "geboortedatum": "1990-01-01"})
    await werkt(voordeur, BSN, van=date(2017, 1, 1), tot=date(2018, 1, 1))
    await verklaar(voordeur, BSN)
    await voordeur.client.get(f"/v1/personen/{persoon}", headers=voordeur.kop("registraties:lezen"))
    assert await omvang(voordeur, date(2017, 1, 1)) == 2

    antwoord = await vernietig(voordeur, persoon)
    assert (antwoord.status_code, antwoord.json()) == (200, {"vernietigd": 1})
    laatste = (await voordeur.feiten())[-1]
    assert isinstance(laatste, PersoonsgegevensVernietigd)
    assert laatste.persoon == persoon
    assert await overal(voordeur, persoon) <= BLIJFT
    assert await omvang(voordeur, date(2017, 1, 1)) == 2
    assert await voordeur.aantal("kandidaatverklaring") == 0
    assert (
        await voordeur.aantal("raadpleging where betrokkene is not null and naam in ('persoon', 'kandidaatverklaring')")
        == 0
    )
    keten = await voordeur.client.get("/v1/verantwoording/keten", headers=voordeur.kop("verantwoording"))
    assert keten.json()["eersteFout"] is None
    assert (await vernietig(voordeur, persoon)).status_code == 404
    lijst = (await voordeur.client.get("/v1/vernietigingen", headers=voordeur.kop("vernietiging"))).json()
    assert [(v["reden"], v["kenmerk"]) for v in lijst["vernietigingen"]] == [tuple(BEVEL.values())]
    assert await voordeur.persoon(BSN) != persoon


async def test_what_is_heard_later_is_not_kept(voordeur: Voordeur) -> None:
    persoon = await geregistreerd(voordeur)
    await werkt(voordeur, BSN, van=date(2017, 1, 1), tot=date(2018, 1, 1))
    await vernietig(voordeur, persoon)
    gestart = PlaatsingGestart(
        persoon=persoon,
        plaatsing=uuid4(),
        versie=1,
        werkgever=uuid4(),
        vorm="formeel",
        contract="vast",
        uren_per_week_x100=2550,
        gemeente_werk="0014",
        sector="markt",
        van=date(2017, 1, 1),
    )
    assert await hoort(voordeur, gestart) == []
    assert await voordeur.aantal("werk") == 0


async def test_the_other_number_of_a_merged_person_goes_too(voordeur: Voordeur) -> None:
    oud, in_ = await geregistreerd(voordeur), await geregistreerd(voordeur, ANDER)
    await voeg_samen(voordeur, oud, in_)
    assert (await vernietig(voordeur, oud)).status_code == 200
    weg = [f.persoon for f in await voordeur.feiten() if isinstance(f, PersoonsgegevensVernietigd)]
    assert sorted(weg) == sorted([oud, in_])
    assert await voordeur.aantal("kluis") == await voordeur.aantal("opgegaan") == 0
    assert await overal(voordeur, oud, in_) <= BLIJFT


@pytest.mark.parametrize(
    ("rij", "reden", "code"),
    [
        ({"tot": ""}, "rechterlijk_bevel", "loopt_nog"),
        ({}, "onterechte_registratie", "nog_geregistreerd"),
        ({}, "termijn_verlopen", "niet_aangekondigd"),
    ],
)
async def test_it_is_refused_when_the_reason_does_not_fit(
    voordeur: Voordeur, rij: dict[str, str], reden: str, code: str
) -> None:
    persoon = await geregistreerd(voordeur, **rij)
    antwoord = await vernietig(voordeur, persoon, reden=reden)
    assert (antwoord.status_code, antwoord.json()["code"]) == (409, code)
    assert await voordeur.aantal("vernietiging") == 0
    assert await voordeur.persoon(BSN) == persoon


async def test_a_wrong_registration_is_undone_first_and_then_goes(voordeur: Voordeur) -> None:
    persoon = await geregistreerd(voordeur)
    fout = {"bsn": BSN, "grondslag": "WSW", "reden": "ONTERECHT"}
    assert (await voordeur.rijen("registratie-correcties", fout))["aanvaard"] == 1
    assert (await vernietig(voordeur, persoon, reden="onterechte_registratie")).status_code == 200


async def test_a_bsn_in_the_reference_is_refused_and_not_repeated(voordeur: Voordeur) -> None:
    persoon = await geregistreerd(voordeur)
    for kenmerk in (BSN, f"zaak van {BSN[:3]}.{BSN[3:6]}.{BSN[6:]}"):
        antwoord = await vernietig(voordeur, persoon, kenmerk=kenmerk)
        assert (antwoord.status_code, antwoord.json()["code"]) == (422, "onjuist")
        assert BSN[:6] not in antwoord.text


async def kondig_aan(deur: Voordeur, vandaag: date, dagen: int = 30) -> list[tuple[UUID, date]]:
    async with deur.database.pool.acquire() as tx, tx.transaction():
        await vernietigen.kondig_aan(tx, vandaag, termijnen(), dagen)
        rijen = await tx.fetch("select persoon, vernietigen_op from aankondiging")
    return [tuple(rij) for rij in rijen]


async def test_a_term_is_announced_first_and_only_then_destroyed(voordeur: Voordeur) -> None:
    persoon = await geregistreerd(voordeur)
    assert await kondig_aan(voordeur, date(2023, 12, 31)) == []
    assert await kondig_aan(voordeur, date(2024, 1, 1)) == [(persoon, date(2024, 1, 31))]
    assert await kondig_aan(voordeur, date(2024, 1, 20)) == [(persoon, date(2024, 1, 31))]

    async def verlopen() -> Any:
        return (await post(voordeur, "/v1/vernietigingen/verlopen", {"kenmerk": "jaarronde"}, "vernietiging")).json()

    pool = voordeur.database.pool
    await pool.execute("update aankondiging set vernietigen_op = current_date + 1")
    assert await verlopen() == {"vernietigd": 0, "meer": False}
    await pool.execute("update aankondiging set vernietigen_op = aangekondigd_op")
    lijst = await voordeur.client.get("/v1/vernietigingen/aangekondigd", headers=voordeur.kop("vernietiging"))
    assert [rij["persoon"] for rij in lijst.json()["aangekondigd"]] == [str(persoon)]
    assert await verlopen() == {"vernietigd": 1, "meer": False}
    assert await voordeur.aantal("kluis") == await voordeur.aantal("aankondiging") == 0


async def test_work_and_a_duty_to_keep_take_someone_off_the_list(voordeur: Voordeur) -> None:
    persoon = await geregistreerd(voordeur)
    assert len(await kondig_aan(voordeur, VANDAAG)) == 1
    bewaar = {"tot": (VANDAAG + timedelta(days=3650)).isoformat(), "grond": "bezwaar loopt"}
    antwoord = await post(voordeur, f"/v1/personen/{persoon}/bewaarplicht", bewaar, "vernietiging")
    assert antwoord.status_code == 200
    assert await kondig_aan(voordeur, VANDAAG) == []
    geweigerd = await vernietig(voordeur, persoon, reden="termijn_verlopen")
    assert geweigerd.json()["code"] == "bewaarplicht"
    await post(voordeur, f"/v1/personen/{persoon}/bewaarplicht", bewaar | {"tot": "2026-01-01"}, "vernietiging")
    assert len(await kondig_aan(voordeur, VANDAAG)) == 1
    await werkt(voordeur, BSN)
    assert await kondig_aan(voordeur, VANDAAG) == []


async def test_the_service_itself_can_only_destroy_a_whole_person(voordeur: Voordeur) -> None:
    await geregistreerd(voordeur)
    for sql in (
        "delete from kluis",
        "delete from registratie_historie",
        "delete from vernietiging",
        "delete from vergeten",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await voordeur.database.pool.execute(sql)


def test_terms_are_data_and_own_terms_replace_them(tmp_path: Path) -> None:
    eigen = tmp_path / "termijnen.csv"
    eigen.write_text("gegeven,jaren,basis\nWSW,10,besluit van de gemeente\n", encoding="utf-8")
    assert termijnen(eigen)["WSW"] == Termijn(10, "besluit van de gemeente")
    assert termijnen(eigen)["VSO_PRO"] == termijnen()["VSO_PRO"]
    assert Termijn(5, "x").tot(date(2018, 6, 1)) == date(2024, 1, 1)
    for regel in ("WSW,x,basis", "WSW,5,", "ANDERS,5,basis"):
        eigen.write_text(f"gegeven,jaren,basis\n{regel}\n", encoding="utf-8")
        termijnen.cache_clear()
        with pytest.raises(TermijnFout):
            termijnen(eigen)
