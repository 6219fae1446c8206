#!/usr/bin/env bash
# Antwoordt de broker? Eén ApiVersions-verzoek, dat vóór het aanmelden mag; zonder JVM, dus bijna gratis.
set -euo pipefail
exec 3<>/dev/tcp/127.0.0.1/9092
printf '\0\0\0\012\0\022\0\0\0\0\0\052\377\377' >&3 # lengte 10, ApiVersions v0, correlatie 42, geen client
kop=$(timeout 3 head -c 8 <&3 | od -An -tu1 | tr -s ' \n' ' ')
case $kop in *" 0 0 0 42 "*) ;; *) echo "geen antwoord op ApiVersions (${kop:-niets})" >&2; exit 1 ;; esac
