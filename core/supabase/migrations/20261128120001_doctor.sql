-- What `doctor()` and `audit()` ask. A user learns what concerns the user alone; how the walls stand is told to the secret
-- key alone, because a list of holes is of most use to whoever looks for one.

alter table ghostwren_private.credentials add column if not exists granted_at timestamptz;
-- Of what was there before nobody knows when its person logged in.
alter table ghostwren_private.credentials alter column granted_at set default ghostwren.now_ms();

-- The version, the clock, and who the caller is to the database.
create or replace function ghostwren.self_check() returns jsonb
language sql stable set search_path = ''
as $$
    select jsonb_build_object('version', ghostwren.schema_version(),
        'server_version', current_setting('server_version_num')::integer, 'now', clock_timestamp(),
        'role', current_setting('role'), 'statement_timeout', current_setting('statement_timeout'))
$$;

-- How the walls stand: every right as "role privilege object", every policy as PostgreSQL reads it, the buckets and the time
-- limits. The client compares them with what the migrations made, and writes the statement that mends each difference.
create or replace function ghostwren.inspect() returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    ours constant oid[] := array['ghostwren'::regnamespace::oid, 'ghostwren_private'::regnamespace::oid];
    buckets jsonb;
begin
    if to_regclass('storage.buckets') is not null then
        execute $q$ select coalesce(jsonb_object_agg(b.id, b.public), '{}') from storage.buckets b
            where b.id in ('ghostwren', 'ghostwren-public') $q$ into buckets;
    end if;
    return jsonb_build_object(
        'version', ghostwren.schema_version(),
        'now', clock_timestamp(),
        'objects', (select jsonb_agg(o.name order by o.name collate "C") from (
            select c.oid::regclass::text as name from pg_catalog.pg_class c
            where c.relnamespace = any (ours) and c.relkind in ('r', 'p', 'v', 'm')
            union all
            select p.oid::regprocedure::text from pg_catalog.pg_proc p where p.pronamespace = any (ours)) o),
        'rights', (
            select coalesce(jsonb_agg(t.line order by t.line collate "C"), '[]') from (
                select concat_ws(' ', coalesce(r.rolname, 'public'), lower(a.privilege_type)
                    || coalesce('(' || o.col || ')', ''), o.name) as line
                from (
                    select n.oid::regnamespace::text as name, null::text as col,
                        coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl
                    from pg_catalog.pg_namespace n where n.oid = any (ours)
                    union all
                    select c.oid::regclass::text, null, coalesce(c.relacl, acldefault('r', c.relowner))
                    from pg_catalog.pg_class c where c.relnamespace = any (ours) and c.relkind in ('r', 'p', 'v', 'm')
                    union all
                    select c.oid::regclass::text, t.attname, t.attacl
                    from pg_catalog.pg_class c join pg_catalog.pg_attribute t on t.attrelid = c.oid
                    where c.relnamespace = any (ours) and t.attacl is not null and not t.attisdropped
                    union all
                    select p.oid::regprocedure::text, null, coalesce(p.proacl, acldefault('f', p.proowner))
                    from pg_catalog.pg_proc p where p.pronamespace = any (ours)) o
                cross join lateral aclexplode(o.acl) a
                left join pg_catalog.pg_roles r on r.oid = a.grantee
                where a.grantee = 0 or r.rolname in ('anon', 'authenticated', 'service_role')) t),
        'without_row_security', (select coalesce(jsonb_agg(c.oid::regclass::text order by 1), '[]')
            from pg_catalog.pg_class c
            where c.relnamespace = any (ours) and c.relkind in ('r', 'p') and not c.relrowsecurity),
        'policies', (
            select coalesce(jsonb_agg(jsonb_build_object('name', p.policyname,
                'table', format('%I.%I', p.schemaname, p.tablename), 'command', lower(p.cmd),
                'roles', array_to_string(p.roles, ', '), 'permissive', p.permissive = 'PERMISSIVE',
                'using', p.qual, 'check', p.with_check) order by p.schemaname, p.tablename, p.policyname), '[]')
            from pg_catalog.pg_policies p
            where p.schemaname in ('ghostwren', 'ghostwren_private')
                or (p.schemaname = 'storage' and p.tablename = 'objects' and p.policyname like 'ghostwren: %')),
        'buckets', buckets,
        'timeouts', (select coalesce(jsonb_object_agg(r.rolname, split_part(s.setting, '=', 2)), '{}')
            from pg_catalog.pg_roles r, unnest(r.rolconfig) as s (setting)
            where r.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
                and s.setting like 'statement_timeout=%'));
end
$$;

-- A new token: that the old one needed a login is forgotten, and a refresh of the old one saves nothing.
create or replace function ghostwren.put_sealed(owner uuid, account_id uuid, name text, value jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
    v jsonb := ghostwren.arg(value);
begin
    perform ghostwren.owned_by(owner, account_id);
    insert into ghostwren_private.credentials as c (account_id, owner, name, key_id, sealed)
        values (put_sealed.account_id, put_sealed.owner, put_sealed.name, v ->> 'key_id', v ->> 'sealed')
    on conflict on constraint credentials_pkey do update set key_id = excluded.key_id, sealed = excluded.sealed,
        fence = c.fence + 1, leased_at = null, lease_until = null, unended = 0, needs_login = null,
        needs_login_since = null, created_at = excluded.created_at, granted_at = excluded.granted_at,
        failed_refreshes = 0;
end
$$;

-- A page of all sealed values, of every owner, with how old they are and how they fare: no value, no owner.
create or replace function ghostwren.custody(page_size integer, after_account uuid = null, after_name text = null)
returns jsonb language sql stable set search_path = ''
as $$
    select jsonb_build_object(
        'items', coalesce(jsonb_agg(to_jsonb(k) - 'place' order by k.place) filter (where k.place <= least(custody.page_size, 1000)), '[]'),
        'more', count(*) > least(custody.page_size, 1000))
    from (
        select c.account_id, c.name, c.key_id, c.granted_at, c.created_at as sealed_at, c.used_at,
            c.failed_refreshes,
            case when c.needs_login is not null
                then jsonb_build_object('reason', c.needs_login, 'since', c.needs_login_since) end as needs_login,
            row_number() over (order by c.account_id, c.name) as place
        from (
            -- The primary key's order: no more is read than is asked for.
            select * from ghostwren_private.credentials c
            where custody.after_account is null
                or (c.account_id, c.name) > (custody.after_account, custody.after_name)
            order by c.account_id, c.name limit least(greatest(custody.page_size, 0), 1000) + 1) c) k
$$;

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261128120001 $$;

grant execute on function ghostwren.inspect(), ghostwren.custody(integer, uuid, text) to service_role;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
