"""De parameters van een cijfervraag: lezen, weigeren wat niet kan, en zeggen waarom."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from banenspoor_contracts import Grondslag, Reeks, Sector
from banenspoor_contracts.gemeenten import is_gemeente, normaliseer
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.telling.domain import watals
from services.telling.domain.gebieden import ONBEKEND
from services.telling.domain.perioden import Onjuist, perioden
from services.telling.domain.regels import Plaats, Regelboek
from services.telling.domain.selectie import UITSPLITSINGEN, Selectie
from services.telling.domain.watals import WatAls, WatAlsBoek
from shared.api import AMSTERDAM

Tekst = str | None
Bladwijzer = tuple[int, str, int, int, int]
"""Waar een blad boekingen eindigt: (bekend_op, topic, partitie, publicatienummer, been)."""
TWEE_CIJFERS = (
    "Er zijn meer ware cijfers voor hetzelfde moment, en zij verschillen: de kwartaalreeks is indicatief en laat inleen "
    "ongedeeld, de jaarmeting is de officiële methode en verdeelt inleen met een sleutel over markt en overheid. Kies "
    "daarom reeks=lopend (maanden), reeks=kwartaal of reeks=jaarmeting."
)
PERSONEN, GEREGISTREERD, WERKGEVERS = "personen", "geregistreerd", "werkgevers"
MATEN = ("extra", "banen", "uren", PERSONEN, GEREGISTREERD, WERKGEVERS)
_NOG_NIET = ("publicatie",)
_NIET_VAN_REGISTER = ("regio", "gemeente", "sector", "vorm", "werkgever", "groep", "plaats", "grenzen")


EIND_VAN_DE_DAG = time.max
VROEGSTE_JAAR = 1970
"""Eerder dan dit jaar was er niets bekend: kennismomenten tellen vanaf hier."""


class Parameters(BaseModel):
    """De parameters van een cijferroute; een andere naam wordt geweigerd."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    reeks: Tekst = Field(None, description="lopend (maanden), kwartaal of jaarmeting; verplicht")
    periode: Tekst = Field(None, description="2023-12, 2023-Q4, 2023, of een bereik 2021-Q1..2023-Q4; verplicht")
    maat: Tekst = Field(None, description="extra (standaard), banen, uren, personen, geregistreerd of werkgevers")
    per: Tekst = Field(None, description=f"een of meer van {','.join(UITSPLITSINGEN)}")
    regio: Tekst = Field(None, description="arbeidsmarktregio, bijvoorbeeld AM01, of onbekend")
    gemeente: Tekst = Field(None, description="CBS-code, bijvoorbeeld 0014, of onbekend")
    sector: Tekst = Field(None, description="markt of overheid")
    vorm: Tekst = Field(None, description="formeel of inleen; in de reeks lopend ook een vorm zelf")
    grondslag: Tekst = Field(None, description="alleen uren van mensen met (ook) deze grondslag")
    werkgever: Tekst = Field(None, description="alleen uren bij deze formele werkgever (UUID)")
    groep: Tekst = Field(None, description="alleen uren bij werkgevers die nu tot deze groep horen (UUID)")
    plaats: Tekst = Field(None, description="werk, woon of zetel (van de werkgever); standaard volgens de reeks")
    bekend_op: Tekst = Field(None, description="zoals toen bekend; een kale datum is het einde van die dag")
    regels: Tekst = Field(None, description="toen (standaard) of nu")
    grenzen: Tekst = Field(None, description="toen (standaard) of een jaar: de grenzen op 1 januari")
    publicatie: Tekst = Field(None, description="komt later")
    wat_als: Tekst = Field(None, description="sleutel:2016,norm:24,wieTelt:2026,sectoren:samen,peilmoment:maand")


class Revisieparameters(Parameters):
    """De parameters van een brug: die van het cijfer, met twee kennismomenten in plaats van `bekendOp`."""

    bekend_van: Tekst = Field(
        None, description="het eerste kennismoment; een kale datum is het einde van die dag; verplicht"
    )
    bekend_tot: Tekst = Field(None, description="het tweede kennismoment; standaard nu")


class Verklaringparameters(Parameters):
    """De parameters van een verklaring: die van het cijfer, en welk blad met boekingen."""

    na: Tekst = Field(None, description="de bladwijzer `volgende` van het vorige blad; leeg: het eerste")
    aantal: int = Field(100, ge=1, le=1000, description="hoeveel boekingen op een blad")


@dataclass(frozen=True, slots=True)
class Vraag:
    """Een gelezen vraag. `bekend_op` leeg: zoals nu bekend. `regels_nu`: de regels van nu, ook bij een ouder moment.

    `wat_als` leeg: een gewoon cijfer.
    """

    selectie: Selectie
    maat: str
    bekend_op: datetime | None
    regels_nu: bool
    wat_als: WatAls | None = None

    def anders(self, boek: Regelboek) -> Regelboek:
        """Het regelboek waarmee gerekend wordt: bij een wat-als met de gevraagde regels anders."""
        return WatAlsBoek(boek, self.wat_als) if self.wat_als else boek


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
        werkgever=_uuid("werkgever", gegeven.get("werkgever")),
        groep=_uuid("groep", gegeven.get("groep")),
    )
    maat = _keuze({"maat": "extra"} | gegeven, "maat", MATEN)
    if maat == GEREGISTREERD:
        _past_bij_register(per, gegeven)
    regels = _keuze({"regels": "toen"} | gegeven, "regels", ("toen", "nu"))
    wat_als = _wat_als(gegeven.get("watAls"), maat)
    selectie = wat_als.selectie(selectie) if wat_als else selectie
    return Vraag(selectie, maat, lees_moment(gegeven.get("bekendOp"), nu), regels == "nu", wat_als)


def weiger_zetel(plaats: str | None, waarvan: str) -> None:
    """De zetel van een werkgever is er alleen zoals nu bekend; `waarvan` kent haar niet."""
    if plaats is not None and plaats.strip() == Plaats.ZETEL:
        raise Onjuist(
            "past_niet_bij_route", "Dit kan hier niet", f"plaats=zetel kan niet bij {waarvan}; wel: werk, woon."
        )


def _wat_als(waarde: str | None, maat: str) -> WatAls | None:
    """Wat er anders moet; wat op deze maat niets te veranderen heeft, wordt geweigerd."""
    if waarde is None:
        return None
    wat_als = watals.lees(waarde)
    geen_uren = (watals.NORM, watals.SLEUTEL)
    zonder_zin = {PERSONEN: geen_uren, WERKGEVERS: geen_uren, GEREGISTREERD: watals.NAMEN}.get(maat, ())
    if anders := [naam for naam in wat_als.gevraagd if naam in zonder_zin]:
        raise Onjuist(
            "past_niet_bij_maat",
            "Dit kan niet bij deze maat",
            f"watAls={anders[0]} kan niet bij maat={maat}: daar rekent die regel niet in mee.",
        )
    return wat_als


def bestandsnaam(vraag: Vraag) -> str:
    """Hoe een bestand met dit antwoord heet, zonder achtervoegsel; een wat-als zegt dat vooraan."""
    s = vraag.selectie
    delen = [f"{naam}-{waarde}" for naam, waarde in vraag.wat_als.gevraagd.items()] if vraag.wat_als else []
    delen = ["WAT-ALS", *delen] if delen else ["banenspoor"]
    delen += [s.reeks, "-".join(dict.fromkeys((str(s.perioden[0]), str(s.perioden[-1])))), vraag.maat]
    delen += ["per-" + "-".join(s.per)] if s.per else []
    delen += [waarde for waarde in (s.regio, s.gemeente, s.sector, s.vorm, s.grondslag) if waarde]
    anders = {"werkgever": s.werkgever, "groep": s.groep, "plaats": s.plaats, "grenzen": s.grenzen}
    delen += [f"{naam}-{waarde}" for naam, waarde in anders.items() if waarde is not None]
    delen += ["regels-nu"] if vraag.regels_nu else []
    if vraag.bekend_op is not None:
        moment = vraag.bekend_op.astimezone(AMSTERDAM)
        delen.append(f"bekend-{moment:%Y-%m-%d}" + ("" if moment.time() == EIND_VAN_DE_DAG else f"{moment:T%H%M%S}"))
    return re.sub(r"[^A-Za-z0-9._-]", "-", "_".join(delen))


def lees_verklaring(parameters: Verklaringparameters, nu: datetime) -> tuple[Vraag, Bladwijzer | None]:
    """De vraag van een verklaring, en waar het vorige blad eindigde."""
    vraag = lees_vraag(Parameters(**parameters.model_dump(exclude={"na", "aantal"})), nu)
    if not parameters.na:
        return vraag, None
    try:
        bekend, topic, partitie, nummer, been = parameters.na.split(".")
        getallen = [int(deel) for deel in (bekend, partitie, nummer, been)]
        if any(abs(getal) >= 2**63 for getal in getallen):
            raise ValueError(parameters.na)
        return vraag, (getallen[0], topic, getallen[1], getallen[2], getallen[3])
    except ValueError:
        raise Onjuist(
            "onjuiste_bladwijzer", "Onjuiste bladwijzer", "na is de waarde `volgende` van het vorige blad."
        ) from None


def lees_revisie(parameters: Revisieparameters, nu: datetime) -> tuple[Vraag, datetime]:
    """De vraag zoals zij op het tweede moment luidt, en het eerste moment."""
    if parameters.bekend_op:
        raise Onjuist("kies_bekend_van", "Een brug heeft twee momenten", "Geef bekendVan en bekendTot, geen bekendOp.")
    if not parameters.bekend_van:
        raise Onjuist("bekend_van_verplicht", "Een brug begint ergens", "Bijvoorbeeld bekendVan=2024-07-12.")
    van = lees_moment(parameters.bekend_van, nu, "bekendVan")
    vraag = lees_vraag(Parameters(**parameters.model_dump(exclude={"bekend_van", "bekend_tot", "bekend_op"})), nu)
    tot = lees_moment(parameters.bekend_tot, nu, "bekendTot")
    if van is None or van > (tot or nu):
        raise Onjuist("onjuist_moment", "De momenten staan andersom", "bekendVan ligt na bekendTot.")
    return replace(vraag, bekend_op=tot), van


def _past_bij_register(per: tuple[str, ...], gegeven: Mapping[str, str]) -> None:
    """Van wie in het register staat is hier de grondslag bekend, en niets anders."""
    anders = [f"per={deel}" for deel in per if deel in UITSPLITSINGEN and deel != "grondslag"]
    anders += [naam for naam in _NIET_VAN_REGISTER if naam in gegeven]
    if anders:
        raise Onjuist(
            "past_niet_bij_maat",
            "Dit kan niet bij deze maat",
            f"{anders[0]} kan niet bij maat={GEREGISTREERD}: telling weet van het register alleen de grondslagen. Wel: "
            "per=grondslag en grondslag=.",
        )


def _keuze(gegeven: Mapping[str, str], naam: str, mogelijk: tuple[str, ...]) -> str:
    waarde = gegeven[naam]
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


def _uuid(naam: str, waarde: str | None) -> UUID | None:
    try:
        return None if waarde is None else UUID(waarde)
    except ValueError:
        raise Onjuist(
            f"onjuiste_{naam}",
            f"Onjuiste {naam}",
            f"{naam}={waarde} is geen UUID; die van een werkgever en zijn groep staan op het topic werkgevers.",
        ) from None


def _grenzen(waarde: str) -> int | None:
    if waarde == "toen":
        return None
    if re.fullmatch(r"(19|20|21)\d\d", waarde, re.ASCII):
        return int(waarde)
    raise Onjuist("onbekende_grenzen", "Onbekende grenzen", f"grenzen={waarde} kan niet; wel: toen, of een jaar.")


def lees_moment(waarde: str | None, nu: datetime, naam: str = "bekendOp") -> datetime | None:
    """Een moment, of een kale datum: het einde van die dag in Amsterdam. De toekomst is nog niet bekend."""
    if waarde is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", waarde, re.ASCII):
            volgende = date.fromisoformat(waarde) + timedelta(days=1)
            moment = datetime.combine(volgende, time.min, AMSTERDAM) - timedelta(microseconds=1)
        else:
            moment = datetime.fromisoformat(waarde.replace(" ", "+"))
        if moment.year < VROEGSTE_JAAR:
            raise ValueError(waarde)
    except (ValueError, OverflowError):
        raise Onjuist(
            "onjuist_moment",
            "Onjuist moment",
            f"{naam}={waarde} is geen datum of tijdstip (2024-07-12, of met tijd).",
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=AMSTERDAM)
    if moment > nu:
        raise Onjuist(
            "toekomst",
            "Dat moment is nog niet voorbij",
            f"{naam} is een moment dat voorbij is; een kale datum is het einde van die dag. Zonder is het nu.",
        )
    return moment
