"""Leveringen door de voordeur en op de opdrachtregel: de lijst, de kwaliteit, intrekken, en wie laat of stil is."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from deploy.elders import OPDRACHTEN
from deploy.lokaal.stack import Stack
from services.plaatsing import leveranciers, levering_cli
from services.plaatsing.api import intrekken
from shared.client import Client
from tests.conftest import MaakDatabase
from tests.service.plaatsing_proef import WERKGEVERS, baan, uren
from tests.service.plaatsing_voordeur import Plaatsingsdeur, plaatsingsdeur_van
from tests.service.test_importeer_voordeur import Brug

LEZEN = "plaatsingen:lezen"


@pytest.fixture
async def deur(
    stack: Stack, db: MaakDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Plaatsingsdeur]:
    """Vier banen, en de opdrachtregel praat met dezelfde app."""
    async with plaatsingsdeur_van(stack, db, tmp_path, monkeypatch) as deur:
        await deur.rijen("werkgevers", *WERKGEVERS)
        await deur.rijen("plaatsingen", *(baan(f"P-{i}", uuid4()) for i in range(4)))
        (tmp_path / "state.json").write_text(json.dumps({"adressen": {"plaatsing": "http://plaatsing"}}))
        client = Client(tmp_path, Brug({"plaatsing": deur.client._transport.app}))  # type: ignore[attr-defined]
        monkeypatch.setattr(levering_cli, "Client", lambda _map: client)
        yield deur


async def json_van(deur: Plaatsingsdeur, pad: str, status: int = 200) -> Any:
    antwoord = await deur.lees(pad, LEZEN)
    assert antwoord.status_code == status, antwoord.text
    return antwoord.json()


async def sleutel(deur: Plaatsingsdeur, naam: str) -> str:
    lijst = (await json_van(deur, "/v1/leveringen"))["leveringen"]
    return str(next(rij["levering"] for rij in lijst if rij["naam"] == naam))


async def laat(deur: Plaatsingsdeur, *referenties: str) -> list[list[bool]]:
    """Per baan van elke gezegde maand of zij na de sluiting van het jaar kwam."""
    uit = []
    for referentie in referenties:
        id_ = await deur.database.pool.fetchval("select plaatsing from plaatsing where referentie = $1", referentie)
        uit.append([m["naSluitingJaar"] for m in (await json_van(deur, f"/v1/plaatsingen/{id_}"))["maanden"]])
    return uit


async def verwijder(deur: Plaatsingsdeur, id_: str, status: int = 200, *, sleutel: str = "", **anders: Any) -> Any:
    vraag = {"reden": "verkeerd bestand"} | anders.pop("vraag", {})
    kop = deur.kop(*anders.pop("scopes", ()), **anders) | {"Idempotency-Key": sleutel or str(uuid4())}
    antwoord = await deur.client.delete(f"/v1/leveringen/{id_}", params=vraag, headers=kop)
    assert antwoord.status_code == status, antwoord.text
    return antwoord.json()


async def draai(naam: str, *argumenten: str, status: int = 0) -> str:
    [opdracht] = [o for o in OPDRACHTEN if o.naam == naam]
    app = {"levering": levering_cli.app, "leveringen": levering_cli.leveringen_app}.get(
        naam, levering_cli.leveranciers_app
    )
    assert opdracht.bouw() is not None
    uit = await asyncio.to_thread(CliRunner().invoke, app, list(argumenten), catch_exceptions=False)
    assert uit.exit_code == status, uit.output
    return str(uit.stdout)


async def test_the_list_says_who_brought_what_and_when(deur: Plaatsingsdeur) -> None:
    await deur.rijen("uren", *(uren(f"P-{i}", 11, levering="nov") for i in range(3)))
    await deur.rijen(
        "uren", uren("P-0", 11, "90", levering="dec"), uren("P-1", 11, levering="dec"), uren("P-9", 12, levering="dec")
    )
    await deur.rijen("uren", uren("P-0", 12, levering="X", leverancier="B"))
    alles = await json_van(deur, "/v1/leveringen")
    assert [(r["leverancier"], r["naam"], r["maanden"]) for r in alles["leveringen"]] == [
        ("B", "X", ["2017-12"]),
        ("A", "dec", ["2017-11"]),
        ("A", "nov", ["2017-11"]),
    ]
    dec = alles["leveringen"][1]
    assert dec["regels"] == {"nieuw": 0, "vervangen": 1, "ongewijzigd": 1, "afgewezen": 1}
    assert (dec["clients"], dec["stand"], dec["dag"]) == (["A"], "open", None)
    eerste = await json_van(deur, "/v1/leveringen?hooguit=1")
    tweede = await json_van(deur, f"/v1/leveringen?hooguit=2&na={eerste['volgende']}")
    assert [r["naam"] for r in (*eerste["leveringen"], *tweede["leveringen"])] == ["X", "dec", "nov"]
    assert tweede["volgende"] is None
    assert [r["naam"] for r in (await json_van(deur, "/v1/leveringen?leverancier=B"))["leveringen"]] == ["X"]
    assert [r["naam"] for r in (await json_van(deur, "/v1/leveringen?maand=2017-12"))["leveringen"]] == ["X"]
    assert (await json_van(deur, "/v1/leveringen?leverancier=niemand")) == {"leveringen": [], "volgende": None}
    tabel = (await draai("leveringen")).splitlines()
    assert len(tabel) == 4
    assert " dec " in tabel[2]


async def test_hours_per_month_late_ones_and_those_after_the_year_was_closed(deur: Plaatsingsdeur) -> None:
    sluiting = {"leverancier": "A", "maand": "2017-11", "sluit_op": "2017-12-20"}
    await deur.rijen("maandsluitingen", sluiting)
    weken = uren("P-0", 12, "100,01") | {"tijdvak_van": "2017-11-20", "tijdvak_tot": "2017-12-18"}
    vast = {"levering": "L1", "leverancier": "A"}
    await deur.rijen(
        "uren", weken | vast | {"bekend_op": "2017-12-19"}, uren("P-1", 11, "0") | vast | {"bekend_op": "2018-04-30"}
    )
    await deur.rijen("uren", uren("P-2", 11, "-8") | vast | {"bekend_op": "2018-05-01"})
    id_ = await sleutel(deur, "L1")
    uit = await json_van(deur, f"/v1/leveringen/{id_}")
    assert uit["perMaand"] == [
        {"maand": "2017-11", "regels": 3, "urenX100": 3928 - 800, "nalevering": 2, "naSluitingJaar": 1},
        {"maand": "2017-12", "regels": 1, "urenX100": 6073, "nalevering": 0, "naSluitingJaar": 0},
    ]
    assert (uit["plaatsingen"], uit["urenX100"]) == (3, 9201)
    assert (uit["kwaliteit"]["nul"], uit["kwaliteit"]["negatief"]) == (1, 1)
    assert await laat(deur, "P-0", "P-1", "P-2") == [[False, False], [False], [True]]
    assert "gemeente" not in json.dumps(uit["kwaliteit"])
    tekst = await draai("levering", "toon", id_)
    assert "2017-11" in tekst
    assert "60,73" in tekst
    assert "geen vorige levering" in tekst


async def test_the_quality_beside_the_delivery_before(deur: Plaatsingsdeur) -> None:
    await deur.rijen("plaatsingen", baan("P-4", uuid4(), tot="2017-12-01"), baan("P-5", uuid4(), tot="2018-02-01"))
    await deur.rijen("uren", *(uren(f"P-{i}", 10, "100", levering="okt") for i in (0, 1, 2, 4, 5)))
    regels = [("P-0", "126"), ("P-1", "70"), ("P-2", "110"), ("P-3", "1")]
    await deur.rijen(
        "uren", *(uren(p, 12, aantal, levering="dec") for p, aantal in regels), uren("P-9", 12, levering="dec")
    )
    id_ = await sleutel(deur, "dec")
    kwaliteit = (await json_van(deur, f"/v1/leveringen/{id_}"))["kwaliteit"]
    assert kwaliteit["vergelekenMet"] == await sleutel(deur, "okt")
    assert kwaliteit["ontbrekendeMaanden"] == ["2017-11"]
    assert {soort: v["aantal"] for soort, v in kwaliteit["verschillen"].items()} == {
        "nieuw": 1,
        "verdwenen": 1,
        "geeindigd": 1,
        "meer": 1,
        "minder": 1,
    }
    [meer] = kwaliteit["verschillen"]["meer"]["plaatsingen"]
    assert (meer["urenX100"], meer["dagen"], meer["vorigeUrenX100"], meer["vorigeDagen"]) == (12600, 31, 10000, 31)
    assert kwaliteit["afgewezen"] == {"onbekende_plaatsing": 1}
    ruim = (await json_van(deur, f"/v1/leveringen/{id_}?afwijking=26&hooguit=1"))["kwaliteit"]["verschillen"]
    assert ruim["meer"] == {"aantal": 0, "plaatsingen": []}
    zelf = (await json_van(deur, f"/v1/leveringen/{id_}?met={id_}"))["kwaliteit"]
    assert {v["aantal"] for v in zelf["verschillen"].values()} == {0}
    tekst = await draai("levering", "toon", id_, "--afwijking", "5")
    assert "plaatsingen meer" in tekst
    assert [r.split()[-1] for r in tekst.splitlines() if r.startswith("plaatsingen meer")] == ["2"]
    assert "Overgeslagen maanden: 2017-11" in tekst
    assert json.loads(await draai("levering", "toon", id_, "--json"))["kwaliteit"] == kwaliteit


async def test_two_suppliers_of_the_same_job_and_month_see_each_other(deur: Plaatsingsdeur) -> None:
    van_a, van_b = {"leverancier": "A", "levering": "a"}, {"leverancier": "B", "levering": "b"}
    await deur.rijen(
        "uren", uren("P-0", 12, "100") | van_a, uren("P-1", 12, "100") | van_a, uren("P-2", 12, "100") | van_a
    )
    uitslag = await deur.rijen(
        "uren",
        uren("P-0", 12, "90") | van_b,  # vervangt
        uren("P-1", 12, "100") | van_b,  # bevestigt
        uren("P-2", 12, "8", soort="uitbetaling") | van_b,  # telt op
        uren("P-2", 12, "9") | van_b | {"tijdvak_tot": "2017-12-20"},  # raakt zonder gelijk te zijn: niet
    )
    assert [f["code"] for f in uitslag["fouten"]] == ["tijdvak_overlap"]
    a = (await json_van(deur, f"/v1/leveringen/{await sleutel(deur, 'a')}"))["kwaliteit"]["andereLeveranciers"]
    b = (await json_van(deur, f"/v1/leveringen/{await sleutel(deur, 'b')}"))["kwaliteit"]["andereLeveranciers"]
    assert a == [{"leverancier": "B", "vervangen": 0, "bevestigd": 0, "vervangenDoor": 1, "zelfdeMaand": 1}]
    assert b == [{"leverancier": "A", "vervangen": 1, "bevestigd": 1, "vervangenDoor": 0, "zelfdeMaand": 1}]
    assert "vervangt regels van A" in await draai("levering", "toon", await sleutel(deur, "b"))
    await verwijder(deur, await sleutel(deur, "b"))
    a = (await json_van(deur, f"/v1/leveringen/{await sleutel(deur, 'a')}"))["kwaliteit"]["andereLeveranciers"]
    assert a == []
    rijen = await deur.database.pool.fetch("select leverancier, uren_x100 from urenregel")
    assert sorted(tuple(r) for r in rijen) == [("A", 10000)] * 3


async def test_withdrawing_asks_a_key_a_reason_and_a_token_for_everyone(deur: Plaatsingsdeur) -> None:
    await deur.rijen("uren", uren("P-0", 12, levering="L1"))
    id_ = await sleutel(deur, "L1")
    assert (await verwijder(deur, id_, 403, scopes=(LEZEN,)))["code"] == "geen_scope"
    assert (await verwijder(deur, id_, 403, gemeente="0014"))["code"] == "namens_onjuist"
    assert (await verwijder(deur, id_, 422, vraag={"reden": "bsn 123 456 782"}))["code"] == "onjuist"
    assert (await verwijder(deur, id_, 400, vraag={"reden": ""}))["code"] == "onjuist"
    assert (await verwijder(deur, str(uuid4()), 404))["code"] == "onbekende_levering"
    assert (await verwijder(deur, "geen-uuid", 400))["code"] == "onjuist"
    zonder = await deur.client.delete(f"/v1/leveringen/{id_}?reden=x", headers=deur.kop())
    assert zonder.json()["code"] == "geen_idempotency_key"
    assert (await json_van(deur, f"/v1/leveringen/{id_}"))["stand"] == "open"
    eerst = await verwijder(deur, id_, sleutel="k")
    assert eerst == {"levering": id_, "gedaan": 1, "resterend": 0, "maandenGezegd": 1}
    assert await verwijder(deur, id_, sleutel="k") == eerst | {"herhaald": True}
    assert (await verwijder(deur, str(uuid4()), 422, sleutel="k"))["code"] == "andere_inhoud"
    weg = await json_van(deur, f"/v1/leveringen/{id_}")
    assert (weg["stand"], weg["reden"], weg["ingetrokkenDoor"]) == ("ingetrokken", "verkeerd bestand", "A")
    [f] = [f for f in await deur.feiten() if f.naam == "uren-verloond"][-1:]
    assert (f.reden, f.nieuw) == ("LEVERING_INGETROKKEN", None)  # type: ignore[attr-defined]


async def test_reading_asks_a_scope_and_a_token_for_everyone(deur: Plaatsingsdeur) -> None:
    for pad in ("/v1/leveringen", f"/v1/leveringen/{uuid4()}", "/v1/leveranciers"):
        assert (await deur.lees(pad, "ondersteuning:lezen")).status_code == 403
        assert (await deur.lees(pad, LEZEN, werkgever=str(uuid4()))).status_code == 403
    assert (await json_van(deur, f"/v1/leveringen/{uuid4()}", 404))["code"] == "onbekende_levering"
    for vraag in ("maand=2017-13", "hooguit=0", "na=x"):
        assert (await json_van(deur, f"/v1/leveringen?{vraag}", 400))["code"] == "onjuist"


async def test_the_command_shows_first_withdraws_in_steps_and_changes_nothing_the_second_time(
    deur: Plaatsingsdeur, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intrekken, "STAP", 1)
    await deur.rijen("uren", *(uren(f"P-{i}", 12, "100", levering="L1") for i in range(3)))
    id_ = await sleutel(deur, "L1")
    proef = json.loads(await draai("levering", "intrekken", id_, "--reden", "fout", "--proef", "--json"))
    assert proef["maanden"] == [{"maand": "2017-12", "plaatsingen": 3, "verschilX100": -30000}]
    assert (await json_van(deur, f"/v1/leveringen/{id_}"))["stand"] == "open"
    tekst = await draai("levering", "intrekken", id_, "--reden", "fout")
    assert "3 plaatsingen: 3 regels vervallen, 0 terug naar de vorige" in tekst
    assert "-300,00" in tekst
    assert "3 maanden opnieuw gezegd" in tekst
    nog = json.loads(await draai("levering", "intrekken", id_, "--reden", "fout", "--json"))
    assert (nog["plaatsingen"], nog["gedaan"], nog["maandenGezegd"]) == (0, 0, 0)
    await draai("levering", "intrekken", str(uuid4()), "--reden", "fout", status=2)


async def test_suppliers_that_are_late_or_silent_are_named_and_counted(deur: Plaatsingsdeur) -> None:
    morgen = (datetime.now(UTC) + timedelta(days=3)).date()
    await deur.rijen(
        "maandsluitingen",
        {"leverancier": "A", "maand": "2017-11", "sluit_op": "2017-12-20"},
        {"leverancier": "A", "maand": "2017-12", "sluit_op": "2018-01-20"},
        {"leverancier": "A", "maand": "2018-01", "sluit_op": morgen.isoformat()},
        {"leverancier": "nooit", "maand": "2018-01", "sluit_op": morgen.isoformat()},
    )
    oud = {"leverancier": "A", "levering": "L1", "bekend_op": "2017-12-10"}
    await deur.rijen("uren", uren("P-0", 11) | oud, uren("P-1", 11, leverancier="B"))
    a, b, nooit = (await json_van(deur, "/v1/leveranciers"))["leveranciers"]
    assert (a["teLaat"], a["teLaatSinds"]) == ([{"maand": "2017-12", "sluitOp": "2018-01-20"}], "2018-01-20")
    assert a["verwacht"] == {"maand": "2018-01", "sluitOp": morgen.isoformat()}
    assert (a["laatsteMaand"], a["stilSinds"]) == ("2017-11", None)
    assert (b["leverancier"], b["teLaat"], b["verwacht"], b["stilSinds"]) == ("B", [], None, None)
    assert (nooit["laatstOp"], nooit["laatsteLevering"], nooit["teLaat"]) == (None, None, [])
    instellingen = deur.app.state.bedrijf.instellingen
    await leveranciers.meet(deur.database.pool, instellingen)
    assert (leveranciers.TE_LAAT._value.get(), leveranciers.STIL._value.get()) == (1, 0)
    assert "2018-01-20 (2017-12)" in await draai("leveranciers")
    await verwijder(deur, await sleutel(deur, "L1"))
    a = (await json_van(deur, "/v1/leveranciers"))["leveranciers"][0]
    assert [m["maand"] for m in a["teLaat"]] == ["2017-11", "2017-12"]
