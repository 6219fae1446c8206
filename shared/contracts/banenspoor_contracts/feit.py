"""De grondvorm van elke gebeurtenis."""

import json
from typing import Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from .velden import Moment


class Waarde(BaseModel):
    """Een onveranderlijke waarde: velden in Python met `_`, in JSON met een bult (`uren_x100` is `urenX100`).

    Onbekende velden worden overgeslagen, zodat een lezer een nieuw veld van de zender verdraagt.
    """

    model_config = ConfigDict(
        frozen=True, alias_generator=to_camel, populate_by_name=True, extra="ignore", hide_input_in_errors=True
    )

    def json_(self) -> dict[str, Any]:
        """De inhoud als gewone Python-waarden, met de namen van de JSON."""
        return self.model_dump(mode="json", by_alias=True)

    def bytes_(self) -> bytes:
        """De canonieke bytes: JSON in UTF-8, sleutels op volgorde, zonder spaties. Gelijke waarde, gelijke bytes."""
        return json.dumps(self.json_(), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Feit(Waarde):
    """Een gebeurtenis: iets dat gebeurd is, met in haar velden de `data` van het CloudEvent.

    `naam` is de naam in de catalogus, `topic` waar zij gezegd wordt, `type_versie` de versie van haar vorm.
    `sleutelveld` is het veld dat de Kafka-sleutel geeft. `bekend_op` staat er alleen in geladen historie: het moment
    waarop het feit toen bekend werd.
    """

    naam: ClassVar[str]
    topic: ClassVar[str]
    sleutelveld: ClassVar[str]
    type_versie: ClassVar[int] = 1
    type_: ClassVar[str]

    bekend_op: Moment | None = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "naam" in cls.__dict__:
            cls.type_ = f"nl.banenafspraak.{cls.naam}.v{cls.type_versie}"

    @classmethod
    def document(cls) -> str:
        """Bestandsnaam van het JSON Schema, zoals uitgegeven: `<naam>.v<versie>.json`."""
        return f"{cls.naam}.v{cls.type_versie}.json"

    def op_topic(self) -> str:
        """Het topic waarop dit feit gezegd wordt."""
        return self.topic

    def sleutel(self) -> str:
        """De Kafka-sleutel: per sleutel is de volgorde beloofd."""
        return str(getattr(self, self.sleutelveld))

    def json_(self) -> dict[str, Any]:
        inhoud = super().json_()
        if inhoud.get("bekendOp") is None:
            inhoud.pop("bekendOp", None)
        return inhoud


class OverPersoon(Feit):
    """Een feit over één persoon; `persoon` is een pseudoniem en de sleutel."""

    sleutelveld: ClassVar[str] = "persoon"

    persoon: UUID


class Grafsteen:
    """Bij een feit op een topic met alleen de laatste stand: het wordt met een lege waarde gezegd, en wie leest vergeet
    zijn sleutel."""
