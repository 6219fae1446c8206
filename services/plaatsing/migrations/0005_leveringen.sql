-- Een levering is wat een leverancier onder één naam stuurde; zonder naam wat hij op één dag stuurde (Nederlandse datum).
-- Ingetrokken: zij is dicht, en wat er onder dezelfde naam nog komt is een nieuwe. intrekking_tot: de laatste baan die al
-- terug is; gereed_op: alle banen zijn terug.
create table levering (
  nr               integer generated always as identity primary key,
  levering         uuid not null unique,
  leverancier      text not null check (leverancier <> ''),
  naam             text check (naam <> ''),
  dag              date,
  begonnen_op      timestamptz not null,
  ingetrokken_op   timestamptz,
  ingetrokken_door text,
  reden            text,
  intrekking_tot   bigint not null default 0,
  gereed_op        timestamptz,
  constraint naam_of_dag check ((naam is null) <> (dag is null)),
  constraint ingetrokken_door_wie check
    ((ingetrokken_op is null) = (ingetrokken_door is null) and (ingetrokken_op is null) = (reden is null)),
  constraint gereed_na_begin check (gereed_op is null or ingetrokken_op is not null)
);
create unique index levering_open on levering (leverancier, coalesce(naam, ''), coalesce(dag, date '-infinity'))
  where ingetrokken_op is null;
create index levering_leverancier on levering (leverancier, nr);

-- Wat er van één stuk (een transactie) van een levering werd: alleen tellingen. afgewezen: aantal per code.
create table leveringstuk (
  nr          bigint generated always as identity primary key,
  levering_nr integer not null references levering (nr),
  op          timestamptz not null,
  client      text not null check (client <> ''),
  nieuw       integer not null check (nieuw >= 0),
  vervangen   integer not null check (vervangen >= 0),
  ongewijzigd integer not null check (ongewijzigd >= 0),
  afgewezen   jsonb not null,
  maanden     text[] not null
);
create index leveringstuk_levering on leveringstuk (levering_nr);

-- Elke versie van elke urenregel, op volgorde van nr; urenregel zelf is de laatste waarvan de levering niet is ingetrokken.
-- na_levering: de levering van de versie die zij vervangt of bevestigt; leeg: de regel was er niet. gelijk: zij bevestigt.
-- Alleen aanvullen; weg gaat zij met haar baan (vernietiging). Zonder foreign keys: die kosten hier samen 22 µs processortijd
-- per regel (gemeten), en dezelfde transactie zet urenregel onder de hare en houdt de levering vast.
create table regelversie (
  nr           bigint generated always as identity,
  plaatsing_nr bigint not null,
  levering_nr  integer not null,
  soort        text not null,
  van          date not null,
  tot          date not null,
  uren_x100    integer not null,
  contract     text,
  op           timestamptz not null,
  na_levering  integer,
  gelijk       boolean not null,
  primary key (plaatsing_nr, nr)
);
create index regelversie_levering on regelversie (levering_nr, plaatsing_nr);
create function vergeet_versies() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from regelversie v using weg where v.plaatsing_nr = weg.nr;
  return null;
end $$;
create trigger versies_gaan_met_hun_baan after delete on plaatsing
  referencing old table as weg for each statement execute function vergeet_versies();
revoke update, delete, truncate on regelversie, leveringstuk from plaatsing_app;
revoke delete, truncate on levering from plaatsing_app;

-- Wat er al was, is geleverd onder zijn naam, of anders op de dag waarop het bekend werd (zonder: vandaag).
insert into levering (levering, leverancier, naam, dag, begonnen_op)
select gen_random_uuid(), leverancier, levering, dag, min(op)
from (
  select leverancier, levering, coalesce(bekend_op, now()) as op,
    case when levering is null then (coalesce(bekend_op, now()) at time zone 'Europe/Amsterdam')::date end as dag
  from urenregel
) r group by leverancier, levering, dag order by min(op);
insert into regelversie (plaatsing_nr, levering_nr, soort, van, tot, uren_x100, contract, op, gelijk)
select r.plaatsing_nr, l.nr, r.soort, r.van, r.tot, r.uren_x100, r.contract, coalesce(r.bekend_op, now()), false
from urenregel r join levering l on l.leverancier = r.leverancier and l.naam is not distinct from r.levering
  and l.dag is not distinct from
    case when r.levering is null then (coalesce(r.bekend_op, now()) at time zone 'Europe/Amsterdam')::date end
order by r.plaatsing_nr, r.van;
insert into leveringstuk (levering_nr, op, client, nieuw, vervangen, ongewijzigd, afgewezen, maanden)
select v.levering_nr, max(v.op), l.leverancier, count(*), 0, 0, '{}',
  array(select distinct to_char(m, 'YYYY-MM') from regelversie w
    cross join generate_series(date_trunc('month', w.van::timestamp), w.tot - 1, interval '1 month') m
    where w.levering_nr = v.levering_nr order by 1)
from regelversie v join levering l on l.nr = v.levering_nr group by v.levering_nr, l.leverancier;

-- Wat jaarlijks komt loopt door tot het geleverd is: een regel van de soort voortgezet, naast wat er geleverd wordt en alleen
-- geldig in maanden waarover niets geleverd is. Zij heeft geen versies: zij volgt uit wat er wel geleverd is.
alter table urenregel drop constraint urenregel_soort_check;
alter table urenregel add constraint urenregel_soort_check check (soort in ('regulier', 'uitbetaling', 'voortgezet'));
alter table urenregel drop constraint tijdvakken_overlappen_niet;
alter table urenregel add constraint tijdvakken_overlappen_niet exclude using gist (
  box(
    point(plaatsing_nr * 2 + (soort = 'uitbetaling')::int, van - date '2000-01-01'),
    point(plaatsing_nr * 2 + (soort = 'uitbetaling')::int, tot - date '2000-01-01' - 0.5)
  ) with &&
) where (soort <> 'voortgezet');
create index urenregel_voortgezet on urenregel (plaatsing_nr) where soort = 'voortgezet';
