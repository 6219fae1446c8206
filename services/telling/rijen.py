"""De rijen van de regelbestanden: kolommen, controle per rij, de sleutel waaronder een latere rij een eerdere vervangt."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from banenspoor_contracts import Reeks, RegelSoort, Sector
from banenspoor_contracts.gemeenten import is_gemeente, normaliseer
from banenspoor_contracts.wie_telt import TABELLEN
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from services.telling.domain.bedragen import als_tekst
from shared.api import Rij

_DAG = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _onjuist(melding: str) -> PydanticCustomError:
    return PydanticCustomError("onjuist", "{melding}", {"melding": melding})


def _dag(waarde: Any) -> Any:
    if isinstance(waarde, date) or (isinstance(waarde, str) and _DAG.fullmatch(waarde.strip())):
        return waarde
    raise _onjuist("geen datum: verwacht JJJJ-MM-DD")


def _getal(waarde: Any) -> Any:
    """Een getal met een punt of komma, zonder duizendtallen; een kommagetal uit JSON via zijn kortste schrijfwijze."""
    tekst = waarde.strip().replace(",", ".", 1) if isinstance(waarde, str) else repr(waarde)
    try:
        getal = Decimal(tekst) if re.fullmatch(r"-?\d{1,15}(\.\d{1,12})?", tekst, re.ASCII) else None
    except InvalidOperation:
        getal = None
    if getal is None or isinstance(waarde, bool):
        raise _onjuist("geen getal: verwacht bijvoorbeeld 25,5")
    return getal


def _ja(waarde: Any) -> Any:
    tekst = str(waarde).strip().lower()
    if tekst in ("ja", "true", "nee", "false"):
        return tekst in ("ja", "true")
    raise _onjuist("verwacht ja of nee")


def _gemeente(waarde: Any) -> Any:
    try:
        code = normaliseer(str(waarde))
    except ValueError:
        code = ""
    if not is_gemeente(code):
        raise PydanticCustomError("onbekende_gemeente", "geen bestaande of vroegere CBS-code van een gemeente")
    return code


def _sector(waarde: Any) -> Any:
    if waarde in tuple(Sector):
        return waarde
    raise PydanticCustomError("onbekende_sector", "onbekende sector: verwacht markt of overheid")


def _gebied(waarde: Any) -> Any:
    tekst = str(waarde).strip()
    if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", tekst, re.ASCII | re.IGNORECASE):
        return str(UUID(tekst))
    return tekst if tekst == "NL" or re.fullmatch(r"AM\d\d", tekst, re.ASCII) else _gemeente(tekst)


Dag = Annotated[date, BeforeValidator(_dag)]
Getal = Annotated[Decimal, BeforeValidator(_getal)]
GemeenteVeld = Annotated[str, BeforeValidator(_gemeente)]
SectorVeld = Annotated[Sector, BeforeValidator(_sector)]
GebiedVeld = Annotated[str, BeforeValidator(_gebied)]
"""`NL`, een arbeidsmarktregio (`AM01`) of een gemeente; of een kring: de UUID van een groep of werkgever."""
Versie = Annotated[str, Field(min_length=1, max_length=60)]
Tekst = Annotated[str, Field(max_length=2000)]
Jaar = Annotated[str, Field(pattern=r"^(19|20|21)[0-9]{2}$"), BeforeValidator(str)]
Periode = Annotated[str, Field(pattern=r"^(19|20|21)[0-9]{2}(-Q[1-4]|-(0[1-9]|1[0-2]))?$"), BeforeValidator(str)]


def _na(veld: Any, info: ValidationInfo, begin: str) -> Any:
    if veld is not None and info.data.get(begin) is not None and veld <= info.data[begin]:
        raise PydanticCustomError("einde_voor_begin", "het einde ligt niet na het begin")
    return veld


class RegelRij(Rij):
    """Wat elke regel heeft. `bron`: waar zij staat; `aangenomen`: nergens gepubliceerd, door dit systeem gekozen."""

    regelsoort: ClassVar[RegelSoort]
    sleutelvelden: ClassVar[tuple[str, ...]]
    versieveld: ClassVar[str] = "versie"

    bron: Tekst | None = None
    aangenomen: Annotated[bool, BeforeValidator(_ja)] = False

    def inhoud(self) -> dict[str, Any]:
        """De inhoud zoals zij vastligt en op het topic gaat: camelCase, bedragen als tekst, zonder lege velden."""
        uit: dict[str, Any] = {}
        for veld in type(self).model_fields:
            waarde = getattr(self, veld)
            if veld in ("bekend_op", "bron") or waarde is None or (veld == "aangenomen" and not waarde):
                continue
            uit[to_camel(veld)] = als_tekst(waarde) if isinstance(waarde, Decimal) else _json(waarde)
        return uit

    def sleutel(self) -> str:
        """Een latere rij met deze sleutel vervangt een eerdere."""
        return "|".join(str(getattr(self, veld) or "") for veld in self.sleutelvelden)

    def versie_tekst(self) -> str:
        """Hoe deze regel bij een cijfer heet."""
        return str(getattr(self, self.versieveld))


def _json(waarde: Any) -> Any:
    return (
        waarde.isoformat()
        if isinstance(waarde, date)
        else waarde.value
        if isinstance(waarde, Sector | Reeks)
        else waarde
    )


class NormRij(RegelRij):
    """Hoeveel verloonde uren één baan zijn. `vast`: uren per jaar naar rato; `kalender`: uren per week × dagen / 7."""

    regelsoort = RegelSoort.NORM
    sleutelvelden = ("versie", "van")

    versie: Versie
    soort: Literal["vast", "kalender"]
    uren_per_week: Annotated[Getal, Field(gt=0)]
    uren_per_jaar: Annotated[Getal | None, Field(gt=0, validate_default=True)] = None
    van: Dag
    besloten_op: Dag

    @field_validator("uren_per_jaar")
    @classmethod
    def _bij_soort(cls, uren: Decimal | None, info: ValidationInfo) -> Decimal | None:
        soort = info.data.get("soort")
        if soort is not None and (uren is None) != (soort == "kalender"):
            raise _onjuist("uren_per_jaar hoort bij soort vast, en alleen daarbij")
        return uren


class VerdeelsleutelRij(RegelRij):
    """Welk percentage van de ingeleende uren in een jaar bij welke sector hoort; samen 100."""

    regelsoort = RegelSoort.VERDEELSLEUTEL
    sleutelvelden = ("peiljaar",)
    versieveld = "peiljaar"

    peiljaar: Jaar
    markt: Annotated[Getal, Field(ge=0, le=100)]
    overheid: Annotated[Getal, Field(ge=0, le=100)]
    besloten_op: Dag

    @field_validator("overheid")
    @classmethod
    def _samen(cls, overheid: Decimal, info: ValidationInfo) -> Decimal:
        if info.data.get("markt") is not None and info.data["markt"] + overheid != 100:
            raise _onjuist("markt en overheid zijn samen geen 100 procent")
        return overheid


class NulmetingRij(RegelRij):
    """Een deel van de nulmeting: uren van één kwartaal, of banen.

    Zonder sector en vorm is het een totaal dat nooit gesplitst is; inleen heeft geen sector; `formeel` zonder sector is
    het formele deel als geheel.
    """

    regelsoort = RegelSoort.NULMETING
    sleutelvelden = ("versie", "gebied", "sector", "vorm")

    versie: Versie
    gebied: GebiedVeld
    sector: SectorVeld | None = None
    vorm: Annotated[Literal["formeel", "inleen"] | None, Field(validate_default=True)] = None
    uren: Annotated[Getal | None, Field(ge=0)] = None
    banen: Annotated[Getal | None, Field(ge=0, validate_default=True)] = None
    besloten_op: Dag

    @field_validator("vorm")
    @classmethod
    def _bij_sector(cls, vorm: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("sector") is not None and vorm != "formeel":
            raise _onjuist("een sector hoort alleen bij vorm formeel: inleen en een totaal zijn niet per sector")
        return vorm

    @field_validator("banen")
    @classmethod
    def _een_van_beide(cls, banen: Decimal | None, info: ValidationInfo) -> Decimal | None:
        if "uren" in info.data and (banen is None) == (info.data["uren"] is None):
            raise _onjuist("precies één van uren en banen")
        return banen


class DoelstellingRij(RegelRij):
    """Hoeveel extra banen (of beschutte werkplekken) er aan het eind van een periode moeten zijn, in een gebied of bij een
    groep of werkgever (UUID); sector leeg: samen.
    """

    regelsoort = RegelSoort.DOELSTELLINGEN
    sleutelvelden = ("doel", "gebied", "sector", "periode")
    versieveld = "besloten_op"

    doel: Literal["banenafspraak", "beschut_werk"]
    gebied: GebiedVeld
    sector: SectorVeld | None = None
    periode: Periode
    aantal: Annotated[int, Field(ge=0)]
    besloten_op: Dag
    status: Literal["vastgesteld", "indicatief"]


class GebiedRij(RegelRij):
    """Een gemeente ligt van `van` tot `tot` in een regio; daarna is zij opgegaan in `opvolger` (als die er één is)."""

    regelsoort = RegelSoort.GEBIEDEN
    sleutelvelden = ("gemeente", "van")
    versieveld = "van"

    gemeente: GemeenteVeld
    gemeente_naam: Tekst
    regio: Annotated[str, Field(pattern=r"^AM[0-9]{2}$")]
    regio_naam: Tekst
    van: Dag
    tot: Dag | None = None
    opvolger: GemeenteVeld | None = None

    @field_validator("tot")
    @classmethod
    def _periode(cls, tot: date | None, info: ValidationInfo) -> Any:
        return _na(tot, info, "van")


class WieTeltRij(RegelRij):
    """Vanaf wanneer welke versie van de tabel wie telt geldt; de inhoud van een versie staat in het contractpakket."""

    regelsoort = RegelSoort.WIE_TELT
    sleutelvelden = ("versie", "van")

    versie: Versie
    van: Dag
    besloten_op: Dag

    @field_validator("versie")
    @classmethod
    def _bekend(cls, versie: str) -> str:
        if versie not in TABELLEN:
            raise _onjuist(f"onbekende versie van wie telt; bekend zijn: {', '.join(TABELLEN)}")
        return versie


class MeetvensterRij(RegelRij):
    """Welke maanden de jaarlijkse meting leest."""

    regelsoort = RegelSoort.MEETVENSTER
    sleutelvelden = ("van",)
    versieveld = "venster"

    venster: Literal["december", "Q4", "jaar"]
    van: Dag
    besloten_op: Dag


class PeilmomentRij(RegelRij):
    """Op welke dag de grondslag moet gelden: de laatste van de maand, of die van het kwartaal."""

    regelsoort = RegelSoort.PEILMOMENT
    sleutelvelden = ("reeks", "van")
    versieveld = "moment"

    reeks: Reeks
    moment: Literal["maand", "kwartaal"]
    van: Dag
    besloten_op: Dag


class PlaatsRij(RegelRij):
    """Bij welke gemeente een baan hoort als de vrager niets zegt: waar gewerkt wordt, of waar iemand woont."""

    regelsoort = RegelSoort.PLAATS
    sleutelvelden = ("reeks", "van")
    versieveld = "plaats"

    reeks: Reeks
    plaats: Literal["werk", "woon"]
    van: Dag
    besloten_op: Dag


class WerkgeversTotaalRij(RegelRij):
    """Hoeveel werkgevers er in een jaar zijn, ook wie niet meedoet; een lege sector, sbi of grootteklasse: alle samen.

    `sbi` is de sectie (één letter); `grootteklasse` zoals bij de werkgevers zelf.
    """

    regelsoort = RegelSoort.WERKGEVERS_TOTALEN
    sleutelvelden = ("jaar", "sector", "sbi", "grootteklasse")
    versieveld = "jaar"

    jaar: Jaar
    sector: SectorVeld | None = None
    sbi: Annotated[str, Field(pattern=r"^[A-V]$")] | None = None
    grootteklasse: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    aantal: Annotated[int, Field(gt=0)]
