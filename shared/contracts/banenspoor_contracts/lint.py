"""Kijk één gebeurtenis na tegen CloudEvents 1.0 (Kafka, binair) en het NL GOV-profiel 1.1 zoals wij het volgen.

Bron: Logius, NL GOV profile for CloudEvents 1.1 (17 maart 2026). Wat het profiel aanraadt (SHOULD), is hier verplicht.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from .alle import feit_van
from .feit import Feit
from .topics import TOPICS

MAXIMUM: Final = 64 * 1024
"""Zoveel bytes mag een gebeurtenis zijn: namen en waarden van de attributen en de data samen."""

_VERPLICHT: Final = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_dataschema", "content-type")
_NUMMER: Final = ("ce_sequence", "ce_sequencetype")
_MAG: Final = {*_VERPLICHT, *_NUMMER, "ce_correlationid", "ce_causationid", "traceparent", "tracestate"}

_NAAM: Final = re.compile(r"[a-z0-9]{1,20}")
_BRON: Final = re.compile(r"urn:nld:oin:[0-9]{20}:systeem:([a-z]+(?:-[a-z]+)*)")
_TYPE: Final = re.compile(r"nl\.banenafspraak\.([a-z0-9]+(?:-[a-z0-9]+)*)\.v([1-9][0-9]*)")
_TIJD: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_REEKSNUMMER: Final = re.compile(r"[1-9][0-9]{0,9}")
_URI: Final = re.compile(r"[a-z][a-z0-9+.-]*:[^\s#]+")
_TRACE: Final = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_NEGEN_CIJFERS: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{9}(?![0-9A-Za-z])")
_ORGANISATIES: Final = {"uwv", "svb", "szw", "bzk", "cbs", "vng", "seo", "panteia", "belastingdienst", "logius"}


def _uuid(waarde: str, versie: int | None = None) -> bool:
    try:
        gelezen = UUID(waarde)
    except ValueError:
        return False
    return str(gelezen) == waarde and versie in (None, gelezen.version)


def _tijd(waarde: str) -> bool:
    if not _TIJD.fullmatch(waarde):
        return False
    try:
        datetime.fromisoformat(waarde)
    except ValueError:
        return False
    return True


def _type(waarde: str) -> bool:
    vorm = _TYPE.fullmatch(waarde)
    return vorm is not None and not _ORGANISATIES & set(vorm[1].split("-"))


_REGELS: Final[Mapping[str, tuple[Callable[[str], bool], str]]] = {
    "ce_specversion": (lambda w: w == "1.0", "moet 1.0 zijn"),
    "ce_id": (lambda w: _uuid(w, 7), "moet een UUID van versie 7 zijn, in kleine letters"),
    "ce_source": (
        lambda w: _BRON.fullmatch(w) is not None,
        "moet urn:nld:oin:<OIN van 20 cijfers>:systeem:<dienst> zijn",
    ),
    "ce_type": (_type, "moet nl.banenafspraak.<naam>.v<n> zijn, zonder naam van een organisatie"),
    "ce_time": (_tijd, "moet een bestaand tijdstip in UTC met milliseconden zijn (JJJJ-MM-DDTuu:mm:ss.mmmZ)"),
    "ce_sequence": (
        lambda w: _REEKSNUMMER.fullmatch(w) is not None and int(w) < 2**31,
        "moet een geheel getal van 1 tot en met 2147483647 zijn, zonder nul ervoor",
    ),
    "ce_sequencetype": (lambda w: w == "Integer", "moet Integer zijn"),
    "ce_dataschema": (lambda w: _URI.fullmatch(w) is not None, "moet een absolute URI zijn"),
    "ce_correlationid": (_uuid, "moet een UUID in kleine letters zijn"),
    "ce_causationid": (_uuid, "moet een UUID in kleine letters zijn"),
    "traceparent": (lambda w: _TRACE.fullmatch(w) is not None, "moet een W3C trace context zijn"),
    "content-type": (lambda w: w == "application/json", "moet application/json zijn"),
}


def _elfproef(cijfers: str) -> bool:
    som = sum(gewicht * int(cijfer) for gewicht, cijfer in zip((9, 8, 7, 6, 5, 4, 3, 2, -1), cijfers, strict=True))
    return int(cijfers) != 0 and som % 11 == 0


def _lijkt_bsn(tekst: str) -> bool:
    return any(_elfproef(cijfers) for cijfers in _NEGEN_CIJFERS.findall(tekst))


def _attributen(headers: Mapping[str, str]) -> Iterator[str]:
    for naam in _VERPLICHT:
        if naam not in headers:
            yield f"{naam}: ontbreekt"
    for naam, waarde in headers.items():
        if naam == "ce_subject":
            yield "ce_subject: gebruiken wij niet; het nodigt uit tot een persoonsnummer"
        elif naam.startswith("ce_") and not _NAAM.fullmatch(naam.removeprefix("ce_")):
            yield f"{naam}: een attribuut heet met hoogstens 20 kleine letters en cijfers"
        elif naam not in _MAG:
            yield f"{naam}: staat niet in de lijst van attributen"
        elif naam in _REGELS and not _REGELS[naam][0](waarde):
            yield f"{naam}: {_REGELS[naam][1]}, is {waarde!r}"
        if naam not in _NUMMER and _lijkt_bsn(waarde):
            yield f"{naam}: bevat iets dat een BSN kan zijn"


def _samenhang(headers: Mapping[str, str], feit: type[Feit]) -> Iterator[str]:
    topic = TOPICS[feit.topic]
    for naam in _NUMMER:
        if feit.topic == "peil" and naam in headers:
            yield f"{naam}: een peil heeft geen nummer"
        elif topic.bron is not None and naam not in headers:
            yield f"{naam}: ontbreekt"
    bron = _BRON.fullmatch(headers.get("ce_source", ""))
    if bron and topic.bron not in (None, bron[1]):
        yield f"ce_source: op {feit.topic} spreekt alleen {topic.bron}, niet {bron[1]}"
    dataschema = headers.get("ce_dataschema", "")
    if dataschema and (feit.naam not in dataschema or f"v{feit.type_versie}" not in dataschema):
        yield f"ce_dataschema: wijst niet naar {feit.document()}"


def _breuken(waarde: Any) -> bool:
    if isinstance(waarde, dict):
        return any(_breuken(deel) for deel in waarde.values())
    return any(_breuken(deel) for deel in waarde) if isinstance(waarde, list) else isinstance(waarde, float)


def _data(headers: Mapping[str, str], data: bytes, feit: type[Feit]) -> Iterator[str]:
    try:
        inhoud = json.loads(data.decode())
    except ValueError:
        yield "data: is geen JSON in UTF-8"
        return
    if not isinstance(inhoud, dict):
        yield "data: is geen JSON-object"
        return
    if _breuken(inhoud):
        yield "data: bevat een kommagetal"
    if _lijkt_bsn(data.decode()):
        yield "data: bevat iets dat een BSN kan zijn"
    persoon = inhoud.get("persoon")
    if isinstance(persoon, str) and any(persoon in waarde for waarde in headers.values()):
        yield "attributen: het pseudoniem van de persoon hoort alleen in de data"
    try:
        canoniek = feit.model_validate_json(data).bytes_()
    except ValidationError as fout:
        plekken = {"/".join(str(stap) for stap in deel["loc"]) or "het geheel" for deel in fout.errors()}
        yield f"data: past niet bij {feit.type_} ({', '.join(sorted(plekken))})"
    else:
        if canoniek != data:
            yield f"data: is niet de canonieke vorm van {feit.type_}"


def lint(headers: Mapping[str, str], data: bytes) -> list[str]:
    """Alles wat aan deze gebeurtenis niet klopt, in gewone zinnen die met het attribuut beginnen; leeg: in orde.

    `headers`: de Kafka-headers als tekst; `data`: de waarde van het record. Een lege waarde mag alleen op een topic dat
    de laatste stand bewaart. Meldingen herhalen geen inhoud van `data`.
    """
    gevonden = list(_attributen(headers))
    if sum(len(n.encode()) + len(w.encode()) for n, w in headers.items()) + len(data) > MAXIMUM:
        gevonden.append(f"gebeurtenis: is groter dan {MAXIMUM // 1024} KB")
    type_ = headers.get("ce_type", "")
    feit = feit_van(type_)
    if feit is None:
        return [*gevonden, *([f"ce_type: {type_} staat niet in de catalogus"] if _type(type_) else [])]
    gevonden.extend(_samenhang(headers, feit))
    if data or not TOPICS[feit.topic].verdicht:
        gevonden.extend(_data(headers, data, feit))
    return gevonden
