-- Logins under way and sealed values: functions for the secret key alone. Each names the owner first, and sees nothing of
-- anybody else's. They run with the rights of `service_role`, which alone may touch the private tables.

-- Refuses an account that is not the owner's.
create or replace function ghostwren.owned_by(owner uuid, account_id uuid) returns void
language plpgsql stable set search_path = ''
as $$
begin
    if not exists (select 1 from ghostwren.accounts a where a.id = account_id and a.owner = owned_by.owner) then
        perform ghostwren.fail(404, 'store.no_account', 'there is no such account',
            'Open the account first, or check its id.');
    end if;
end
$$;

-- Keeps a login that was begun, for ten minutes at most; gives when it expires.
create or replace function ghostwren.put_login_state(owner uuid, state jsonb, lifetime_ms bigint) returns timestamptz
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
    s jsonb := ghostwren.arg(state);
    now timestamptz := ghostwren.now_ms();
    expires timestamptz := ghostwren.lease_end(now, least(lifetime_ms, 600000));
    known ghostwren_private.login_states;
begin
    if s ->> 'account_id' is not null then
        perform ghostwren.owned_by(put_login_state.owner, (s ->> 'account_id')::uuid);
    end if;
    -- An expired login is told from one that never was for an hour.
    delete from ghostwren_private.login_states l where l.expires_at < now - interval '1 hour';
    insert into ghostwren_private.login_states
        (owner, state_hash, binding_hash, key_id, sealed, facts, account_id, label, expires_at)
    values (put_login_state.owner, s ->> 'state_hash', s ->> 'binding_hash', s -> 'verifier' ->> 'key_id',
        s -> 'verifier' ->> 'sealed', (s ->> 'facts')::jsonb, (s ->> 'account_id')::uuid, s ->> 'label', expires)
    on conflict do nothing;
    if not found then
        -- The call was repeated, or the state was not random.
        select * into known from ghostwren_private.login_states l
            where l.owner = put_login_state.owner and l.state_hash = s ->> 'state_hash';
        if known.binding_hash = s ->> 'binding_hash' and known.sealed = s -> 'verifier' ->> 'sealed' then
            return known.expires_at;
        end if;
        perform ghostwren.fail(409, 'login.state_used', 'another login has this state',
            'Make a new random state for every login.');
    end if;
    delete from ghostwren_private.login_states l where l.key in (
        select o.key from ghostwren_private.login_states o where o.owner = put_login_state.owner
        order by o.key desc offset 100);
    return expires;
end
$$;

-- Takes a login out of the store: of several calls one gets it. A wrong binding takes nothing.
create or replace function ghostwren.take_login_state(owner uuid, state_hash text, binding_hash text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    taken ghostwren_private.login_states;
    code text;
    why text;
begin
    delete from ghostwren_private.login_states l
        where l.owner = take_login_state.owner and l.state_hash = take_login_state.state_hash
            and l.binding_hash = take_login_state.binding_hash and l.expires_at > ghostwren.now_ms()
        returning * into taken;
    if taken.key is not null then
        return jsonb_build_object('state_hash', taken.state_hash, 'binding_hash', taken.binding_hash,
            'verifier', jsonb_build_object('key_id', taken.key_id, 'sealed', taken.sealed),
            'facts', taken.facts::text, 'account_id', taken.account_id, 'label', taken.label);
    end if;
    select * into taken from ghostwren_private.login_states l
        where l.owner = take_login_state.owner and l.state_hash = take_login_state.state_hash;
    if taken.key is null then
        code := 'login.unknown_state';
        why := 'this login was not begun here, or it is finished already';
    elsif taken.binding_hash <> take_login_state.binding_hash then
        code := 'login.other_browser';
        why := 'this login was begun in another browser';
    else
        code := 'login.expired';
        why := 'this login was not finished in time';
    end if;
    perform ghostwren.fail(401, code, why, 'Begin the login again, and finish it in the same browser.');
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
        needs_login_since = null, created_at = excluded.created_at, failed_refreshes = 0;
end
$$;

create or replace function ghostwren.replace_sealed(owner uuid, account_id uuid, name text, old jsonb, new jsonb)
returns boolean language plpgsql set search_path = ''
as $$
declare
    o jsonb := ghostwren.arg(old);
    n jsonb := ghostwren.arg(new);
begin
    perform ghostwren.owned_by(owner, account_id);
    update ghostwren_private.credentials c set key_id = n ->> 'key_id', sealed = n ->> 'sealed'
    where c.account_id = replace_sealed.account_id and c.name = replace_sealed.name and c.key_id = o ->> 'key_id'
        and c.sealed = o ->> 'sealed';
    return found;
end
$$;

create or replace function ghostwren.remove_sealed(owner uuid, account_id uuid, name text) returns boolean
language plpgsql set search_path = ''
as $$
begin
    perform ghostwren.owned_by(owner, account_id);
    delete from ghostwren_private.credentials c
        where c.account_id = remove_sealed.account_id and c.name = remove_sealed.name;
    return found;
end
$$;

create or replace function ghostwren.sealed(owner uuid, account_id uuid, name text) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned_by(owner, account_id);
    return (select jsonb_build_object('key_id', c.key_id, 'sealed', c.sealed) from ghostwren_private.credentials c
        where c.account_id = sealed.account_id and c.name = sealed.name);
end
$$;

create or replace function ghostwren.sealed_names(owner uuid) returns jsonb
language sql stable set search_path = ''
as $$
    select coalesce(jsonb_agg(jsonb_build_object('account_id', c.account_id, 'name', c.name, 'key_id', c.key_id)
        order by c.account_id, c.name collate "C"), '[]')
    from ghostwren_private.credentials c where c.owner = sealed_names.owner
$$;

create or replace function ghostwren.credential(owner uuid, account_id uuid, name text) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned_by(owner, account_id);
    return (
        select jsonb_build_object('value', jsonb_build_object('key_id', c.key_id, 'sealed', c.sealed),
            'needs_login', case when c.needs_login is not null
                then jsonb_build_object('reason', c.needs_login, 'since', c.needs_login_since) end,
            'refreshing_until', h.until, 'interrupted', c.unended > 0 and h.until is null)
        from ghostwren_private.credentials c,
            lateral (select ghostwren.held(c.leased_at, c.lease_until, ghostwren.now_ms()) as until) h
        where c.account_id = credential.account_id and c.name = credential.name);
end
$$;

-- The credential, locked until the end of the call.
create or replace function ghostwren.locked_credential(owner uuid, account_id uuid, name text)
returns ghostwren_private.credentials language plpgsql set search_path = ''
as $$
declare
    found ghostwren_private.credentials;
begin
    perform ghostwren.owned_by(owner, account_id);
    select * into found from ghostwren_private.credentials c
        where c.account_id = locked_credential.account_id and c.name = locked_credential.name for update;
    if found.account_id is null then
        perform ghostwren.fail(404, 'store.no_credential', 'the account has no such credential',
            'Connect the account first.');
    end if;
    return found;
end
$$;

create or replace function ghostwren.begin_refresh(owner uuid, account_id uuid, name text, lease_ms bigint) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    stored ghostwren_private.credentials := ghostwren.locked_credential(owner, account_id, name);
    now timestamptz := ghostwren.now_ms();
    until timestamptz := ghostwren.held(stored.leased_at, stored.lease_until, now);
begin
    if stored.needs_login is not null then
        perform ghostwren.fail(401, 'login.needed', stored.needs_login, 'Connect the account again.');
    elsif until is not null then
        return jsonb_build_object('step', 'busy', 'until', until);
    end if;
    until := ghostwren.lease_end(now, lease_ms);
    update ghostwren_private.credentials c set fence = c.fence + 1, leased_at = now, lease_until = until,
        unended = c.unended + 1, used_at = now
    where c.account_id = begin_refresh.account_id and c.name = begin_refresh.name;
    return jsonb_build_object('step', 'begun', 'fence', stored.fence + 1, 'until', until,
        'value', jsonb_build_object('key_id', stored.key_id, 'sealed', stored.sealed),
        'interrupted', stored.unended > 0);
end
$$;

create or replace function ghostwren.end_refresh(owner uuid, account_id uuid, name text, fence bigint, outcome jsonb)
returns void language plpgsql set search_path = ''
as $$
declare
    o jsonb := ghostwren.arg(outcome);
    way text := o ->> 'outcome';
    stored ghostwren_private.credentials := ghostwren.locked_credential(owner, account_id, name);
begin
    -- The fence alone decides, never the clock: who was slow may save as long as nobody took over.
    if stored.fence <> end_refresh.fence or stored.lease_until is null then
        perform ghostwren.fail(409, 'credential.lease_lost',
            'the refresh was ended, or another refresh or login has begun since',
            'Read the credential again and use what is there.');
    end if;
    update ghostwren_private.credentials c set
        key_id = case when way = 'rotated' then o -> 'value' ->> 'key_id' else c.key_id end,
        sealed = case when way = 'rotated' then o -> 'value' ->> 'sealed' else c.sealed end,
        created_at = case when way = 'rotated' then ghostwren.now_ms() else c.created_at end,
        -- What an earlier refresh left in doubt stays in doubt.
        unended = case way when 'rotated' then 0 when 'unchanged' then greatest(c.unended - 1, 0) else c.unended end,
        failed_refreshes = case way when 'rotated' then 0 when 'unchanged' then c.failed_refreshes
            else c.failed_refreshes + 1 end,
        needs_login = case when way = 'dead' then o ->> 'reason' end,
        needs_login_since = case when way = 'dead' then ghostwren.now_ms() end,
        leased_at = null, lease_until = null
    where c.account_id = end_refresh.account_id and c.name = end_refresh.name;
end
$$;

-- What an operator must know of the sealed values, without any of them: by key, how many, how old, and how they fare.
create or replace function ghostwren.sealed_overview() returns jsonb
language sql stable set search_path = ''
as $$
    select coalesce(jsonb_agg(to_jsonb(k) order by k.key_id), '[]') from (
        select c.key_id, count(*) as sealed, min(c.created_at) as oldest, max(c.used_at) as last_used,
            count(*) filter (where c.needs_login is not null) as needs_login,
            coalesce(sum(c.failed_refreshes), 0) as failed_refreshes
        from ghostwren_private.credentials c group by c.key_id) k
$$;

grant execute on function
    ghostwren.owned_by(uuid, uuid), ghostwren.put_login_state(uuid, jsonb, bigint),
    ghostwren.take_login_state(uuid, text, text), ghostwren.put_sealed(uuid, uuid, text, jsonb),
    ghostwren.replace_sealed(uuid, uuid, text, jsonb, jsonb), ghostwren.remove_sealed(uuid, uuid, text),
    ghostwren.sealed(uuid, uuid, text), ghostwren.sealed_names(uuid), ghostwren.credential(uuid, uuid, text),
    ghostwren.locked_credential(uuid, uuid, text), ghostwren.begin_refresh(uuid, uuid, text, bigint),
    ghostwren.end_refresh(uuid, uuid, text, bigint, jsonb), ghostwren.sealed_overview() to service_role;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
