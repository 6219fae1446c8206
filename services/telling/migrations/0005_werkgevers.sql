-- Elke werkgever zoals nu bekend (topic werkgevers): de laatste versie, zonder verleden. Een boeking wijst ernaar met haar
-- werkgever_nr; wie hier niet staat is onbekend. De sector van een uur staat in zijn cel; sectoren zegt waar hij wanneer valt.
create table werkgeverstand (
  werkgever_nr   integer primary key,
  versie         integer not null check (versie > 0),
  branche        text check (branche ~ '^[A-V]$'),
  grootteklasse  text,
  gemeente_zetel text check (gemeente_zetel ~ '^[0-9]{4}$'),
  groep          uuid,
  sectoren       jsonb not null
);
