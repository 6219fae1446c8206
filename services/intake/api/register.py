"""Hoe groot het register was, op elke dag en zoals op elk moment bekend."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from services.intake import registeromvang, toegang
from services.intake.api.vragen import gemeente_van, moment
from shared.api import Opdracht, Probleem, lees_tx, lezer

router = APIRouter()


@router.get("/v1/register")
async def omvang(
    verzoek: Request,
    opdracht: Annotated[Opdracht, lezer(toegang.LEZEN, "gemeente")],
    op: Annotated[date | None, Query(description="de dag; leeg: vandaag")] = None,
    bekend_op: Annotated[
        str | None,
        Query(alias="bekendOp", description="zoals bekend op deze dag (haar begin) of dit tijdstip; leeg: nu"),
    ] = None,
    per: Annotated[str, Query(description="grondslag, gemeente, of beide met een komma")] = "",
    gemeente: Annotated[str | None, Query(description="alleen wie hier woont")] = None,
) -> dict[str, Any]:
    """Hoeveel personen op dag `op` geregistreerd waren, zoals bekend op `bekendOp`.

    Het totaal telt een persoon één keer; in de cellen telt zij in elke grondslag die zij heeft. Wie niet over het hele
    register mag lezen, ziet een cel met minder dan vijf personen niet (`personen` is dan null), en ook de kleinste cel
    ernaast niet als zij anders terug te rekenen was.
    """
    waar, dag = gemeente_van(opdracht, gemeente), op or opdracht.vandaag
    tijdstip = moment(bekend_op, opdracht.nu)
    dimensies = tuple(d for d in per.split(",") if d)
    if not set(dimensies) <= set(registeromvang.DIMENSIES) or len(set(dimensies)) != len(dimensies):
        raise Probleem(400, "onjuist", "per is grondslag, gemeente, of beide met een komma")
    totaal: int | None
    async with lees_tx(verzoek) as tx:
        totaal, cellen = await registeromvang.omvang(tx, dag, tijdstip, dimensies, waar)
    if toegang.LEZEN not in opdracht.scopes:
        totaal, cellen = registeromvang.onderdruk(totaal or 0, cellen)
    return {
        "op": dag,
        "bekendOp": tijdstip,
        "gemeente": waar,
        "personen": totaal,
        "cellen": [{**dict(zip(dimensies, c.waarden, strict=True)), "personen": c.personen} for c in cellen],
    }
