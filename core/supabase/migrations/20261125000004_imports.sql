-- Accounts and imports. A function of `ghostwren` runs with the rights of its caller: under row-level security an id of
-- somebody else is an id that does not exist.
-- An error of ours: SQLSTATE PTnnn, which PostgREST answers as the HTTP status nnn; the message is the stable code, the
-- detail the sentence, the hint the remedy. With `retry_at` the detail is JSON: {"detail": …, "retry_at": …}.

create or replace function ghostwren.fail(status integer, code text, detail text, remedy text default null)
returns void language plpgsql set search_path = ''
as $$
begin
    raise exception using errcode = 'PT' || status, message = code, detail = detail, hint = coalesce(remedy, '');
end
$$;

create or replace function ghostwren.fail_until(status integer, code text, detail text, retry_at timestamptz, remedy text)
returns void language plpgsql set search_path = ''
as $$
begin
    perform ghostwren.fail(status, code, jsonb_build_object('detail', detail, 'retry_at', retry_at)::text, remedy);
end
$$;

-- An argument that came as JSON or as text that holds JSON: the second way keeps every number as it was written, also
-- where something on the way reads JSON into the numbers of JavaScript.
create or replace function ghostwren.arg(value jsonb) returns jsonb
language sql immutable parallel safe set search_path = ''
as $$ select case jsonb_typeof(value) when 'string' then (value #>> '{}')::jsonb else value end $$;

-- The end of a lease that begins now; none holds longer than the delegation of a run may.
create or replace function ghostwren.lease_end(since timestamptz, lease_ms bigint) returns timestamptz
language sql immutable parallel safe set search_path = ''
as $$ select since + make_interval(secs => least(greatest(lease_ms, 0), 86400000) / 1000.0) $$;

-- The end of a lease that still holds. One from the future was given before the clock was put back: nobody knows how
-- old it is, and the fence makes taking it over safe.
create or replace function ghostwren.held(leased_at timestamptz, lease_until timestamptz, now timestamptz)
returns timestamptz language sql immutable parallel safe set search_path = ''
as $$ select case when now < lease_until and leased_at <= now then lease_until end $$;

-- Money and counts, kept below what a bigint holds, so that no sum of two runs over.
create or replace function ghostwren.micros(amount numeric) returns bigint
language sql immutable strict parallel safe set search_path = ''
as $$ select least(greatest(round(amount), 0), 4000000000000000000)::bigint $$;

-- The subject of an account of the caller; an error otherwise.
create or replace function ghostwren.owned(account_id uuid) returns uuid
language plpgsql stable set search_path = ''
as $$
declare
    found uuid;
begin
    select a.subject into found from ghostwren.accounts a where a.id = owned.account_id;
    if found is null then
        perform ghostwren.fail(404, 'store.no_account', 'there is no such account',
            'Open the account first, or check its id.');
    end if;
    return found;
end
$$;

-- Counts a write to the account, and to its tweets.
create or replace function ghostwren.touch(account_id uuid, tweets boolean default false) returns void
language sql volatile set search_path = ''
as $$
    update ghostwren.accounts a set revision = a.revision + 1, tweets_revision = a.tweets_revision + tweets::integer
    where a.id = touch.account_id
$$;

create or replace function ghostwren.account_record(a ghostwren.accounts) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object(
        'id', a.id, 'owner', a.owner, 'label', a.label,
        'twitter_user', case when a.twitter_user_id is not null then jsonb_build_object(
            'id', a.twitter_user_id, 'username', coalesce(a.username, ''), 'name', a.name,
            'avatar_url', a.avatar_url, 'created_at', a.twitter_created_at) end,
        'tweet_count', a.tweet_count, 'revision', a.revision, 'tweets_revision', a.tweets_revision,
        'sealed_values', a.sealed_values, 'created_at', a.created_at)
$$;

create or replace function ghostwren.open_account(label text) returns jsonb
language plpgsql set search_path = ''
as $$
begin
    insert into ghostwren.accounts (owner, label) values ((select auth.uid()), open_account.label)
        on conflict on constraint accounts_owner_label_key do nothing;
    return (select ghostwren.account_record(a) from ghostwren.accounts a
        where a.owner = (select auth.uid()) and a.label = open_account.label);
end
$$;

create or replace function ghostwren.account(account_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (select ghostwren.account_record(a) from ghostwren.accounts a where a.id = account.account_id);
end
$$;

create or replace function ghostwren.accounts() returns jsonb
language sql stable set search_path = ''
as $$
    select coalesce(jsonb_agg(ghostwren.account_record(a) order by a.created_at, a.id), '[]')
    from ghostwren.accounts a where a.owner = (select auth.uid())
$$;

create or replace function ghostwren.bind_account(account_id uuid, twitter_user jsonb) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    u jsonb := ghostwren.arg(twitter_user);
    before ghostwren.accounts;
begin
    perform ghostwren.owned(account_id);
    select * into before from ghostwren.accounts a where a.id = bind_account.account_id for update;
    if before.twitter_user_id <> u ->> 'id' then
        perform ghostwren.fail(409, 'account.other_twitter_user',
            format('the account ''%s'' belongs to another Twitter user, @%s', before.label, before.username),
            'Open a new account for the other Twitter user.');
    end if;
    -- What the source does not say does not erase what is known.
    update ghostwren.accounts a set
        twitter_user_id = u ->> 'id', username = coalesce(nullif(u ->> 'username', ''), a.username, ''),
        name = coalesce(u ->> 'name', a.name), avatar_url = coalesce(u ->> 'avatar_url', a.avatar_url),
        twitter_created_at = coalesce((u ->> 'created_at')::timestamptz, a.twitter_created_at), revision = a.revision + 1
    where a.id = bind_account.account_id;
    return ghostwren.account(account_id);
end
$$;

create or replace function ghostwren.run_record(r ghostwren.import_runs) returns jsonb
language sql stable parallel safe set search_path = ''
as $$
    select jsonb_build_object(
        'id', r.id, 'account_id', r.account_id, 'source', r.source, 'source_key', r.source_key,
        'checkpoint', r.checkpoint::text,
        'counts', jsonb_build_object('inserted', r.inserted, 'updated', r.updated,
            'unchanged', r.unchanged, 'malformed', r.malformed),
        'cost_micros', r.cost_micros, 'watermark', r.watermark, 'end', r.outcome, 'fence', r.fence,
        'lease_until', r.lease_until, 'started_at', r.started_at, 'updated_at', r.updated_at)
$$;

create or replace function ghostwren.begin_import(account_id uuid, source text, source_key text, lease_ms bigint)
returns jsonb language plpgsql set search_path = ''
as $$
declare
    now timestamptz;
    until timestamptz;
    run ghostwren.import_runs;
    held timestamptz;
begin
    perform ghostwren.owned(account_id);
    -- Of two that begin the same import at the same time the second one waits, and finds the first one's run.
    perform pg_advisory_xact_lock(hashtextextended(account_id || source || source_key, 0));
    select * into run from ghostwren.import_runs r
        where r.account_id = begin_import.account_id and r.source = begin_import.source
            and r.source_key = begin_import.source_key
        order by r.started_at desc, r.id desc limit 1 for update;
    now := ghostwren.now_ms();
    until := ghostwren.lease_end(now, lease_ms);
    if run.id is null or run.outcome ->> 'end' in ('complete', 'incomplete', 'reached_limit') then
        insert into ghostwren.import_runs (account_id, source, source_key, leased_at, lease_until, started_at, updated_at)
            values (begin_import.account_id, begin_import.source, begin_import.source_key, now, until, now, now)
            returning * into run;
    else
        held := ghostwren.held(run.leased_at, run.lease_until, now);
        if run.outcome is null and held is not null then
            perform ghostwren.fail_until(409, 'import.running', 'this import is running already', held,
                'Wait until it ends, or until its lease has run out.');
        end if;
        update ghostwren.import_runs r set fence = r.fence + 1, outcome = null, leased_at = now, lease_until = until,
            updated_at = now where r.id = run.id returning * into run;
    end if;
    perform ghostwren.touch(account_id);
    return jsonb_build_object('run', ghostwren.run_record(run),
        'lease', jsonb_build_object('run_id', run.id, 'fence', run.fence, 'until', until));
end
$$;

-- Locks the run and gives its account. The fence alone decides, never the clock: an owner that was slow may go on as
-- long as nobody took over.
create or replace function ghostwren.leased_run(run_id uuid, fence bigint) returns uuid
language plpgsql set search_path = ''
as $$
declare
    run ghostwren.import_runs;
begin
    select * into run from ghostwren.import_runs r where r.id = run_id for update;
    if run.id is null then
        perform ghostwren.fail(404, 'store.no_import', 'there is no such import');
    elsif run.fence <> leased_run.fence or run.outcome is not null then
        perform ghostwren.fail(409, 'import.lease_lost',
            case when run.fence <> leased_run.fence then 'another worker has taken this import over'
                else 'this import has ended' end,
            'Stop this worker; begin the import again if it is to go on.');
    end if;
    return run.account_id;
end
$$;

create or replace function ghostwren.renew_import(run_id uuid, fence bigint, extend_ms bigint) returns jsonb
language plpgsql set search_path = ''
as $$
declare
    now timestamptz;
    until timestamptz;
begin
    perform ghostwren.leased_run(run_id, fence);
    now := ghostwren.now_ms();
    until := ghostwren.lease_end(now, extend_ms);
    update ghostwren.import_runs r set leased_at = now, lease_until = until, updated_at = now where r.id = run_id;
    return jsonb_build_object('run_id', run_id, 'fence', fence, 'until', until);
end
$$;

create or replace function ghostwren.latest_watermark(account_id uuid, source text, source_key text) returns text
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (select r.watermark from ghostwren.import_runs r
        where r.account_id = latest_watermark.account_id and r.source = latest_watermark.source
            and r.source_key = latest_watermark.source_key and r.watermark is not null
            and r.outcome ->> 'end' in ('complete', 'incomplete', 'reached_limit')
        order by length(r.watermark) desc, r.watermark desc limit 1);
end
$$;

create or replace function ghostwren.imports(account_id uuid) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
    perform ghostwren.owned(account_id);
    return (select coalesce(jsonb_agg(ghostwren.run_record(r) order by r.started_at desc, r.id desc), '[]')
        from (select * from ghostwren.import_runs i where i.account_id = imports.account_id
            order by i.started_at desc, i.id desc limit 1000) r);
end
$$;

grant execute on function
    ghostwren.fail(integer, text, text, text), ghostwren.fail_until(integer, text, text, timestamptz, text),
    ghostwren.arg(jsonb), ghostwren.lease_end(timestamptz, bigint), ghostwren.micros(numeric),
    ghostwren.held(timestamptz, timestamptz, timestamptz) to authenticated, service_role;
grant execute on function
    ghostwren.owned(uuid), ghostwren.touch(uuid, boolean), ghostwren.account_record(ghostwren.accounts),
    ghostwren.open_account(text), ghostwren.account(uuid), ghostwren.accounts(), ghostwren.bind_account(uuid, jsonb),
    ghostwren.run_record(ghostwren.import_runs), ghostwren.begin_import(uuid, text, text, bigint),
    ghostwren.leased_run(uuid, bigint), ghostwren.renew_import(uuid, bigint, bigint),
    ghostwren.latest_watermark(uuid, text, text), ghostwren.imports(uuid) to authenticated;

-- A new function is everybody's until this: who may call it stands in the grants above.
revoke execute on all functions in schema ghostwren, ghostwren_private from public, anon;

notify pgrst, 'reload schema';
