"""Opdrachten over HTTP: toegang, precies één keer, rijen apart beoordeeld, historie, problem+json."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from shared.api import Fout, Opdracht, Rij, Soort, Uitslag
from shared.auth import SCOPES, Poort
from shared.db import Tx
from shared.service import Dienst, maak_app
from shared.settings import WORTEL, Instellingen
from tests.conftest import Database, MaakDatabase

SLEUTEL = Ed25519PrivateKey.generate()


class DingRij(Rij):
    """Een rij van de proef."""

    naam: str
    aantal: int


async def bewaar(tx: Tx, rijen: Sequence[tuple[int, Any]], opdracht: Opdracht) -> Uitslag:
    """Schrijft elke rij; `aantal` onder nul is een fout van alleen die rij."""
    uitslag = Uitslag()
    for nr, rij in rijen:
        if rij.aantal < 0:
            uitslag.fouten.append(Fout(nr, "aantal", "onjuist", "een aantal is niet negatief"))
            continue
        await tx.execute(
            "insert into ding (naam, aantal, bekend_op) values ($1, $2, $3)", rij.naam, rij.aantal, rij.bekend_op
        )
        if rij.naam == "traag":
            await asyncio.sleep(0.5)
        if rij.naam == "stuk":
            raise RuntimeError("geheim 123456782")
        uitslag.aanvaard += 1
    return uitslag


SOORT = Soort("dingen", "beoordeling", "/v1/dingen", DingRij, bewaar, "beoordeling:schrijven", ("naam", "aantal"))


def token(*scopes: str, sleutel: Ed25519PrivateKey = SLEUTEL, duur: int = 600, **anders: Any) -> str:
    """Een token van de proefuitgever."""
    nu = datetime.now(UTC)
    inhoud = {
        "iss": "proef",
        "aud": "banenspoor",
        "sub": "tester",
        "iat": nu,
        "exp": nu + timedelta(seconds=duur),
        "scope": " ".join(scopes),
        **anders,
    }
    return jwt.encode(inhoud, sleutel, algorithm="EdDSA", headers={"kid": "k1"})


@pytest.fixture
async def database(db: MaakDatabase) -> Database:
    """Een database met de tabel van de proef."""
    import asyncpg

    database = await db("beoordeling")
    conn = await asyncpg.connect(database.eigenaar_url)
    await conn.execute("create table ding (naam text, aantal int, bekend_op timestamptz)")
    await conn.close()
    return database


@pytest.fixture
async def client(database: Database, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Een client van een dienst waarvan de startcontrole geslaagd is."""
    x = (
        base64.urlsafe_b64encode(SLEUTEL.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        .rstrip(b"=")
        .decode()
    )
    jwks = tmp_path / "jwks.json"
    jwks.write_text(
        json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k1", "alg": "EdDSA", "use": "sig"}]})
    )
    instellingen = Instellingen(
        dienst="beoordeling",
        database_url=database.url,
        kafka="",
        jwks=jwks,
        uitgever="proef",
        topics=WORTEL / "deploy" / "topics.yml",
    )
    app = maak_app(Dienst("beoordeling", (), soorten=(SOORT,)), instellingen)
    app.state.pool = database.pool
    app.state.bedrijf.pool = database.pool
    app.state.bedrijf.gecontroleerd = True
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://dienst") as http:
        http.headers["Authorization"] = f"Bearer {token(*SCOPES)}"
        yield http


async def aantal(database: Database) -> int:
    """Hoeveel rijen er zijn."""
    return int(await database.pool.fetchval("select count(*) from ding"))


async def test_a_row_is_stored_once_whatever_is_repeated(client: httpx.AsyncClient, database: Database) -> None:
    kop = {"Idempotency-Key": "a1"}
    eerste = await client.post("/v1/dingen", json={"naam": "x", "aantal": 3}, headers=kop)
    assert (eerste.status_code, eerste.json()["aanvaard"]) == (200, 1)
    tweede = await client.post("/v1/dingen", json={"naam": "x", "aantal": 3}, headers=kop)
    assert tweede.json() == {**eerste.json(), "herhaald": True}
    assert await aantal(database) == 1


async def test_without_key_400_other_body_422_while_busy_409(client: httpx.AsyncClient, database: Database) -> None:
    assert (await client.post("/v1/dingen", json={"naam": "x", "aantal": 3})).status_code == 400
    kop = {"Idempotency-Key": "a2"}
    traag = asyncio.create_task(client.post("/v1/dingen", json={"naam": "traag", "aantal": 1}, headers=kop))
    await asyncio.sleep(0.2)
    bezig = await client.post("/v1/dingen", json={"naam": "traag", "aantal": 1}, headers=kop)
    assert bezig.status_code == 409
    assert (await traag).status_code == 200
    anders = await client.post("/v1/dingen", json={"naam": "y", "aantal": 1}, headers=kop)
    assert (anders.status_code, anders.json()["code"]) == (422, "andere_inhoud")
    assert anders.headers["content-type"] == "application/problem+json"
    assert await aantal(database) == 1


async def test_a_bad_row_is_rejected_alone_with_row_column_code(client: httpx.AsyncClient, database: Database) -> None:
    rijen = [
        {"naam": "a", "aantal": 1},
        {"naam": "b", "aantal": -1},
        {"naam": "c"},
        {"naam": "d", "aantal": 2, "extra": 1},
    ]
    lichaam = "\n".join(json.dumps(r) for r in rijen)
    koppen = {"Idempotency-Key": "b1", "Content-Type": "application/x-ndjson"}
    antwoord = await client.post("/v1/dingen", content=lichaam, headers=koppen)
    assert antwoord.status_code == 200
    assert antwoord.json()["aanvaard"] == 1
    gezien = [(f["rij"], f["kolom"], f["code"]) for f in antwoord.json()["fouten"]]
    assert gezien == [(2, "aantal", "onjuist"), (3, "aantal", "verplicht"), (4, "extra", "onbekende_kolom")]
    assert await aantal(database) == 1
    een = await client.post("/v1/dingen", json={"naam": "b", "aantal": -1}, headers={"Idempotency-Key": "b2"})
    assert (een.status_code, een.headers["content-type"]) == (422, "application/problem+json")


async def test_too_many_rows_too_large_a_body_and_broken_json_are_refused_whole(
    client: httpx.AsyncClient, database: Database
) -> None:
    koppen = {"Idempotency-Key": "z", "Content-Type": "application/x-ndjson"}
    rij = json.dumps({"naam": "a", "aantal": 1})
    veel = await client.post("/v1/dingen", content="\n".join([rij] * 10_001), headers=koppen)
    groot = await client.post("/v1/dingen", content=b"x" * (32 * 2**20 + 1), headers=koppen)
    stuk = await client.post("/v1/dingen", content=rij + "\n{", headers=koppen)
    assert [veel.status_code, groot.status_code, stuk.status_code] == [413, 413, 400]
    assert await aantal(database) == 0


async def test_a_trial_changes_nothing_and_tells_what_would_happen(
    client: httpx.AsyncClient, database: Database
) -> None:
    antwoord = await client.post("/v1/dingen?proef=true", json={"naam": "x", "aantal": 1})
    assert antwoord.json()["aanvaard"] == 1
    assert await aantal(database) == 0


async def test_an_error_of_ours_shows_no_inside_and_stores_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    antwoord = await client.post("/v1/dingen", json={"naam": "stuk", "aantal": 1}, headers={"Idempotency-Key": "c1"})
    assert antwoord.status_code == 500
    assert "geheim" not in antwoord.text
    assert await aantal(database) == 0
    assert await database.pool.fetchval("select count(*) from idempotentie") == 0


@pytest.mark.parametrize(
    ("maak", "status"),
    [
        (lambda: token("beoordeling:schrijven"), 200),
        (lambda: token("tellingen:lezen"), 403),
        (lambda: token("beoordeling:schrijven", duur=-10), 401),
        (lambda: token("beoordeling:schrijven", iss="ander"), 401),
        (lambda: token("beoordeling:schrijven", aud="ander"), 401),
        (lambda: token("beoordeling:schrijven", sleutel=Ed25519PrivateKey.generate()), 401),
        (lambda: jwt.encode({"sub": "x", "scope": "beoordeling:schrijven"}, key="", algorithm="none"), 401),
        (lambda: "", 401),
    ],
)
async def test_only_a_valid_token_with_the_scope_may_write(
    client: httpx.AsyncClient, database: Database, maak: Callable[[], str], status: int
) -> None:
    koppen = {"Authorization": f"Bearer {maak()}", "Idempotency-Key": "d"}
    antwoord = await client.post("/v1/dingen", json={"naam": "x", "aantal": 1}, headers=koppen)
    assert antwoord.status_code == status
    assert await aantal(database) == (status == 200)


async def test_history_is_accepted_until_it_is_closed_for_good(client: httpx.AsyncClient, database: Database) -> None:
    oud = {"naam": "oud", "aantal": 1, "bekend_op": "2018-04-30"}
    assert (await client.post("/v1/dingen", json=oud, headers={"Idempotency-Key": "e1"})).status_code == 200
    kennis = await database.pool.fetchval("select bekend_op from ding")
    assert kennis == datetime(2018, 4, 29, 22, tzinfo=UTC)  # begin van de dag in Amsterdam
    straks = {**oud, "bekend_op": (datetime.now(UTC) + timedelta(days=1)).isoformat()}
    assert (await client.post("/v1/dingen", json=straks, headers={"Idempotency-Key": "e2"})).json()[
        "code"
    ] == "toekomst"
    zonder = {"Authorization": f"Bearer {token('beoordeling:schrijven')}", "Idempotency-Key": "e3"}
    assert (await client.post("/v1/dingen", json=oud, headers=zonder)).json()["code"] == "historie_gesloten"
    for keer in (False, True):
        dicht = await client.post("/v1/historie/sluit", headers={"Idempotency-Key": f"f{keer}"})
        assert dicht.json() == {"gesloten": True, "wasAlGesloten": keer}
    laat = await client.post("/v1/dingen", json=oud, headers={"Idempotency-Key": "e4"})
    assert (laat.status_code, laat.json()["code"]) == (422, "historie_gesloten")
    for vorm in ("20180425", "2018-4-25", "1524614400", "2018-13-01"):
        fout = await client.post("/v1/dingen", json={**oud, "bekend_op": vorm}, headers={"Idempotency-Key": f"v{vorm}"})
        assert (fout.status_code, fout.json()["code"]) == (422, "onjuist")
    nu = await client.post("/v1/dingen", json={"naam": "nu", "aantal": 1}, headers={"Idempotency-Key": "e5"})
    assert nu.status_code == 200


async def test_history_does_not_close_while_a_load_is_open(client: httpx.AsyncClient) -> None:
    oud = {"naam": "traag", "aantal": 1, "bekend_op": "2018-04-30"}
    laadt = asyncio.create_task(client.post("/v1/dingen", json=oud, headers={"Idempotency-Key": "g1"}))
    await asyncio.sleep(0.2)
    assert (await client.post("/v1/historie/sluit", headers={"Idempotency-Key": "g2"})).status_code == 409
    assert (await laadt).status_code == 200
    assert (await client.post("/v1/historie/sluit", headers={"Idempotency-Key": "g3"})).status_code == 200


async def test_history_does_not_close_while_something_still_waits_for_its_number(
    client: httpx.AsyncClient, database: Database
) -> None:
    """Anders zou historie een nummer krijgen na het eerste peil dat iets vastlegt."""
    sql = "insert into uitgaand (id, topic, partitie, sleutel, type) values (gen_random_uuid(), 'beschut-werk', 0, 'x', 't')"
    await database.pool.execute(sql)
    assert (await client.post("/v1/historie/sluit", headers={"Idempotency-Key": "w1"})).json()["code"] == "lading_open"
    await database.pool.execute("update uitgaand set publicatienr = 1, ce_time = now()")
    assert (await client.post("/v1/historie/sluit", headers={"Idempotency-Key": "w2"})).status_code == 200


async def test_before_the_start_check_nothing_is_accepted(client: httpx.AsyncClient, database: Database) -> None:
    bedrijf = client._transport.app.state.bedrijf  # type: ignore[attr-defined]
    bedrijf.gecontroleerd = False
    antwoord = await client.post("/v1/dingen", json={"naam": "x", "aantal": 1}, headers={"Idempotency-Key": "h"})
    assert (antwoord.status_code, antwoord.json()["code"]) == (503, "niet_gereed")
    assert await aantal(database) == 0
    assert (await client.get("/healthz/ready")).status_code == 503
    assert (await client.get("/healthz/live")).status_code == 200


async def test_history_does_not_close_while_an_event_is_parked(client: httpx.AsyncClient, database: Database) -> None:
    """Zij zou na haar herstel in het verleden boeken."""
    await database.pool.execute("insert into geparkeerd_sleutel values ('t', 'x')")
    await database.pool.execute(
        """insert into geparkeerd (topic, sleutel, partitie, publicatienr, log_offset, ce_id, ce_time, bron, type, code, melding)
        values ('t', 'x', 0, 1, 0, gen_random_uuid(), now(), 'b', 't', 'c', 'm')"""
    )
    assert (await client.post("/v1/historie/sluit", headers={"Idempotency-Key": "p"})).json()["code"] == "geparkeerd"


async def test_while_the_start_check_differs_no_instance_accepts(client: httpx.AsyncClient, database: Database) -> None:
    await database.pool.execute("update relay_stand set afwijking = 'proef'")
    antwoord = await client.post("/v1/dingen", json={"naam": "x", "aantal": 1}, headers={"Idempotency-Key": "q"})
    assert (antwoord.status_code, await aantal(database)) == (503, 0)


async def test_what_is_not_there_is_a_problem_too(client: httpx.AsyncClient) -> None:
    for antwoord in (await client.get("/v1/niets"), await client.get("/v1/dingen")):
        assert antwoord.status_code in (404, 405)
        assert antwoord.headers["content-type"] == "application/problem+json"
        assert antwoord.headers["API-Version"] == "1.0.0"


async def test_openapi_metrics_and_version_header(client: httpx.AsyncClient) -> None:
    document = (await client.get("/v1/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    assert "post" in document["paths"]["/v1/dingen"]
    metrieken = await client.get("/metrics")
    assert "banenspoor_http_seconds" in metrieken.text
    assert metrieken.headers["API-Version"] == "1.0.0"


async def test_a_gate_reads_new_keys_without_a_restart(tmp_path: Path) -> None:
    jwks = tmp_path / "j.json"
    jwks.write_text('{"keys": []}')
    poort = Poort(jwks, "proef", "banenspoor")
    x = (
        base64.urlsafe_b64encode(SLEUTEL.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
        .rstrip(b"=")
        .decode()
    )
    jwks.write_text(json.dumps({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x, "kid": "k1", "alg": "EdDSA"}]}))
    assert poort.controleer(f"Bearer {token('beheer')}").client == "tester"
