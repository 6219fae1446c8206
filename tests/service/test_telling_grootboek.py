"""Het grootboek op echte PostgreSQL: boeken, saldi, vintages, nummers van twee instanties, en wat de app niet mag."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from banenspoor_contracts import (
    Cel,
    Contract,
    Feit,
    Grondslag,
    PersoonsgegevensVernietigd,
    PlaatsingBeeindigd,
    PlaatsingGestart,
    PlaatsingOngedaanGemaakt,
    PlaatsingVergeten,
    Reden,
    Registratie,
    RegistratieIngegaan,
    Sector,
    UrenStand,
    UrenVerloond,
    Vorm,
)

from services.telling.domain.grootboek import microseconden
from services.telling.domain.perioden import maand_van_tekst
from services.telling.handlers import Verwerker
from services.telling.store import cijfers
from shared.dead_letter import Vergif
from shared.envelope import Bericht
from tests.conftest import MaakDatabase

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
MAANDEN = ["2023-10", "2023-11", "2023-12"]
PERSOON, PLAATSING, WERKGEVER = UUID(int=1), UUID(int=2), UUID(int=3)
_nummer = count(1)


def cel(gemeente: str = "0014", **rest: Any) -> Cel:
    velden: dict[str, Any] = {
        "gemeente_werk": gemeente,
        "sector": Sector.MARKT,
        "vorm": Vorm.FORMEEL,
        "contract": Contract.VAST,
        "grondslagen_maand": (Grondslag.WSW,),
        "grondslagen_kwartaal": (Grondslag.WSW,),
    }
    return Cel(**velden | rest)


def uren(nieuw: int | None, vorig: int | None = None, maand: str = "2023-12", **rest: Any) -> UrenVerloond:
    def stand(uren_x100: int | None, waar: Cel) -> UrenStand | None:
        return (
            None
            if uren_x100 is None
            else UrenStand(uren_x100=uren_x100, werkgever=rest.get("werkgever", WERKGEVER), cel=waar)
        )

    return UrenVerloond(
        persoon=rest.get("persoon", PERSOON),
        plaatsing=rest.get("plaatsing", PLAATSING),
        maand=maand,
        reden=rest.get("reden", Reden.LEVERING),
        nieuw=stand(nieuw, rest.get("cel", cel())),
        vorig=stand(vorig, rest.get("was", cel())),
        bekend_op=rest.get("bekend_op"),
    )


def bericht(feit: Feit, tijd: datetime = BEGIN, partitie: int = 0) -> Bericht:
    nummer = next(_nummer)
    return Bericht(
        feit.topic, partitie, nummer, nummer, uuid4(), "bron", feit.type_, tijd, feit.sleutel(), feit.bytes_()
    )


async def boek(pool: Any, *berichten: Bericht, verwerker: Verwerker | None = None) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await (verwerker or Verwerker())(conn, list(berichten))


async def saldi(pool: Any) -> dict[tuple[int, str], tuple[int, int]]:
    rijen = await pool.fetch(
        "select maand, sleutel, sum(uren_x100)::bigint u, sum(gezegd)::int g from stand join cel using (cel_id) group by 1, 2"
    )
    return {(rij["maand"], rij["sleutel"]): (rij["u"], rij["g"]) for rij in rijen}


async def test_een_correctie_boekt_vorig_af_en_nieuw_bij(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool
    amsterdam = cel("0363")
    await boek(pool, bericht(uren(10_000)))
    await boek(pool, bericht(uren(8_000, 10_000, cel=amsterdam, reden=Reden.GEMEENTE_CORRECTIE)))
    maand = maand_van_tekst("2023-12")
    assert await saldi(pool) == {
        (maand, cel().bytes_().decode()): (0, 0),
        (maand, amsterdam.bytes_().decode()): (8_000, 1),
    }
    rijen = await pool.fetch(
        "select been, delta_uren_x100 d, naam from boeking join reden using (reden) order by publicatienr, been"
    )
    assert [tuple(rij) for rij in rijen] == [
        (1, 10_000, "LEVERING"),
        (-1, -10_000, "GEMEENTE_CORRECTIE"),
        (1, 8_000, "GEMEENTE_CORRECTIE"),
    ]


async def test_alles_staat_in_het_grootboek(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool
    moment = datetime(2018, 4, 30, tzinfo=UTC)
    await boek(pool, bericht(uren(-250, bekend_op=moment), partitie=7), bericht(uren(500, maand="2011-01")))
    (rij,) = await pool.fetch("""
        select b.*, p.persoon, pl.plaatsing, w.werkgever, bron.topic, bron.partitie, b.tableoid::regclass::text as tabel
        from boeking b join persoon p using (persoon_nr) join plaatsing pl using (plaatsing_nr)
        join werkgever w using (werkgever_nr) join bron on bron_id = b.bron where delta_uren_x100 < 0
    """)
    assert (rij["persoon"], rij["plaatsing"], rij["werkgever"]) == (PERSOON, PLAATSING, WERKGEVER)
    assert (rij["bekend_op"], rij["tabel"]) == (microseconden(moment), "boeking_2023_q4")
    assert (rij["topic"], rij["partitie"]) == ("verloonde-uren", 7)
    assert await pool.fetchval("select count(*) from boeking_rest") == 1
    assert [r["shard"] for r in await pool.fetch("select shard from stand order by maand")] == [0, 7]


async def test_de_app_kan_boekingen_regels_en_cellen_niet_wijzigen_of_wissen(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool
    await boek(pool, bericht(uren(100)))
    tabellen = ["boeking", "boeking_2023_q4", "boeking_rest", "registerboeking", "baanboeking", "regel"]
    opdrachten = [f"{wat} {tabel}" for tabel in tabellen for wat in ("delete from", "truncate")]
    opdrachten += [f"update {tabel} set bekend_op = bekend_op" for tabel in tabellen]
    opdrachten += [
        "delete from cel",
        "update cel set vorm = 'formeel'",
        "drop table boeking",
        "alter table boeking add x int",
    ]
    for opdracht in opdrachten:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await pool.execute(opdracht)
    assert await pool.fetchval("select count(*) from boeking") == 1


def historie(zaad: int, aantal: int) -> list[Bericht]:
    """Een willekeurige geschiedenis: leveringen, correcties, intrekkingen en verhuizingen, met kettingen van vorig."""
    kans = random.Random(zaad)
    gezegd: dict[tuple[UUID, str], UrenStand | None] = {}
    uit = []
    for i in range(aantal):
        plaatsing, maand = UUID(int=kans.randint(1, 12)), kans.choice(MAANDEN)
        vorig = gezegd.get((plaatsing, maand))
        waar = cel(kans.choice(["0014", "0363"]), sector=kans.choice(list(Sector)), vorm=kans.choice(list(Vorm)))
        nieuw = UrenStand(uren_x100=kans.randint(-5_000, 20_000), werkgever=UUID(int=kans.randint(1, 3)), cel=waar)
        if vorig is not None and kans.random() < 0.2:
            gezegd[plaatsing, maand] = None
        else:
            gezegd[plaatsing, maand] = nieuw
        feit = UrenVerloond(
            persoon=UUID(int=plaatsing.int // 2),
            plaatsing=plaatsing,
            maand=maand,
            reden=kans.choice(list(Reden)),
            nieuw=gezegd[plaatsing, maand],
            vorig=vorig,
            bekend_op=BEGIN - timedelta(days=kans.randint(1, 900)) if kans.random() < 0.3 else None,
        )
        uit.append(bericht(feit, BEGIN + timedelta(minutes=i), partitie=plaatsing.int % 3))
    return uit


def naief(berichten: Sequence[Bericht], toen: datetime) -> dict[tuple[int, str, str, str], list[int]]:
    """Telt ruwe gebeurtenissen na: alles wat op `toen` bekend was."""
    som: dict[tuple[int, str, str, str], list[int]] = {}
    for b in berichten:
        feit = UrenVerloond.model_validate_json(b.waarde)
        for teken, stand in ((-1, feit.vorig), (1, feit.nieuw)):
            if stand is not None and (feit.bekend_op or b.tijd) <= toen:
                sleutel = (
                    maand_van_tekst(feit.maand),
                    stand.cel.gemeente_werk,
                    stand.cel.sector.value,
                    stand.cel.vorm.value,
                )
                saldo = som.setdefault(sleutel, [0, 0])
                saldo[0] += teken * stand.uren_x100
                saldo[1] += teken
    return {k: v for k, v in som.items() if v != [0, 0]}


async def gelezen(pool: Any, toen: datetime | None) -> dict[tuple[int, str, str, str], list[int]]:
    maanden = [maand_van_tekst(m) for m in MAANDEN]
    op = None if toen is None else microseconden(toen)
    async with pool.acquire() as conn:
        standen = await cijfers.standen(conn, maanden, "werk", "maand", {"gemeente"}, op)
    return {(s.maand, s.gemeente or "", s.sector, s.vorm): [s.uren_x100, s.gezegd] for s in standen}


@pytest.mark.parametrize("zaad", range(3))
async def test_saldo_min_latere_boekingen_is_een_natelling_van_wat_toen_bekend_was(db: MaakDatabase, zaad: int) -> None:
    pool = (await db("telling")).pool
    berichten, verwerker, kans = historie(zaad, 150), Verwerker(), random.Random(zaad)
    rest = list(berichten)
    while rest:
        groot = kans.randint(1, 40)
        await boek(pool, *rest[:groot], verwerker=verwerker)
        rest = rest[groot:]
    assert await gelezen(pool, None) == naief(berichten, datetime.max.replace(tzinfo=UTC))
    for _ in range(15):
        toen = BEGIN + timedelta(minutes=kans.randint(-900 * 24 * 60, 200))
        assert await gelezen(pool, toen) == naief(berichten, toen)
    assert await gelezen(pool, datetime(1970, 1, 1, tzinfo=UTC)) == {}


async def test_een_vergiftigde_gebeurtenis_boekt_niets(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool
    goed = bericht(uren(100))
    fout = bericht(uren(100, plaatsing=UUID(int=9)))
    for waarde in (b"{}", fout.waarde.replace(b'"0014"', b'"14"'), fout.waarde.replace(b'"WSW"', b'"ZIEK"')):
        with pytest.raises(Vergif):
            await boek(pool, goed, fout._replace(waarde=waarde))
    assert await pool.fetchval("select (select count(*) from boeking) + (select count(*) from stand)") == 0


async def test_nummers_uit_een_teruggedraaid_deel_worden_niet_onthouden(db: MaakDatabase) -> None:
    """Wat in een savepoint genummerd is en teruggedraaid, krijgt daarna een nummer dat wel bestaat."""
    pool, verwerker = (await db("telling")).pool, Verwerker()
    async with pool.acquire() as conn, conn.transaction():
        deel = conn.transaction()
        await deel.start()
        await verwerker(conn, [bericht(uren(100))])
        await deel.rollback()
        async with conn.transaction():
            await verwerker(conn, [bericht(uren(200))])
    await boek(pool, bericht(uren(300, maand="2023-11")), verwerker=verwerker)
    await boek(pool, bericht(uren(400, maand="2023-10")), verwerker=verwerker)
    (telling,) = await pool.fetch("""
        select count(*) as alle, count(cel.cel_id) as met_cel, count(p.persoon_nr) as met_persoon from boeking
        left join cel using (cel_id) left join persoon p using (persoon_nr)
    """)
    assert tuple(telling) == (3, 3, 3)


async def test_een_teruggedraaide_transactie_naast_een_andere_laat_geen_nummers_na(db: MaakDatabase) -> None:
    """Een batch en een handmatige verwerking lopen door elkaar; de eerste wordt teruggedraaid."""
    pool, verwerker = (await db("telling")).pool, Verwerker()
    async with pool.acquire() as een:
        batch = een.transaction()
        await batch.start()
        await verwerker(een, [bericht(uren(100))])
        await boek(
            pool,
            bericht(
                uren(200, persoon=UUID(int=7), plaatsing=UUID(int=8), cel=cel("0363"), werkgever=UUID(int=9)),
                partitie=1,
            ),
            verwerker=verwerker,
        )
        await verwerker(een, [bericht(uren(300, maand="2023-11"))])
        await batch.rollback()
    await boek(pool, bericht(uren(400)), verwerker=verwerker)
    assert (
        await pool.fetchval("select count(*) from boeking join cel using (cel_id) join persoon using (persoon_nr)") == 2
    )


async def test_twee_instanties_nummeren_tegelijk_hetzelfde(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool
    feiten = [
        uren(i, plaatsing=UUID(int=i), persoon=UUID(int=i), cel=cel(f"{i % 9:04d}".replace("000", "001")))
        for i in range(1, 60)
    ]

    async def instantie(partitie: int, verwerker: Verwerker) -> None:
        volgorde = feiten[::-1] if partitie else feiten
        for begin in range(0, len(volgorde), 7):
            berichten = [bericht(feit, partitie=partitie) for feit in volgorde[begin : begin + 7]]
            await boek(pool, *berichten, verwerker=verwerker)

    await asyncio.wait_for(asyncio.gather(*(instantie(p, Verwerker()) for p in (0, 1))), 30)
    assert await pool.fetchval("select count(*) from persoon") == 59
    assert await pool.fetchval("select sum(uren_x100) from stand") == 2 * sum(range(1, 60))
    assert await pool.fetchval("select count(*) from boeking left join cel using (cel_id) where cel is null") == 0


async def test_het_geheugen_van_een_andere_database_telt_niet(db: MaakDatabase) -> None:
    verwerker = Verwerker()
    for _ in range(2):
        pool = (await db("telling")).pool
        for maand in MAANDEN:
            await boek(pool, bericht(uren(100, maand=maand)), verwerker=verwerker)
        assert (
            await pool.fetchval("select count(*) from boeking join cel using (cel_id) join persoon using (persoon_nr)")
            == 3
        )


# --- register en banen -------------------------------------------------------------------------------------------------


async def test_het_register_boekt_het_verschil_met_wat_er_geboekt_was(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool

    def ingegaan(*registraties: Registratie, bekend_op: datetime | None = None) -> RegistratieIngegaan:
        return RegistratieIngegaan(
            persoon=PERSOON,
            grondslag=Grondslag.WSW,
            van=date(2015, 1, 1),
            registraties=registraties,
            woonplaatsen=(),
            bekend_op=bekend_op,
        )

    wsw = Registratie(grondslag=Grondslag.WSW, van=date(2015, 1, 1))
    einde = Registratie(grondslag=Grondslag.WSW, van=date(2015, 1, 1), tot=date(2020, 1, 1))
    pw = Registratie(grondslag=Grondslag.PW_INDICATIE, van=date(2020, 1, 1))
    toen = datetime(2015, 2, 1, tzinfo=UTC)
    await boek(pool, bericht(ingegaan(wsw, bekend_op=toen)), bericht(ingegaan(wsw)))
    await boek(pool, bericht(ingegaan(einde, pw)))
    rijen = await pool.fetch(
        "select grondslag, tot, delta, bekend_op from registerboeking order by publicatienr, delta, grondslag"
    )
    nu = microseconden(BEGIN)
    assert [tuple(rij) for rij in rijen] == [
        ("WSW", None, 1, microseconden(toen)),
        ("WSW", None, -1, nu),
        ("PW_INDICATIE", None, 1, nu),
        ("WSW", date(2020, 1, 1), 1, nu),
    ]


async def test_na_vernietiging_hoort_er_geen_pseudoniem_meer_bij_het_nummer(db: MaakDatabase) -> None:
    pool, verwerker = (await db("telling")).pool, Verwerker()
    await boek(pool, bericht(uren(100)), verwerker=verwerker)
    await boek(pool, bericht(PersoonsgegevensVernietigd(persoon=PERSOON)), verwerker=verwerker)
    assert await pool.fetchval("select count(*) from persoon") == 0
    assert await pool.fetchval("select sum(uren_x100) from stand") == 100
    for wie in (verwerker, Verwerker()):
        await boek(pool, bericht(uren(100)), verwerker=wie)
        assert await pool.fetchval("select count(*) from persoon") == 0
    assert await pool.fetchval("select sum(uren_x100) from stand") == 300
    baan = await pool.fetchval("select plaatsing from plaatsing")
    await boek(pool, bericht(PlaatsingVergeten(persoon=PERSOON, plaatsing=baan, versie=9)), verwerker=verwerker)
    await boek(pool, bericht(uren(100)), verwerker=verwerker)
    assert await pool.fetchval("select count(*) from plaatsing") == 0


async def test_van_banen_is_bekend_in_welke_maanden_uren_te_verwachten_zijn(db: MaakDatabase) -> None:
    pool = (await db("telling")).pool
    gestart = PlaatsingGestart(
        persoon=PERSOON,
        plaatsing=PLAATSING,
        versie=1,
        werkgever=WERKGEVER,
        vorm=Vorm.FORMEEL,
        contract=Contract.VAST,
        uren_per_week_x100=2400,
        gemeente_werk="0014",
        sector=Sector.MARKT,
        van=date(2023, 10, 5),
    )
    over = {"persoon": PERSOON, "plaatsing": PLAATSING}
    beeindigd = PlaatsingBeeindigd(**over, versie=2, tot=date(2023, 12, 1), reden="ONTSLAG")
    ongedaan = PlaatsingOngedaanGemaakt(**over, versie=3, reden="DUBBEL")

    async def per_maand(op: datetime | None = None) -> list[int]:
        async with pool.acquire() as conn:
            begin = await cijfers.verwacht(conn, {"formeel"}, None if op is None else microseconden(op))
        return [sum(n for m, n in begin.items() if m <= maand_van_tekst(maand)) for maand in [*MAANDEN, "2024-01"]]

    await boek(pool, bericht(gestart), bericht(gestart))
    assert await per_maand() == [1, 1, 1, 1]
    await boek(pool, bericht(beeindigd, BEGIN + timedelta(days=1)))
    assert await per_maand() == [1, 1, 0, 0]
    assert await per_maand(BEGIN) == [1, 1, 1, 1]
    await boek(pool, bericht(ongedaan, BEGIN + timedelta(days=2)), bericht(beeindigd, BEGIN + timedelta(days=3)))
    assert await per_maand() == [0, 0, 0, 0]
