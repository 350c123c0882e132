-- Two users with an account each, every table filled by the functions that fill it; and how to act as somebody. All of it
-- within the test's transaction.
create extension if not exists pgtap;
create schema world;
grant usage on schema world to public;
create table world.known (name text primary key, value text not null);
grant select on world.known to public;

create function world.id(name text) returns uuid language sql stable
as $$ select value::uuid from world.known k where k.name = id.name $$;

-- Becomes somebody until the end of the transaction or the next call: 'owner', 'other', 'anon', 'secret'; '' for oneself.
create function world.become(who text) returns void language plpgsql as $$
declare
    user_id text := case who when 'owner' then '00000001-0000-4000-8000-000000000000'
        when 'other' then '00000002-0000-4000-8000-000000000000' else '' end;
begin
    perform set_config('request.jwt.claim.sub', user_id, true),
        set_config('request.jwt.claims', case when user_id = '' then '' else
            jsonb_build_object('sub', user_id, 'role', 'authenticated')::text end, true),
        set_config('role', case who when 'owner' then 'authenticated' when 'other' then 'authenticated'
            when 'anon' then 'anon' when 'secret' then 'service_role' else 'none' end, true);
end
$$;

-- What comes of a statement of somebody: `n rows`, or the SQLSTATE, with the code of the store where it is one of ours.
-- It is taken back either way.
create function world.outcome(who text, sql text) returns text language plpgsql as $$
declare
    n bigint;
begin
    begin
        perform world.become(who);
        execute sql;
        get diagnostics n = row_count;
        raise exception using errcode = 'ZZ000', message = n || ' rows';
    exception
        when sqlstate 'ZZ000' then
            return sqlerrm;
        when others then
            return sqlstate || case when sqlstate like 'PT%' then ' ' || sqlerrm else '' end;
    end;
end
$$;

-- What a function gives to somebody, as text. Kept.
create function world.call(who text, sql text) returns text language plpgsql as $$
declare
    result text;
begin
    perform world.become(who);
    execute 'select (' || sql || ')::text' into result;
    perform world.become('');
    return result;
end
$$;

create function world.page(variadic ids integer[]) returns jsonb language sql as $$
    select jsonb_build_object('tweets', coalesce(jsonb_agg(jsonb_build_object('id', i::text, 'hash', md5(i::text),
        'created_at', timestamptz '2020-01-01' + make_interval(hours => i), 'kind', 'original', 'source', 'archive',
        'full_text', 'tweet ' || i, 'search_terms', 'tweet ' || i)), '[]'),
        'context', '[{"id": "77", "full_text": "somebody else"}]'::jsonb, 'checkpoint', '{"n": 1}', 'lease_ms', 60000)
    from unnest(ids) i
$$;

create function world.fill(who text) returns void language plpgsql as $$
declare
    account text := (world.call(who, $q$ghostwren.open_account('main')$q$))::jsonb ->> 'id';
    run text;
    generation uuid := ghostwren.new_id();
    draft uuid := ghostwren.new_id();
    entry uuid := ghostwren.new_id();
    owner text := case who when 'owner' then '00000001-0000-4000-8000-000000000000'
        else '00000002-0000-4000-8000-000000000000' end;
    secret text := who || '-sealed-value';
begin
    run := world.call(who, format($q$ghostwren.begin_import(%L, 'archive', 'key', 60000) #>> '{run,id}'$q$, account));
    perform world.call(who, format($q$ghostwren.import_page(%L, 1, world.page(1, 2, 3))$q$, run));
    perform world.call(who, format($q$ghostwren.save_profile(%L, '{"corpus_hash": "c", "fingerprint": "{}", "tweet_ids": ["1"]}')$q$, account));
    perform world.call(who, format($q$ghostwren.save_generation(%L, %L)$q$,
        jsonb_build_object('id', generation, 'account_id', account, 'request', '{}', 'model', 'm', 'exemplars',
            '[{"tweet_id": "1"}]'::jsonb, 'rejected', '[]'::jsonb, 'created_at', now()),
        jsonb_build_array(jsonb_build_object('id', draft, 'text', 'x', 'weighted_length', 1, 'scores',
            '{"style": 0, "topic": 0, "diversity": 0, "copied": 0, "total": 0}'::jsonb, 'state', 'draft',
            'created_at', now(), 'updated_at', now()))));
    perform world.call(who, format($q$ghostwren.change_draft(%L, '{"from": ["draft"], "to": "approved"}')$q$, draft));
    perform world.call(who, format($q$ghostwren.put_outbox(%L)$q$, jsonb_build_object('id', entry, 'account_id', account,
        'draft_id', draft, 'content_hash', repeat('a', 64), 'payload', '[{"text": "x"}]')));
    perform world.call(who, format($q$ghostwren.log_ai_run(%L)$q$, jsonb_build_object('id', ghostwren.new_id(),
        'account_id', account, 'purpose', 'p', 'provider', 'o', 'model', 'm', 'request_hash', 'h', 'input_tokens', 1,
        'cached_tokens', 0, 'output_tokens', 1, 'reasoning_tokens', 0, 'cost_micros', 5, 'latency_ms', 1, 'attempts', 1,
        'outcome', '{"outcome": "ok"}'::jsonb, 'created_at', now())));
    perform world.call(who, format($q$ghostwren.reserve_spend(%L, 'model', 100)$q$, account));
    perform world.call(who, format($q$ghostwren.save_rate_windows(%L, %L)$q$, account, jsonb_build_array(
        jsonb_build_object('scope', 'user', 'endpoint', 'GET /2/x', 'kind', '15min', 'limit', 10, 'remaining', 9,
            'resets_at', now() + interval '10 minutes', 'seen_at', now()))));
    perform world.call(who, format($q$ghostwren.audit(%L, 'test', '{}')$q$, account));
    perform world.call(who, format($q$ghostwren.start_job(%L, 'import', '{import}')$q$, account));
    perform world.call('secret', format($q$ghostwren.put_sealed(%L, %L, 'token', %L)$q$, owner, account,
        jsonb_build_object('key_id', 'k', 'sealed', secret)));
    perform world.call('secret', format($q$ghostwren.put_login_state(%L, %L, 60000)$q$, owner, jsonb_build_object(
        'state_hash', repeat('a', 64), 'binding_hash', repeat('b', 64), 'facts', '{}', 'label', 'main',
        'verifier', jsonb_build_object('key_id', 'k', 'sealed', secret))));
    insert into world.known values (who, owner), (who || '.account', account), (who || '.run', run),
        (who || '.generation', generation), (who || '.draft', draft), (who || '.entry', entry);
    insert into world.known select who || '.job', id from ghostwren.jobs j where j.account_id = account::uuid;
end
$$;

select world.fill('owner');
select world.fill('other');
