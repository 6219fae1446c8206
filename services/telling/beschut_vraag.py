"""De parameters van `/v1/beschut-werk`: lezen, weigeren wat niet kan, en zeggen waarom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from banenspoor_contracts import AanvraagSoort, Aanvrager, gemeenten
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.telling.domain.perioden import SOORT_VAN_REEKS, Onjuist, Periode, eerste_dag, periode, perioden
from services.telling.vraag import lees_moment

PER = ("soort", "aanvrager", "gemeente", "regio", "kantoor")
GEBIED = ("gemeente", "regio")


class Parameters(BaseModel):
    """De parameters; een andere naam wordt geweigerd."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)

    periode: str | None = Field(None, description="2017-05, 2017-Q2, 2017, of een bereik 2017-01..2017-05; verplicht")
    per: str | None = Field(None, description="een of meer van soort,aanvrager,gemeente,regio,kantoor")
    soort: str | None = Field(None, description="standaard BESCHUT_WERK; met per=soort elke soort")
    aanvrager: str | None = Field(None, description="GEMEENTE, BURGER, WERKGEVER of WERKNEMER")
    kantoor: str | None = Field(None, description="alleen aanvragen van dit kantoor")
    gemeente: str | None = Field(None, description="CBS-code, bijvoorbeeld 0014")
    regio: str | None = Field(None, description="arbeidsmarktregio, bijvoorbeeld AM01")
    bekend_op: str | None = Field(None, description="zoals toen bekend; een kale datum is het einde van die dag")


@dataclass(frozen=True, slots=True)
class Vraag:
    """Een gelezen vraag; leeg filter: alles."""

    perioden: tuple[Periode, ...]
    per: tuple[str, ...]
    soort: str | None
    aanvrager: str | None
    kantoor: str | None
    gemeente: str | None
    regio: str | None
    bekend_op: datetime | None

    @property
    def eerste(self) -> date:
        """De eerste dag."""
        return eerste_dag(self.perioden[0].eerste)

    @property
    def laatste(self) -> date:
        """De laatste dag."""
        return self.perioden[-1].einde

    @property
    def alleen_gebied(self) -> bool:
        """Gaat de vraag over niets anders dan gebieden? Alleen dan horen er plaatsen bij een cel."""
        return set(self.per) <= set(GEBIED) and self.aanvrager is None and self.kantoor is None and self.van_beschut

    @property
    def van_beschut(self) -> bool:
        """Gaat de vraag over beschut werk alleen?"""
        return self.soort == AanvraagSoort.BESCHUT_WERK


def lees(p: Parameters, nu: datetime) -> Vraag:
    """Leest de parameters; `Onjuist` met code en uitleg bij alles wat niet kan."""
    if not p.periode:
        raise Onjuist("periode_verplicht", "Zonder periode is er geen cijfer", "Bijvoorbeeld periode=2017-01..2017-05.")
    lengte = periode(p.periode.partition("..")[0]).soort
    reeks = next(r for r, soort in SOORT_VAN_REEKS.items() if soort is lengte)
    per = tuple(dict.fromkeys(deel.strip() for deel in (p.per or "").split(",") if deel.strip()))
    for deel in per:
        _keuze("per", deel, PER)
    soort = p.soort or (None if "soort" in per else AanvraagSoort.BESCHUT_WERK.value)
    gemeente = None if p.gemeente is None else gemeenten.normaliseer(p.gemeente) if _vier(p.gemeente) else ""
    if gemeente is not None and not gemeenten.is_gemeente(gemeente):
        raise Onjuist("onbekende_gemeente", "Onbekende gemeente", "Geef een CBS-code van vier cijfers.")
    return Vraag(
        perioden(reeks, p.periode),
        per,
        None if soort is None else _keuze("soort", soort, tuple(AanvraagSoort)),
        None if p.aanvrager is None else _keuze("aanvrager", p.aanvrager, tuple(Aanvrager)),
        p.kantoor,
        gemeente,
        p.regio,
        lees_moment(p.bekend_op, nu),
    )


def _vier(code: str) -> bool:
    try:
        gemeenten.normaliseer(code)
    except ValueError:
        return False
    return True


def _keuze(naam: str, waarde: str, mogelijk: Sequence[str]) -> str:
    if waarde not in mogelijk:
        raise Onjuist(
            f"onbekende_{naam}", f"Onbekende {naam}", f"{naam}={waarde} kan niet; wel: {', '.join(mogelijk)}."
        )
    return waarde
