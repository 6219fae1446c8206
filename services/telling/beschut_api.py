"""`GET /v1/beschut-werk`: aanvragen, beoordelingen, besluiten en plaatsen per periode, zoals toen bekend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any

from banenspoor_contracts import AanvraagSoort, Aanvrager, gemeenten
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from services.telling import antwoord, schaal
from services.telling.api import LEZEN
from services.telling.beschut import TOPIC
from services.telling.domain.beschut import Wat
from services.telling.domain.beschutcijfers import Beschutbaan, Groep, Sleutel, Som, Vervolg, groepeer, plaatsen
from services.telling.domain.gebieden import Grenzen
from services.telling.domain.grootboek import microseconden
from services.telling.domain.perioden import SOORT_VAN_REEKS, Onjuist, Periode, eerste_dag, periode, perioden
from services.telling.domain.regels import Regelboek
from services.telling.store import beschut as store
from services.telling.store import cijfers, regels
from services.telling.store.beschut import Aantal, Filter
from services.telling.vraag import lees_moment
from shared.api import AMSTERDAM, Opdracht, Probleem, lees_tx, lezer
from shared.db import Tx
from shared.peil import vast_tot

BRONNEN = ("beoordeling", "plaatsing")
"""De diensten waaruit deze cijfers volgen: hun peilen bepalen wat vast is."""
PER = ("soort", "aanvrager", "gemeente", "regio", "kantoor")
_GEBIED = ("gemeente", "regio")
router = APIRouter()


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
        return set(self.per) <= set(_GEBIED) and self.aanvrager is None and self.kantoor is None and self.van_beschut

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


@router.get("/v1/beschut-werk", summary="Beschut werk en andere aanvragen per periode")
async def beschut_werk(
    verzoek: Request, parameters: Annotated[Parameters, Query()], opdracht: Annotated[Opdracht, lezer(LEZEN)]
) -> dict[str, Any]:
    """De cijfers en hun stand, uit één momentopname van de database."""
    try:
        vraag = lees(parameters, opdracht.nu)
        async with lees_tx(verzoek) as tx:
            return await beantwoord(tx, vraag, opdracht.nu)
    except Onjuist as fout:
        raise Probleem(400, fout.code, fout.titel, fout.detail) from None


async def beantwoord(tx: Tx, vraag: Vraag, nu: datetime) -> dict[str, Any]:
    """Telt op zoals toen bekend; `tx` is één momentopname (repeatable read)."""
    moment = vraag.bekend_op or nu
    toen = cijfers.ALTIJD if vraag.bekend_op is None else microseconden(vraag.bekend_op)
    regels_op = datetime.max.replace(tzinfo=UTC) if vraag.bekend_op is None else vraag.bekend_op
    land = Land(Grenzen.uit(Regelboek(await regels.bekend_op(tx, regels_op))), vraag)
    filter_ = Filter(toen, vraag.eerste, vraag.laatste, vraag.soort, vraag.aanvrager, vraag.kantoor)
    nodig = ["gemeente", *(k for k in ("soort", "aanvrager", "kantoor") if k in vraag.per or vraag.alleen_gebied)]
    sommen = land.sommen(await store.sommen(tx, filter_, nodig))
    vervolg = land.vervolg(await store.vervolg(tx, filter_, nodig, moment.astimezone(AMSTERDAM).date()))
    banen = await store.banen_tussen(tx, toen, vraag.eerste, vraag.laatste)
    aantallen = await store.aantallen(tx, toen, [p.jaar for p in vraag.perioden])
    per_periode, samen = groepeer(sommen, vervolg, vraag.perioden)
    vast = await vast_tot(tx, BRONNEN)
    demo = await schaal.demo(tx)
    return {
        "periode": [str(p) for p in vraag.perioden],
        "per": list(vraag.per),
        "soort": vraag.soort,
        "bekendOp": antwoord.moment(moment),
        "vast": vast is not None and moment <= vast,
        "vastTot": antwoord.moment(vast),
        "positie": await cijfers.posities(tx, (TOPIC, "plaatsingen")),
        "demo": demo and {"schaal": demo.schaal, "regio": demo.regio},
        "cellen": _cellen(vraag, land, per_periode, banen, aantallen),
        "totaal": [
            land.kenmerken(sleutel) | groep.cijfers(_maanden(vraag.perioden))
            for sleutel, groep in sorted(samen.items(), key=lambda paar: str(paar[0]))
        ],
        "gemeenten": _gemeenten(vraag, land, banen) if vraag.alleen_gebied else None,
    }


def _maanden(perioden_: Iterable[Periode]) -> int:
    return sum(len(p.maanden) for p in perioden_)


def _cellen(
    vraag: Vraag,
    land: "Land",
    per_periode: Mapping[tuple[int, Sleutel], Groep],
    banen: Sequence[Beschutbaan],
    aantallen: Sequence[Aantal],
) -> list[dict[str, Any]]:
    uit, leeg = [], Groep()
    for nr, p in enumerate(vraag.perioden):
        per_sleutel = land.banen(banen, p) if vraag.alleen_gebied else {}
        moet = land.te_realiseren(aantallen, p) if vraag.alleen_gebied else {}
        sleutels = {s for n, s in per_periode if n == nr} | per_sleutel.keys() | moet.keys()
        for sleutel in sorted(sleutels or ({land.geen} if not vraag.per else set()), key=str):
            cel: dict[str, Any] = {"periode": str(p)} | land.kenmerken(sleutel)
            cel |= per_periode.get((nr, sleutel), leeg).cijfers(len(p.maanden))
            if vraag.alleen_gebied:
                cel |= plaatsen(per_sleutel.get(sleutel, []), eerste_dag(p.eerste), p.einde)
                cel |= {"teRealiseren": moet.get(sleutel)}
            uit.append(cel)
    return uit


def _gemeenten(vraag: Vraag, land: "Land", banen: Sequence[Beschutbaan]) -> dict[str, Any]:
    """Gemeenten die in deze perioden zelf geen advies vroegen, en die geen enkele plaats boden (aanbod of baan)."""
    bestaan = {g for g in land.bestaande(vraag.laatste) if land.telt(g)}
    vroegen = {
        land.gemeente(s.kenmerken[2]) for s in land.alle if s.feit is Wat.AANVRAAG and s.kenmerken[1] == "GEMEENTE"
    }
    boden = {land.gemeente(s.kenmerken[2]) for s in land.alle if s.feit is Wat.AANGEBODEN}
    boden |= {land.gemeente(b.gemeente) for b in banen}
    zonder_aanvraag, zonder_aanbod = sorted(bestaan - vroegen), sorted(bestaan - boden)
    return {
        "aantal": len(bestaan),
        "zonderAanvraag": len(zonder_aanvraag),
        "zonderAanbod": len(zonder_aanbod),
        "welkeZonderAanvraag": zonder_aanvraag,
        "welkeZonderAanbod": zonder_aanbod,
    }


class Land:
    """Legt gemeenten op hun plek (grenzen op de laatste dag), filtert op gebied, en noemt kenmerken bij hun naam."""

    geen: Sleutel = ()

    def __init__(self, grenzen: Grenzen, vraag: Vraag) -> None:
        self._grenzen, self._vraag, self._dag = grenzen, vraag, vraag.laatste
        self.alle: list[Som] = []

    def gemeente(self, code: str | None) -> str:
        """Waar deze gemeente op de laatste dag bij hoort."""
        return self._grenzen.gemeente(code, self._dag)

    def telt(self, gemeente: str) -> bool:
        """Valt deze gemeente binnen het gevraagde gebied?"""
        v = self._vraag
        in_gemeente = v.gemeente is None or gemeente == self.gemeente(v.gemeente)
        return in_gemeente and (v.regio is None or self._grenzen.regio(gemeente, self._dag) == v.regio)

    def bestaande(self, dag: date) -> set[str]:
        """De gemeenten die op deze dag bestaan."""
        return {
            g.code for g in gemeenten.GEMEENTEN.values() if g.laatste_jaar is None or g.laatste_jaar >= dag.year
        } & {code for code in gemeenten.GEMEENTEN if self._grenzen.gemeente(code, dag) == code}

    def _sleutel(self, kenmerken: Sleutel) -> Sleutel | None:
        """Van (soort, aanvrager, gemeente, kantoor) naar de gevraagde kenmerken; leeg als het gebied niet meetelt."""
        soort, aanvrager, code, kantoor = kenmerken
        gemeente = self.gemeente(code)
        if not self.telt(gemeente):
            return None
        waarden = {
            "soort": soort,
            "aanvrager": aanvrager,
            "gemeente": gemeente,
            "regio": self._grenzen.regio(gemeente, self._dag),
            "kantoor": kantoor,
        }
        return tuple(waarden[naam] for naam in self._vraag.per)

    def sommen(self, sommen: Sequence[Som]) -> list[Som]:
        """Met alleen de gevraagde kenmerken en gebieden."""
        self.alle = list(sommen)
        return [replace(s, kenmerken=k) for s in sommen if (k := self._sleutel(s.kenmerken)) is not None]

    def vervolg(self, vervolg: Sequence[Vervolg]) -> list[Vervolg]:
        """Idem."""
        return [replace(v, kenmerken=k) for v in vervolg if (k := self._sleutel(v.kenmerken)) is not None]

    def banen(self, banen: Sequence[Beschutbaan], p: Periode) -> dict[Sleutel, list[Beschutbaan]]:
        """De banen die in deze periode liepen, per cel."""
        uit: dict[Sleutel, list[Beschutbaan]] = {}
        for baan in banen:
            sleutel = self._sleutel((None, None, baan.gemeente, None))
            if sleutel is not None and baan.van <= p.einde and (baan.tot is None or baan.tot > eerste_dag(p.eerste)):
                uit.setdefault(sleutel, []).append(baan)
        return uit

    def te_realiseren(self, aantallen: Sequence[Aantal], p: Periode) -> dict[Sleutel, int]:
        """Het aantal eind van het jaar per cel: per gemeente het hoogste van de laatste regeling en verordening."""
        op_besluit = sorted(aantallen, key=lambda a: a.besloten_op)
        per_bron = {(a.gemeente, a.bron): a.aantal for a in op_besluit if a.jaar == p.jaar and a.van <= p.einde}
        hoogste: dict[str, int] = {}
        for (code, _), aantal in per_bron.items():
            hoogste[code] = max(aantal, hoogste.get(code, 0))
        uit: dict[Sleutel, int] = {}
        for code, aantal in hoogste.items():
            if (sleutel := self._sleutel((None, None, code, None))) is not None:
                uit[sleutel] = uit.get(sleutel, 0) + aantal
        return uit

    def kenmerken(self, sleutel: Sleutel) -> dict[str, str | None]:
        """De kenmerken van een cel bij hun naam."""
        uit = dict(zip(self._vraag.per, sleutel, strict=True))
        return uit | {f"{k}Naam": self._grenzen.namen.get(uit[k] or "") for k in _GEBIED if k in uit}
