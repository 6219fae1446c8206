-- Van welke personen en banen de gegevens vernietigd zijn: SHA-256 van het (willekeurige) pseudoniem. Wat er later nog over
-- gehoord wordt telt mee, maar hun pseudoniem komt niet terug.
create table vergeten (hash bytea primary key check (octet_length(hash) = 32));
