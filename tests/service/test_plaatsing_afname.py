"""Wat een buitenstaander ziet: haar filter, haar pseudoniemen, en niets meer zodra een baan er niet meer door komt."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from banenspoor_contracts import PersoonSamengevoegd, PersoonsgegevensVernietigd, PlaatsingStand

from deploy import acl
from services.plaatsing import afname
from shared import outbox
from shared.kluis import kluis
from shared.settings import WORTEL, Afnemer, lees_afnemers, lees_topics
from tests.conftest import MaakDatabase
from tests.service.plaatsing_proef import Plaatsing, baan, begin, ingegaan, zet_kluis

REGIO = Afnemer(gemeenten=frozenset({"0014"}))
INLEEN = Afnemer(vormen=frozenset({"uitzendrelatie"}))
AFNEMERS = {"regio": REGIO, "inleen": INLEEN}


@pytest.fixture
async def dienst(db: MaakDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AsyncIterator[Plaatsing]:
    zet_kluis(monkeypatch)
    bestand = tmp_path / "afnemers.yml"
    bestand.write_text("afnemers: {regio: {gemeenten: ['0014']}, inleen: {vormen: [uitzendrelatie]}}")
    assert lees_afnemers(bestand) == AFNEMERS
    topics = WORTEL / "deploy" / "topics.yml"
    outbox.ken_topics(lees_topics(topics, bestand))
    outbox.leid_af(afname.Afleiding(AFNEMERS))
    yield await begin(await db("plaatsing"))
    outbox.leid_af(None)
    outbox.ken_topics(lees_topics(topics))
    kluis.cache_clear()


async def ziet(dienst: Plaatsing, naam: str) -> dict[str, PlaatsingStand]:
    """Wat een lezer van haar compacte topic overhoudt: de laatste stand per sleutel, zonder wie een lege waarde kreeg."""
    uit: dict[str, PlaatsingStand] = {}
    vraag = "select sleutel, type, data from uitgaand where topic = $1 order by volgorde"
    for rij in await dienst.pool.fetch(vraag, f"afname-{naam}"):
        assert rij["type"] == PlaatsingStand.type_
        if rij["data"] is None:
            del uit[rij["sleutel"]]
        else:
            uit[rij["sleutel"]] = PlaatsingStand.model_validate_json(rij["data"])
            assert "afnemer" not in rij["data"].decode()
    return uit


async def test_only_what_passes_the_filter_under_own_names(dienst: Plaatsing) -> None:
    een, twee = uuid4(), uuid4()
    rijen = baan("P-1", een, route="praktijkroute"), baan("P-2", twee, gemeente_werk="0034")
    await dienst.goed("plaatsingen", *rijen, baan("P-3", een, vorm="uitzendrelatie", gemeente_werk="0014"))
    [regio], [inleen] = (await ziet(dienst, "regio")).values(), (await ziet(dienst, "inleen")).values()
    assert (regio.gemeente_werk, regio.vorm, regio.route, regio.versie) == ("0014", "formeel", None, 1)
    echt = {
        str(w) for rij in await dienst.pool.fetch("select plaatsing, persoon, werkgever from plaatsing") for w in rij
    }
    gezegd = await dienst.pool.fetch("select sleutel, data from uitgaand where topic like 'afname-%'")
    assert not any(wie in rij["sleutel"] + rij["data"].decode() for rij in gezegd for wie in echt)
    assert not {regio.persoon, regio.werkgever, regio.plaatsing} & {inleen.persoon, inleen.werkgever, inleen.plaatsing}


async def test_what_no_longer_passes_gets_an_empty_value_once(dienst: Plaatsing) -> None:
    persoon = uuid4()
    await dienst.goed("plaatsingen", baan("P-1", persoon), baan("P-2", persoon, gemeente_werk="0034"))
    await dienst.goed("plaatsingen", baan("P-1", persoon, gemeente_werk="0034"))
    await dienst.goed("plaatsingen", baan("P-1", persoon, gemeente_werk="0034", tot="2018-01-01"))
    assert await ziet(dienst, "regio") == {}
    vraag = "select array_agg(data is null order by volgorde) from uitgaand where topic = 'afname-regio'"
    assert await dienst.pool.fetchval(vraag) == [False, True]
    await dienst.goed("plaatsingen", baan("P-2", persoon))
    assert len(await ziet(dienst, "regio")) == 1


async def test_undone_and_forgotten_jobs_go_and_a_merged_person_gets_another_name(dienst: Plaatsing) -> None:
    een, twee, drie = uuid4(), uuid4(), uuid4()
    await dienst.goed("plaatsingen", baan("P-1", een), baan("P-2", twee), baan("P-3", drie))
    voor = {s.persoon for s in (await ziet(dienst, "regio")).values()}
    await dienst.goed("plaatsing-ongedaan", {"referentie": "P-3", "reden": "VERGISSING"})
    await dienst.hoor(ingegaan(twee), PersoonSamengevoegd(persoon=een, registraties=(), woonplaatsen=(), in_=twee))
    namen = {s.persoon for s in (await ziet(dienst, "regio")).values()}
    assert len(namen) == 1
    assert namen < voor
    await dienst.hoor(PersoonsgegevensVernietigd(persoon=twee))
    assert await ziet(dienst, "regio") == {}
    assert await dienst.pool.fetchval("select count(*) from afname") == 0


async def test_a_new_reader_is_filled_with_what_is_there(dienst: Plaatsing, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox.leid_af(None)
    await dienst.goed(
        "plaatsingen", *(baan(f"P-{n}", uuid4(), gemeente_werk="0014" if n % 2 else "0034") for n in range(7))
    )
    monkeypatch.setattr(afname, "STAP", 3)
    na: UUID | None = None
    gezegd: list[Any] = []
    for _ in range(5):
        async with dienst.pool.acquire() as tx, tx.transaction():
            aantal, na = await afname.vul(tx, "regio", REGIO, na)
        gezegd.append(aantal)
        if na is None:
            break
    assert (sum(gezegd), len(gezegd)) == (3, 3)
    assert len(await ziet(dienst, "regio")) == 3
    outbox.leid_af(afname.Afleiding(AFNEMERS))
    await dienst.goed("plaatsing-ongedaan", {"referentie": "P-1", "reden": "VERGISSING"})
    assert len(await ziet(dienst, "regio")) == 2


def test_a_reader_may_read_her_own_topic_and_nothing_else() -> None:
    rechten = acl.van_afnemers(["regio"])
    van_haar = {(r.soort, r.naam, r.handeling) for r in rechten if r.wie == "User:afnemer-regio"}
    assert van_haar == {
        (acl.TOPIC, "afname-regio", acl.LEES),
        (acl.TOPIC, "afname-regio", acl.ZIE),
        (acl.GROEP, "afnemer-regio", acl.LEES),
    }
    assert {(r.wie, r.naam) for r in rechten if r.handeling == acl.SCHRIJF} == {("User:plaatsing", "afname-regio")}


def test_topics_and_rights_follow_the_operators_own_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bestand = tmp_path / "eigen.yml"
    bestand.write_text("afnemers: {eigen: {}}")
    monkeypatch.setenv("BANENSPOOR_AFNEMERS", str(bestand))
    assert lees_afnemers() == {"eigen": Afnemer()}
    assert "afname-eigen" in lees_topics(WORTEL / "deploy" / "topics.yml")


@pytest.mark.parametrize("inhoud", ["afnemers: {Regio: {}}", "afnemers: {regio: {gemeente: ['0014']}}"])
def test_a_wrong_file_is_refused(tmp_path: Path, inhoud: str) -> None:
    bestand = tmp_path / "afnemers.yml"
    bestand.write_text(inhoud)
    with pytest.raises(ValueError, match=r"(?i)regio|gemeente"):
        lees_afnemers(bestand)
