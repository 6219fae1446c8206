"""docker compose, echt gedraaid: van niets tot cijfer, terug na `down`, rechten, en wat er niet mag."""

import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaConnectionError

from deploy import acl, synthetisch
from shared.settings import WORTEL, lees_topics
from tests.compose.conftest import DIENSTEN, TAKEN, Project, schrijf

BANEN = {"markt": 12, "overheid": 4, "inleen": 6}
GEMEENTEN = ("0014", "0106", "0080", "0193", "0344", "0363", "0599", "0855", "0935")
TOPICS = lees_topics(WORTEL / "deploy" / "topics.yml")
RECHTEN = acl.lees(acl.BESTAND, TOPICS)

SCHRIJF = """
import asyncio, json
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from shared.settings import lees

async def main():
    zender = AIOKafkaProducer(**lees({dienst!r}).kafka_verbinding, acks="all")
    await zender.start()
    uit = {{}}
    for topic in {topics!r}:
        try:
            await asyncio.wait_for(zender.send_and_wait(topic, b"niet van ons", partition=0), 15)
            uit[topic] = "geschreven"
        except KafkaError as fout:
            uit[topic] = type(fout).__name__
    await zender.stop()
    print(json.dumps(uit))

asyncio.run(main())
"""
LEES = """
import asyncio, json
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from shared.settings import lees

async def main():
    uit = {{}}
    for topic in {topics!r}:
        lezer = AIOKafkaConsumer(**lees({dienst!r}).kafka_verbinding, enable_auto_commit=False)
        await lezer.start()
        try:
            lezer.assign([TopicPartition(topic, 0)])
            lezer.seek(TopicPartition(topic, 0), 0)
            await asyncio.wait_for(lezer.getmany(timeout_ms=5000), 15)
            uit[topic] = "gelezen"
        except KafkaError as fout:
            uit[topic] = type(fout).__name__
        finally:
            await lezer.stop()
    print(json.dumps(uit))

asyncio.run(main())
"""
SQL = """
import asyncio, json, os
from pathlib import Path
import asyncpg

async def main():
    url, uit = Path("/run/secrets/banenspoor_database_url").read_text(), {{}}
    for wat, database, vraag in {pogingen!r}:
        try:
            conn = await asyncpg.connect(url.rsplit("/", 1)[0] + "/" + database)
            try:
                uit[wat] = str(await conn.fetchval(vraag))
            finally:
                await conn.close()
        except asyncpg.PostgresError as fout:
            uit[wat] = type(fout).__name__
    print(json.dumps(uit))

asyncio.run(main())
"""


def cijfer(project: Project) -> Any:
    """Het kwartaal van de proef: banen per sector en vorm, en hoeveel er gehoord is."""
    vraag = ("--reeks", "kwartaal", "--periode", "2017-Q4", "--maat", "banen", "--per", "sector,vorm", "--json")
    antwoord = json.loads(project.opdracht("telling", *vraag))
    velden = ("sector", "vorm", "uren", "banen", "extraExact")
    return [{veld: cel[veld] for veld in velden} for cel in antwoord["cellen"]], antwoord["volledigheid"]


@pytest.fixture(scope="session")
def eerste_cijfer(project: Project, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Een kleine bevolking door de voordeur, met de opdrachtregel in de container `tools`."""
    werk, begin = tmp_path_factory.mktemp("werk"), time.monotonic()
    kolommen = [synthetisch.Kolom(naam, aantal * synthetisch.BAAN_KWARTAAL) for naam, aantal in BANEN.items()]
    for soort, naam in schrijf(werk, synthetisch.maak(kolommen, GEMEENTEN, 2017, 4)):
        uitslag = json.loads(project.opdracht("importeer", soort, naam, "--json", "--wacht", map_=werk))
        assert uitslag["fouten"] == 0
        assert uitslag["aanvaard"] == uitslag["rijen"] > 0
    gezien = cijfer(project)
    project.gemeten["import tot cijfer"] = time.monotonic() - begin
    return gezien


def test_alles_is_gereed_en_de_taken_zijn_gelukt(project: Project) -> None:
    containers = project.inspecteer()
    assert {naam: containers[naam]["State"]["ExitCode"] for naam in TAKEN} == dict.fromkeys(TAKEN, 0)
    blijvend = (*DIENSTEN, "kafka", "postgres")
    assert {n: containers[n]["State"]["Health"]["Status"] for n in blijvend} == dict.fromkeys(blijvend, "healthy")
    assert not any(containers[naam]["RestartCount"] for naam in blijvend)


def test_van_bestand_tot_cijfer(eerste_cijfer: Any) -> None:
    cellen, volledigheid = eerste_cijfer
    banen = {cel["sector"] or cel["vorm"]: cel["banen"] for cel in cellen}
    assert banen == BANEN
    assert volledigheid["gehoord"] == volledigheid["verwacht"] > 0


@pytest.mark.parametrize("dienst", DIENSTEN)
def test_een_dienst_schrijft_op_geen_ander_topic_dan_het_hare(project: Project, dienst: str) -> None:
    vreemd = sorted(set(TOPICS) - _mag(dienst, acl.SCHRIJF))
    assert dienst == "plaatsing" or "verloonde-uren" in vreemd
    uitkomst = project.python(dienst, SCHRIJF.format(dienst=dienst, topics=vreemd))
    assert uitkomst == dict.fromkeys(vreemd, "TopicAuthorizationFailedError")


@pytest.mark.parametrize("dienst", DIENSTEN)
def test_een_dienst_leest_alleen_wat_zij_hoort_en_zelf_zei(project: Project, dienst: str) -> None:
    vreemd = sorted(set(TOPICS) - _mag(dienst, acl.LEES))
    uitkomst = project.python(dienst, LEES.format(dienst=dienst, topics=vreemd))
    assert uitkomst == dict.fromkeys(vreemd, "TopicAuthorizationFailedError")


def _mag(dienst: str, handeling: int) -> set[str]:
    wie = f"User:{dienst}"
    return {r.naam for r in RECHTEN if r.wie == wie and r.soort == acl.TOPIC and r.handeling == handeling}


def _van_hier(project: Project, gebruiker: str) -> dict[str, Any]:
    """Hoe deze machine met Kafka verbindt: over de poort op 127.0.0.1."""
    return {
        "bootstrap_servers": f"127.0.0.1:{project.poorten['KAFKA']}",
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": gebruiker,
        "sasl_plain_password": (project.geheimen / f"kafka_{gebruiker}").read_text(),
    }


async def test_de_broker_heeft_precies_de_rechten_van_het_bestand(project: Project) -> None:
    te_veel = acl.Recht("User:telling", acl.TOPIC, "verloonde-uren", acl.SCHRIJF)
    assert await acl.zorg_voor(_van_hier(project, "admin"), RECHTEN | {te_veel}) == ([te_veel], [])
    for uitkomst in ("rechten: 0 gegeven, 1 ingetrokken", "rechten: 0 gegeven, 0 ingetrokken"):
        klaar = project.compose("run", "--rm", "--no-TTY", "--no-deps", "topics")
        assert uitkomst in klaar.stderr
        assert klaar.stdout == "", "elk topic was er al"


async def test_van_deze_machine_is_kafka_te_bereiken_maar_niet_zonder_het_goede_wachtwoord(project: Project) -> None:
    verbinding = _van_hier(project, "telling")
    lezer = AIOKafkaConsumer("verloonde-uren", **verbinding)
    await lezer.start()
    assert len(lezer.partitions_for_topic("verloonde-uren")) == 12
    await lezer.stop()
    for fout in ({"sasl_plain_password": "f" * 48}, {"security_protocol": "PLAINTEXT"}):
        lezer = AIOKafkaConsumer("verloonde-uren", **verbinding | fout)
        with pytest.raises(KafkaConnectionError):
            await lezer.start()
        await lezer.stop()


def test_een_rol_komt_alleen_in_haar_eigen_database_en_wist_geen_boeking(project: Project, eerste_cijfer: Any) -> None:
    pogingen = [
        ("eigen", "telling", "select count(*) > 0 from boeking"),
        ("wissen", "telling", "delete from boeking"),
        ("wijzigen", "telling", "update boeking set maand = maand"),
        ("tabel maken", "telling", "create table zomaar (n int)"),
        ("bij intake", "intake", "select 1"),
        ("bij postgres", "postgres", "create database zomaar"),
        ("controlesommen", "telling", "show data_checksums"),
    ]
    geweigerd = "InsufficientPrivilegeError"
    assert project.python("telling", SQL.format(pogingen=pogingen)) == {
        "eigen": "True",
        "wissen": geweigerd,
        "wijzigen": geweigerd,
        "tabel maken": geweigerd,
        "bij intake": geweigerd,
        "bij postgres": geweigerd,
        "controlesommen": "on",
    }


def test_nog_eens_up_en_een_herstart_van_dezelfde_containers_gaan_goed(project: Project) -> None:
    """Een taak die klaar is draait bij `up` opnieuw in haar eigen container, en een dienst na een herstart van de machine ook."""
    project.compose("restart", "--timeout", "30", *DIENSTEN)
    project.op()
    klaar = {taak: project.inspecteer()[taak]["State"] for taak in TAKEN}
    assert {taak: stand["ExitCode"] for taak, stand in klaar.items()} == dict.fromkeys(TAKEN, 0)
    for naam in (*DIENSTEN, "kafka", "postgres"):
        project.compose("exec", "--no-TTY", naam, "sh", "-c", "touch /tmp/proef && rm /tmp/proef")


def test_prometheus_ziet_alle_diensten(project: Project) -> None:
    project.op("prometheus", profiel="monitoring")
    adres = f"http://127.0.0.1:{project.poorten['PROMETHEUS']}/api/v1/query?query=up%7Bjob%3D%22banenspoor%22%7D"
    gezien: dict[str, str] = {}
    einde = time.monotonic() + 60
    while gezien != dict.fromkeys(DIENSTEN, "1") and time.monotonic() < einde:
        with urllib.request.urlopen(adres, timeout=10) as antwoord:
            rijen = json.load(antwoord)["data"]["result"]
        gezien = {rij["metric"]["dienst"]: rij["value"][1] for rij in rijen}
        time.sleep(1)
    assert gezien == dict.fromkeys(DIENSTEN, "1")


def test_elke_container_is_ingeperkt(project: Project) -> None:
    for naam, container in project.inspecteer().items():
        grens = container["HostConfig"]
        assert container["Config"]["User"] not in ("", "0", "root", "0:0"), naam
        assert grens["ReadonlyRootfs"], naam
        assert grens["CapDrop"] == ["ALL"], naam
        assert not grens["CapAdd"], naam
        assert "no-new-privileges:true" in grens["SecurityOpt"], naam
        assert not grens["Privileged"], naam
        assert grens["Memory"] > 0, naam
        assert grens["PidsLimit"] > 0, naam
        assert grens["LogConfig"]["Config"]["max-size"], naam
        poorten = [p["HostIp"] for binding in (grens["PortBindings"] or {}).values() for p in binding]
        assert set(poorten) <= {"127.0.0.1"}, naam
    for naam in (*DIENSTEN, "kafka", "postgres", "prometheus"):
        vraag = "id -u; grep CapEff /proc/self/status; touch /ergens 2>/dev/null && echo schrijft || echo dicht"
        uid, rechten, schrijft = project.compose("exec", "--no-TTY", naam, "sh", "-c", vraag).stdout.splitlines()
        assert int(uid) > 0, naam
        assert int(rechten.split()[1], 16) == 0, naam
        assert schrijft == "dicht", naam


def test_niemand_komt_naar_buiten(project: Project) -> None:
    code = """
import json, socket
try:
    socket.create_connection(("192.0.2.1", 53), 2).close()
    uit = "buiten"
except OSError as fout:
    uit = "dicht"
print(json.dumps([uit, [r.split()[1] for r in open("/proc/net/route").readlines()[1:]]]))
"""
    assert project.python("telling", code)[0] == "dicht"
    netten = json.loads(
        subprocess.run(
            ["docker", "network", "inspect", f"{project.naam}_achter", f"{project.naam}_voor"],
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
    )
    assert netten[0]["Internal"]
    assert netten[1]["Options"]["com.docker.network.bridge.enable_ip_masquerade"] == "false"
    assert {c["Name"].split("-")[-2] for c in netten[1]["Containers"].values()} >= set(DIENSTEN)
    assert not any("postgres" in c["Name"] for c in netten[1]["Containers"].values())


def test_geen_geheim_en_geen_bsn_in_logs_of_instellingen(project: Project, eerste_cijfer: Any) -> None:
    log = project.compose("--profile", "*", "logs", "--no-color").stdout + json.dumps(project.inspecteer())
    assert "dienst_gereed" in log
    for bestand in project.geheimen.iterdir():
        if bestand.name == "jwks.json":
            continue
        inhoud = bestand.read_text()
        deel = inhoud.split(":")[2].split("@")[0] if inhoud.startswith("postgresql") else inhoud.strip()[-44:]
        assert deel not in log, bestand.name
    kolommen = [synthetisch.Kolom(naam, aantal * synthetisch.BAAN_KWARTAAL) for naam, aantal in BANEN.items()]
    bsns = {rij["bsn"] for rij in synthetisch.maak(kolommen, GEMEENTEN, 2017, 4).registraties}
    assert not [bsn for bsn in bsns if bsn in log]


def test_na_down_en_up_staat_er_hetzelfde(project: Project, eerste_cijfer: Any) -> None:
    project.compose("--profile", "*", "down", "--timeout", "60")
    assert not project.inspecteer()
    project.op()
    assert cijfer(project) == eerste_cijfer
    klaar = project.compose("logs", "--no-color", "kafka-format", "topics", "migreer", "regels")
    assert "rechten: 0 gegeven, 0 ingetrokken" in klaar.stdout
    nummers = project.python("telling", SQL.format(pogingen=[("regels", "telling", "select count(*) from uitgaand")]))
    assert int(nummers["regels"]) > 0


def test_nieuwe_wachtwoorden_gelden_zonder_gegevens_te_verliezen(project: Project, eerste_cijfer: Any) -> None:
    kafka, database = project.geheimen / "kafka_telling", project.geheimen / "telling_database_url"
    oud, nieuw = database.read_text().split(":")[2].split("@")[0], "a1" * 24
    for bestand, inhoud in ((kafka, nieuw), (database, database.read_text().replace(oud, nieuw))):
        bestand.chmod(0o644)
        bestand.write_text(inhoud)
    opnieuw = ("up", "--detach", "--wait", "--force-recreate", "--no-deps")
    assert "telling is bij" in project.compose("run", "--rm", "--no-TTY", "kafka-wachtwoorden").stdout
    project.compose(*opnieuw, "postgres")
    project.compose("exec", "--no-TTY", "postgres", "bash", "/docker-entrypoint-initdb.d/10-databases.sh")
    project.compose(*opnieuw, "telling")
    assert cijfer(project) == eerste_cijfer
    assert project.inspecteer()["telling"]["RestartCount"] == 0


def test_een_ontbrekend_geheim_wordt_bij_naam_geweigerd(project: Project, tmp_path: Path) -> None:
    shutil.copytree(project.geheimen, tmp_path / "geheimen")
    ander = Project(f"{project.naam}-zonder", tmp_path / "geheimen")
    try:
        (ander.geheimen / "kafka_intake").unlink()
        klaar = ander.compose("up", "--detach", "--wait", mag=True)
        assert klaar.returncode != 0
        assert "geheimen/kafka_intake" in klaar.stderr
        assert not ander.compose("ps", "--quiet").stdout, "er draait niets"
        (ander.geheimen / "kafka_intake").write_text("")
        klaar = ander.compose("run", "--rm", "--no-TTY", "kafka-format", mag=True)
        assert klaar.returncode != 0
        assert "geheim kafka_intake ontbreekt of is leeg" in klaar.stderr
    finally:
        ander.compose("--profile", "*", "down", "--volumes", mag=True)


def test_een_ontbrekende_instelling_wordt_bij_naam_geweigerd(project: Project) -> None:
    omgeving = ("--network", "none", "--env", "BANENSPOOR_KAFKA=kafka:9092")
    klaar = subprocess.run(
        ["docker", "run", "--rm", *omgeving, "banenspoor:proef", "serve", "intake"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert klaar.returncode == 2
    assert "instelling BANENSPOOR_DATABASE_URL" in klaar.stderr
    assert "Traceback" not in klaar.stderr
