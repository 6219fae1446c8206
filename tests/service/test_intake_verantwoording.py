"""De keten van raadplegingen: wat erin staat, wie haar mag veranderen, en dat knoeien opvalt; sleutels vervangen."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from services.intake import hersleutel, kluis_cli, kluisboek
from services.intake.verantwoording import GERAADPLEEGD, Naam
from shared.client import Client
from shared.kluis import SLEUTELS, KluisFout, kluis
from tests.service.intake_voordeur import BSNS, Voordeur

OUD, NIEUW = bytes(32), bytes(range(100, 132))
GEEN_BLOB = {
    ("kluis", "bsn_hmac"),
    ("kandidaatverklaring", "bsn_hmac"),
    ("vergeten", "hash"),
    ("raadpleging_kop", "hash"),
    *(
        ("raadpleging", kolom)
        for kolom in ("trace_id", "span_id", "ouder_span_id", "samenvatting", "betrokkene_hmac", "vorige", "hash")
    ),
    ("levering", "vinger"),
    ("uitgaand", "data"),
    ("geparkeerd", "waarde"),
    ("dode_brief", "hash"),
    ("dode_brief", "waarde"),
    ("idempotentie", "vinger"),
}
"""Kolommen met bytes die niet met een kluissleutel versleuteld zijn."""


async def keten(voordeur: Voordeur, anker: str = "") -> dict[str, Any]:
    pad = "/v1/verantwoording/keten" + (f"?{anker}" if anker else "")
    antwoord = await voordeur.client.get(pad, headers=voordeur.kop("verantwoording"))
    assert antwoord.status_code == 200, antwoord.text
    uit: dict[str, Any] = antwoord.json()
    return uit


async def vul(voordeur: Voordeur) -> UUID:
    """Vijf schakels: drie van een persoon, twee van velen."""
    persoon = await voordeur.persoon(BSNS[0])
    await voordeur.wissel(*BSNS[:3])
    await voordeur.client.get(f"/v1/personen/{persoon}", headers=voordeur.kop())
    await voordeur.wissel(*BSNS[:4], proef=True)
    await voordeur.client.get(f"/v1/personen/{persoon}", headers=voordeur.kop())
    return persoon


async def als_eigenaar(voordeur: Voordeur, *opdrachten: str) -> None:
    conn = await asyncpg.connect(voordeur.database.eigenaar_url)
    try:
        for opdracht in opdrachten:
            assert not (await conn.execute(opdracht)).endswith(" 0")
    finally:
        await conn.close()


async def test_every_look_up_is_one_link_with_the_fields_of_the_standard(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    spoor, ouder = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    kop = voordeur.kop() | {"traceparent": f"00-{spoor}-{ouder}-01"}
    await voordeur.client.get(f"/v1/personen/{persoon}", headers=kop)
    bekend = (await voordeur.wissel(*BSNS[:3]))["pseudoniemen"]
    een, lees, velen = await voordeur.database.pool.fetch("select * from raadpleging order by nr")
    assert (lees["trace_id"].hex(), lees["ouder_span_id"].hex(), lees["status"]) == (spoor, ouder, 1)
    assert len({een["span_id"], lees["span_id"], velen["span_id"]}) == 3
    assert lees["activiteit"] == "urn:banenspoor:verwerking:persoon"
    assert lees["begin"] <= lees["einde"]
    for schakel in (een, lees):
        assert kluis().ontsleutel(schakel["betrokkene"]) == str(persoon)
        assert str(persoon) not in str(dict(schakel))
    assert (velen["aantal"], velen["betrokkene"], velen["betrokkene_hmac"]) == (3, None, None)
    wie = b"".join(sorted(UUID(p).bytes for p in bekend))
    assert velen["samenvatting"] == hashlib.sha256(wie).digest()
    assert [een["vorige"], lees["vorige"], velen["vorige"]] == [bytes(32), een["hash"], lees["hash"]]
    assert await keten(voordeur) == {
        "heel": True,
        "laatste": {"nr": 3, "hash": velen["hash"].hex()},
        "eersteFout": None,
    }


async def test_an_empty_chain_is_whole(voordeur: Voordeur) -> None:
    assert await keten(voordeur) == {"heel": True, "laatste": {"nr": 0, "hash": "00" * 32}, "eersteFout": None}


@pytest.mark.parametrize(
    ("knoeien", "nr"),
    [
        (["update raadpleging set client = 'een ander' where nr = 3"], 3),
        (["update raadpleging set einde = einde + interval '1 microsecond' where nr = 4"], 4),
        (["update raadpleging set proef = not proef where nr = 2"], 2),
        (["update raadpleging set hash = vorige where nr = 5"], 5),
        (["update raadpleging set vorige = hash where nr = 3"], 3),
        (["delete from raadpleging where nr = 1"], 1),
        (["delete from raadpleging where nr = 3"], 3),
        (["delete from raadpleging where nr = 5"], 5),
        (["delete from raadpleging where nr = 3", "update raadpleging set nr = nr - 1 where nr > 3"], 3),
        (
            [
                "create temp table kopie as select * from raadpleging where nr = 2",
                "update kopie set nr = 6",
                "insert into raadpleging select * from kopie",
            ],
            6,
        ),
        (
            [
                "create temp table kopie as select * from raadpleging where nr = 5",
                "update kopie set nr = 6, vorige = hash, hash = sha256('verzonnen')",
                "insert into raadpleging select * from kopie",
                "update raadpleging_kop set nr = 6, hash = sha256('verzonnen')",
            ],
            6,
        ),
        (
            [
                "update raadpleging set betrokkene = (select betrokkene from raadpleging where nr = 1) where nr = 2",
            ],
            2,
        ),
    ],
)
async def test_a_changed_removed_or_inserted_link_is_found(voordeur: Voordeur, knoeien: list[str], nr: int) -> None:
    await vul(voordeur)
    if "betrokkene" in knoeien[0]:
        await als_eigenaar(voordeur, "alter table raadpleging drop constraint raadpleging_check1")
    await als_eigenaar(voordeur, *knoeien)
    uit = await keten(voordeur)
    assert (uit["heel"], uit["eersteFout"]["nr"], uit["laatste"]["nr"]) == (False, nr, nr - 1)


async def test_a_rewritten_chain_betrays_itself_at_an_anchor_kept_elsewhere(voordeur: Voordeur) -> None:
    await vul(voordeur)
    laatste = (await keten(voordeur))["laatste"]
    anker = f"nr={laatste['nr']}&hash={laatste['hash']}"
    await vul(voordeur)
    assert (await keten(voordeur, anker))["heel"]
    await als_eigenaar(voordeur, "delete from raadpleging", "update raadpleging_kop set nr = 0, hash = vorige from "
                       "(select decode(repeat('00', 32), 'hex') as vorige) v")  # fmt: skip
    await vul(voordeur)
    assert (await keten(voordeur))["heel"]
    assert (await keten(voordeur, anker))["eersteFout"]["nr"] == 5
    assert (await keten(voordeur, anker.replace("nr=5", "nr=9")))["eersteFout"]["nr"] == 6
    half = await voordeur.client.get("/v1/verantwoording/keten?nr=5", headers=voordeur.kop("verantwoording"))
    assert half.status_code == 400


@pytest.mark.parametrize(
    "sql",
    [
        "update raadpleging set client = 'x'",
        "update raadpleging set hash = vorige",
        "delete from raadpleging",
        "truncate raadpleging",
        "delete from raadpleging_kop",
        "update raadpleging_voor_keten set client = 'x'",
        "delete from raadpleging_voor_keten",
        "update kandidaatverklaring set client = 'x'",
    ],
)
async def test_the_role_of_the_service_can_only_append(voordeur: Voordeur, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await voordeur.database.pool.execute(sql)


async def test_writers_side_by_side_make_one_chain(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    await asyncio.gather(
        *(voordeur.wissel(*BSNS[: 1 + i % 3]) for i in range(20)),
        *(voordeur.client.get(f"/v1/personen/{persoon}", headers=voordeur.kop()) for _ in range(20)),
    )
    assert (await keten(voordeur))["laatste"]["nr"] == 41


async def test_without_a_link_there_is_no_answer(voordeur: Voordeur) -> None:
    persoon = await voordeur.persoon(BSNS[0])
    await als_eigenaar(voordeur, "alter table raadpleging add check (nr < 2)")
    antwoord = await voordeur.client.get(f"/v1/personen/{persoon}", headers=voordeur.kop())
    assert antwoord.status_code == 500
    assert str(persoon) not in antwoord.text
    antwoord = await voordeur.client.post(
        "/v1/pseudoniemen", json={"bsns": [BSNS[1]]}, headers=voordeur.kop("pseudoniemen")
    )
    assert antwoord.status_code == 500
    assert await voordeur.aantal("kluis") == 1


async def test_look_ups_are_counted_by_kind_and_outcome_only(voordeur: Voordeur) -> None:
    def stand(uitkomst: str) -> float:
        return float(GERAADPLEEGD.labels(Naam.PERSOON, uitkomst)._value.get())

    goed, fout = stand("beantwoord"), stand("geweigerd")
    persoon = await vul(voordeur)
    await voordeur.client.get(f"/v1/personen/{persoon}", headers=voordeur.kop("gemeente", gemeente="0114"))
    assert (stand("beantwoord") - goed, stand("geweigerd") - fout) == (2, 1)


def andere_sleutels(monkeypatch: pytest.MonkeyPatch, **sleutels: bytes) -> None:
    monkeypatch.setenv(SLEUTELS, json.dumps({n[1:]: base64.b64encode(s).decode() for n, s in sleutels.items()}))
    kluis.cache_clear()


async def sleutels(voordeur: Voordeur) -> dict[str, Any]:
    uit: dict[str, Any] = (await voordeur.client.get("/v1/kluis/sleutels", headers=voordeur.kop("beheer"))).json()
    return uit


async def stap(voordeur: Voordeur, nr: int) -> int:
    antwoord = await voordeur.client.post(
        "/v1/kluis/hersleutel", headers=voordeur.kop("beheer") | {"Idempotency-Key": str(nr)}
    )
    uit: int = antwoord.json()["hersleuteld"]
    return uit


async def test_all_is_brought_under_the_newest_key_step_by_step(
    voordeur: Voordeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    geboren = [{"bsn": b, "geboortedatum": "1980-01-01", "overleden_op": "2020-02-03"} for b in BSNS]
    await voordeur.rijen("personen", *geboren)
    persoon = await vul(voordeur)
    zelf = voordeur.kop("eigen-gegevens", persoon=str(persoon))
    monkeypatch.setattr(hersleutel.stap, "__defaults__", (3,))
    assert await sleutels(voordeur) == {"nieuwste": 1, "inGebruik": {"1": 27}, "kanWeg": []}
    andere_sleutels(monkeypatch, _1=OUD, _2=NIEUW)
    gedaan: list[int] = []
    nr = 0
    while not gedaan or gedaan[-1]:
        gedaan.append(await stap(voordeur, nr := nr + 1))
        leven = (await voordeur.client.get(f"/v1/personen/{persoon}", headers=zelf)).json()
        assert (leven["geboortedatum"], leven["overledenOp"]) == ("1980-01-01", "2020-02-03")
        with pytest.raises(KluisFout, match="wordt nog gebruikt") if len(gedaan) < 3 else _niets():
            await kluisboek.controleer(voordeur.database.pool, type(kluis())({"2": NIEUW}, bytes(range(32))))
    assert gedaan[:3] == [3, 3, 2]
    stand = await sleutels(voordeur)
    assert (stand["nieuwste"], list(stand["inGebruik"]), stand["kanWeg"]) == (2, ["2"], [1])
    assert (await keten(voordeur))["heel"]
    andere_sleutels(monkeypatch, _2=NIEUW)
    await kluisboek.controleer(voordeur.database.pool, kluis())
    assert (await keten(voordeur))["heel"]
    pool = voordeur.database.pool
    bsns = {kluis().ontsleutel(r[0]) for r in await pool.fetch("select bsn_versleuteld from kluis")}
    assert bsns == set(BSNS)


class _niets:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


async def test_a_row_someone_holds_is_left_for_the_next_step(
    voordeur: Voordeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    await voordeur.wissel(*BSNS)
    persoon = await voordeur.database.pool.fetchval("select persoon from kluis limit 1")
    andere_sleutels(monkeypatch, _1=OUD, _2=NIEUW)
    async with voordeur.database.pool.acquire() as tx, tx.transaction():
        await tx.execute("select from kluis where persoon = $1 for update", persoon)
        assert [await stap(voordeur, nr) for nr in (1, 2)] == [len(BSNS) - 1, 0]
    assert [await stap(voordeur, nr) for nr in (3, 4)] == [1, 0]


async def test_every_column_with_bytes_is_known_to_be_encrypted_or_not(voordeur: Voordeur) -> None:
    rijen = await voordeur.database.pool.fetch(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'public' and data_type = 'bytea'"
    )
    versleuteld = {(plek.tabel, kolom) for plek in hersleutel.VERSLEUTELD for kolom in plek.kolommen}
    bytes_ = {tuple(r) for r in rijen}
    assert versleuteld <= bytes_
    assert bytes_ - versleuteld - GEEN_BLOB == set()


async def test_the_command_shows_progress_and_what_can_go(voordeur: Voordeur, monkeypatch: pytest.MonkeyPatch) -> None:
    """De opdracht tegen de echte routes: zij praat hier via een brug naar de toepassing in deze lus."""
    await voordeur.wissel(*BSNS)
    andere_sleutels(monkeypatch, _1=OUD, _2=NIEUW)
    lus = asyncio.get_running_loop()

    def doe(_zelf: Client, methode: str, _dienst: str, pad: str, koppen: dict[str, str], **rest: Any) -> Any:
        koppen = koppen | voordeur.kop("beheer", "verantwoording")
        vraag = voordeur.client.request(methode, pad, headers=koppen, **rest)
        antwoord = asyncio.run_coroutine_threadsafe(vraag, lus).result(30)
        assert antwoord.status_code == 200, antwoord.text
        return antwoord.json()

    monkeypatch.setattr(Client, "_doe", doe)
    uit = await asyncio.to_thread(CliRunner().invoke, kluis_cli.app, ["hersleutel"])
    assert uit.exit_code == 0, uit.output
    assert "8 rijen opnieuw versleuteld (8 blobs te doen bij het begin)" in uit.stderr
    assert uit.stdout.splitlines() == ["sleutel 2: 8 blobs (nieuwste)", "sleutel 1 wordt niet meer gebruikt en kan weg"]
    nog = await asyncio.to_thread(CliRunner().invoke, kluis_cli.app, ["hersleutel", "--json"])
    assert json.loads(nog.stdout) == {"nieuwste": 2, "inGebruik": {"2": 8}, "kanWeg": [1]}
    heel = await asyncio.to_thread(CliRunner().invoke, kluis_cli.app, ["keten"])
    assert heel.exit_code == 0
    anker = heel.stdout.split()[-1]
    assert (await asyncio.to_thread(CliRunner().invoke, kluis_cli.app, ["keten", "--anker", anker])).exit_code == 0
    await als_eigenaar(voordeur, "update raadpleging set aantal = 1 where nr = 1")
    stuk = await asyncio.to_thread(CliRunner().invoke, kluis_cli.app, ["keten"])
    assert (stuk.exit_code, "gebroken bij nummer 1" in stuk.stdout) == (1, True)
