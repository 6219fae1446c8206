#!/usr/bin/env bash
# De SCRAM-gebruikers van Kafka; hun wachtwoorden staan alleen in /run/secrets/kafka_<naam>.
#   gebruikers.sh format       maakt een leeg volume klaar, met de gebruikers erin; een volume dat klaar is blijft zoals het is
#   gebruikers.sh wachtwoorden geeft de diensten op een draaiende Kafka het wachtwoord dat nu in hun bestand staat
set -euo pipefail
umask 077
diensten=(intake beoordeling plaatsing telling)

geheim() {
  local bestand=/run/secrets/kafka_$1
  [ -s "$bestand" ] || { echo "geheim kafka_$1 ontbreekt of is leeg: make secrets" >&2; exit 2; }
  cat "$bestand"
}

case ${1:-} in
  format)
    # Het image maakt zijn volume zelf klaar maar kan geen gebruikers toevoegen, en de broker heeft er een nodig om te starten.
    printf '%s\n' process.roles=broker,controller node.id=1 controller.quorum.voters=1@kafka:9093 \
      listeners=CONTROLLER://:9093,INTERN://:9092 advertised.listeners=INTERN://kafka:9092 \
      controller.listener.names=CONTROLLER inter.broker.listener.name=INTERN \
      listener.security.protocol.map=CONTROLLER:SASL_PLAINTEXT,INTERN:SASL_PLAINTEXT \
      log.dirs=/var/lib/kafka/data >/tmp/format.properties
    geheim controller >/dev/null
    scram=()
    for naam in admin "${diensten[@]}"; do
      wachtwoord=$(geheim "$naam")
      scram+=(--add-scram "SCRAM-SHA-512=[name=$naam,password=$wachtwoord]")
    done
    # De uitvoer noemt de opgeslagen sleutels: die hoort in geen enkel log.
    /opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" -c /tmp/format.properties \
      "${scram[@]}" >/dev/null
    ;;
  wachtwoorden)
    admin=$(geheim admin)
    printf '%s\n' security.protocol=SASL_PLAINTEXT sasl.mechanism=SCRAM-SHA-512 \
      "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"admin\" password=\"$admin\";" \
      >/tmp/admin.properties
    for naam in "${diensten[@]}"; do
      wachtwoord=$(geheim "$naam")
      /opt/kafka/bin/kafka-configs.sh --bootstrap-server kafka:9092 --command-config /tmp/admin.properties \
        --alter --entity-type users --entity-name "$naam" --add-config "SCRAM-SHA-512=[password=$wachtwoord]" >/dev/null
      echo "$naam is bij"
    done
    ;;
  *) echo "gebruik: gebruikers.sh format | wachtwoorden" >&2; exit 2 ;;
esac
