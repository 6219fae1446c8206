"""De eigen metrieken. Elke beantwoordt een vraag; geen label bevat ooit een persoon of werkgever."""

from prometheus_client import Counter, Gauge, Histogram

GEZEGD = Counter("banenspoor_gezegd_total", "Gebeurtenissen die op het log bevestigd zijn", ["topic"])
WACHTEND = Gauge("banenspoor_uitgaand_wachtend", "Gebeurtenissen die nog niet bevestigd zijn")
RONDE = Gauge("banenspoor_relay_ronde_seconds", "Tijd van de laatste relayronde (Unix)")
RELAY_FOUT = Counter("banenspoor_relay_fouten_total", "Mislukte zendingen of ronden")
GEHOORD = Counter("banenspoor_gehoord_total", "Records die zijn aangeboden", ["topic"])
VERWERKT = Counter("banenspoor_verwerkt_total", "Gebeurtenissen die verwerkt zijn", ["topic"])
DUBBEL = Counter("banenspoor_dubbel_total", "Records die al verwerkt waren", ["topic"])
VREEMD = Counter("banenspoor_vreemd_total", "Records zonder geldige envelop of van een andere bron", ["topic"])
ONBEKEND = Counter("banenspoor_onbekend_type_total", "Overgeslagen gebeurtenissen van een onbekend type", ["topic"])
GEPARKEERD = Counter("banenspoor_geparkeerd_total", "Gebeurtenissen die geparkeerd zijn", ["topic", "code"])
GESTOPT = Gauge("banenspoor_partitie_gestopt", "1 als de partitie gestopt is", ["topic", "partitie"])
ACHTER = Gauge("banenspoor_achterstand", "Records tussen positie en einde van het log", ["topic", "partitie"])
BATCH = Histogram("banenspoor_batch_records", "Records per transactie", buckets=(1, 10, 100, 1000, 10_000))
DUUR = Histogram("banenspoor_batch_seconds", "Duur van een batch tot en met het vastleggen")
LEEFTIJD = Histogram(
    "banenspoor_leeftijd_seconds", "Van ce_time tot vastgelegd", ["topic"], buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 60)
)
HTTP = Histogram("banenspoor_http_seconds", "Duur van een verzoek", ["route", "methode", "status"])
