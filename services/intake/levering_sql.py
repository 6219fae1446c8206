"""De SQL van een volledige lijst."""

KOLOMMEN = "soort, grondslag::text, van, tot, gemeente, was_van, reden, rij, code, melding"
RUIM_OP = """
delete from levering where stand <> 'toegepast' and (begonnen_op < now() - make_interval(days => $1)
  or (proef and begonnen_op < now() - interval '1 day'))
"""
BEGIN = """
insert into levering (levering, client, grondslagen, peildatum, proef)
values ($1, $2, $3::text[]::grondslag[], $4, $5) on conflict do nothing
"""
LEES = """
select levering, client, grondslagen::text[] as grondslagen, peildatum, proef, stand, tot_rij, rijen, fout, vinger, lopend, beeld,
  drempel, akkoord, begonnen_op, toegepast_op
from levering where levering = $1
"""
ZET_KLAAR = """
insert into levering_rij (levering, rij, persoon, grondslag, van, tot, gemeente, reden)
select $1, k.rij, k.persoon, k.grondslag::grondslag, k.van, k.tot, k.gemeente, k.reden
from unnest($2::int[], $3::uuid[], $4::text[], $5::date[], $6::date[], $7::text[], $8::text[])
  as k (rij, persoon, grondslag, van, tot, gemeente, reden)
"""
BIJ = """
update levering set tot_rij = $2, rijen = rijen + $3, fout = fout + $4, stand = 'open', vinger = null where levering = $1
"""
ANDERS = """
select lr.persoon from levering_rij lr where lr.levering = $1 and (
  not exists (
    select from registratie r where r.persoon = lr.persoon and r.grondslag = lr.grondslag and r.van = lr.van
      and case when lr.tot is null then r.tot is null or r.tot > $2 else r.tot = lr.tot end)
  or not exists (
    select from woonplaats w where w.persoon = lr.persoon and w.gemeente = lr.gemeente
      and (lr.tot is null or w.van < lr.tot) and not exists (
        select from woonplaats v where v.persoon = w.persoon and v.van > w.van and v.van <= lr.van)))
union
select persoon from levering_rij where levering = $1 group by persoon, grondslag, van having count(*) > 1
union
select r.persoon from registratie r
where r.grondslag = any($3::text[]::grondslag[]) and r.van < $2 and (r.tot is null or r.tot > $2)
  and not exists (
    select from levering_rij lr
    where lr.levering = $1 and lr.persoon = r.persoon and lr.grondslag = r.grondslag and lr.van = r.van)
order by 1
"""
RIJEN = """
select persoon, rij, grondslag::text, van, gemeente, tot, reden from levering_rij
where levering = $1 and persoon in (select unnest($2::uuid[])) order by persoon, rij
"""
LOPEND = """
select count(*) from registratie
where grondslag = any($1::text[]::grondslag[]) and van < $2 and (tot is null or tot > $2)
"""
NOTEER = """
insert into levering_wijziging
  (levering, nr, persoon, soort, grondslag, van, tot, gemeente, was_van, reden, rij, code, melding)
select $1, w.nr, w.persoon, w.soort, w.grondslag::grondslag, w.van, w.tot, w.gemeente,
  w.was_van, w.reden, w.rij, w.code, w.melding
from unnest($2::int[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::date[], $8::text[], $9::date[], $10::text[],
  $11::int[], $12::text[], $13::text[])
  as w (nr, persoon, soort, grondslag, van, tot, gemeente, was_van, reden, rij, code, melding)
"""
VERGELEKEN = """
update levering set stand = 'vergeleken', vinger = $2, lopend = $3, beeld = $4 where levering = $1
"""
VOLGENDE = """
select distinct persoon from levering_wijziging
where levering = $1 and not gedaan and soort <> 'afgewezen' order by persoon limit $2
"""
GETOOND = f"""
select persoon, {KOLOMMEN} from levering_wijziging where levering = $1 and persoon in (select unnest($2::uuid[]))
order by nr
"""  # noqa: S608
BLADZIJDE = f"""
select nr, persoon, {KOLOMMEN} from levering_wijziging
where levering = $1 and nr > $2 and ($3::text is null or soort = $3) order by nr limit $4
"""  # noqa: S608
GEDAAN = "update levering_wijziging set gedaan = true where levering = $1 and persoon in (select unnest($2::uuid[]))"
RESTEREND = "select count(*) from levering_wijziging where levering = $1 and not gedaan and soort <> 'afgewezen'"
BEVESTIG = """
insert into bevestiging (persoon, veld, op, client)
select distinct lr.persoon, 'grondslag', $2::date, $3 from levering_rij lr
where lr.levering = $1 and lr.tot is null and not exists (
  select from levering_wijziging w where w.levering = $1 and w.rij = lr.rij and w.soort = 'afgewezen')
on conflict (persoon, veld) do update set op = excluded.op, client = excluded.client where bevestiging.op < excluded.op
"""
