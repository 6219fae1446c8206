"""Het openbare antwoord op `/v1/tellingen`: zonder token, alleen land en regio × sector, in stappen en zonder kleine aantallen.

De bladzijde toont hetzelfde. Welke vakken verborgen zijn, wordt per kwartaal één keer beslist en geldt in elke tabel waarin uren
van dat kwartaal zitten.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import FastAPI

from services.telling.domain import openbaar as domain
from services.telling.domain.grootboek import microseconden
from services.telling.domain.noten import Noot
from services.telling.domain.openbaar import Drempel, Stapmaat, Vak
from services.telling.domain.perioden import Onjuist
from services.telling.domain.personen import tellend
from services.telling.domain.regels import Regelboek
from services.telling.domain.selectie import Opname, Selectie, opnames
from services.telling.store import hoofdbanen
from services.telling.store import openbaar as store
from services.telling.vraag import Parameters, Vraag, lees_vraag
from shared.db import Tx
from shared.settings import Instellingen

PER, MATEN, MEESTE_PERIODEN = ("sector", "regio"), ("extra", "banen"), 12
_OPEN = ("reeks", "periode", "maat", "per", "regio", "sector", "publicatie")
_VAN_UREN = ("banen", "extra", "gat")


@dataclass(slots=True)
class Openbaar:
    """De instellingen van wat openbaar is, en wat er verborgen is op een moment dat niet meer verandert.

    `slot`: één openbaar verzoek tegelijk, zodat iedereen samen niet meer dan één databaseverbinding bezet.
    """

    stap: Stapmaat
    drempel: Drempel
    slot: asyncio.Lock = field(default_factory=asyncio.Lock)
    _moment: datetime | None = None
    _verborgen: dict[int, frozenset[Vak]] = field(default_factory=dict)

    @classmethod
    def uit(cls, instellingen: Instellingen) -> "Openbaar":
        """Volgens de instellingen van de dienst."""
        drempel = Drempel(instellingen.telling_kleinste_personen, instellingen.telling_kleinste_werkgevers)
        return cls(instellingen.telling_stap, drempel)

    async def verborgen(self, tx: Tx, boek: Regelboek, kwartaal: int, moment: datetime, vast: bool) -> frozenset[Vak]:
        """De verborgen vakken van een kwartaal, zoals bekend op `moment`; onthouden zolang dat moment vast is."""
        if not vast:
            return await _tel(tx, boek, kwartaal, moment, self.drempel)
        if moment != self._moment:
            self._moment, self._verborgen = moment, {}
        if kwartaal not in self._verborgen:
            self._verborgen[kwartaal] = await _tel(tx, boek, kwartaal, moment, self.drempel)
        return self._verborgen[kwartaal]


def openbaar_van(app: FastAPI) -> Openbaar:
    """Wat openbaar is volgens deze toepassing; één per proces."""
    if getattr(app.state, "openbaar", None) is None:
        app.state.openbaar = Openbaar.uit(app.state.bedrijf.instellingen)
    uit: Openbaar = app.state.openbaar
    return uit


def lees(parameters: Parameters, nu: datetime, gehoord_tot: datetime | None, stap: Stapmaat) -> Vraag:
    """De vraag op het laatste hele moment tot waar alles gehoord is; `Onjuist` bij wat niet openbaar is."""
    _alleen_openbaar(parameters)
    moment = domain.stapmoment(min(nu, gehoord_tot.astimezone(nu.tzinfo)) if gehoord_tot else nu, stap)
    vraag = lees_vraag(parameters.model_copy(update={"bekend_op": moment.isoformat()}), nu)
    if len(vraag.selectie.perioden) > MEESTE_PERIODEN:
        raise Onjuist("te_lang", "Te veel perioden", f"Zonder token hoogstens {MEESTE_PERIODEN} perioden in één vraag.")
    return vraag


async def toon(tx: Tx, inhoud: dict[str, Any], vraag: Vraag, boek: Regelboek, openbaar: Openbaar) -> dict[str, Any]:
    """Wat iedereen van dit antwoord mag zien; `boek`: de regels waarmee het gemaakt is."""
    moment, verborgen = datetime.fromisoformat(inhoud["bekendOp"]), dict[str, frozenset[Vak]]()
    for opname in opnames(vraag.selectie, boek):
        delen = [
            await openbaar.verborgen(tx, boek, kwartaal, moment, inhoud["vast"])
            for kwartaal in sorted(domain.kwartalen(opname.maanden))
        ]
        verborgen[str(opname.periode)] = frozenset().union(*delen)
    return _getoond(inhoud, vraag.selectie, verborgen)


def _alleen_openbaar(parameters: Parameters) -> None:
    gegeven = {naam: waarde for naam, waarde in parameters.model_dump(by_alias=True).items() if waarde}
    if "bekendOp" in gegeven:
        raise Onjuist(
            "komt_met_publicaties",
            "Zonder token is er alleen de stand van nu",
            "Een eerder moment is openbaar als er een publicatie van is, en publicaties komen in een latere uitgave.",
        )
    per = [deel.strip() for deel in str(gegeven.get("per", "")).split(",") if deel.strip()]
    anders = [f"{naam}={waarde}" for naam, waarde in gegeven.items() if naam not in _OPEN]
    anders += [f"per={deel}" for deel in per if deel not in PER]
    anders += [f"maat={gegeven['maat']}"] if gegeven.get("maat", MATEN[0]) not in MATEN else []
    if anders:
        raise Onjuist(
            "niet_openbaar",
            "Dit is niet openbaar",
            f"{anders[0]} vraagt een token met de scope tellingen:lezen. Zonder token: maat={' of '.join(MATEN)}, "
            f"per={' en '.join(PER)}, en filters op regio en sector.",
        )


def _getoond(inhoud: dict[str, Any], selectie: Selectie, verborgen: dict[str, frozenset[Vak]]) -> dict[str, Any]:
    """Het antwoord zonder uren en exacte bedragen, en zonder wat verborgen is."""
    noten: list[str] = list(inhoud["voetnoten"])
    cellen = []
    for cel in inhoud["cellen"]:
        kenmerken = {naam: cel[naam] for naam in selectie.per}
        verdeeld = cel["regels"]["sleutel"] is not None
        dicht = not domain.vakken(selectie, kenmerken, verdeeld=verdeeld).isdisjoint(verborgen[cel["periode"]])
        open_ = {naam: waarde for naam, waarde in cel.items() if naam != "uren" and not naam.endswith("Exact")}
        if dicht:
            open_ |= dict.fromkeys(_VAN_UREN)
            if Noot.ONDERDRUKT.value not in noten:
                noten.append(Noot.ONDERDRUKT.value)
            open_["voetnoten"] = [*cel["voetnoten"], noten.index(Noot.ONDERDRUKT.value) + 1]
        cellen.append(open_ | {"onderdrukt": dicht})
    heel = any((None, None) in vakken for vakken in verborgen.values())
    zonder = {naam: waarde for naam, waarde in inhoud.items() if naam != "positie"}
    return zonder | {
        "openbaar": True,
        "volledigheid": None if heel else inhoud["volledigheid"],
        "cellen": cellen,
        "voetnoten": noten,
    }


async def _tel(tx: Tx, boek: Regelboek, kwartaal: int, moment: datetime, drempel: Drempel) -> frozenset[Vak]:
    tellingen = []
    for lezing, groep in domain.lezingen(kwartaal, boek).items():
        soorten = await hoofdbanen.soorten(tx, lezing.peilmoment)
        per_maand = {
            maand: tellend(_maand(opname, maand), boek, soorten)
            for opname in groep
            for maand in opname.maanden
            if maand // 3 == kwartaal
        }
        tellingen += await store.achter(tx, lezing, per_maand, microseconden(moment))
    return domain.verborgen(tellingen, drempel)


def _maand(opname: Opname, maand: int) -> Opname:
    """De opname van één maand ervan."""
    return Opname(opname.periode, [maand], opname.plaats, opname.peilmoment, None)
