#!/usr/bin/env bash
# Voorbeeld van een abonnee zonder Python: de som van alle gezegde uren (× 100) op het topic verloonde-uren, met kcat en jq.
# KAFKA is het adres; met SCRAM ook KAFKA_GEBRUIKER en KAFKA_WACHTWOORD (en zo nodig KAFKA_CA).
# Elke gebeurtenis kan vaker komen: daarom eerst ontdubbelen op ce_id. `vorig` eraf, `nieuw` erbij, en anders niets.
set -euo pipefail
toegang=()
if [ -n "${KAFKA_GEBRUIKER:-}" ]; then
  protocol=SASL_PLAINTEXT
  if [ -n "${KAFKA_CA:-}" ]; then protocol=SASL_SSL; toegang+=(-X "ssl.ca.location=$KAFKA_CA"); fi
  toegang+=(-X "security.protocol=$protocol" -X sasl.mechanisms=SCRAM-SHA-512
            -X "sasl.username=$KAFKA_GEBRUIKER" -X "sasl.password=$KAFKA_WACHTWOORD")
fi
kcat -b "$KAFKA" ${toegang[@]+"${toegang[@]}"} -C -t verloonde-uren -o beginning -e -q -f '%h\t%s\n' |
  sed -E 's/.*ce_id=([0-9a-f-]{36})[^\t]*\t/\1\t/' | sort -u | cut -f 2 |
  jq -n 'reduce inputs as $u (0; . + (($u.nieuw.urenX100 // 0) - ($u.vorig.urenX100 // 0)))'
