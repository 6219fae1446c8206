"""De parameters van een cijfervraag: lezen, weigeren wat niet kan, en zeggen waarom."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from banenspoor_contracts import Grondslag, Reeks, Sector
from banenspoor_contracts.gemeenten import is_gemeente, normaliseer
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.telling.domain.gebieden import ONBEKEND
from services.telling.domain.perioden import Onjuist, perioden
from services.telling.domain.regels import Plaats
from services.telling.domain.selectie import UITSPLITSINGEN, Selectie
from shared.api import AMSTERDAM

Tekst = str | None
TWEE_CIJFERS = (
    "Er zijn meer ware cijfers voor hetzelfde moment, en zij verschillen: de kwartaalreeks is indicatief en laat inleen "
    "ongedeeld, de jaarmeting is de officiële methode en verdeelt inleen met een sleutel over markt en overheid. Kies "
    "daarom reeks=lopend (maanden), reeks=kwartaal of reeks=jaarmeting."
)
PERSONEN, GEREGISTREERD = "personen", "geregistreerd"
MATEN = ("extra", "banen", "uren", PERSONEN, GEREGISTREERD)
_LATER = {
    "maat": ("werkgevers",),
    "per": ("branche", "grootteklasse", "werkgever"),
    "plaats": ("zetel",),
}
_NOG_NIET = ("publicatie", "watAls")


class Parameters(BaseModel):
    """De parameters van een cijferroute; een andere naam wordt geweigerd."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    reeks: Tekst = Field(None, description="lopend (maanden), kwartaal of jaarmeting; verplicht")
    periode: Tekst = Field(None, description="2023-12, 2023-Q4, 2023, of een bereik 2021-Q1..2023-Q4; verplicht")
    maat: Tekst = Field(None, description="extra (standaard), banen, uren, personen of geregistreerd")
    per: Tekst = Field(None, description="een of meer van sector,vorm,regio,gemeente,grondslag,contract,subsector")
    regio: Tekst = Field(None, description="arbeidsmarktregio, bijvoorbeeld AM01, of onbekend")
    gemeente: Tekst = Field(None, description="CBS-code, bijvoorbeeld 0014, of onbekend")
    sector: Tekst = Field(None, description="markt of overheid")
    vorm: Tekst = Field(None, description="formeel of inleen; in de reeks lopend ook een vorm zelf")
    grondslag: Tekst = Field(None, description="alleen uren van mensen met (ook) deze grondslag")
    plaats: Tekst = Field(None, description="werk of woon; standaard volgens de regel van de reeks")
    bekend_op: Tekst = Field(None, description="zoals toen bekend; een kale datum is het einde van die dag")
    regels: Tekst = Field(None, description="toen (standaard) of nu")
    grenzen: Tekst = Field(None, description="toen (standaard) of een jaar: de grenzen op 1 januari")
    publicatie: Tekst = Field(None, description="komt later")
    wat_als: Tekst = Field(None, description="komt later")


@dataclass(frozen=True, slots=True)
class Vraag:
    """Een gelezen vraag. `bekend_op` leeg: zoals nu bekend. `regels_nu`: de regels van nu, ook bij een ouder moment."""

    selectie: Selectie
    maat: str
    bekend_op: datetime | None
    regels_nu: bool


def lees_vraag(parameters: Parameters, nu: datetime) -> Vraag:
    """Leest de parameters van een cijferroute; `Onjuist` met code en uitleg bij alles wat niet kan."""
    gegeven = {naam: waarde.strip() for naam, waarde in parameters.model_dump(by_alias=True).items() if waarde}
    for naam in _NOG_NIET:
        if naam in gegeven:
            raise Onjuist("komt_later", "Dit kan nog niet", f"De parameter {naam} komt in een latere uitgave.")
    if "reeks" not in gegeven:
        raise Onjuist("reeks_verplicht", "Zonder reeks is er geen cijfer", TWEE_CIJFERS)
    reeks = _keuze(gegeven, "reeks", tuple(Reeks))
    if "periode" not in gegeven:
        raise Onjuist("periode_verplicht", "Zonder periode is er geen cijfer", "Bijvoorbeeld periode=2023-Q4.")
    per = tuple(dict.fromkeys(deel.strip() for deel in gegeven.get("per", "").split(",") if deel.strip()))
    for deel in per:
        _niet_later("per", deel)
    selectie = Selectie(
        reeks=Reeks(reeks),
        perioden=perioden(Reeks(reeks), gegeven["periode"]),
        per=per,
        regio=_regio(gegeven.get("regio")),
        gemeente=_gemeente(gegeven.get("gemeente")),
        sector=Sector(_keuze(gegeven, "sector", tuple(Sector))) if "sector" in gegeven else None,
        vorm=gegeven.get("vorm"),
        grondslag=_keuze(gegeven, "grondslag", tuple(Grondslag)) if "grondslag" in gegeven else None,
        plaats=Plaats(_keuze(gegeven, "plaats", tuple(Plaats))) if "plaats" in gegeven else None,
        grenzen=_grenzen(gegeven.get("grenzen", "toen")),
    )
    maat = _keuze({"maat": "extra"} | gegeven, "maat", MATEN)
    if maat == GEREGISTREERD:
        _past_bij_register(per, gegeven)
    regels = _keuze({"regels": "toen"} | gegeven, "regels", ("toen", "nu"))
    return Vraag(selectie, maat, lees_moment(gegeven.get("bekendOp"), nu), regels == "nu")


def _past_bij_register(per: tuple[str, ...], gegeven: Mapping[str, str]) -> None:
    """Van wie in het register staat is hier de grondslag bekend, en niets anders."""
    anders = [f"per={deel}" for deel in per if deel in UITSPLITSINGEN and deel != "grondslag"]
    anders += [naam for naam in ("regio", "gemeente", "sector", "vorm", "plaats", "grenzen") if naam in gegeven]
    if anders:
        raise Onjuist(
            "past_niet_bij_maat",
            "Dit kan niet bij deze maat",
            f"{anders[0]} kan niet bij maat={GEREGISTREERD}: telling weet van het register alleen de grondslagen. Wel: "
            "per=grondslag en grondslag=.",
        )


def _niet_later(naam: str, waarde: str) -> None:
    if waarde in _LATER.get(naam, ()):
        raise Onjuist("komt_later", "Dit kan nog niet", f"{naam}={waarde} komt in een latere uitgave.")


def _keuze(gegeven: Mapping[str, str], naam: str, mogelijk: tuple[str, ...]) -> str:
    waarde = gegeven[naam]
    _niet_later(naam, waarde)
    if waarde not in mogelijk:
        raise Onjuist(
            f"onbekende_{naam}", f"Onbekende {naam}", f"{naam}={waarde} kan niet; wel: {', '.join(mogelijk)}."
        )
    return waarde


def _regio(waarde: str | None) -> str | None:
    if waarde is None or waarde == ONBEKEND or re.fullmatch(r"AM\d\d", waarde, re.ASCII):
        return waarde
    raise Onjuist("onbekende_regio", "Onbekende regio", f"regio={waarde} kan niet; bijvoorbeeld regio=AM01.")


def _gemeente(waarde: str | None) -> str | None:
    if waarde is None or waarde == ONBEKEND:
        return waarde
    try:
        code = normaliseer(waarde)
    except ValueError:
        code = ""
    if not is_gemeente(code):
        raise Onjuist(
            "onbekende_gemeente",
            "Onbekende gemeente",
            f"gemeente={waarde} is geen CBS-code; bijvoorbeeld gemeente=0014.",
        )
    return code


def _grenzen(waarde: str) -> int | None:
    if waarde == "toen":
        return None
    if re.fullmatch(r"(19|20|21)\d\d", waarde, re.ASCII):
        return int(waarde)
    raise Onjuist("onbekende_grenzen", "Onbekende grenzen", f"grenzen={waarde} kan niet; wel: toen, of een jaar.")


def lees_moment(waarde: str | None, nu: datetime) -> datetime | None:
    """Een moment, of een kale datum: het einde van die dag in Amsterdam. De toekomst is nog niet bekend."""
    if waarde is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", waarde, re.ASCII):
            volgende = date.fromisoformat(waarde) + timedelta(days=1)
            moment = datetime.combine(volgende, time.min, AMSTERDAM) - timedelta(microseconds=1)
        else:
            moment = datetime.fromisoformat(waarde.replace(" ", "+"))
    except (ValueError, OverflowError):
        raise Onjuist(
            "onjuist_moment",
            "Onjuist moment",
            f"bekendOp={waarde} is geen datum of tijdstip (2024-07-12, of met tijd).",
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=AMSTERDAM)
    if moment > nu:
        raise Onjuist(
            "toekomst",
            "Dat moment is nog niet voorbij",
            "bekendOp is een moment dat voorbij is; een kale datum is het einde van die dag. Laat bekendOp weg voor nu.",
        )
    return moment
