-- Object storage: the private bucket `ghostwren` with paths {owner}/{account}/…, and `ghostwren-public` for what the owner
-- publishes, which is read by its address and cannot be listed. Then what a program asks the schema about itself.

do $$
begin
    if to_regclass('storage.buckets') is null or to_regclass('storage.objects') is null then
        raise notice 'there is no Storage here: no buckets are made';
        return;
    end if;
    insert into storage.buckets (id, name, public)
        values ('ghostwren', 'ghostwren', false), ('ghostwren-public', 'ghostwren-public', true)
        on conflict (id) do update set public = excluded.public;

    drop policy if exists "ghostwren: owner reads" on storage.objects;
    create policy "ghostwren: owner reads" on storage.objects for select to authenticated
        using (bucket_id in ('ghostwren', 'ghostwren-public')
            and (storage.foldername(name))[1] = (select auth.uid())::text);
    drop policy if exists "ghostwren: owner writes" on storage.objects;
    create policy "ghostwren: owner writes" on storage.objects for insert to authenticated
        with check (bucket_id in ('ghostwren', 'ghostwren-public')
            and (storage.foldername(name))[1] = (select auth.uid())::text
            and (storage.foldername(name))[2] in (
                select id::text from ghostwren.accounts where owner = (select auth.uid())));
    drop policy if exists "ghostwren: owner replaces" on storage.objects;
    create policy "ghostwren: owner replaces" on storage.objects for update to authenticated
        using (bucket_id in ('ghostwren', 'ghostwren-public')
            and (storage.foldername(name))[1] = (select auth.uid())::text)
        with check (bucket_id in ('ghostwren', 'ghostwren-public')
            and (storage.foldername(name))[1] = (select auth.uid())::text
            and (storage.foldername(name))[2] in (
                select id::text from ghostwren.accounts where owner = (select auth.uid())));
    -- Also when the account is gone already.
    drop policy if exists "ghostwren: owner removes" on storage.objects;
    create policy "ghostwren: owner removes" on storage.objects for delete to authenticated
        using (bucket_id in ('ghostwren', 'ghostwren-public')
            and (storage.foldername(name))[1] = (select auth.uid())::text);
end
$$;

-- The newest migration that is applied: a client refuses a schema older than it knows.
create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261125000013 $$;

-- What `doctor()` reads: the version, the clock, the buckets, time limits of the roles, and everything that would be a
-- hole. A good schema has empty lists.
create or replace function ghostwren.self_check() returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    return jsonb_build_object(
        'version', ghostwren.schema_version(),
        'server_version', current_setting('server_version_num')::integer,
        'now', ghostwren.now_ms(),
        'role', current_setting('role'),
        'without_row_security', (select coalesce(jsonb_agg(c.oid::regclass::text order by 1), '[]') from pg_class c
            where c.relnamespace in ('ghostwren'::regnamespace, 'ghostwren_private'::regnamespace)
                and c.relkind in ('r', 'p') and not c.relrowsecurity),
        'without_policy', (select coalesce(jsonb_agg(c.oid::regclass::text order by 1), '[]') from pg_class c
            where c.relnamespace = 'ghostwren'::regnamespace and c.relkind in ('r', 'p')
                and not exists (select 1 from pg_policy p where p.polrelid = c.oid)),
        'open_to_anon', (select coalesce(jsonb_agg(o.name order by 1), '[]') from (
            select c.oid::regclass::text as name from pg_class c
            where c.relnamespace in ('ghostwren'::regnamespace, 'ghostwren_private'::regnamespace)
                and c.relkind in ('r', 'p', 'v', 'm')
                and has_table_privilege('anon', c.oid, 'select, insert, update, delete')
            union all
            select p.oid::regprocedure::text from pg_proc p
            where p.pronamespace in ('ghostwren'::regnamespace, 'ghostwren_private'::regnamespace)
                and has_function_privilege('anon', p.oid, 'execute')) o),
        'private_open_to_users', (select coalesce(jsonb_agg(c.oid::regclass::text order by 1), '[]') from pg_class c
            where c.relnamespace = 'ghostwren_private'::regnamespace and c.relkind in ('r', 'p')
                and has_table_privilege('authenticated', c.oid, 'select, insert, update, delete')),
        'without_grant', (select coalesce(jsonb_agg(c.oid::regclass::text order by 1), '[]') from pg_class c
            where c.relnamespace = 'ghostwren'::regnamespace and c.relkind in ('r', 'p')
                and not has_table_privilege('authenticated', c.oid, 'select')),
        'timeouts', (select coalesce(jsonb_object_agg(r.rolname, split_part(s.setting, '=', 2)), '{}')
            from pg_roles r, unnest(r.rolconfig) as s (setting)
            where r.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
                and s.setting like 'statement_timeout=%'));
end
$$;
grant execute on function ghostwren.schema_version(), ghostwren.self_check() to authenticated, service_role;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
