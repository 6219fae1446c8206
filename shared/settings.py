"""Instellingen: omgeving `BANENSPOOR_*` of bestanden in `/run/secrets`, gelezen en gecontroleerd bij de start."""

import functools
import os
import re
import ssl
import sys
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

WORTEL = Path(__file__).resolve().parent.parent
GEHEIMEN = Path("/run/secrets")
AFNEMERS = WORTEL / "deploy" / "afnemers.yml"


class Topic(BaseModel):
    """Eén regel van `deploy/topics.yml`. `bron` is de enige dienst die op het topic mag spreken (None: meerdere)."""

    partities: int = Field(ge=1)
    bron: str | None = None
    config: dict[str, str] = {}

    @property
    def gecompacteerd(self) -> bool:
        """Op een gecompacteerd topic hebben nummers gaten; daar telt alleen `versie` (protocol 10)."""
        return "compact" in self.config.get("cleanup.policy", "")


class Afnemer(BaseModel):
    """Wat een buitenstaander van banen ziet: werkgemeenten (leeg: overal) en vormen (leeg: alleen formeel)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    gemeenten: frozenset[str] = frozenset()
    vormen: frozenset[str] = frozenset()


class Instellingen(BaseSettings):
    """Alle instellingen van een dienst. Een geheim heeft geen standaardwaarde."""

    model_config = SettingsConfigDict(
        env_prefix="BANENSPOOR_", secrets_dir=GEHEIMEN if GEHEIMEN.is_dir() else None, extra="ignore"
    )

    dienst: str = Field(description="intake, beoordeling, plaatsing of telling")
    database_url: str = Field(description="PostgreSQL, rol <dienst>_app")
    kafka: str = Field(description="bootstrapadressen, door komma's gescheiden")
    kafka_gebruiker: str | None = Field(default=None, description="SASL/SCRAM-SHA-512; leeg: zonder aanmelden")
    kafka_wachtwoord: SecretStr | None = Field(default=None, description="wachtwoord van de Kafkagebruiker")
    kafka_ca: Path | None = Field(default=None, description="CA-bestand; gezet: TLS")
    oin: str = Field(default="00000000000000000000", pattern=r"^\d{20}$", description="OIN in ce_source")
    jwks: Path = Field(description="publieke sleutels (JWKS) van de tokenuitgever")
    uitgever: str = Field(description="iss van de tokens")
    publiek: str = Field(default="banenspoor", description="aud van de tokens")
    host: str = Field(default="127.0.0.1", description="adres waarop de dienst luistert")
    poort: int = Field(default=8000, ge=0, le=65535, description="poort waarop de dienst luistert")
    topics: Path = Field(default=WORTEL / "deploy" / "topics.yml", description="de topics en hun partities")
    afnemers: Path = Field(default=AFNEMERS, description="wie van buiten banen afneemt")
    log_niveau: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="vanaf welk niveau gelogd wordt"
    )
    pool: int = Field(default=8, ge=2, description="databaseverbindingen")
    wacht_op_start: float = Field(default=60, description="seconden dat Kafka en database bij de start mogen ontbreken")
    relay_rust: float = Field(
        default=0.005, description="seconden tussen twee lege ronden zolang er net iets is klaargezet"
    )
    relay_elke: float = Field(default=0.1, description="seconden tussen twee lege ronden als er niets te doen lijkt")
    relay_ronde: int = Field(default=2000, ge=1, description="gebeurtenissen per ronde")
    peil_elke: float = Field(default=1.0, description="seconden tussen twee peilen")
    batch: int = Field(default=2000, ge=1, description="berichten per transactie")
    sessie_ms: int = Field(default=6000, description="sessietijd van de consumentengroep (ms)")
    zend_ms: int = Field(default=15000, description="hoe lang een zending mag duren (ms)")
    stilstand: float = Field(default=60, description="seconden zonder voortgang voordat de waakhond ingrijpt")
    controle_elke: float = Field(default=60, description="seconden tussen controles van stille en gestopte partities")
    parkeer_per_minuut: int = Field(default=20, description="meer nieuwe geparkeerde sleutels: de fout is van ons")
    idempotentie_dagen: int = Field(default=30, description="zo lang wordt een antwoord op een opdracht bewaard")
    verwerkingen: str = Field(
        default="urn:banenspoor:verwerking:",
        min_length=1,
        description="intake: begin van de URI van een verwerkingsactiviteit (Logboek Dataverwerkingen); het soort komt erachter",
    )
    tempo_bsns: int = Field(
        default=6_000_000, ge=1, description="intake: om te wisselen BSN's per client per minuut; nergens gepubliceerd"
    )
    tempo_vragen: int = Field(
        default=1_000,
        ge=1,
        description="intake: mensen waarnaar een werkgever per client per minuut vraagt; nergens gepubliceerd",
    )
    tempo_lezen: int = Field(
        default=6_000, ge=1, description="intake: gelezen personen per client per minuut; nergens gepubliceerd"
    )
    bewijs_verplicht: bool = Field(
        default=False,
        description="intake: geen registratie zonder het bewijs van haar grondslag; beoordeling: geen advies zonder criteria",
    )
    verklaring_dagen: int = Field(
        default=90, ge=1, description="intake: zo lang geldt een kandidaatverklaring; nergens gepubliceerd"
    )

    levering_drempel: int = Field(
        default=5,
        ge=0,
        le=100,
        description="intake: procent van de lopende registraties dat een volledige lijst mag beëindigen; nergens gepubliceerd",
    )
    bevestiging_dagen: int = Field(
        default=365, ge=1, description="intake: zo lang telt een bevestiging als vers; nergens gepubliceerd"
    )

    levering_afwijking: int = Field(
        default=25,
        ge=0,
        le=1000,
        description="plaatsing: procent uren per dag dat een baan van de vorige levering mag afwijken; nergens gepubliceerd",
    )
    leverancier_stil_dagen: int = Field(
        default=45,
        ge=1,
        description="plaatsing: na zoveel dagen zonder regel is een leverancier stil; nergens gepubliceerd",
    )

    voortzetten_jaren: int = Field(
        default=2,
        ge=0,
        description="plaatsing: zoveel jaar lopen jaarlijkse uren ten hoogste door; nergens gepubliceerd",
    )

    telling_stap: Literal["uur", "dag"] = Field(
        default="uur",
        description="telling: openbare cijfers zijn van het laatste hele uur, of van het begin van de dag",
    )
    telling_kleinste_personen: int = Field(
        default=5, ge=1, description="telling: zoveel mensen zitten er ten minste achter een openbaar getal"
    )
    telling_kleinste_werkgevers: int = Field(
        default=3, ge=1, description="telling: zoveel werkgevers zitten er ten minste achter een openbaar getal"
    )
    herinnering_dagen: int = Field(
        default=14, ge=0, description="beoordeling: zoveel dagen voor een termijn afloopt wordt eraan herinnerd"
    )
    plaats_uren: int = Field(
        default=31,
        ge=0,
        le=60,
        description="beoordeling: uren per week van een plaats beschut werk; 0: elke baan is er een; nergens gepubliceerd",
    )

    bewaartermijnen: Path | None = Field(
        default=None, description="intake: eigen bewaartermijnen (CSV: gegeven, jaren, basis); nergens gepubliceerd"
    )
    vernietiging_aankondiging_dagen: int = Field(
        default=30,
        ge=0,
        description="intake: zo lang staat iemand op de lijst voordat er vernietigd wordt; nergens gepubliceerd",
    )

    @functools.cached_property
    def topiclijst(self) -> dict[str, Topic]:
        """De topics van `deploy/topics.yml`, op naam."""
        return lees_topics(self.topics, self.afnemers)

    @functools.cached_property
    def afnemerslijst(self) -> dict[str, Afnemer]:
        """De afnemers van `deploy/afnemers.yml`, op naam."""
        return lees_afnemers(self.afnemers)

    @property
    def kafka_verbinding(self) -> dict[str, Any]:
        """Hoe een aiokafka-client verbindt: adres, en zo nodig SASL/SCRAM en TLS."""
        uit: dict[str, Any] = {"bootstrap_servers": self.kafka}
        if self.kafka_ca is not None:
            uit |= {"security_protocol": "SSL", "ssl_context": ssl.create_default_context(cafile=str(self.kafka_ca))}
        if self.kafka_gebruiker is not None and self.kafka_wachtwoord is not None:
            uit |= {
                "security_protocol": "SASL_SSL" if self.kafka_ca else "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": self.kafka_gebruiker,
                "sasl_plain_password": self.kafka_wachtwoord.get_secret_value(),
            }
        return uit

    def bron_van(self, dienst: str) -> str:
        """`ce_source` van een dienst: `urn:nld:oin:<OIN>:systeem:<dienst>`."""
        return f"urn:nld:oin:{self.oin}:systeem:{dienst}"

    @property
    def bron(self) -> str:
        """`ce_source` van deze dienst."""
        return self.bron_van(self.dienst)


_AFNAME = Topic(partities=3, bron="plaatsing", config={"cleanup.policy": "compact"})


def lees_topics(pad: Path, afnemers: Path | None = None) -> dict[str, Topic]:
    """Leest `topics.yml`, met van elke afnemer haar topic erbij."""
    topics = {naam: Topic(**regel) for naam, regel in yaml.safe_load(pad.read_text())["topics"].items()}
    return topics | {f"afname-{naam}": _AFNAME for naam in lees_afnemers(afnemers)}


def lees_afnemers(pad: Path | None = None) -> dict[str, Afnemer]:
    """Leest `afnemers.yml` (zonder pad: dat van `BANENSPOOR_AFNEMERS`); ValueError als een naam of filter niet kan."""
    pad = pad or Path(os.environ.get("BANENSPOOR_AFNEMERS") or AFNEMERS)
    uit = {naam: Afnemer(**regel) for naam, regel in (yaml.safe_load(pad.read_text())["afnemers"] or {}).items()}
    if fout := [naam for naam in uit if not re.fullmatch(r"[a-z][a-z-]{0,40}", naam)]:
        raise ValueError(f"{pad}: {', '.join(fout)} is geen naam: kleine letters en streepjes")
    return uit


def lees(dienst: str) -> Instellingen:
    """Leest de instellingen van een dienst; stopt met naam en reden als er één ontbreekt of niet klopt."""
    try:
        return Instellingen(dienst=dienst)  # de rest komt uit de omgeving
    except ValidationError as fout:
        for deel in fout.errors(include_url=False, include_input=False):
            naam = "_".join(str(p) for p in deel["loc"]).upper()
            sys.stderr.write(f"instelling BANENSPOOR_{naam}: {deel['msg']}\n")
        raise SystemExit(2) from None


def tabel() -> str:
    """De instellingen als Markdowntabel, voor `docs/instellingen.md`."""
    regels = ["| omgeving (of bestand in `/run/secrets`) | standaard | wat |", "| --- | --- | --- |"]
    for naam, veld in Instellingen.model_fields.items():
        standaard = "verplicht" if veld.is_required() else f"`{veld.default}`".replace(f"{WORTEL}/", "")
        regels.append(f"| `BANENSPOOR_{naam.upper()}` | {standaard} | {veld.description or ''} |")
    return "\n".join(regels) + "\n"


_KOP = """# Instellingen

Gemaakt door `python -m shared.settings` uit de code. Een geheim (database-url, wachtwoord, sleutel) is een bestand in
`/run/secrets` met de naam in kleine letters. Een ontbrekende of verkeerde instelling stopt de start en wordt genoemd.

"""

if __name__ == "__main__":
    (WORTEL / "docs" / "instellingen.md").write_text(_KOP + tabel())
