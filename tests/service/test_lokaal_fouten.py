"""Elke fout van de ingebedde stand is één duidelijke regel met een exitstatus, en laat niets half achter."""

import errno
import hashlib
import os
import shutil
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jwt
import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.lokaal import diensten, jars, kluis, postgres, uitgever
from deploy.lokaal.fouten import LokaalFout, controleer_ruimte, vertaald
from deploy.lokaal.poorten import vrije_poort
from deploy.lokaal.staat import DIENSTEN, Slot, Staat
from deploy.lokaal.stack import Stack, stil
from shared.settings import lees

INHOUD = b"geen echte jar"


@pytest.fixture
def spiegel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Een spiegel op deze machine, aangewezen zoals een gebruiker het doet: in de instellingen van jgo."""
    wortel = tmp_path / "spiegel"
    wortel.mkdir()

    class Stil(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args, directory=str(wortel))

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Stil) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        (tmp_path / "thuis" / ".config").mkdir(parents=True)
        (tmp_path / "thuis" / ".config" / "jgo.conf").write_text(
            f"[repositories]\neigen = http://127.0.0.1:{server.server_port}/\n"
        )
        monkeypatch.setenv("HOME", str(tmp_path / "thuis"))
        yield wortel
        server.shutdown()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    pad = tmp_path / "proef.lock"
    pad.write_text(f"nl.proef:deel:1.0 {hashlib.sha256(INHOUD).hexdigest()}\n")
    return pad


def leg(wortel: Path, inhoud: bytes) -> Path:
    pad = wortel / "nl/proef/deel/1.0/deel-1.0.jar"
    pad.parent.mkdir(parents=True, exist_ok=True)
    pad.write_bytes(inhoud)
    return pad


def test_a_jar_comes_from_the_mirror_and_a_truncated_one_is_healed(spiegel: Path, lock: Path, tmp_path: Path) -> None:
    leg(spiegel, INHOUD)
    half = leg(tmp_path / "m2", INHOUD[:4])
    assert jars.zorg_voor(stil, lock, tmp_path / "m2") == [half]
    assert half.read_bytes() == INHOUD


def test_a_wrong_checksum_is_refused_and_leaves_nothing(spiegel: Path, lock: Path, tmp_path: Path) -> None:
    leg(spiegel, b"iets anders")
    with pytest.raises(LokaalFout, match=r"andere controlesom dan .*: geweigerd"):
        jars.zorg_voor(stil, lock, tmp_path / "m2")
    assert [pad for pad in (tmp_path / "m2").rglob("*") if pad.is_file()] == []


def test_a_missing_jar_and_a_missing_network_are_told_apart(spiegel: Path, lock: Path, tmp_path: Path) -> None:
    with pytest.raises(LokaalFout, match="antwoord 404"):
        jars.zorg_voor(stil, lock, tmp_path / "m2")
    (tmp_path / "thuis/.config/jgo.conf").write_text(f"[repositories]\nweg = http://127.0.0.1:{vrije_poort()}\n")
    with pytest.raises(LokaalFout, match=r"Geen verbinding met .* om Kafka op te halen"):
        jars.zorg_voor(stil, lock, tmp_path / "m2")


def test_the_lock_names_46_jars_of_kafka_4_3_1() -> None:
    lijst = jars.lees_lock()
    assert len(lijst) == 46
    assert {jar.versie for jar in lijst if jar.groep == "org.apache.kafka"} == {"4.3.1"}


@pytest.mark.parametrize("versie", ["glibc 2.17", "", "musl 1.2"])
def test_an_old_or_other_c_library_is_told(versie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "confstr", lambda _: versie)
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(sysname="Linux"))
    with pytest.raises(LokaalFout, match=r"nodig is glibc 2\.28"):
        postgres.programmas()


@pytest.mark.parametrize(
    ("nummer", "melding"),
    [(errno.ENOSPC, "is vol"), (errno.EACCES, "Geen recht op"), (errno.EROFS, "kan alleen gelezen worden")],
)
def test_what_the_system_refuses_is_one_line_with_the_place(nummer: int, melding: str) -> None:
    with pytest.raises(LokaalFout, match=rf"/ergens.*{melding}|{melding}.*/ergens") as fout, vertaald(Path("/x")):
        raise OSError(nummer, "", "/ergens")
    assert fout.value.status == 3
    assert "\n" not in fout.value.melding


def test_a_nearly_full_disk_stops_the_start_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=10 * 2**20))
    with pytest.raises(LokaalFout, match="bijna vol"):
        controleer_ruimte(tmp_path, 64)
    with pytest.raises(LokaalFout, match="bijna vol"):
        Stack.start(tmp_path / "nieuw")
    assert not (tmp_path / "nieuw" / "postgres").exists()


def test_data_without_their_state_are_not_touched(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(LokaalFout, match=r"state\.json hoort niet bij de gegevens"):
        Stack.start(tmp_path)
    Staat.pad(tmp_path).write_text("{half")
    with pytest.raises(LokaalFout, match="onleesbaar"):
        Stack.start(tmp_path)


def test_the_lock_is_free_again_after_its_owner(tmp_path: Path) -> None:
    eerste, tweede = Slot(tmp_path), Slot(tmp_path)
    eerste.neem("proef")
    with pytest.raises(LokaalFout, match=rf"in gebruik door proces {os.getpid()} \(proef\)"):
        tweede.neem("ander")
    eerste.geef_vrij()
    tweede.neem("ander")
    tweede.geef_vrij()


def test_a_token_is_read_with_the_published_key_and_holds_an_hour(tmp_path: Path) -> None:
    sleutels = uitgever.zorg_voor(tmp_path)
    assert uitgever.zorg_voor(tmp_path).read_text() == sleutels.read_text()
    token = uitgever.token(tmp_path, ["beheer", "historie"])
    sleutel = jwt.PyJWKSet.from_json(sleutels.read_text())[jwt.get_unverified_header(token)["kid"]]
    inhoud = jwt.decode(token, sleutel, algorithms=["EdDSA"], audience="banenspoor", issuer="banenspoor-lokaal")
    assert (inhoud["scope"], inhoud["sub"], inhoud["exp"] - inhoud["iat"]) == ("beheer historie", "lokaal", 3600)


@pytest.mark.parametrize("dienst", DIENSTEN)
def test_a_service_finds_every_setting_in_its_environment(
    dienst: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staat = Staat(poorten={"kafka": 1, "postgres": 2, dienst: 3})
    omgeving = diensten.instellingen(tmp_path, staat, dienst)
    for naam, waarde in omgeving.items():
        monkeypatch.setenv(naam, waarde)
    gelezen = lees(dienst)
    assert (gelezen.poort, gelezen.kafka) == (3, "127.0.0.1:1")
    assert f"{dienst}_app:" in gelezen.database_url
    assert ("BANENSPOOR_KLUIS_HMAC" in omgeving) == (dienst in kluis.MET_KLUIS)


@pytest.mark.parametrize(
    ("opdracht", "status", "melding"),
    [
        (["token", "onzin"], 2, "Onbekende scope onzin"),
        (["token"], 3, "Geen lokale uitgever"),
        (["serve", "onzin"], 2, "Onbekende dienst onzin"),
        (["migreer"], 3, "Geen ingebedde stand"),
        (["topics"], 3, "Geen ingebedde stand"),
        (["lokaal", "wis"], 2, "is geen map van Banenspoor"),
        (["lokaal", "status"], 3, ""),
    ],
)
def test_a_command_says_in_one_line_why_not(opdracht: list[str], status: int, melding: str, tmp_path: Path) -> None:
    (tmp_path / "van mij.txt").touch()
    uitkomst = CliRunner().invoke(app, [*opdracht, "--dir", str(tmp_path)])
    assert uitkomst.exit_code == status, uitkomst.output
    assert melding in uitkomst.stderr
    assert len(uitkomst.stderr.splitlines()) <= 1
    assert (tmp_path / "van mij.txt").exists()


@pytest.mark.parametrize("naam", ["importeer", "telling", "historie", "dlq"])
def test_a_command_that_lives_elsewhere_tells_its_own_help(naam: str) -> None:
    uitkomst = CliRunner().invoke(app, [naam, "--help"])
    assert uitkomst.exit_code == 0, uitkomst.output
    assert f"Usage: banenspoor {naam}" in uitkomst.stdout
