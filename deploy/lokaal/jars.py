"""De 46 jars van Kafka: volgens ``kafka.lock`` opgehaald, elk gecontroleerd, in de gewone lokale Maven-opslag.

``python -m deploy.lokaal.jars VERSIE`` vernieuwt het slotbestand; alleen dan wordt er iets opgelost.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.lokaal.fouten import LokaalFout, vertaald

if TYPE_CHECKING:
    import requests

LOCK = Path(__file__).with_name("kafka.lock")


@dataclass(frozen=True)
class Jar:
    """Eén regel van het slotbestand: Maven-coördinaten en de sha256 van de inhoud."""

    groep: str
    artefact: str
    versie: str
    sha256: str

    @property
    def pad(self) -> str:
        """Plaats in een Maven-opslag, met schuine strepen: ook het achterste deel van het adres."""
        return f"{self.groep.replace('.', '/')}/{self.artefact}/{self.versie}/{self.artefact}-{self.versie}.jar"


def lees_lock(lock: Path = LOCK) -> list[Jar]:
    """De jars uit een slotbestand, gesorteerd.

    Raises:
        LokaalFout: een regel is niet ``groep:artefact:versie sha256``.
    """
    jars = []
    for regel in filter(None, map(str.strip, lock.read_text(encoding="utf-8").splitlines())):
        try:
            coordinaat, som = regel.split(" ")
            groep, artefact, versie = coordinaat.split(":")
        except ValueError as fout:
            raise LokaalFout(f"{lock}: onbegrijpelijke regel: {regel!r}.") from fout
        jars.append(Jar(groep, artefact, versie, som))
    return sorted(jars, key=lambda jar: jar.pad)


def opslag() -> Path:
    """De lokale Maven-opslag: ``M2_REPO`` of ``~/.m2/repository``."""
    return Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")


def zorg_voor(voortgang: Callable[[str], None], lock: Path = LOCK, doel: Path | None = None) -> list[Path]:
    """De gecontroleerde jars op hun plaats; wat ontbreekt of afwijkt wordt (opnieuw) opgehaald.

    Raises:
        LokaalFout: geen netwerk, een jar die niet bestaat, een verkeerde controlesom, geen recht, schijf vol.
    """
    doel = doel or opslag()
    jars = lees_lock(lock)
    ontbreekt = [jar for jar in jars if _som(doel / jar.pad) != jar.sha256]
    if ontbreekt:
        with vertaald(doel):
            _haal(ontbreekt, doel, voortgang)
    return [doel / jar.pad for jar in jars]


def _som(pad: Path) -> str:
    try:
        with pad.open("rb") as bestand:
            return hashlib.file_digest(bestand, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def basisadres() -> str:
    """Waar jars vandaan komen: de eerste van ``[repositories]`` in de instellingen van jgo, anders die van jgo zelf."""
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL

    eigen = list(GlobalSettings.load().repositories.values())
    return str(eigen[0] if eigen else MAVEN_CENTRAL_URL).rstrip("/")


def _haal(jars: list[Jar], doel: Path, voortgang: Callable[[str], None]) -> None:
    """Alles over één open verbinding: de handdruk per bestand kost anders het meest."""
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util import Retry

    basis = basisadres()
    opnieuw = Retry(total=3, backoff_factor=0.5, status_forcelist=(429, 500, 502, 503, 504), allowed_methods=("GET",))
    with requests.Session() as sessie:
        for schema in ("https://", "http://"):
            sessie.mount(schema, HTTPAdapter(max_retries=opnieuw))
        for nummer, jar in enumerate(jars, 1):
            voortgang(f"Kafka ophalen: {nummer} van {len(jars)} ({jar.artefact} {jar.versie})")
            try:
                _haal_een(sessie, f"{basis}/{jar.pad}", doel / jar.pad, jar)
            except requests.HTTPError as fout:
                raise LokaalFout(
                    f"{basis}/{jar.pad}: antwoord {fout.response.status_code}; is de spiegel volledig?"
                ) from fout
            except requests.exceptions.SSLError as fout:
                raise LokaalFout(
                    f"Het certificaat van {basis} wordt niet vertrouwd: zet REQUESTS_CA_BUNDLE of SSL_CERT_FILE."
                ) from fout
            except requests.RequestException as fout:
                raise LokaalFout(
                    f"Geen verbinding met {basis} om Kafka op te halen: controleer het netwerk "
                    "of zet een spiegel in [repositories] van jgo."
                ) from fout


def _haal_een(sessie: requests.Session, adres: str, pad: Path, jar: Jar) -> None:
    pad.parent.mkdir(parents=True, exist_ok=True)
    deel = pad.with_name(f"{pad.name}.{os.getpid()}.part")
    som = hashlib.sha256()
    bundel = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
    try:
        with sessie.get(adres, stream=True, timeout=(10, 60), verify=bundel) as antwoord, deel.open("wb") as uit:
            antwoord.raise_for_status()
            for brok in antwoord.iter_content(1 << 16):
                som.update(brok)
                uit.write(brok)
        if som.hexdigest() != jar.sha256:
            raise LokaalFout(
                f"{jar.artefact}-{jar.versie}.jar heeft een andere controlesom dan {LOCK.name}: geweigerd "
                f"(verwacht {jar.sha256[:12]}…, kreeg {som.hexdigest()[:12]}…)."
            )
        deel.replace(pad)
    finally:
        deel.unlink(missing_ok=True)


def vernieuw(versie: str, lock: Path = LOCK) -> None:
    """Los de jars van een Kafka-versie opnieuw op en schrijf het slotbestand; de ontwikkelaar kijkt het verschil na."""
    from dataclasses import replace

    from jgo.maven import MavenContext
    from jgo.parse import Coordinate

    context = MavenContext(remote_repos={"central": basisadres()})
    gewenst = (f"org.apache.kafka:kafka_2.13:{versie}", "org.slf4j:slf4j-simple:2.0.17")
    invoer, meer = context.resolver.resolve(
        [context.create_dependency(replace(Coordinate.parse(naam), scope="compile")) for naam in gewenst]
    )
    gevonden = [deel.artifact for deel in (*invoer, *meer) if deel.scope in ("compile", "runtime")]
    regels = sorted(f"{a.groupId}:{a.artifactId}:{a.version} {_som(Path(a.resolve()))}\n" for a in gevonden)
    lock.write_text("".join(regels), encoding="utf-8")


if __name__ == "__main__":
    import sys

    vernieuw(sys.argv[1])
