-- Een baan die onderweg wijzigde: de rij in plaatsing is haar laatste deel, vanaf `vanaf` (leeg: van begin af, dan staat hier
-- niets); deel heeft de delen ervoor, aansluitend. opgave: wat de bron het laatst over de hele baan zei, als dat anders is.
-- ongedaan: zij is er nooit geweest; haar regels blijven, haar referentie is weer vrij.
alter table plaatsing
  add column vanaf date,
  add column opgave jsonb,
  add column ongedaan text check (ongedaan in ('DUBBEL', 'VERGISSING', 'LEVERING_INGETROKKEN')),
  add constraint laatste_deel_binnen_de_baan check (van < vanaf and (tot is null or vanaf < tot)),
  drop constraint plaatsing_referentie_bron_key;
create unique index plaatsing_referentie on plaatsing (referentie, bron) where ongedaan is null;
create index plaatsing_ongedaan on plaatsing (referentie) where ongedaan is not null;

create table deel (
  plaatsing_nr       bigint not null references plaatsing (nr) on delete cascade,
  van                date not null,
  tot                date not null,
  werkgever          uuid not null references werkgever,
  inlener            uuid references werkgever,
  vorm               text not null check (vorm in ('formeel', 'uitzendrelatie', 'wsw_detachering', 'overige_detachering',
                       'begeleid_werken', 'beschut_werk', 'wsw_beschut', 'wiw_id', 'proefplaatsing')),
  contract           text not null check (contract in ('vast', 'tijdelijk', 'onbekend')),
  uren_per_week_x100 integer not null check (uren_per_week_x100 between 0 and 16800),
  gemeente_werk      text not null check (gemeente_werk ~ '^[0-9]{4}$'),
  sector             text not null check (sector in ('markt', 'overheid')),
  subsector          text check (subsector <> ''),
  route              text check (route <> ''),
  primary key (plaatsing_nr, van),
  constraint periode_niet_leeg check (van < tot),
  constraint inlener_bij_inleen
    check (inlener is null or vorm in ('uitzendrelatie', 'wsw_detachering', 'overige_detachering')),
  constraint delen_overlappen_niet
    exclude using gist (int8range(plaatsing_nr, plaatsing_nr, '[]') with &&, daterange(van, tot) with &&)
);
create index deel_werkgever on deel (werkgever);
create index deel_inlener on deel (inlener) where inlener is not null;

-- De doelgroepverklaring voor het LKV bij een baan: bijzonder persoonsgegeven, alleen voor ingewijden. Zij hoort bij de baan en
-- niet bij een werkgever: bij een overgang gaat zij met haar resterende termijn mee.
create table doelgroepverklaring (
  plaatsing_nr bigint not null references plaatsing (nr) on delete cascade,
  van          date not null,
  tot          date not null,
  bekend_op    timestamptz,
  primary key (plaatsing_nr, van),
  constraint periode_niet_leeg check (van < tot),
  constraint verklaringen_overlappen_niet
    exclude using gist (int8range(plaatsing_nr, plaatsing_nr, '[]') with &&, daterange(van, tot) with &&)
);
create table doelgroepverklaring_historie (
  nr            bigint generated always as identity primary key,
  plaatsing_nr  bigint not null references plaatsing (nr) on delete cascade,
  van           date not null,
  tot           date not null,
  bekend_op     timestamptz,
  client        text not null check (client <> ''),
  opgetekend_op timestamptz not null default clock_timestamp()
);
create index doelgroepverklaring_historie_plaatsing on doelgroepverklaring_historie (plaatsing_nr);
revoke update, delete, truncate on doelgroepverklaring_historie from plaatsing_app;

-- De geschiedenis van een baan is wat er over haar persoon gezegd is. Pas bij het nummeren komt een rij in de index: wie
-- aanneemt heeft er geen last van. Een getal van vier bytes in plaats van de sleutel houdt haar klein.
create index uitgaand_geschiedenis on uitgaand (hashtext(sleutel))
  where publicatienr is not null and topic in ('plaatsingen', 'verloonde-uren');
