-- In which libraries something was changed last: what listens asks for those that come after a number
-- that it knows.
create table stirs (
  scope  text primary key,
  number integer not null
) strict;
create index stirs_number on stirs (number);
insert into stirs select scope, row_number() over (order by scope)
from (select scope from ticks union select scope from changes);

create trigger stirs_tick after insert on ticks begin
  insert into stirs values (new.scope, (select coalesce(max(number), 0) + 1 from stirs))
    on conflict do update set number = excluded.number;
end;
create trigger stirs_ticks after update on ticks begin
  insert into stirs values (new.scope, (select coalesce(max(number), 0) + 1 from stirs))
    on conflict do update set number = excluded.number;
end;
create trigger stirs_change after insert on changes begin
  insert into stirs values (new.scope, (select coalesce(max(number), 0) + 1 from stirs))
    on conflict do update set number = excluded.number;
end;
create trigger stirs_changes after update on changes begin
  insert into stirs values (new.scope, (select coalesce(max(number), 0) + 1 from stirs))
    on conflict do update set number = excluded.number;
end;
create trigger stirs_announced after insert on intakes begin
  insert into stirs values (new.scope, (select coalesce(max(number), 0) + 1 from stirs))
    on conflict do update set number = excluded.number;
end;
create trigger stirs_intake after update on intakes begin
  insert into stirs values (new.scope, (select coalesce(max(number), 0) + 1 from stirs))
    on conflict do update set number = excluded.number;
end;
