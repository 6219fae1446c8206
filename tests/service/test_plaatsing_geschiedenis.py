"""Een baan zoals zij nu is, zoals zij toen bekend was, en alles wat er over haar gezegd is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import PersoonSamengevoegd, PersoonsgegevensVernietigd

from services.plaatsing.domain.geschiedenis import toen
from services.plaatsing.store import banen, geschiedenis
from tests.service.plaatsing_proef import GEMEENTE, Plaatsing, baan, ingegaan, uren
from tests.service.plaatsing_voordeur import Plaatsingsdeur

DAG = timedelta(days=1)
NUL = datetime(2024, 1, 1, 12, tzinfo=UTC)
LEZEN = "plaatsingen:lezen"


@pytest.fixture
async def dienst(deur: Plaatsingsdeur) -> Plaatsing:
    return Plaatsing(deur.database.pool)


async def _lees(deur: Plaatsingsdeur, pad: str) -> Any:
    antwoord = await deur.lees(pad, LEZEN)
    assert antwoord.status_code == 200, antwoord.text
    return antwoord.json()


async def _vijf_dagen(deur: Plaatsingsdeur, dienst: Plaatsing, persoon: UUID) -> str:
    """Dag 0 de baan, 1 uren, 2 een gemeente vanaf een dag, 3 een overgang, 4 ongedaan."""
    uit = await deur.stuur("/v1/plaatsingen", baan("P-1", persoon))
    pad = f"/v1/plaatsingen/{uit.json()['resultaat']['plaatsing']}"
    await dienst.nummer(NUL)
    await dienst.goed("uren", uren("P-1", 11), uren("P-1", 12))
    await dienst.nummer(NUL + DAG)
    stappen: list[tuple[str, dict[str, Any]]] = [
        ("wijzigingen", {"van": "2017-12-01", "gemeenteWerk": "0034"}),
        ("overgang", {"naarWerkgever": GEMEENTE, "op": "2017-11-15"}),
        ("ongedaan", {"reden": "DUBBEL"}),
    ]
    for dag, (route, rij) in enumerate(stappen, start=2):
        assert (await deur.stuur(f"{pad}/{route}", rij)).status_code == 200
        await dienst.nummer(NUL + dag * DAG)
    return pad


async def test_a_job_shows_what_was_known_then(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _vijf_dagen(deur, dienst, uuid4())
    toen_ = [await _lees(deur, f"{pad}?bekendOp=2024-01-0{dag}") for dag in range(1, 6)]
    assert [(t["versie"], t["ongedaan"], len(t["delen"])) for t in toen_] == [
        (1, None, 1),
        (1, None, 1),
        (2, None, 2),
        (4, None, 3),
        (5, "DUBBEL", 3),
    ]
    gemeenten = [[(m["stand"] or {}).get("cel", {}).get("gemeenteWerk") for m in t["maanden"]] for t in toen_]
    assert gemeenten == [[], ["0014", "0014"], ["0014", "0034"], ["0014", "0034"], [None, None]]
    sectoren = [[m["stand"]["cel"]["sector"] for m in t["maanden"]] for t in toen_[2:4]]
    assert sectoren == [["markt", "markt"], ["overheid", "overheid"]]
    delen = [(d["van"], d["tot"], d["gemeenteWerk"], d["sector"]) for d in toen_[3]["delen"]]
    assert delen == [
        ("2017-01-01", "2017-11-15", "0014", "markt"),
        ("2017-11-15", "2017-12-01", "0014", "overheid"),
        ("2017-12-01", None, "0034", "overheid"),
    ]
    nu = await _lees(deur, pad)
    laatste = toen_[-1]
    assert {k: v for k, v in nu.items() if k != "maanden"} == {
        k: v for k, v in laatste.items() if k not in ("maanden", "zoalsBekendOp")
    }
    assert [m["stand"] for m in nu["maanden"]] == [m["stand"] for m in laatste["maanden"]]
    assert (await deur.lees(f"{pad}?bekendOp=2023-12-31", LEZEN)).status_code == 404
    assert (await deur.lees(f"{pad}?bekendOp=2999-01-01", LEZEN)).status_code == 400
    assert (await deur.lees(f"{pad}?bekendOp=gisteren", LEZEN)).status_code == 400


async def test_the_history_lists_every_version_in_order(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    pad = await _vijf_dagen(deur, dienst, uuid4())
    alles = (await _lees(deur, f"{pad}/geschiedenis"))["versies"]
    assert [(v["gebeurtenis"], v["versie"], v["bekendSinds"][8:10]) for v in alles] == [
        ("plaatsing-gestart", 1, "01"),
        *[("uren-verloond", None, "02")] * 2,
        ("plaatsing-gewijzigd", 2, "03"),
        ("uren-verloond", None, "03"),
        ("overgang-van-onderneming", 3, "04"),
        ("plaatsing-gewijzigd", 4, "04"),
        *[("uren-verloond", None, "04")] * 2,
        *[("uren-verloond", None, "05")] * 2,
        ("plaatsing-ongedaan-gemaakt", 5, "05"),
    ]
    assert alles[3]["gewijzigd"] == {"gemeenteWerk": {"vorig": "0014", "nieuw": "0034"}}
    assert (alles[3]["van"], alles[5]["op"], alles[-2]["reden"]) == ("2017-12-01", "2017-11-15", "ONGEDAAN")
    assert all("persoon" not in v for v in alles)
    bladzijden, na = [], 0
    while na is not None:
        bladzijde = await _lees(deur, f"{pad}/geschiedenis?hooguit=5&na={na}")
        bladzijden.append(len(bladzijde["versies"]))
        na = bladzijde["volgende"]
    assert bladzijden == [5, 5, 2]
    assert (await deur.lees(f"{pad}/geschiedenis", "tellingen:lezen")).status_code == 403
    assert (await deur.lees(f"/v1/plaatsingen/{uuid4()}/geschiedenis", LEZEN)).status_code == 404


async def test_history_follows_a_merge_and_ends_with_an_erasure(deur: Plaatsingsdeur, dienst: Plaatsing) -> None:
    oud, nieuw = uuid4(), uuid4()
    uit = await deur.stuur("/v1/plaatsingen", baan("P-1", oud))
    await deur.stuur("/v1/plaatsingen", baan("P-2", oud))
    pad = f"/v1/plaatsingen/{uit.json()['resultaat']['plaatsing']}"
    await dienst.goed("uren", uren("P-1", 12))
    await dienst.nummer(NUL)
    samen = PersoonSamengevoegd(persoon=oud, registraties=(), woonplaatsen=(), in_=nieuw)
    await dienst.hoor(samen, ingegaan(nieuw))
    await dienst.nummer(NUL + DAG)
    soorten = [v["gebeurtenis"] for v in (await _lees(deur, f"{pad}/geschiedenis"))["versies"]]
    assert soorten == ["plaatsing-gestart", "uren-verloond", "plaatsing-gewijzigd", *["uren-verloond"] * 3]
    eerst, dan = [await _lees(deur, f"{pad}?bekendOp=2024-01-0{dag}") for dag in (1, 2)]
    assert (eerst["persoon"], dan["persoon"]) == (str(oud), str(nieuw))
    assert [t["maanden"][0]["stand"]["urenX100"] for t in (eerst, dan)] == [11092, 11092]
    await dienst.hoor(PersoonsgegevensVernietigd(persoon=nieuw))
    assert (await deur.lees(f"{pad}/geschiedenis", LEZEN)).status_code == 404


async def test_loaded_history_is_known_since_then_and_not_yet_said_is_not_known(
    deur: Plaatsingsdeur, dienst: Plaatsing
) -> None:
    rij = baan("P-1", uuid4(), bekend_op="2018-03-01")
    await dienst.goed("plaatsingen", rij)
    await dienst.goed("uren", uren("P-1", 12, bekend_op="2018-04-01"))
    await dienst.nummer(NUL)
    await dienst.goed("plaatsingen", rij | {"gemeente_werk": "0034", "bekend_op": "2018-05-01"})
    async with dienst.pool.acquire() as tx, tx.transaction():
        [[plaatsing]] = await tx.fetch("select plaatsing from plaatsing")
        nu = (await banen.dossiers(tx, {plaatsing: None}))[plaatsing].baan
        gezegd = [g for _, _, g in await geschiedenis.gezegd(tx, nu)]
    assert toen(nu, gezegd, datetime(2018, 2, 1, tzinfo=UTC)) is None
    maart, mei = (toen(nu, gezegd, datetime(2018, m, 2, tzinfo=UTC)) for m in (3, 5))
    assert maart is not None
    assert mei is not None
    assert (maart.maanden, list(mei.maanden), mei.baan.gemeente_werk) == ({}, ["2017-12"], "0014")


async def test_history_uses_its_index(dienst: Plaatsing) -> None:
    await dienst.goed("plaatsingen", *(baan(f"P-{n}", uuid4()) for n in range(300)))
    await dienst.goed("uren", *(uren(f"P-{n}", m) for n in range(300) for m in (10, 11, 12)))
    await dienst.nummer(NUL)
    async with dienst.pool.acquire() as tx, tx.transaction():
        [[plaatsing, persoon]] = await tx.fetch("select plaatsing, persoon from plaatsing limit 1")
        vraag = geschiedenis._GEZEGD
        plan = await tx.fetch(f"explain {vraag}", [str(persoon)], str(plaatsing), 0, None)
        nu = (await banen.dossiers(tx, {plaatsing: None}))[plaatsing].baan
        assert len(await geschiedenis.gezegd(tx, nu)) == 4
    assert any("uitgaand_geschiedenis" in rij[0] for rij in plan), plan
