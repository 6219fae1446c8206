-- Wie opging in een ander pseudoniem: opgegaan_in is altijd de laatste, er is geen keten te volgen. De oude regel in de kluis
-- blijft: het oude nummer vindt zo het nieuwe pseudoniem.
create table opgegaan (
  persoon     uuid primary key,
  opgegaan_in uuid not null check (opgegaan_in <> persoon),
  op          timestamptz not null default now()
);
create index opgegaan_in on opgegaan (opgegaan_in);

-- Van wie de gegevens vernietigd zijn: SHA-256 van het (willekeurige) pseudoniem.
create table vergeten (hash bytea primary key check (octet_length(hash) = 32));

-- Tot wanneer iemands gegevens niet vernietigd mogen worden, en waarom (een lopend bezwaar, een controle).
create table bewaarplicht (
  persoon       uuid primary key,
  tot           date not null,
  grond         text not null check (grond <> ''),
  client        text not null check (client <> ''),
  opgetekend_op timestamptz not null default clock_timestamp()
);

-- Van wie de bewaartermijn verlopen is: de lijst die een tijd klaarligt voordat er vernietigd wordt.
create table aankondiging (
  persoon         uuid primary key,
  bewaard_tot     date not null,
  aangekondigd_op date not null,
  vernietigen_op  date not null check (vernietigen_op >= aangekondigd_op)
);
create index aankondiging_op on aankondiging (vernietigen_op, persoon);

-- Dat er vernietigd is, en waarom; niet van wie. Alleen aanvullen.
create table vernietiging (
  nr         bigint generated always as identity primary key,
  op         timestamptz not null default clock_timestamp(),
  client     text not null check (client <> ''),
  reden      text not null check (reden in ('onterechte_registratie', 'termijn_verlopen', 'rechterlijk_bevel')),
  kenmerk    text not null check (kenmerk <> ''),
  correlatie uuid not null
);
revoke update, delete, truncate on vernietiging from intake_app;
revoke update, delete, truncate on vergeten from intake_app;

-- Vernietigen mag de dienst alleen zo: alles van één pseudoniem tegelijk. Wat voor totalen van toen nodig is (de historie van
-- registraties en woonplaatsen) blijft onder een nieuw nummer dat nergens anders staat. `betrokkenen`: de zoeksleutels van
-- de raadplegingen over deze persoon; de schakels blijven, wie het was gaat eruit.
create function vernietig_persoon(wie uuid, betrokkenen bytea[]) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  nieuw uuid := gen_random_uuid();
  tabel text;
begin
  delete from kandidaatverklaring k using kluis where kluis.persoon = wie and k.bsn_hmac = kluis.bsn_hmac;
  delete from kluis where persoon = wie;
  insert into tijdlijn (persoon, gezegd) select nieuw, gezegd from tijdlijn where persoon = wie;
  update registratie set persoon = nieuw where persoon = wie;
  update registratie_historie set persoon = nieuw where persoon = wie;
  update woonplaats_historie set persoon = nieuw where persoon = wie;
  foreach tabel in array array['woonplaats', 'tijdlijn', 'voorwaarden_vervallen', 'registratie_bewijs', 'termijn',
      'bevestiging', 'bemiddeling', 'levering_rij', 'levering_wijziging', 'werk', 'bewaarplicht', 'aankondiging'] loop
    execute format('delete from %I where persoon = $1', tabel) using wie;
  end loop;
  update raadpleging set betrokkene = null where betrokkene_hmac = any(betrokkenen) and betrokkene is not null;
end $$;
revoke all on function vernietig_persoon(uuid, bytea[]) from public;
grant execute on function vernietig_persoon(uuid, bytea[]) to intake_app;
