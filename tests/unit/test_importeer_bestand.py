"""Importeren: wat een bestand, een rij en een blok overkomt; tegen diensten die in het geheugen bestaan."""

import csv
import hashlib
import json
import threading
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import httpx
import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field
from typer.testing import CliRunner, Result

from shared import importeer
from shared.api import Opdracht, Rij, Soort, Uitslag
from shared.client import Client
from shared.db import Tx
from shared.wacht import KETEN


class DingRij(Rij):
    referentie: str = Field(min_length=1)
    aantal: int
    op: date | None = None


class PersoonDingRij(DingRij):
    persoon: UUID


async def _nooit(_tx: Tx, _rijen: Sequence[tuple[int, Any]], _opdracht: Opdracht) -> Uitslag:
    raise AssertionError("de opdrachtregel verwerkt niets zelf")


DING = Soort("dingen", "plaatsing", "/v1/dingen", DingRij, _nooit, "x", ("referentie", "aantal", "op"))
PERSOONDING = Soort(
    "persoondingen",
    "beoordeling",
    "/v1/persoondingen",
    PersoonDingRij,
    _nooit,
    "x",
    ("referentie", "bsn", "aantal", "op"),
    bsn=True,
)
LANENDING = replace(DING, naam="lanendingen", lanen=True)
GOED, OOK_GOED, FOUT_BSN = "123456782", "111222333", "123456789"


class Diensten:
    """Alle diensten in het geheugen: bewaart rijen op referentie, antwoorden op Idempotency-Key; weigert aantal 13."""

    def __init__(self) -> None:
        self.rijen: dict[str, dict[str, Any]] = {}
        self.eerder: dict[str, tuple[bytes, dict[str, Any]]] = {}
        self.verzoeken: list[httpx.Request] = []
        self.stuk: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
        self.beheer: dict[str, Callable[[], dict[str, Any]]] = {}

    def __call__(self, verzoek: httpx.Request) -> httpx.Response:
        self.verzoeken.append(verzoek)
        if (antwoord := self.stuk(verzoek)) is not None:
            return antwoord
        if (plek := f"{verzoek.url.host}{verzoek.url.path}") in self.beheer:
            return httpx.Response(200, json=self.beheer[plek]())
        assert verzoek.headers["idempotency-key"]
        if verzoek.url.path == "/v1/pseudoniemen":
            bsns = json.loads(verzoek.content)["bsns"]
            return httpx.Response(
                200, json={"pseudoniemen": [str(uuid5(NAMESPACE_OID, b)) if b != "000000012" else None for b in bsns]}
            )
        return self._schrijf(verzoek)

    def _schrijf(self, verzoek: httpx.Request) -> httpx.Response:
        sleutel, proef = verzoek.headers["idempotency-key"], "proef" in verzoek.url.params
        if not proef and sleutel in self.eerder:
            inhoud, antwoord = self.eerder[sleutel]
            assert inhoud == verzoek.content, "zelfde sleutel, ander blok"
            return httpx.Response(200, json=antwoord | {"herhaald": True})
        uit: dict[str, Any] = {"aanvaard": 0, "ongewijzigd": 0, "fouten": [], "resultaat": {}}
        for nr, regel in enumerate(verzoek.content.splitlines(), 1):
            rij = json.loads(regel)
            if rij["aantal"] == "13":
                uit["fouten"].append({"rij": nr, "kolom": "persoon", "code": "ongeluk", "melding": "dertien"})
            elif self.rijen.get(rij["referentie"]) == rij:
                uit["ongewijzigd"] += 1
            else:
                uit["aanvaard"] += 1
                if not proef:
                    self.rijen[rij["referentie"]] = rij
        if not proef:
            self.eerder[sleutel] = (verzoek.content, uit)
        return httpx.Response(200, json=uit)

    def blokken(self) -> list[list[str]]:
        """De referenties van elk verstuurd blok."""
        return [
            [json.loads(regel)["referentie"] for regel in v.content.splitlines()]
            for v in self.verzoeken
            if v.url.path.endswith("dingen")
        ]


@pytest.fixture
def diensten(monkeypatch: pytest.MonkeyPatch) -> Diensten:
    uit = Diensten()
    for dienst in KETEN:
        monkeypatch.setenv(f"BANENSPOOR_ADRES_{dienst.upper()}", f"http://{dienst}")
    monkeypatch.setenv("BANENSPOOR_TOKEN", "proef")
    monkeypatch.setenv("BANENSPOOR_GEDULD", "0.01")
    monkeypatch.setattr(importeer, "Client", lambda map_: Client(map_, httpx.MockTransport(uit)))
    return uit


class Opdrachtregel:
    """Schrijft een bestand en importeert het."""

    def __init__(self, map_: Path) -> None:
        self.pad = map_ / "in.csv"
        self.foutenpad = map_ / "in.csv.fouten.csv"
        self.app = typer.Typer()
        self.app.command()(importeer.maak_app(lambda: [DING, PERSOONDING, LANENDING]))

    def __call__(self, soort: str, inhoud: str | bytes, *opties: str, status: int = 0) -> Any:
        self.pad.write_bytes(inhoud.encode() if isinstance(inhoud, str) else inhoud)
        uit = self.draai(soort, *opties)
        assert uit.exit_code == status, uit.output
        return json.loads(uit.stdout) if status < 2 else uit.stderr

    def draai(self, soort: str, *opties: str) -> Result:
        return CliRunner().invoke(self.app, [soort, str(self.pad), "--json", *opties], catch_exceptions=False)

    def fouten(self) -> list[tuple[int, str, str]]:
        with self.foutenpad.open(encoding="utf-8", newline="") as tekst:
            regels = list(csv.DictReader(tekst))
        assert all(r["melding"] for r in regels)
        return [(int(r["rij"]), r["kolom"], r["code"]) for r in regels]


@pytest.fixture
def opdracht(tmp_path: Path, diensten: Diensten) -> Opdrachtregel:
    return Opdrachtregel(tmp_path)


def ding(*rijen: str) -> str:
    return "\n".join(["referentie,aantal,op", *rijen, ""])


def test_good_rows_arrive_and_leave_no_error_file(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    uit = opdracht("dingen", ding("a,1,2024-01-01", "b,2,"))
    assert uit == {"soort": "dingen", "rijen": 2, "aanvaard": 2, "ongewijzigd": 0, "fouten": 0}
    assert diensten.rijen["a"] == {"referentie": "a", "aantal": "1", "op": "2024-01-01"}
    assert not opdracht.foutenpad.exists()
    assert diensten.verzoeken[0].headers["authorization"] == "Bearer proef"
    assert diensten.verzoeken[0].headers["content-type"] == "application/x-ndjson"
    assert diensten.verzoeken[0].headers["banenspoor-blijvend"] == "true"


def test_a_wrong_row_is_reported_with_its_row_in_the_file_and_the_others_arrive(
    opdracht: Opdrachtregel, diensten: Diensten
) -> None:
    uit = opdracht("dingen", ding("a,1,", "b,veel,gisteren", "", "c,13,", ",4,", "d,5", "e,6,"), status=1)
    assert (uit["rijen"], uit["aanvaard"], uit["fouten"]) == (6, 2, 4)
    assert sorted(diensten.rijen) == ["a", "e"]
    assert opdracht.fouten() == [
        (3, "aantal", "onjuist"),
        (3, "op", "onjuist"),
        (5, "persoon", "ongeluk"),
        (6, "referentie", "verplicht"),
        (7, "", "onjuist"),
    ]


def test_a_row_that_spans_lines_counts_as_one(opdracht: Opdrachtregel) -> None:
    opdracht("dingen", ding('"a\nb",1,', "c,veel,"), status=1)
    assert opdracht.fouten() == [(3, "aantal", "onjuist")]


@pytest.mark.parametrize("einde", ["\n", "\r\n"])
def test_semicolons_and_a_byte_order_mark_are_read(opdracht: Opdrachtregel, diensten: Diensten, einde: str) -> None:
    inhoud = einde.join(["\ufeffaantal; referentie", "1;a,b", "2;c"])
    assert opdracht("dingen", inhoud)["aanvaard"] == 2
    assert diensten.rijen["a,b"] == {"referentie": "a,b", "aantal": "1"}


@pytest.mark.parametrize(
    ("inhoud", "reden"),
    [
        ("", "ontbreekt: referentie, aantal"),
        ("referentie,op\na,\n", "ontbreekt: aantal"),
        ("referentie,aantal,kleur\na,1,b\n", "onbekend: kleur"),
        ("referentie,aantal,aantal\na,1,1\n", "dubbel: aantal"),
        (f"a,1,{GOED}\n", "ontbreekt"),
        (ding(*(f"r{n},1," for n in range(3000))).encode() + "é,1,\n".encode("latin-1"), "geen UTF-8"),
        (ding("a,1,").encode("utf-16"), "geen UTF-8"),
        (ding("a,1,", '"b,1,'), "rij 3 is geen CSV"),
        (ding("a" * 200_000 + ",1,"), "rij 2 is geen CSV"),
    ],
)
def test_a_wrong_file_is_refused_whole(
    opdracht: Opdrachtregel, diensten: Diensten, inhoud: str | bytes, reden: str
) -> None:
    melding = opdracht("dingen", inhoud, status=2)
    assert reden in melding
    assert GOED not in melding
    assert diensten.verzoeken == []
    assert not opdracht.foutenpad.exists()


def test_a_file_that_is_too_large_or_no_file_is_refused(
    opdracht: Opdrachtregel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BANENSPOOR_IMPORT_MAX_BYTES", "10")
    assert "BANENSPOOR_IMPORT_MAX_BYTES" in opdracht("dingen", ding("a,1,"), status=2)
    opdracht.pad = tmp_path / "weg.csv"
    assert opdracht.draai("dingen").exit_code == 2
    assert "dingen, persoondingen" in opdracht.draai("iets").stderr


def test_the_same_content_twice_is_a_no_op_even_after_a_later_correction(
    opdracht: Opdrachtregel, diensten: Diensten
) -> None:
    oud, nieuw = ding("a,1,", "b,2,"), ding("a,9,", "b,2,")
    opdracht("dingen", oud)
    assert opdracht("dingen", nieuw)["aanvaard"] == 1
    uit = opdracht("dingen", oud)
    assert (uit["aanvaard"], uit["ongewijzigd"]) == (0, 2)
    assert diensten.rijen["a"]["aantal"] == "9"
    assert opdracht("dingen", oud, "--opnieuw")["aanvaard"] == 1
    assert diensten.rijen["a"]["aantal"] == "1"


def test_the_same_content_of_another_kind_is_another_import(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    inhoud = f"referentie,bsn,aantal\na,{GOED},1\n"
    opdracht("persoondingen", inhoud)
    diensten.rijen.clear()
    assert opdracht("persoondingen", inhoud + "\n")["aanvaard"] == 1


def test_a_trial_changes_nothing(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    uit = opdracht("persoondingen", f"referentie,bsn,aantal\na,{GOED},1\nb,{GOED},13\n", "--proef", status=1)
    assert (uit["aanvaard"], uit["fouten"]) == (1, 1)
    assert not diensten.rijen
    assert not diensten.eerder
    assert {v.url.params["proef"] for v in diensten.verzoeken} == {"true"}


def test_an_interrupted_import_goes_on_where_it_was(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    inhoud = ding(*(f"r{n},1," for n in range(3500)), "x,13,")
    diensten.stuk = lambda v: httpx.Response(503) if len(diensten.eerder) == 2 else None
    melding = opdracht("dingen", inhoud, status=3)
    assert "2000 van 3501 rijen zijn klaar" in melding
    assert not opdracht.foutenpad.exists()
    diensten.stuk = lambda _: None
    uit = opdracht("dingen", inhoud, status=1)
    assert (uit["aanvaard"], uit["ongewijzigd"], uit["fouten"]) == (1500, 2000, 1)
    assert opdracht.fouten() == [(3502, "persoon", "ongeluk")]
    assert len(diensten.eerder) == 4


def test_a_block_has_at_most_a_thousand_rows_in_order_of_the_file(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    opdracht("dingen", ding(*(f"r{n},{'x' if n % 7 == 0 else 1}," for n in range(2500))), status=1)
    blokken = diensten.blokken()
    assert max(map(len, blokken)) <= 1000
    assert [r for blok in blokken for r in blok] == [f"r{n}" for n in range(2500) if n % 7]
    assert [rij for rij, _, _ in opdracht.fouten()] == [n + 2 for n in range(0, 2500, 7)]


def test_rows_of_one_key_stay_in_order_while_two_blocks_are_under_way(
    opdracht: Opdrachtregel, diensten: Diensten
) -> None:
    samen = threading.Barrier(importeer.LANEN, timeout=10)

    def wacht_op_de_ander(_: httpx.Request) -> None:
        samen.wait()

    diensten.stuk = wacht_op_de_ander
    opdracht("lanendingen", ding(*(f"{n % 700:0{9 - n % 2}d},{n // 700 + 20}," for n in range(4000))))
    paren = [diensten.blokken()[:2], diensten.blokken()[2:]]
    for een, ander in paren:
        assert not {nummer.zfill(9) for nummer in een} & {nummer.zfill(9) for nummer in ander}
    for verzoek in diensten.verzoeken:
        laatst: dict[str, int] = {}
        for rij in map(json.loads, verzoek.content.splitlines()):
            assert laatst.get(rij["referentie"], 0) < int(rij["aantal"])
            laatst[rij["referentie"]] = int(rij["aantal"])


def test_a_small_last_block_does_not_overtake_a_lane_that_is_still_busy(
    opdracht: Opdrachtregel, diensten: Diensten
) -> None:
    bezig, samen = list[httpx.Request](), list[int]()

    def traag(verzoek: httpx.Request) -> None:
        bezig.append(verzoek)
        if len(verzoek.content.splitlines()) <= importeer.BLOK // 2:
            samen.append(len(bezig) - 1)
        time.sleep(0.1)
        bezig.remove(verzoek)

    diensten.stuk = traag
    opdracht("lanendingen", ding(*(f"{n % 700},{n // 700 + 20}," for n in range(2300))))
    assert samen == [0]


def test_a_file_keeps_the_keys_and_bytes_that_it_always_had(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    """Wie haar na een nieuwe uitgave nog eens importeert, krijgt de bewaarde antwoorden en verandert niets."""
    tekst = ding(*(f"é{n},{n + 20}," for n in range(2300)))
    opdracht("lanendingen", tekst)
    vinger = hashlib.sha256(b"lanendingen\n" + tekst.encode()).hexdigest()
    sleutels = [verzoek.headers["idempotency-key"] for verzoek in diensten.verzoeken]
    assert sorted(sleutels) == [f"{vinger}-0-0", f"{vinger}-0-1", f"{vinger}-1-0"]
    laatste = next(v for v in diensten.verzoeken if v.headers["idempotency-key"].endswith("-1-0"))
    assert laatste.content.splitlines()[0].decode() == '{"referentie": "é2000", "aantal": "2020", "op": ""}'


def test_numbers_of_persons_never_leave_for_another_service_or_the_error_file(
    opdracht: Opdrachtregel, diensten: Diensten
) -> None:
    rijen = [f"a,{GOED},1", f"b,{FOUT_BSN},1", f"c,{OOK_GOED},13", "d,,1", "e,000000012,1", f"f,{FOUT_BSN},x"]
    uit = opdracht("persoondingen", "\n".join(["referentie,bsn,aantal", *rijen]), status=1)
    assert (uit["aanvaard"], uit["fouten"]) == (1, 5)
    assert opdracht.fouten() == [
        (3, "bsn", "elfproef"),
        (4, "bsn", "ongeluk"),
        (5, "bsn", "verplicht"),
        (6, "bsn", "elfproef"),
        (7, "bsn", "elfproef"),
        (7, "aantal", "onjuist"),
    ]
    assert diensten.rijen["a"]["persoon"] == str(uuid5(NAMESPACE_OID, GOED))
    buiten = opdracht.foutenpad.read_bytes() + b"".join(v.content for v in diensten.verzoeken if v.url.host != "intake")
    assert not any(nummer.encode() in buiten for nummer in (GOED, OOK_GOED, FOUT_BSN))
    assert [json.loads(v.content)["bsns"] for v in diensten.verzoeken if v.url.host == "intake"] == [
        [GOED, OOK_GOED, "000000012"]
    ]


def test_a_stale_error_file_goes_away(opdracht: Opdrachtregel) -> None:
    opdracht("dingen", ding("a,x,"), status=1)
    assert opdracht.foutenpad.exists()
    opdracht("dingen", ding("a,1,"))
    assert not opdracht.foutenpad.exists()


def test_a_file_that_changes_during_the_import_is_refused(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    def groei(_: httpx.Request) -> None:
        with opdracht.pad.open("a") as uit:
            uit.write("z,1,\n")

    diensten.stuk = groei
    assert "veranderd" in opdracht("dingen", ding(*(f"r{n},1," for n in range(2500))), status=2)


@pytest.mark.parametrize(
    ("antwoord", "status", "reden"),
    [
        (
            httpx.Response(503, json={"code": "niet_gereed", "title": "Neemt niets aan", "detail": "log"}),
            3,
            "Neemt niets aan",
        ),
        (httpx.Response(500, text="x"), 3, "status 500"),
        (httpx.Response(409, json={"code": "bezig", "title": "Loopt al"}), 3, "Loopt al"),
        (httpx.Response(403, json={"code": "geen_scope", "title": "Dit vraagt de scope x"}), 2, "scope x"),
        (httpx.Response(422, json={"code": "andere_inhoud", "title": "Al gebruikt"}), 2, "Al gebruikt"),
    ],
)
def test_a_service_that_does_not_answer_well_stops_the_import(
    opdracht: Opdrachtregel, diensten: Diensten, antwoord: httpx.Response, status: int, reden: str
) -> None:
    diensten.stuk = lambda _: antwoord
    melding = opdracht("dingen", ding("a,1,"), status=status)
    assert reden in melding
    assert "0 van 1 rijen zijn klaar" in melding


def test_a_service_that_comes_back_in_time_is_waited_for(
    opdracht: Opdrachtregel, diensten: Diensten, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANENSPOOR_GEDULD", "20")

    def eerst_weg(_: httpx.Request) -> httpx.Response | None:
        if len(diensten.verzoeken) == 1:
            raise httpx.ConnectError("geweigerd")
        return httpx.Response(503) if len(diensten.verzoeken) == 2 else None

    diensten.stuk = eerst_weg
    assert opdracht("dingen", ding("a,1,"))["aanvaard"] == 1
    assert len({v.headers["idempotency-key"] for v in diensten.verzoeken}) == 1


def keten(diensten: Diensten, stappen: dict[str, list[dict[str, Any]]]) -> None:
    """Antwoorden van beheerroutes, op volgorde; het laatste blijft."""

    def volgende(rij: list[dict[str, Any]]) -> Callable[[], dict[str, Any]]:
        return lambda: rij.pop(0) if len(rij) > 1 else rij[0]

    diensten.beheer = {plek: volgende(rij) for plek, rij in stappen.items()}


def test_waiting_follows_the_events_down_the_chain(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    def gezegd(*nummers: int, wachtend: int = 0, topic: str = "uren") -> dict[str, Any]:
        return {"nummers": {topic: {str(p): n for p, n in enumerate(nummers)}}, "wachtend": wachtend}

    def gehoord(*nummers: int, topic: str = "uren") -> dict[str, Any]:
        return {"posities": {topic: {str(p): n for p, n in enumerate(nummers)}}}

    keten(
        diensten,
        {
            "plaatsing/v1/beheer/nummers": [gezegd(3, 4, wachtend=2), gezegd(4, 5), gezegd(4, 5)],
            "plaatsing/v1/beheer/posities": [gehoord(0, topic="register")],
            "telling/v1/beheer/posities": [gehoord(1, 1), gehoord(4, 4), gehoord(9, 5)],
            "telling/v1/beheer/nummers": [gezegd(topic="regels")],
            "telling/v1/beheer/vast-tot": [{"vastTot": "2024-06-01T12:00:00Z"}],
        },
    )
    assert opdracht("dingen", ding("a,1,"), "--wacht")["vastTot"] == "2024-06-01T12:00:00Z"
    gevraagd = [f"{v.url.host}{v.url.path}" for v in diensten.verzoeken if v.method == "GET"]
    assert gevraagd.count("telling/v1/beheer/posities") >= 3
    assert not any(plek.startswith(("intake", "beoordeling")) for plek in gevraagd)


def test_waiting_gives_up_when_nothing_moves(
    opdracht: Opdrachtregel, diensten: Diensten, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANENSPOOR_WACHT_STIL", "0.3")
    keten(diensten, {"plaatsing/v1/beheer/nummers": [{"nummers": {}, "wachtend": 7}]})
    assert "plaatsing staat stil met nog 7 te gaan" in opdracht("dingen", ding("a,1,"), "--wacht", status=3)


def test_memory_stays_flat(opdracht: Opdrachtregel, diensten: Diensten) -> None:
    klein, groot = (ding(*(f"r{n % 10},{'x' if n % 3 else 1}," for n in range(aantal))) for aantal in (2_000, 12_000))
    diensten.stuk = lambda v: httpx.Response(
        200, json={"aanvaard": len(v.content.splitlines()), "ongewijzigd": 0, "fouten": []}
    )
    pieken = []
    for inhoud in (klein, groot):
        opdracht.pad.write_text(inhoud)
        diensten.verzoeken.clear()
        tracemalloc.start()
        assert opdracht.draai("dingen").exit_code == 1
        pieken.append(tracemalloc.get_traced_memory()[1] - sum(len(v.content) for v in diensten.verzoeken))
        tracemalloc.stop()
    assert pieken[1] - pieken[0] < 1_000_000


RIJ = st.sampled_from(["goed", "fout", "geweigerd", "leeg", "kort"])


@given(st.lists(RIJ, max_size=40), st.integers(1, 7))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_arrives_or_is_reported(
    opdracht: Opdrachtregel, diensten: Diensten, monkeypatch: pytest.MonkeyPatch, soorten: list[str], blok: int
) -> None:
    monkeypatch.setattr(importeer, "BLOK", blok)
    diensten.rijen.clear()
    diensten.eerder.clear()
    diensten.verzoeken.clear()
    regels = {"goed": "r{n},1,", "fout": "r{n},x,", "geweigerd": "r{n},13,", "leeg": "", "kort": "r{n}"}
    opdracht.pad.write_text(ding(*(regels[s].format(n=n) for n, s in enumerate(soorten, 2))))
    afgewezen = [n for n, s in enumerate(soorten, 2) if s in ("fout", "geweigerd", "kort")]
    uit = opdracht.draai("dingen")
    assert uit.exit_code == (1 if afgewezen else 0)
    assert json.loads(uit.stdout)["rijen"] == sum(s != "leeg" for s in soorten)
    assert sorted(diensten.rijen) == sorted(f"r{n}" for n, s in enumerate(soorten, 2) if s == "goed")
    assert ([rij for rij, _, _ in opdracht.fouten()] if afgewezen else []) == afgewezen
    assert all(len(b) <= blok for b in diensten.blokken())


def test_a_question_in_the_path_is_asked(diensten: Diensten) -> None:
    keten(diensten, {"telling/v1/tellingen": [{"cellen": []}]})
    client = Client(Path(), httpx.MockTransport(diensten))
    assert client.get("telling", "/v1/tellingen?reeks=lopend") == {"cellen": []}
    assert client.get("telling", "/v1/tellingen", reeks="lopend") == {"cellen": []}
    assert [v.url.params["reeks"] for v in diensten.verzoeken] == ["lopend", "lopend"]


def test_where_nothing_runs_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opdracht = Opdrachtregel(tmp_path)
    assert "BANENSPOOR_ADRES_PLAATSING" in opdracht("dingen", ding("a,1,"), "--dir", str(tmp_path), status=3)
    monkeypatch.setenv("BANENSPOOR_ADRES_PLAATSING", "http://nergens")
    assert "BANENSPOOR_TOKEN" in opdracht("dingen", ding("a,1,"), "--dir", str(tmp_path), status=3)
    (tmp_path / "token").write_text("geheim\n")
    monkeypatch.setenv("BANENSPOOR_TOKEN_FILE", str(tmp_path / "token"))
    client = Client(tmp_path, httpx.MockTransport(lambda v: httpx.Response(200, json=v.headers["authorization"])))
    assert client.get("plaatsing", "/v1/x") == "Bearer geheim"
