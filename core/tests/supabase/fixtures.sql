-- An app's own tables, for the tests of the PostgREST client and of bulk writing. Applied to a test database before its
-- API starts (@supabase/lite reads the schema once); no part of the schema that is shipped.
-- Every test is a user of its own: row-level security keeps them apart.

create table public.test_items (
  owner uuid not null default auth.uid(),
  id text not null,
  name text,
  n bigint,
  note text default 'the default',
  done boolean,
  tags text[],
  data jsonb,
  "odd name" text,
  "select" text,
  at timestamptz not null default now(),
  primary key (owner, id)
);
alter table public.test_items enable row level security;
grant select, insert, update, delete on public.test_items to authenticated, service_role;
create policy own on public.test_items to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));

create table public.test_bulk (
  owner uuid not null default auth.uid(),
  id text not null,
  name text check (name <> 'bad'),
  n bigint,
  note text default 'the default',
  primary key (owner, id)
);
alter table public.test_bulk enable row level security;
grant select, insert, update, delete on public.test_bulk to authenticated, service_role;
create policy own on public.test_bulk to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));

-- Faults of a real server, at will, in the form in which PostgREST tells them: a statement with more than 100 rows named
-- `heavy` takes too long, and every other statement with a row named `clash` collides with another transaction (a sequence
-- is not rolled back). @supabase/lite would tell both as an unknown error (`SUP`).
create sequence public.test_clashes;
grant usage on sequence public.test_clashes to authenticated, service_role;
create function public.test_faults() returns trigger language plpgsql set search_path = '' as $$
begin
  if (select count(*) from written where name = 'heavy') > 100 then
    raise sqlstate 'PGRST' using
      message = '{"code": "57014", "message": "canceling statement due to statement timeout"}',
      detail = '{"status": 500, "headers": {}}';
  end if;
  if exists (select from written where name = 'clash') and nextval('public.test_clashes') % 2 = 1 then
    raise sqlstate 'PGRST' using
      message = '{"code": "40001", "message": "could not serialize access due to concurrent update"}',
      detail = '{"status": 500, "headers": {}}';
  end if;
  return null;
end
$$;
create trigger test_faults_inserted after insert on public.test_bulk
  referencing new table as written for each statement execute function public.test_faults();
create trigger test_faults_updated after update on public.test_bulk
  referencing new table as written for each statement execute function public.test_faults();

create function public.test_add(a integer, b integer) returns integer
  language sql immutable set search_path = '' as 'select a + b';
create function public.test_mine() returns setof public.test_items
  language sql stable set search_path = '' as 'select * from public.test_items order by id';
create function public.test_only_secret() returns text
  language sql immutable set search_path = '' as $$select 'the secret key may'$$;
revoke all on function public.test_only_secret() from public, anon, authenticated;
grant execute on function public.test_only_secret() to service_role;
