-- Steun bij een baan: bijzonder persoonsgegeven, alleen voor ingewijden. Zoals nu bekend; [van, tot).
create type woordbereik as range (subtype = text, collation = "C");
create table instrument (
  plaatsing_nr  bigint not null references plaatsing (nr) on delete cascade,
  instrument    text not null check (instrument in ('LOONKOSTENSUBSIDIE', 'FORFAITAIR', 'LOONDISPENSATIE',
                  'JOBCOACH_INTERN', 'JOBCOACH_EXTERN', 'NO_RISKPOLIS', 'LKV', 'PROEFPLAATSING', 'WERKVOORZIENING')),
  van           date not null,
  tot           date,
  verstrekker   text not null check (verstrekker in ('GEMEENTE', 'UWV')),
  gemeente      text check (gemeente ~ '^[0-9]{4}$'),
  bekend_op     timestamptz,
  primary key (plaatsing_nr, instrument, van),
  constraint periode_niet_leeg check (van < tot),
  constraint gemeente_bij_gemeente check ((verstrekker = 'GEMEENTE') = (gemeente is not null)),
  constraint perioden_overlappen_niet exclude using gist (
    int8range(plaatsing_nr, plaatsing_nr, '[]') with &&,
    woordbereik(instrument, instrument, '[]') with &&,
    daterange(van, tot) with &&
  )
);

-- De loonwaarde in honderdsten van procenten van het WML, vanaf op.
create table loonwaarde (
  plaatsing_nr bigint not null references plaatsing (nr) on delete cascade,
  op           date not null,
  procent_x100 integer not null check (procent_x100 between 0 and 10000),
  methode      text not null check (methode ~ '^[A-Za-z][A-Za-z0-9_-]{0,59}$'),
  bekend_op    timestamptz,
  primary key (plaatsing_nr, op)
);

-- Elke stand die er was, op volgorde van optekenen: zo is te tonen wat er toen bekend was. Alleen aanvullen; weg gaat
-- zij met haar baan (vernietiging).
create table instrument_historie (
  nr            bigint generated always as identity primary key,
  plaatsing_nr  bigint not null references plaatsing (nr) on delete cascade,
  instrument    text not null,
  van           date not null,
  tot           date,
  verstrekker   text not null,
  gemeente      text,
  bekend_op     timestamptz,
  client        text not null check (client <> ''),
  opgetekend_op timestamptz not null default clock_timestamp()
);
create index instrument_historie_plaatsing on instrument_historie (plaatsing_nr);
create table loonwaarde_historie (
  nr            bigint generated always as identity primary key,
  plaatsing_nr  bigint not null references plaatsing (nr) on delete cascade,
  op            date not null,
  procent_x100  integer not null,
  methode       text not null,
  bekend_op     timestamptz,
  client        text not null check (client <> ''),
  opgetekend_op timestamptz not null default clock_timestamp()
);
create index loonwaarde_historie_plaatsing on loonwaarde_historie (plaatsing_nr);
revoke update, delete, truncate on instrument_historie, loonwaarde_historie from plaatsing_app;

-- Een groep heeft op de bus een willekeurige sleutel, en houdt die.
create table groep (
  groep      uuid primary key default gen_random_uuid(),
  groep_zoek bytea not null unique check (octet_length(groep_zoek) = 32)
);
insert into groep (groep_zoek) select distinct groep_zoek from opgave where groep_zoek is not null;
alter table opgave add constraint groep_bestaat foreign key (groep_zoek) references groep (groep_zoek);
revoke update, delete, truncate on groep from plaatsing_app;

-- Wat er het laatst over een werkgever gezegd is op `werkgevers` (canonieke JSON), en de hoeveelste keer dat was.
create table werkgever_gezegd (
  werkgever uuid primary key references werkgever,
  versie    integer not null check (versie > 0),
  stand     text not null
);
