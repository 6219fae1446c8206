-- Een volledige lijst van een uitkeringsregister: "dit zijn ze allemaal". Haar rijen staan klaar tot zij is toegepast of
-- ingetrokken, en zijn dan weg. `tot_rij`: tot en met dit rijnummer van het bestand is alles binnen.
create table levering (
  levering     uuid primary key,
  client       text not null check (client <> ''),
  grondslagen  grondslag[] not null check (cardinality(grondslagen) > 0),
  peildatum    date not null,
  proef        boolean not null,
  stand        text not null default 'open' check (stand in ('open', 'vergeleken', 'bezig', 'toegepast')),
  tot_rij      integer not null default 0,
  rijen        integer not null default 0,
  fout         integer not null default 0,
  vinger       bytea check (octet_length(vinger) = 32),
  lopend       integer,
  beeld        jsonb,
  drempel      smallint,
  akkoord      boolean,
  begonnen_op  timestamptz not null default clock_timestamp(),
  toegepast_op timestamptz,
  check ((vinger is null) = (stand = 'open'))
);

create table levering_rij (
  levering  uuid not null references levering on delete cascade,
  rij       integer not null,
  persoon   uuid not null,
  grondslag grondslag not null,
  van       date not null,
  tot       date,
  gemeente  text not null,
  reden     text,
  primary key (levering, rij)
);
create index levering_rij_persoon on levering_rij (levering, persoon);

-- Wat toepassen zou veranderen, zoals het voorbeeld het liet zien. Een afgewezen rij staat er ook, met haar reden.
create table levering_wijziging (
  levering  uuid not null references levering on delete cascade,
  nr        integer not null,
  persoon   uuid not null,
  soort     text not null check (soort in ('begin', 'einde', 'correctie', 'afgewezen')),
  grondslag grondslag not null,
  gemeente  text,
  van       date,
  tot       date,
  was_van   date,
  reden     text,
  rij       integer,
  code      text,
  melding   text,
  gedaan    boolean not null default false,
  primary key (levering, nr)
);
create index levering_wijziging_persoon on levering_wijziging (levering, persoon) where not gedaan;

-- Wanneer een gegeven voor het laatst bevestigd is, en door wie. Niets over gezondheid, en niets hiervan gaat het log op.
create table bevestiging (
  persoon uuid not null,
  veld    text not null check (veld in ('grondslag', 'woonplaats', 'geboortedatum', 'bewijs', 'in_beeld', 'bemiddelbaar')),
  op      date not null,
  client  text not null check (client <> ''),
  primary key (persoon, veld)
);

create table bemiddeling (
  persoon      uuid primary key,
  in_beeld     text not null check (in_beeld in ('ja', 'nog_niet', 'onbekend')),
  bemiddelbaar text not null check (bemiddelbaar in ('ja', 'nog_niet', 'onbekend')),
  begeleiding  text check (begeleiding in ('actief', 'passief')),
  op           date not null,
  client       text not null check (client <> '')
);

create index if not exists woonplaats_gemeente on woonplaats (gemeente);
grant maintain on levering_rij to intake_app;
revoke truncate on levering, levering_rij, levering_wijziging, bevestiging, bemiddeling from intake_app;

-- Waarom een registratie eindigde staat in wat erover gezegd is; zo is het bij één persoon te vinden.
create index uitgaand_einde on uitgaand (sleutel) where type = 'nl.banenafspraak.registratie-beeindigd.v1';
