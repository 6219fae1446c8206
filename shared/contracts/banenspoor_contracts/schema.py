"""JSON Schema's van de gebeurtenissen, zoals de modellen van nu ze geven en zoals ze zijn uitgegeven.

Aan een uitgegeven document mag een veld worden toegevoegd dat niet verplicht is, en een toelichting mag beter; al het
andere is een nieuwe versie van de gebeurtenis. `breuken` is de poort die dat bewaakt.
"""

import json
from importlib.resources import files
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema

from .alle import ALLE_FEITEN
from .feit import Feit


class _Zonder(GenerateJsonSchema):
    """Zonder verzonnen titels: de naam van het veld zegt genoeg."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def generate(self, schema: CoreSchema, mode: Any = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}


def schema(feit: type[Feit]) -> dict[str, Any]:
    """Het JSON Schema (2020-12) van de data van deze gebeurtenis."""
    document = feit.model_json_schema(by_alias=True, schema_generator=_Zonder)
    document["$id"] = feit.document()
    document["title"] = feit.type_
    return document


def schemas() -> dict[str, dict[str, Any]]:
    """Van elke gebeurtenis het schema dat de modellen van nu geven, onder haar `document()`."""
    return {feit.document(): schema(feit) for feit in ALLE_FEITEN}


def uitgegeven() -> dict[str, dict[str, Any]]:
    """De uitgegeven documenten uit dit pakket, onder hun bestandsnaam."""
    return {
        bestand.name: json.loads(bestand.read_text(encoding="utf-8"))
        for bestand in files(__package__).joinpath("schemas").iterdir()
        if bestand.name.endswith(".json")
    }


def breuken(oud: Any, nieuw: Any, plek: str = "") -> list[str]:
    """Wat in `nieuw` niet mag ten opzichte van het uitgegeven `oud`, elk met de plek; leeg: er breekt niets.

    Gezien vanuit de zender: alles wat `oud` belooft, blijft; een veld erbij is goed als het niet verplicht is.
    """
    if isinstance(oud, dict) and isinstance(nieuw, dict):
        uitbreidbaar = plek.endswith(("/properties", "/$defs"))
        erbij = [] if uitbreidbaar else sorted(nieuw.keys() - oud.keys() - {"description"})
        return [
            *(f"{plek}/{naam} is erbij gekomen" for naam in erbij),
            *(f"{plek}/{naam} is weg" for naam in sorted(oud.keys() - nieuw.keys() - {"description"})),
            *(
                breuk
                for naam in sorted(oud.keys() & nieuw.keys())
                if naam != "description" or uitbreidbaar
                for breuk in breuken(oud[naam], nieuw[naam], f"{plek}/{naam}")
            ),
        ]
    return [] if oud == nieuw else [f"{plek} is veranderd van {oud!r} in {nieuw!r}"]


def tekst(document: dict[str, Any]) -> str:
    """Een document zoals het in het bestand staat."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
