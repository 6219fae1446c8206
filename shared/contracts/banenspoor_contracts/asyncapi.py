"""AsyncAPI 3.0 van één dienst: haar topics, gebeurtenissen, koppen, sleutels en voorbeelden, gemaakt uit de modellen."""

from collections.abc import Iterator, Mapping
from html import escape
from json import dumps
from typing import Any

from .alle import ALLE_FEITEN
from .feit import Feit
from .schema import schema
from .topics import TOPICS
from .voorbeelden import voorbeeld

_TEKST = {"type": "string"}
_UUID = {"type": "string", "format": "uuid"}
_EXTRA = ("ce_correlationid", "ce_causationid", "traceparent")


def koppen(feit: type[Feit], bron: str) -> dict[str, Any]:
    """JSON Schema van de Kafka-koppen: CloudEvents 1.0 (binair) volgens het NL GOV-profiel 1.1."""
    nummer = {"type": "string", "pattern": "^[1-9][0-9]*$", "description": "telt per topic en partitie"}
    velden: dict[str, Any] = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": _UUID,
        "ce_source": {"type": "string", "pattern": f"^urn:nld:oin:[0-9]{{20}}:systeem:{bron}$"},
        "ce_type": {"const": feit.type_},
        "ce_time": {"type": "string", "format": "date-time", "description": "wanneer zij genummerd is, in UTC"},
        "ce_sequence": nummer,
        "ce_sequencetype": {"const": "Integer"},
        "ce_dataschema": {"const": f"urn:nl:banenafspraak:schema:{feit.type_.removeprefix('nl.banenafspraak.')}"},
        "content-type": {"const": "application/json"},
    }
    return {
        "type": "object",
        "required": sorted(velden),
        "properties": velden | dict.fromkeys(_EXTRA, _TEKST),
    }


def document(dienst: str, indeling: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Het document van wat deze dienst zegt.

    `indeling`: per topic `partities` (aantal) en `config` (instellingen van Kafka), zoals het er bij de beheerder uitziet.
    """
    gezegd = {naam: topic for naam, topic in TOPICS.items() if topic.bron == dienst}
    feiten = {naam: [f for f in ALLE_FEITEN if f.topic == naam] for naam in gezegd}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Banenspoor {dienst}",
            "version": "1.0.0",
            "description": "Ten minste één keer, op volgorde per sleutel. Een afnemer ontdubbelt op ce_source en ce_id, "
            "en ziet aan ce_sequence of er een gat is (niet op een topic met alleen de laatste stand: daar telt versie).",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": "application/json",
        "channels": {naam: _kanaal(naam, feiten[naam], indeling.get(naam, {})) for naam in gezegd},
        "operations": {
            f"zeg-{naam}": {"action": "send", "channel": {"$ref": f"#/channels/{naam}"}, "summary": topic.uitleg}
            for naam, topic in gezegd.items()
        },
        "components": {"messages": {f.naam: _bericht(f, dienst) for naam in gezegd for f in feiten[naam]}},
    }


def _kanaal(naam: str, feiten: list[type[Feit]], indeling: Mapping[str, Any]) -> dict[str, Any]:
    topic, kafka = TOPICS[naam], {"topic": naam, "bindingVersion": "0.5.0"}
    config = indeling.get("config", {})
    inrichting: dict[str, Any] = {}
    if "cleanup.policy" in config:
        inrichting["cleanup.policy"] = str(config["cleanup.policy"]).split(",")
    inrichting |= {k: int(config[k]) for k in ("retention.ms", "retention.bytes") if k in config}
    extra = {"partitions": indeling["partities"]} if "partities" in indeling else {}
    extra |= {"topicConfiguration": inrichting} if inrichting else {}
    stand = " Alleen de laatste per sleutel blijft; een lege waarde wist de sleutel." if topic.verdicht else ""
    return {
        "address": naam,
        "description": topic.uitleg + stand,
        "messages": {f.naam: {"$ref": f"#/components/messages/{f.naam}"} for f in feiten},
        "bindings": {"kafka": kafka | extra},
    }


def _bericht(feit: type[Feit], bron: str) -> dict[str, Any]:
    inhoud, sleutel = schema(feit), feit.model_fields[feit.sleutelveld].alias
    inhoud = {k: v for k, v in inhoud.items() if k != "$schema"}
    return {
        "name": feit.naam,
        "title": feit.type_,
        "summary": (feit.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "headers": koppen(feit, bron),
        "payload": {"schemaFormat": "application/schema+json;version=draft-2020-12", "schema": inhoud},
        "correlationId": {"location": "$message.header#/ce_correlationid"},
        "bindings": {"kafka": {"key": _UUID | {"description": f"`{sleutel}` uit de data"}, "bindingVersion": "0.5.0"}},
        "examples": [{"name": "verzonnen", "payload": voorbeeld(feit).json_()}],
    }


def bladzijde(document: Mapping[str, Any]) -> str:
    """Hetzelfde als HTML: zonder script, zonder iets van buiten."""
    return "".join(_blad(document))


def _blad(document: Mapping[str, Any]) -> Iterator[str]:
    titel = escape(document["info"]["title"])
    yield f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{titel}: gebeurtenissen</title>'
    yield '<meta name="viewport" content="width=device-width"><style>body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;'
    yield "margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}td,th{text-align:left;padding:.2rem .8rem .2rem 0;"
    yield f"vertical-align:top}}pre{{overflow:auto;background:#f3f3f3;padding:.5rem}}</style></head><body><main><h1>{titel}</h1>"
    yield f'<p>{escape(document["info"]["description"])}</p><p><a href="asyncapi.json">AsyncAPI 3.0</a></p>'
    berichten = document["components"]["messages"]
    for naam, kanaal in document["channels"].items():
        kafka = kanaal["bindings"]["kafka"]
        yield f"<h2>Topic <code>{escape(naam)}</code></h2><p>{escape(kanaal['description'])}</p>"
        if "partitions" in kafka:
            bewaard = ", ".join(f"{k} {v}" for k, v in kafka.get("topicConfiguration", {}).items())
            yield f"<p>{kafka['partitions']} partities{'; ' + escape(bewaard) if bewaard else ''}.</p>"
        for soort in kanaal["messages"]:
            yield from _gebeurtenis(berichten[soort])
    yield "</main></body></html>"


def _gebeurtenis(bericht: Mapping[str, Any]) -> Iterator[str]:
    schema_ = bericht["payload"]["schema"]
    yield f'<h3 id="{escape(bericht["name"])}"><code>{escape(bericht["title"])}</code></h3>'
    sleutel = bericht["bindings"]["kafka"]["key"]["description"]
    yield f"<p>{escape(bericht['summary'])} Sleutel: {escape(sleutel)}.</p><details><summary>Schema en voorbeeld</summary>"
    for deel in (schema_, bericht["examples"][0]["payload"]):
        yield f'<pre tabindex="0">{escape(dumps(deel, indent=2, ensure_ascii=False))}</pre>'
    yield "</details>"
