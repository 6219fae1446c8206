-- Waar een aanvraag is, haar klokken, en elke stap. Welke stap wanneer kan, zegt domain/machine.py.
alter table aanvraag
  add kantoor           text check (kantoor ~ '^[A-Za-z][A-Za-z0-9_-]{0,59}$'),
  add nieuwe_feiten     boolean not null default false,
  add toestand          text not null default 'IN_BEHANDELING' check (toestand in (
    'IN_BEHANDELING', 'OPGESCHORT', 'GEADVISEERD', 'POSITIEF', 'NEGATIEF', 'WACHTLIJST', 'AANGEBODEN', 'GEPLAATST',
    'TERUGKEERRECHT', 'BEEINDIGD', 'INGETROKKEN', 'BUITEN_BEHANDELING', 'AFGEWEZEN_ZONDER_ONDERZOEK')),
  add handeling         text not null default 'ONTVANG',
  add sinds             date,
  add klok              jsonb not null default '[]',  -- pauzes {van, tot} en verlengingen {op, weken}, op volgorde
  add termijn_tot       date,                         -- leeg zolang de klok stilstaat
  add besluit_uiterlijk date,
  add bezwaar_op        date,
  add bezwaar_uiterlijk date,
  add voorrang          integer,
  add loopt_af          date,                         -- de laatste dag van de klok die nu loopt
  add herinnerd         date;                         -- voor welke laatste dag al herinnerd is

update aanvraag set
  toestand = case when besluit is not null then besluit when advies is not null then 'GEADVISEERD' else toestand end,
  handeling = case when besluit is not null then 'BESLIS_' || besluit when advies is not null then 'ADVISEER' else handeling end,
  sinds = coalesce(besluit_op, uitgebracht_op, ontvangen_op),
  termijn_tot = uiterlijk,
  besluit_uiterlijk = case when advies is not null then uiterlijk end,
  loopt_af = case when besluit is null then uiterlijk end;

alter table aanvraag
  alter sinds set not null,
  drop constraint besluit_na_advies,
  drop constraint advies_in_termijn,
  drop constraint besluit_in_termijn,
  add constraint besluit_na_advies check (
    besluit is null or soort <> 'BESCHUT_WERK' or (advies is not null and besluit_op >= uitgebracht_op)),
  add constraint advies_in_termijn check (advies_binnen_termijn = (uitgebracht_op <= termijn_tot)),
  add constraint besloten check ((besluit is null) = (toestand in (
    'IN_BEHANDELING', 'OPGESCHORT', 'GEADVISEERD', 'INGETROKKEN', 'BUITEN_BEHANDELING', 'AFGEWEZEN_ZONDER_ONDERZOEK'))),
  add constraint geadviseerd check (toestand <> 'GEADVISEERD' or advies is not null),
  add constraint stilstand check ((termijn_tot is null) = (klok @? '$[*] ? (exists(@.van) && @.tot == null)')),
  add constraint bezwaar_heel check ((bezwaar_op is null) = (bezwaar_uiterlijk is null));

drop index aanvraag_open;
create index aanvraag_loopt_af on aanvraag (loopt_af, aanvraag) where loopt_af is not null;
create index aanvraag_loopt_af_gemeente on aanvraag (gemeente, loopt_af, aanvraag) where loopt_af is not null;
create index aanvraag_beschut on aanvraag (gemeente, toestand) where soort = 'BESCHUT_WERK' and besluit = 'POSITIEF';

-- Elke stap, ook een die de toestand laat zoals zij was. Alleen erbij; weg gaat zij alleen met haar aanvraag (vernietigd).
create table overgang (
  nr            bigint generated always as identity primary key,
  aanvraag      uuid not null references aanvraag on delete cascade,
  handeling     text not null,
  van_toestand  text,
  toestand      text not null,
  op            date not null,
  processtap    text,
  bekend_op     timestamptz not null,
  client        text not null
);
create index overgang_aanvraag on overgang (aanvraag, op, nr);
revoke update, delete, truncate on overgang from beoordeling_app;

-- Wat er al was: de stappen die uit de stand volgen, bekend vanaf hun eigen dag.
insert into overgang (aanvraag, handeling, van_toestand, toestand, op, bekend_op, client)
select aanvraag, handeling, van_toestand, naar, op, op::timestamp at time zone 'Europe/Amsterdam', 'migratie' from (
  select aanvraag, 1 as nr, 'ONTVANG' as handeling, null as van_toestand, 'IN_BEHANDELING' as naar, ontvangen_op as op from aanvraag
  union all select aanvraag, 2, 'ADVISEER', 'IN_BEHANDELING', 'GEADVISEERD', uitgebracht_op from aanvraag where advies is not null
  union all select aanvraag, 3, 'BESLIS_' || besluit, 'GEADVISEERD', besluit, besluit_op from aanvraag where besluit is not null) stap
order by aanvraag, nr;
