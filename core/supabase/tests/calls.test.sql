-- A call of a model is logged before it is sent and completed once.
begin;
\ir helpers/world.sql

create function world.log(who text, id uuid, outcome text, cost bigint, reservation uuid default null) returns text
language sql as $$
    select world.call(who, format('ghostwren.log_ai_run(%L, %L)', jsonb_build_object('id', id, 'account_id',
        world.id('owner.account'), 'purpose', 'p', 'provider', 'o', 'model', outcome || '-model', 'request_hash', 'h',
        'input_tokens', 1, 'cached_tokens', 0, 'output_tokens', cost, 'reasoning_tokens', 0, 'cost_micros', cost,
        'latency_ms', 1, 'attempts', 1, 'outcome', jsonb_build_object('outcome', outcome), 'created_at', now()), reservation))
$$;
create function world.seen(id uuid) returns text language sql as $$
    select concat_ws(' ', r.outcome ->> 'outcome', r.model, r.output_tokens, r.cost_micros,
        (select sum(s.spent_micros) from ghostwren.spend s where s.subject = a.subject and s.kind = 'model'),
        (select sum(s.amount_micros) from ghostwren.spend_reservations s where s.subject = a.subject))
    from ghostwren.ai_runs r join ghostwren.accounts a on a.id = r.account_id where r.id = seen.id
$$;
create table world.calls as select ghostwren.new_id() as id,
    (world.call('owner', format('ghostwren.reserve_spend(%L, ''model'', 400)', world.id('owner.account')))::jsonb ->> 'id')::uuid
    as reservation;
grant select on world.calls to public;

select plan(13);
-- 5 are spent and 100 set aside by what the world is filled with.
select world.log('owner', id, 'open', 400) from world.calls;
select is(world.seen(id), 'open open-model 400 400 5 500', 'open: nothing is counted') from world.calls;
select world.log('owner', id, 'open', 400) from world.calls;
select is(world.seen(id), 'open open-model 400 400 5 500', 'open twice') from world.calls;
select is(world.outcome('other', format($$update ghostwren.ai_runs set model = 'x', outcome = '{"outcome": "ok"}' where id = %L$$, id)),
    '0 rows', 'nobody else ends it') from world.calls;
select is(world.outcome('anon', format($$update ghostwren.ai_runs set model = 'x' where id = %L$$, id)), '42501', 'nor does nobody')
from world.calls;
select is(world.outcome('owner', format($$update ghostwren.ai_runs set model = 'x' where id = %L$$, id)), '42501',
    'it is changed by ending it') from world.calls;
select is(world.outcome('owner', format($$update ghostwren.ai_runs set %I = %I where id = %L$$, c, c, id)), '42501', c || ' stays')
from world.calls, unnest(array['id', 'account_id', 'purpose', 'created_at']) c;
select world.log('owner', id, 'ok', 70, reservation) from world.calls;
select is(world.seen(id), 'ok ok-model 70 70 75 100', 'ended: its cost is counted, and what was set aside is free') from world.calls;
select world.log('owner', id, 'ok', 70, reservation), world.log('owner', id, 'cancelled', 9), world.log('owner', id, 'open', 9) from world.calls;
select is(world.seen(id), 'ok ok-model 70 70 75 100', 'an end stays') from world.calls;
select is(world.outcome('owner', format($$update ghostwren.ai_runs set outcome = '{"outcome": "open"}' where id = %L$$, id)), '0 rows',
    'also for its owner') from world.calls;
select is((select count(*) from ghostwren.ai_runs r join world.calls c on c.id = r.id), 1::bigint, 'one row');

select finish();
rollback;
