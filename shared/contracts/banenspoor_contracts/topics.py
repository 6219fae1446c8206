"""De topics: wie er spreekt en of alleen de laatste stand per sleutel blijft."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Topic:
    """`bron`: de enige dienst die er spreekt (None: meer dan één). `verdicht`: Kafka bewaart de laatste per sleutel.

    `over_personen`: de sleutel is een persoon, elk gat in de nummers is een fout, en het peil noemt de nummers.
    """

    naam: str
    bron: str | None
    uitleg: str
    verdicht: bool = False
    over_personen: bool = True


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        topic.naam: topic
        for topic in (
            Topic(
                "doelgroepregister", "intake", "Wie in de doelgroep is, op welke grondslag, van wanneer tot wanneer."
            ),
            Topic(
                "beschut-werk",
                "beoordeling",
                "Aanvragen, adviezen, besluiten, termijnen, wachtlijst en te realiseren aantallen.",
            ),
            Topic("plaatsingen", "plaatsing", "Banen: begin, verandering en einde."),
            Topic("plaatsing-stand", "plaatsing", "Elke baan zoals zij nu is.", verdicht=True, over_personen=False),
            Topic(
                "werkgevers",
                "plaatsing",
                "Elke werkgever zoals nu bekend, zonder nummer en zonder naam.",
                verdicht=True,
                over_personen=False,
            ),
            Topic("ondersteuning", "plaatsing", "Instrumenten en loonwaarde; alleen voor ingewijden."),
            Topic("verloonde-uren", "plaatsing", "De uren per baan en maand, nieuw en vorig, met alle kenmerken."),
            Topic("tellingen", "telling", "Publicaties en regels; nooit over een persoon.", over_personen=False),
            Topic(
                "tellingen-intern",
                "telling",
                "Herstel van wat geparkeerd was; alleen voor ingewijden.",
                over_personen=False,
            ),
            Topic(
                "<topic>.dlq",
                None,
                "Meldingen van wat een lezer van dit topic niet kon verwerken.",
                over_personen=False,
            ),
            Topic(
                "peil",
                None,
                "Tot welk tijdstip er van een bron niets meer komt; zonder nummers.",
                verdicht=True,
                over_personen=False,
            ),
        )
    }
)
"""Elk topic onder zijn naam."""
