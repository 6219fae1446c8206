"""Wat er op de bladzijde komt: de openbare antwoorden van de API, uit één momentopname; in een demo de hele."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.telling import schaal
from services.telling.api import beantwoord, beantwoord_openbaar
from services.telling.domain.regels import Regelboek
from services.telling.domain.register import tellende_vormen, verwacht
from services.telling.openbaar import Openbaar
from services.telling.schaal import Demo
from services.telling.store import cijfers
from services.telling.vraag import Parameters, lees_vraag
from shared.api import AMSTERDAM
from shared.db import Tx

Antwoord = Mapping[str, Any]
_GEHOORD = """
select maand, sum(gezegd)::bigint as gehoord from stand join cel using (cel_id)
where vorm = any($1::text[]) group by maand order by maand
"""


@dataclass(frozen=True, slots=True)
class Gegevens:
    """De antwoorden van één bladzijde. `jaar` is leeg zolang er geen vol jaar is; `leeg`: er zijn nog geen uren."""

    periode: str
    bekend_op: str
    kwartaal: Antwoord
    totaal: Antwoord
    regios: Antwoord
    jaar: Antwoord | None
    jaartotaal: Antwoord | None
    demo: Demo | None
    leeg: bool


async def verzamel(tx: Tx, periode: str, bekend_op: str, openbaar: Openbaar) -> Gegevens:
    """Stelt de vragen van de bladzijde; `Onjuist` bij een periode of moment dat niet kan."""
    nu = datetime.now(AMSTERDAM)
    demo = await schaal.demo(tx)
    laatste = await _laatste(tx)
    gekozen = periode or laatste or f"{nu.year}-Q{(nu.month + 2) // 3}"
    gebied = {"regio": demo.regio} if demo and demo.regio else {}

    async def vraag(reeks: str, van: str, **rest: str) -> Antwoord:
        moment = {"bekendOp": bekend_op} if bekend_op else {}
        parameters = Parameters(reeks=reeks, periode=van, **gebied, **moment, **rest)
        if demo is None:
            return await beantwoord_openbaar(tx, parameters, nu, openbaar)
        return await beantwoord(tx, lees_vraag(parameters, nu), nu)

    totaal = await vraag("kwartaal", gekozen)
    vol_jaar = gekozen[:4] if gekozen.endswith("Q4") else str(int(gekozen[:4]) - 1)
    met_jaar = int(vol_jaar) >= 2015  # vóór 2015 was er geen meting
    return Gegevens(
        gekozen,
        bekend_op,
        await vraag("kwartaal", gekozen, per="sector"),
        totaal,
        await vraag("kwartaal", gekozen, per="regio"),
        await vraag("jaarmeting", vol_jaar, per="sector") if met_jaar and not gebied else None,
        await vraag("jaarmeting", vol_jaar) if met_jaar else None,
        demo,
        laatste is None,
    )


async def _laatste(tx: Tx) -> str | None:
    """Het laatste kwartaal waarvan van ten minste de helft van de banen uren gehoord zijn; None als er geen uren zijn."""
    vormen = tellende_vormen(Regelboek(()).wet(datetime.now(AMSTERDAM).date()).waarde)
    per_maand = {rij["maand"]: rij["gehoord"] for rij in await tx.fetch(_GEHOORD, sorted(vormen))}
    mutaties = await cijfers.verwacht(tx, vormen, None)
    kwartalen = sorted({maand // 3 for maand in per_maand}, reverse=True)
    for kwartaal in kwartalen:
        maanden = range(kwartaal * 3, kwartaal * 3 + 3)
        if 2 * sum(per_maand.get(m, 0) for m in maanden) >= verwacht(mutaties, maanden) > 0:
            return f"{kwartaal // 4}-Q{kwartaal % 4 + 1}"
    return f"{kwartalen[0] // 4}-Q{kwartalen[0] % 4 + 1}" if kwartalen else None
