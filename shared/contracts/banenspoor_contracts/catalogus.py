"""De bladzijde met alle gebeurtenissen, gemaakt uit de modellen: `python -m banenspoor_contracts.catalogus`."""

import ast
import inspect
import sys
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from . import codes
from .alle import ALLE_FEITEN
from .feit import Feit
from .schema import schema
from .topics import TOPICS, Topic

_SOORTEN: dict[tuple[str | None, str | None], str] = {
    ("string", "uuid"): "UUID",
    ("string", "date"): "datum",
    ("string", "date-time"): "tijdstip",
    ("string", None): "tekst",
    ("integer", None): "geheel getal",
    ("boolean", None): "ja of nee",
}

_VRIJ = "JSON zonder kommagetallen"

_INLEIDING = """# Gebeurtenissen

Deze bladzijde is gemaakt uit het pakket `banenspoor-contracts` en wordt niet met de hand veranderd.

Elke gebeurtenis is een CloudEvent 1.0 (Kafka, binair) volgens het NL GOV-profiel 1.1. Haar type is
`nl.banenafspraak.<naam>.v1`; het JSON Schema van de data staat bij haar naam. Datums zijn ISO 8601, perioden zijn half
open (`tot` telt niet mee), bedragen zijn gehele getallen met hun eenheid in de naam: `urenX100` zijn honderdsten van
uren. `persoon` en `werkgever` zijn pseudoniemen. `bekendOp` staat alleen in geladen historie, en in publicaties.

De sleutel bepaalt de partitie; per sleutel is de volgorde beloofd. Een lezer herkent een dubbele aan `source` en `id`,
slaat velden over die hij niet kent, en ziet aan `sequence` of er een gat is (niet op een topic dat alleen de laatste
stand bewaart: daar, en in elke gebeurtenis op `plaatsingen`, telt `versie`).
"""


def _soort(veld: dict[str, Any]) -> str:
    if "$ref" in veld:
        naam = veld["$ref"].rsplit("/", 1)[1]
        return _VRIJ if naam == "JsonValue" else f"[{naam}](#{naam.lower()})"
    if "anyOf" in veld:
        soorten = [_soort(deel) for deel in veld["anyOf"] if deel.get("type") != "null"]
        return f"{' of '.join(soorten)}, of leeg"
    if veld.get("type") == "array":
        return f"lijst van {_soort(veld['items'])}"
    if veld.get("type") == "object":
        binnen = veld.get("additionalProperties")
        return f"object met per naam {_soort(binnen)}" if isinstance(binnen, dict) else "object"
    if veld.get("pattern") == "^[0-9]{4}$":
        return "gemeentecode"
    if veld.get("pattern", "").startswith("^[0-9]{4}-(0"):
        return "maand"
    return _SOORTEN.get((veld.get("type"), veld.get("format")), _VRIJ)


def _velden(document: dict[str, Any]) -> Iterator[str]:
    yield "| veld | soort |"
    yield "| --- | --- |"
    verplicht = document.get("required", [])
    for naam, veld in sorted(document["properties"].items(), key=lambda paar: paar[0] != "persoon"):
        if naam != "bekendOp" or naam in verplicht:
            yield f"| `{naam}` | {_soort(veld)} |"


def _uitleg(iets: type) -> str:
    return inspect.cleandoc(iets.__doc__ or "").strip() if "__doc__" in iets.__dict__ and iets.__doc__ else ""


def _gebeurtenis(feit: type[Feit]) -> Iterator[str]:
    sleutel = feit.model_fields[feit.sleutelveld].alias
    yield f"### {feit.naam}"
    yield _uitleg(feit)
    yield f"Type `{feit.type_}`, sleutel `{sleutel}`, schema `{feit.document()}`."
    yield "\n".join(_velden(schema(feit)))


def _van_topic(topic: Topic) -> Iterator[str]:
    yield f"## Topic `{topic.naam}`"
    wie = f"Gezegd door {topic.bron}." if topic.bron else "Gezegd door elke dienst."
    stand = " Alleen de laatste per sleutel blijft bewaard; een lege waarde wist de sleutel." if topic.verdicht else ""
    yield f"{topic.uitleg} {wie}{stand}"
    for feit in ALLE_FEITEN:
        if feit.topic == topic.naam:
            yield from _gebeurtenis(feit)


def _waarden() -> Iterator[str]:
    yield "## Samengestelde waarden"
    documenten: dict[str, dict[str, Any]] = {}
    for feit in ALLE_FEITEN:
        documenten.update(schema(feit).get("$defs", {}))
    for naam, document in sorted(documenten.items()):
        if "properties" in document:
            yield f"### {naam}"
            if "description" in document:
                yield document["description"]
            yield "\n".join(_velden(document))


def _toelichtingen(soort: type[StrEnum]) -> dict[str, str]:
    klasse = ast.parse(inspect.getsource(soort)).body[0]
    gevonden: dict[str, str] = {}
    naam = ""
    for regel in klasse.body if isinstance(klasse, ast.ClassDef) else ():
        if isinstance(regel, ast.Assign) and isinstance(regel.targets[0], ast.Name):
            naam = regel.targets[0].id
        elif naam and isinstance(regel, ast.Expr) and isinstance(regel.value, ast.Constant):
            gevonden[naam] = str(regel.value.value)
    return gevonden


def _codes() -> Iterator[str]:
    yield "## Codes"
    soorten = [s for s in vars(codes).values() if isinstance(s, type) and issubclass(s, StrEnum) and s is not StrEnum]
    for soort in sorted(soorten, key=lambda s: s.__name__):
        yield f"### {soort.__name__}"
        if uitleg := _uitleg(soort):
            yield uitleg
        toelichting = _toelichtingen(soort)
        yield "\n".join(f"- `{c}`" + (f": {toelichting[c.name]}" if c.name in toelichting else "") for c in soort)


def bladzijde() -> str:
    """De hele bladzijde, in Markdown."""
    delen = [_INLEIDING.strip()]
    for topic in TOPICS.values():
        delen.extend(_van_topic(topic))
    return "\n\n".join([*delen, *_waarden(), *_codes()]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(bladzijde())
