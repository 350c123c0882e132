-- A worker that carries one run: it may take the run that it was told of, use and refresh the account's login at Twitter
-- where the owner allowed what needs it, and end the run again when the answer to that was lost.

-- The sealed login of the account, for what reads or writes at Twitter. These are functions of the secret key.
insert into ghostwren_private.run_methods (method, action)
select m, a from unnest(array['import', 'publish']) a,
    unnest(array['credential', 'begin_refresh', 'end_refresh']) m
on conflict do nothing;

-- Leases a run that is locked and may be leased; each takeover stands in the account's audit log.
create or replace function ghostwren_private.lease_run(before ghostwren.jobs, worker text, lease_ms bigint, now timestamptz)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
    leased ghostwren.jobs;
begin
    update ghostwren.jobs j set state = 'running', fence = j.fence + 1, worker = left(lease_run.worker, 100),
        attempts = j.attempts + 1, leased_at = now,
        lease_until = least(ghostwren.lease_end(now, lease_ms), j.delegated_until), updated_at = now
    where j.id = before.id returning * into leased;
    insert into ghostwren.audit_log (subject, action, facts)
    select a.subject, case when before.fence = 0 then 'run.claimed' else 'run.taken_over' end,
        jsonb_build_object('run', leased.id, 'fence', leased.fence, 'worker', leased.worker)
    from ghostwren.accounts a where a.id = leased.account_id;
    return ghostwren.job_record(leased);
end
$$;

create or replace function ghostwren.run_claim(worker text, lease_ms bigint, kinds text[] default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    now timestamptz := ghostwren.now_ms();
    before ghostwren.jobs;
begin
    update ghostwren.jobs j set state = 'failed', error_code = 'run.expired', updated_at = now
    where j.id in (select e.id from ghostwren.jobs e where e.state in ('queued', 'running') and e.delegated_until <= now
        order by e.run_after, e.id limit 100 for update skip locked);
    select * into before from ghostwren.jobs j
    where j.state in ('queued', 'running') and j.run_after <= now and j.delegated_until > now
        -- By the clock at the moment of the lock: another worker may have taken the row since this call began, and its
        -- lease must not look like one from the future.
        and (j.state = 'queued' or ghostwren.held(j.leased_at, j.lease_until, ghostwren.now_ms()) is null)
        and (kinds is null or j.kind = any (kinds))
    order by j.run_after, j.id limit 1 for update skip locked;
    if before.id is null then
        return null;
    end if;
    return ghostwren_private.lease_run(before, worker, lease_ms, now);
end
$$;

-- Takes one run, whose id the worker was given.
create or replace function ghostwren.run_take(run_id uuid, worker text, lease_ms bigint) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    now timestamptz;
    before ghostwren.jobs;
    held timestamptz;
begin
    select * into before from ghostwren.jobs j where j.id = run_id for update;
    -- By the clock at the moment of the lock.
    now := ghostwren.now_ms();
    held := ghostwren.held(before.leased_at, before.lease_until, now);
    if before.id is null then
        perform ghostwren.fail(404, 'store.no_job', 'there is no such job');
    elsif before.state not in ('queued', 'running') or before.delegated_until <= now then
        perform ghostwren.fail(409, 'run.ended', case when before.state = 'cancelled' then 'its owner has cancelled this run'
            when before.state in ('queued', 'running') then 'the time that its owner gave for this run is over'
            else 'this run has ended' end, 'Have the owner start another run.');
    elsif before.run_after > now then
        perform ghostwren.fail_until(409, 'run.busy', 'this run waits', before.run_after, 'Take it then.');
    elsif before.state = 'running' and held is not null then
        perform ghostwren.fail_until(409, 'run.busy', 'another worker has this run', held,
            'Take it when the lease has run out.');
    end if;
    return ghostwren_private.lease_run(before, worker, lease_ms, now);
end
$$;

create or replace function ghostwren.run_finish(
    run_id uuid, fence bigint, state text, error_code text default null, run_after timestamptz default null)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
    now timestamptz := ghostwren.now_ms();
    ended ghostwren.jobs;
begin
    if state is null or state not in ('queued', 'done', 'failed') then
        perform ghostwren.fail(400, 'run.bad_state', 'a run ends as queued, done or failed');
    end if;
    -- The same end again: its answer was lost.
    select * into ended from ghostwren.jobs j where j.id = run_id and j.fence = run_finish.fence
        and j.state = run_finish.state and j.lease_until is null
        and j.error_code is not distinct from left(run_finish.error_code, 100);
    if ended.id is not null then
        return ghostwren.job_record(ended);
    end if;
    perform ghostwren_private.live_run(run_id, fence, null);
    update ghostwren.jobs j set state = run_finish.state, error_code = left(run_finish.error_code, 100),
        run_after = coalesce(run_finish.run_after, now), leased_at = null, lease_until = null, updated_at = now
    where j.id = run_id and j.fence = run_finish.fence and j.state = 'running' returning * into ended;
    if ended.id is null then
        perform ghostwren.fail(409, 'run.lease_lost', 'another worker has taken this run over, or it has ended',
            'Stop this worker.');
    end if;
    insert into ghostwren.audit_log (subject, action, facts)
    select a.subject, 'run.' || run_finish.state, jsonb_build_object('run', ended.id, 'fence', ended.fence)
    from ghostwren.accounts a where a.id = ended.account_id;
    return ghostwren.job_record(ended);
end
$$;

-- Calls one of the owner's functions for the run's account, under the owner's own policies: for the length of the call
-- the role is `authenticated`, the user the owner, and `ghostwren.run_account` keeps every policy within one account.
-- A function of the secret key, whose first argument is the owner, keeps the worker's role: the owner and the account are
-- the run's, and of what is sealed it reaches the login at Twitter alone.
create or replace function ghostwren.run_call(run_id uuid, fence bigint, method text, args jsonb default '{}') returns jsonb
language plpgsql set search_path = ''
as $$
declare
    run ghostwren.jobs := ghostwren_private.live_run(run_id, fence, coalesce(method, ''));
    a jsonb := ghostwren.arg(args);
    caller text := current_setting('role');
    claims text := current_setting('request.jwt.claims', true);
    sub text := current_setting('request.jwt.claim.sub', true);
    list text;
    gives regtype;
    secret boolean;
    result jsonb;
begin
    -- Arguments by name; those that the call leaves out have their defaults, and the account is the run's.
    select p.prorettype, 'owner' = any (p.proargnames), string_agg(format(case
            when n.name = 'account_id' then '%I => $2'
            when n.name = 'owner' then '%I => $3'
            when n.type = 'jsonb'::regtype then '%I => ($1 -> %2$L)'
            when n.type in ('text[]'::regtype, 'uuid[]'::regtype)
                then '%I => array(select jsonb_array_elements_text($1 -> %2$L))::%3$s'
            else '%I => ($1 ->> %2$L)::%3$s' end, n.name, n.name, n.type::regtype), ', ' order by n.place)
        filter (where a ? n.name or n.name in ('account_id', 'owner'))
        into gives, secret, list
    from pg_proc p,
        unnest(p.proargnames, p.proargtypes::oid[]) with ordinality as n (name, type, place)
    where p.pronamespace = 'ghostwren'::regnamespace and p.proname = method
    group by p.oid, p.prorettype, p.proargnames;
    if secret and a ->> 'name' is distinct from 'twitter' then
        perform ghostwren.fail(403, 'run.not_allowed', 'a run reaches the login at Twitter and nothing else that is sealed',
            'Leave other sealed values to the owner.');
    end if;
    if not secret then
        perform set_config('ghostwren.run_account', run.account_id::text, true),
            set_config('request.jwt.claims', jsonb_build_object('sub', run.owner, 'role', 'authenticated')::text, true),
            set_config('request.jwt.claim.sub', run.owner::text, true);
        perform set_config('role', 'authenticated', true);
    end if;
    if gives = 'void'::regtype then
        execute format('select ghostwren.%I(%s)', method, coalesce(list, '')) using a, run.account_id, run.owner;
    else
        execute format('select to_jsonb(ghostwren.%I(%s))', method, coalesce(list, ''))
            into result using a, run.account_id, run.owner;
    end if;
    if not secret then
        perform set_config('role', caller, true);
        perform set_config('ghostwren.run_account', '', true),
            set_config('request.jwt.claims', coalesce(claims, ''), true),
            set_config('request.jwt.claim.sub', coalesce(sub, ''), true);
    end if;
    return result;
end
$$;

create or replace function ghostwren.schema_version() returns bigint
language sql immutable parallel safe set search_path = ''
as $$ select 20261128000004 $$;

grant execute on function ghostwren.run_take(uuid, text, bigint) to service_role;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
