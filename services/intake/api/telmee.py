"""Tel ik mee? Hetzelfde oordeel als het cijfer, in gewone taal."""

from calendar import monthrange
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from banenspoor_contracts import wie_telt
from banenspoor_contracts.telmee import beoordeel
from fastapi import APIRouter, Query, Request

from services.intake import kluisboek, store, toegang, verantwoording, werk
from services.intake.domain import Tijdlijn
from services.intake.domain.tijdlijn import geldt
from services.intake.tempo import houd_tempo
from services.intake.verantwoording import Naam, Uitkomst
from shared.api import Opdracht, Probleem, lees_tx, lezer

router = APIRouter()


@router.get("/v1/personen/{persoon}/tel-ik-mee")
async def tel_ik_mee(
    verzoek: Request,
    persoon: UUID,
    opdracht: Annotated[Opdracht, lezer("registraties:lezen", "eigen-gegevens", "gemeente")],
    op: Annotated[date | None, Query(description="een dag, JJJJ-MM-DD; zonder: vandaag")] = None,
    wet: Annotated[str | None, Query(description=f"als deze regels golden: {', '.join(wie_telt.TABELLEN)}")] = None,
) -> dict[str, Any]:
    """Telt deze persoon op deze dag mee: ja of nee, sinds wanneer, door welk artikel, en wat dat zou veranderen.

    Iemand vraagt het over zichzelf; een gemeente over wie er op die dag woont. De grondslag moet gelden op het eind van de
    maand, zoals bij het tellen. `wet` maakt er een wat-als van. Register en werk zijn zoals nu bekend. Elke vraag wordt
    vastgelegd.
    """
    dag = op or opdracht.vandaag
    if dag > opdracht.vandaag:
        raise Probleem(400, "toekomst", "op ligt in de toekomst")
    if wet is not None and wet not in wie_telt.TABELLEN:
        raise Probleem(400, "onbekende_wet", "Deze regels kennen wij niet", f"Kies uit {', '.join(wie_telt.TABELLEN)}.")
    toegang.rol(opdracht)
    houd_tempo(verzoek, opdracht, "lezen")
    async with lees_tx(verzoek) as tx:
        bekend = await kluisboek.bekend(tx, persoon)
        persoon, opdracht = bekend or persoon, await toegang.als_nu(tx, opdracht)
        tijdlijn = (await store.tijdlijnen(tx, [persoon]))[persoon]
        mag = bekend is not None and toegang.mag_lezen(opdracht, tijdlijn) and _woont_er(opdracht, tijdlijn, dag)
        werkt = (await werk.van(tx, [persoon]))[persoon]
    uitkomst = Uitkomst.BEANTWOORD if mag else Uitkomst.GEWEIGERD
    await verantwoording.gelezen(verzoek, opdracht, Naam.TEL_IK_MEE, [persoon], uitkomst)
    if not mag:
        raise toegang.onbekende_persoon()
    peildag = dag.replace(day=monthrange(dag.year, dag.month)[1])
    oordeel = beoordeel(tijdlijn.registraties, werkt, dag, peildag=peildag, wet=wet)
    return {
        "persoon": str(persoon),
        "op": dag.isoformat(),
        "peildag": peildag.isoformat(),
        "geregistreerd": oordeel.geregistreerd,
        "teltMee": oordeel.telt_mee,
        "sinds": oordeel.sinds and oordeel.sinds.isoformat(),
        "grondslagen": oordeel.grondslagen,
        "artikelen": oordeel.artikelen,
        "versie": oordeel.versie,
        "watAls": wet is not None,
        "zinnen": oordeel.zinnen,
        "watVerandert": oordeel.wat_verandert,
    }


def _woont_er(opdracht: Opdracht, tijdlijn: Tijdlijn, dag: date) -> bool:
    """Een gemeente vraagt alleen over wie er op die dag woont."""
    if toegang.rol(opdracht) is not toegang.Rol.GEMEENTE:
        return True
    return any(w.gemeente == opdracht.gemeente and geldt(w, dag) for w in tijdlijn.woonplaatsen)
