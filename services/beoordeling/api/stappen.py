"""De stappen bij één aanvraag: `POST /v1/aanvragen/{aanvraag}/<stap>`, met dezelfde regels als het bestand van die stap."""

import json
from dataclasses import asdict
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.beoordeling.cli import STAPPEN
from services.beoordeling.store import aanvragen as store
from shared.api import Opdracht, Probleem, Soort, aanroeper, afgewezen, lees_lichaam, lees_opdracht, voer_uit
from shared.db import Tx

router = APIRouter()


def _route(soort: Soort) -> None:
    schema = soort.model.model_json_schema(by_alias=False, mode="serialization")
    schema["properties"].pop("referentie")
    schema["required"] = [naam for naam in schema["required"] if naam != "referentie"]
    kop = {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string", "maxLength": 200}}
    lichaam_ = {"required": True, "content": {"application/json": {"schema": schema}}}

    async def zet(verzoek: Request, aanvraag: UUID) -> Response:
        aanroeper(verzoek, soort.scope)
        lichaam = await lees_lichaam(verzoek)

        async def werk(tx: Tx, opdracht: Opdracht) -> tuple[int, dict[str, Any]]:
            gevonden = (await store.op_nummer(tx, [aanvraag])).get(aanvraag)
            if gevonden is None:
                raise Probleem(404, "onbekende_aanvraag", "Deze aanvraag bestaat niet")
            rij = lees_opdracht(_met_referentie(lichaam, gevonden.referentie), soort.model)
            if rij.bekend_op is not None:
                raise Probleem(422, "historie", "Historie laad je met een bestand, niet bij één aanvraag")
            uitslag = await soort.verwerk(tx, [(1, rij)], opdracht)
            return afgewezen(uitslag.fouten) if uitslag.fouten else (200, asdict(uitslag))

        return await voer_uit(verzoek, soort.scope, lichaam + aanvraag.bytes, werk)

    router.add_api_route(
        f"/v1/aanvragen/{{aanvraag}}/{soort.naam}",
        zet,
        methods=["POST"],
        summary=f"{soort.naam} bij één aanvraag",
        name=f"{soort.naam}_bij_aanvraag",
        response_model=None,
        openapi_extra={"requestBody": lichaam_, "parameters": [kop]},
    )


def _met_referentie(lichaam: bytes, referentie: str) -> bytes:
    try:
        inhoud = json.loads(lichaam)
    except ValueError:
        return lichaam
    return json.dumps({**inhoud, "referentie": referentie}).encode() if isinstance(inhoud, dict) else lichaam


for _soort in STAPPEN:
    _route(_soort)
