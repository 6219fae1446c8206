"""De bestanden die intake aanneemt; `banenspoor importeer` kent ze hieruit."""

from services.intake import verwerk, volledigheid
from services.intake.rijen import CorrectieRij, PersoonRij, RegistratieRij, VerhuizingRij, VervallenRij
from services.intake.rijen_volledigheid import BemiddelingRij, BevestigingRij
from shared.api import Soort

SCHRIJVEN = "registraties:schrijven"

SOORTEN = (
    Soort(
        naam="personen",
        dienst="intake",
        pad="/v1/personen",
        model=PersoonRij,
        verwerk=verwerk.personen,
        scope=SCHRIJVEN,
        lanen=True,
        volgorde=("bsn", "geboortedatum", "overleden_op"),
    ),
    Soort(
        naam="registraties",
        dienst="intake",
        pad="/v1/registraties",
        model=RegistratieRij,
        verwerk=verwerk.registraties,
        scope=SCHRIJVEN,
        lanen=True,
        volgorde=(
            *("bsn", "grondslag", "van", "gemeente", "tot", "reden"),
            *("loonwaarde_procent", "loonwaarde_op", "verzoek_op"),
        ),
    ),
    Soort(
        naam="registratie-correcties",
        dienst="intake",
        pad="/v1/registratie-correcties",
        model=CorrectieRij,
        verwerk=verwerk.correcties,
        scope=SCHRIJVEN,
        lanen=True,
        volgorde=("bsn", "grondslag", "van", "tot", "reden"),
    ),
    Soort(
        naam="voorwaarden-vervallen",
        dienst="intake",
        pad="/v1/voorwaarden-vervallen",
        model=VervallenRij,
        verwerk=verwerk.vervallen_voorwaarden,
        scope=SCHRIJVEN,
        lanen=True,
        volgorde=("bsn", "grondslag", "vervallen_op", "reden"),
    ),
    Soort(
        naam="verhuizingen",
        dienst="intake",
        pad="/v1/verhuizingen",
        model=VerhuizingRij,
        verwerk=verwerk.verhuizingen,
        scope=SCHRIJVEN,
        lanen=True,
        volgorde=("bsn", "gemeente", "van"),
    ),
    Soort(
        naam="bevestigingen",
        dienst="intake",
        pad="/v1/bevestigingen",
        model=BevestigingRij,
        verwerk=volledigheid.bevestig,
        scope=SCHRIJVEN,
        lanen=True,
        volgorde=("bsn", "veld", "op"),
    ),
    Soort(
        naam="bemiddeling",
        dienst="intake",
        pad="/v1/bemiddeling",
        model=BemiddelingRij,
        verwerk=volledigheid.bemiddel,
        scope=SCHRIJVEN,
        lanen=True,
        volgorde=("bsn", "in_beeld", "bemiddelbaar", "op", "begeleiding"),
    ),
)
