-- Which preset the look of a photo on the workbench was taken from, and which one a job was for: its
-- version was made with that. By name; a preset may be gone by now.
alter table entries add column preset text not null default '';
alter table jobs add column preset text not null default '';

drop trigger bench_entries_change;
create trigger bench_entries_change
after update of job_id, recipe, name, folder, seen, preset on entries begin
  insert into ticks values (new.scope, 1) on conflict do update set count = count + 1;
  update entries set tick = (select count from ticks where scope = new.scope) where id = new.id;
end;
create trigger jobs_named after update of preset on jobs when new.preset is not old.preset begin
  insert into changes values (new.scope, 1) on conflict do update set count = count + 1;
end;
