-- Work that an owner hands to a worker. Starting a job is the delegation; a worker, who has the secret key and no identity
-- of the owner, acts through `run_*`: each checks the live lease, and reaches nothing but the run's account.

create or replace function ghostwren.job_record(j ghostwren.jobs) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object('id', j.id, 'account_id', j.account_id, 'owner', j.owner, 'kind', j.kind,
        'actions', j.actions, 'params', j.params::text, 'state', j.state, 'delegated_until', j.delegated_until,
        'run_after', j.run_after, 'fence', j.fence, 'worker', j.worker, 'lease_until', j.lease_until,
        'attempts', j.attempts, 'error_code', j.error_code, 'created_at', j.created_at, 'updated_at', j.updated_at)
$$;

create or replace function ghostwren.start_job(account_id uuid, kind text, actions text[], params jsonb default '{}',
    lifetime_ms bigint default 86400000, run_after timestamptz default null)
returns jsonb language plpgsql set search_path = ''
as $$
declare
    who uuid := ghostwren.owned(account_id);
    now timestamptz := ghostwren.now_ms();
    started ghostwren.jobs;
begin
    insert into ghostwren.jobs (account_id, owner, kind, actions, params, delegated_until, run_after)
        values (start_job.account_id, (select auth.uid()), start_job.kind, start_job.actions,
            ghostwren.arg(start_job.params), ghostwren.lease_end(now, lifetime_ms), coalesce(start_job.run_after, now))
        returning * into started;
    insert into ghostwren.audit_log (subject, action, facts) values (who, 'run.delegated',
        jsonb_build_object('run', started.id, 'actions', started.actions, 'until', started.delegated_until));
    perform ghostwren.touch(account_id);
    return ghostwren.job_record(started);
end
$$;

create or replace function ghostwren.job(job_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
    found jsonb;
begin
    select ghostwren.job_record(j) into found from ghostwren.jobs j where j.id = job_id;
    if found is null then
        perform ghostwren.fail(404, 'store.no_job', 'there is no such job');
    end if;
    return found;
end
$$;

create or replace function ghostwren.jobs(
    account_id uuid, page_size integer default 100, after_at timestamptz default null, after_id uuid default null)
returns jsonb language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.sized(page_size);
    perform ghostwren.owned(account_id);
    return (
        select ghostwren.page(jsonb_agg(ghostwren.job_record(j) order by j.created_at desc, j.id desc), page_size)
        from (select * from ghostwren.jobs i where i.account_id = jobs.account_id
                and (after_at is null or (i.created_at, i.id) < (after_at, after_id))
            order by i.created_at desc, i.id desc limit page_size + 1) j);
end
$$;

-- Takes the delegation back: the worker's next call fails.
create or replace function ghostwren.cancel_job(job_id uuid) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    before ghostwren.jobs;
begin
    select * into before from ghostwren.jobs j where j.id = job_id;
    if before.state in ('queued', 'running') then
        update ghostwren.jobs j set state = 'cancelled', updated_at = ghostwren.now_ms() where j.id = job_id;
        insert into ghostwren.audit_log (subject, action, facts)
            values (ghostwren.owned(before.account_id), 'run.cancelled', jsonb_build_object('run', job_id));
    end if;
    return ghostwren.job(job_id);
end
$$;

-- Which of the functions above a run may call, and the action that its owner must have allowed for it.
create table if not exists ghostwren_private.run_methods (
    method text not null,
    action text not null,
    primary key (method, action)
);
alter table ghostwren_private.run_methods enable row level security;
revoke all on ghostwren_private.run_methods from public, anon, authenticated, service_role;
insert into ghostwren_private.run_methods (method, action)
select m, a from (values
    (array['import', 'style', 'generate', 'publish'], array['account', 'reserve_spend', 'settle_spend', 'spend', 'audit',
        'save_rate_windows', 'rate_windows']),
    (array['import'], array['bind_account', 'begin_import', 'renew_import', 'import_page', 'finish_import', 'changed',
        'latest_watermark', 'imports', 'context_tweets', 'mark_deleted']),
    (array['import', 'style', 'generate'], array['tweets', 'count_tweets', 'tweet_totals', 'tweets_by_id']),
    (array['style', 'generate'], array['save_profile', 'latest_profile', 'log_ai_run']),
    (array['generate'], array['save_generation', 'generation', 'generations', 'drafts', 'draft']),
    (array['publish'], array['draft', 'put_outbox', 'begin_sending', 'record_posted', 'end_sending', 'outbox_entry',
        'outbox', 'tweets_by_id'])) as t (actions, methods), unnest(actions) a, unnest(methods) m
on conflict do nothing;

-- Takes the next job that waits, or whose worker's lease has run out; null when there is none. Each takeover stands in
-- the account's audit log. Not under the policies of the owners, hence by the rights of the schema's owner.
create or replace function ghostwren.run_claim(worker text, lease_ms bigint, kinds text[] default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    now timestamptz := ghostwren.now_ms();
    before ghostwren.jobs;
    claimed ghostwren.jobs;
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
    update ghostwren.jobs j set state = 'running', fence = j.fence + 1, worker = left(run_claim.worker, 100),
        attempts = j.attempts + 1, leased_at = now,
        lease_until = least(ghostwren.lease_end(now, lease_ms), j.delegated_until), updated_at = now
    where j.id = before.id returning * into claimed;
    insert into ghostwren.audit_log (subject, action, facts)
    select a.subject, case when before.fence = 0 then 'run.claimed' else 'run.taken_over' end,
        jsonb_build_object('run', claimed.id, 'fence', claimed.fence, 'worker', claimed.worker)
    from ghostwren.accounts a where a.id = claimed.account_id;
    return ghostwren.job_record(claimed);
end
$$;

-- The run, locked, if this lease on it is live and its owner allowed what the method does.
create or replace function ghostwren_private.live_run(run_id uuid, fence bigint, method text) returns ghostwren.jobs
language plpgsql security definer set search_path = ''
as $$
declare
    run ghostwren.jobs;
    now timestamptz;
begin
    select * into run from ghostwren.jobs j where j.id = run_id for share;
    now := ghostwren.now_ms();
    if run.id is null then
        perform ghostwren.fail(404, 'store.no_job', 'there is no such job');
    elsif run.fence <> live_run.fence or run.state <> 'running' then
        perform ghostwren.fail(409, 'run.lease_lost', case when run.state = 'cancelled'
            then 'its owner has cancelled this run' else 'another worker has taken this run over, or it has ended' end,
            'Stop this worker.');
    elsif run.lease_until <= now or run.delegated_until <= now then
        perform ghostwren.fail(409, 'run.lease_lost', 'the lease on this run has run out',
            'Claim a run again, and renew its lease in time.');
    elsif method is not null and not exists (select 1 from ghostwren_private.run_methods m
            where m.method = live_run.method and m.action = any (run.actions)) then
        perform ghostwren.fail(403, 'run.not_allowed', format('the owner did not allow ''%s'' for this run', method),
            'Start the run with the actions that it needs.');
    end if;
    return run;
end
$$;

create or replace function ghostwren.run_renew(run_id uuid, fence bigint, extend_ms bigint) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
    now timestamptz := ghostwren.now_ms();
    renewed ghostwren.jobs;
begin
    perform ghostwren_private.live_run(run_id, fence, null);
    update ghostwren.jobs j set leased_at = now,
        lease_until = least(ghostwren.lease_end(now, extend_ms), j.delegated_until), updated_at = now
    where j.id = run_id and j.fence = run_renew.fence and j.state = 'running' returning * into renewed;
    return ghostwren.job_record(renewed);
end
$$;

-- Ends the run, or gives it back with `queued` to be taken up after a time.
create or replace function ghostwren.run_finish(
    run_id uuid, fence bigint, state text, error_code text default null, run_after timestamptz default null)
returns jsonb language plpgsql security definer set search_path = ''
as $$
declare
    now timestamptz := ghostwren.now_ms();
    ended ghostwren.jobs;
begin
    perform ghostwren_private.live_run(run_id, fence, null);
    if state not in ('queued', 'done', 'failed') then
        perform ghostwren.fail(400, 'run.bad_state', 'a run ends as queued, done or failed');
    end if;
    update ghostwren.jobs j set state = run_finish.state, error_code = left(run_finish.error_code, 100),
        run_after = coalesce(run_finish.run_after, now), leased_at = null, lease_until = null, updated_at = now
    where j.id = run_id and j.fence = run_finish.fence and j.state = 'running' returning * into ended;
    insert into ghostwren.audit_log (subject, action, facts)
    select a.subject, 'run.' || run_finish.state, jsonb_build_object('run', ended.id, 'fence', ended.fence)
    from ghostwren.accounts a where a.id = ended.account_id;
    return ghostwren.job_record(ended);
end
$$;

-- Calls one of the owner's functions for the run's account, under the owner's own policies: for the length of the call
-- the role is `authenticated`, the user the owner, and `ghostwren.run_account` keeps every policy within one account.
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
    result jsonb;
begin
    -- Arguments by name; those that the call leaves out have their defaults, and the account is the run's.
    select p.prorettype, string_agg(format(case
            when n.name = 'account_id' then '%I => $2'
            when n.type = 'jsonb'::regtype then '%I => ($1 -> %2$L)'
            when n.type in ('text[]'::regtype, 'uuid[]'::regtype)
                then '%I => array(select jsonb_array_elements_text($1 -> %2$L))::%3$s'
            else '%I => ($1 ->> %2$L)::%3$s' end, n.name, n.name, n.type::regtype), ', ' order by n.place)
        filter (where a ? n.name or n.name = 'account_id')
        into gives, list
    from pg_proc p,
        unnest(p.proargnames, p.proargtypes::oid[]) with ordinality as n (name, type, place)
    where p.pronamespace = 'ghostwren'::regnamespace and p.proname = method
    group by p.oid, p.prorettype;
    perform set_config('ghostwren.run_account', run.account_id::text, true),
        set_config('request.jwt.claims', jsonb_build_object('sub', run.owner, 'role', 'authenticated')::text, true),
        set_config('request.jwt.claim.sub', run.owner::text, true);
    perform set_config('role', 'authenticated', true);
    if gives = 'void'::regtype then
        execute format('select ghostwren.%I(%s)', method, coalesce(list, '')) using a, run.account_id;
    else
        execute format('select to_jsonb(ghostwren.%I(%s))', method, coalesce(list, ''))
            into result using a, run.account_id;
    end if;
    perform set_config('role', caller, true);
    perform set_config('ghostwren.run_account', '', true),
        set_config('request.jwt.claims', coalesce(claims, ''), true),
        set_config('request.jwt.claim.sub', coalesce(sub, ''), true);
    return result;
end
$$;

grant execute on function
    ghostwren.job_record(ghostwren.jobs), ghostwren.start_job(uuid, text, text[], jsonb, bigint, timestamptz),
    ghostwren.job(uuid), ghostwren.jobs(uuid, integer, timestamptz, uuid), ghostwren.cancel_job(uuid) to authenticated;
grant execute on function
    ghostwren.run_claim(text, bigint, text[]), ghostwren.run_renew(uuid, bigint, bigint),
    ghostwren.run_finish(uuid, bigint, text, text, timestamptz), ghostwren.run_call(uuid, bigint, text, jsonb),
    ghostwren_private.live_run(uuid, bigint, text) to service_role;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
