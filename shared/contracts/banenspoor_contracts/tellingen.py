"""Topics `tellingen` en `tellingen-intern`, gezegd door telling: publicaties, regels, herstel van wat geparkeerd is."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from .codes import Reeks, RegelSoort
from .feit import Feit
from .velden import Aantal, Moment, Nummer, Vrij


class _Publicatie(Feit):
    topic: ClassVar[str] = "tellingen"
    sleutelveld: ClassVar[str] = "id"

    id: UUID
    reeks: Reeks
    periode: Annotated[str, Field(pattern=r"^[0-9]{4}(-Q[1-4]|-[0-9]{2})?(\.\.[0-9]{4}(-Q[1-4]|-[0-9]{2})?)?$")]
    bekend_op: Moment
    adres: Annotated[str, Field(min_length=1)]
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PublicatieVastgesteld(_Publicatie):
    """Een uitgave van cijfers staat vast.

    `bekendOp`: de cijfers zoals toen bekend. `hash`: SHA-256 van de uitgave, hexadecimaal.
    """

    naam: ClassVar[str] = "publicatie-vastgesteld"


class PublicatieGecorrigeerd(_Publicatie):
    """Een nieuwe uitgave die een eerdere (`corrigeert`) verbetert; de eerdere blijft bestaan."""

    naam: ClassVar[str] = "publicatie-gecorrigeerd"

    corrigeert: UUID


class RegelVastgesteld(Feit):
    """Een regel of referentiegegeven waarmee geteld wordt; bekend vanaf het tijdstip van deze gebeurtenis."""

    naam: ClassVar[str] = "regel-vastgesteld"
    topic: ClassVar[str] = "tellingen"
    sleutelveld: ClassVar[str] = "soort"

    soort: RegelSoort
    versie: Annotated[str, Field(min_length=1, max_length=60)]
    inhoud: Vrij
    bron: str


class _Geparkeerd(Feit):
    """Wijst één geparkeerde gebeurtenis aan. In JSON heten de velden `topic` en `sleutel`."""

    sleutelveld: ClassVar[str] = "geparkeerde_sleutel"

    bron_topic: str = Field(alias="topic", min_length=1)
    partitie: Aantal
    publicatienr: Nummer
    id: UUID
    geparkeerde_sleutel: str = Field(alias="sleutel")


class GebeurtenisHersteld(_Geparkeerd):
    """Een geparkeerde gebeurtenis wordt gelezen alsof haar data `data` waren."""

    naam: ClassVar[str] = "gebeurtenis-hersteld"
    topic: ClassVar[str] = "tellingen-intern"

    data: Vrij


class GebeurtenisVerworpen(_Geparkeerd):
    """Een geparkeerde gebeurtenis wordt overgeslagen."""

    naam: ClassVar[str] = "gebeurtenis-verworpen"
    topic: ClassVar[str] = "tellingen-intern"


class GebeurtenisGeparkeerd(_Geparkeerd):
    """Melding op `<topic>.dlq` dat een lezer een gebeurtenis niet kon verwerken; `code` zegt waarom."""

    naam: ClassVar[str] = "gebeurtenis-geparkeerd"
    topic: ClassVar[str] = "<topic>.dlq"

    code: Annotated[str, Field(min_length=1, max_length=60)]

    def op_topic(self) -> str:
        return f"{self.bron_topic}.dlq"
