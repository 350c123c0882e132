-- A worker with the secret key does what the owner handed it, for that account, as long as its lease lives.
begin;
\ir helpers/world.sql
select plan(58);

-- A second account of the same owner, with a tweet and a draft: not the run's.
insert into world.known values ('second', world.call('owner', $$ghostwren.open_account('second')$$)::jsonb ->> 'id');
insert into world.known values ('second.run',
    world.call('owner', format('ghostwren.begin_import(%L, ''archive'', ''k'', 60000) #>> ''{run,id}''', world.id('second'))));
create function world.run(method text, args text default '{}', fence integer default 1) returns text language sql as
$$ select format('select ghostwren.run_call(%L, %s, %L, %L)', world.id('owner.job'), fence, method, args) $$;

select is(world.outcome('secret', world.run('tweets')), 'PT409 run.lease_lost', 'nothing before the run is claimed');
-- Only the owner's job waits; the other's would be next.
update ghostwren.jobs set run_after = now() + interval '1 hour' where id = world.id('other.job');
select is(world.call('secret', $$ghostwren.run_claim('w1', 60000, '{style}') is null$$), 'true', 'no job of another kind');
select is((world.call('secret', $$ghostwren.run_claim('w1', 60000)$$))::jsonb ->> 'id', world.id('owner.job')::text, 'claimed');
select is(world.call('secret', $$ghostwren.run_claim('w2', 60000) is null$$), 'true', 'claimed by one');

select is(jsonb_array_length((world.call('secret', substr(world.run('tweets'), 8)))::jsonb -> 'items'), 3, 'the run reads its account');
select is(jsonb_array_length((world.call('secret', substr(world.run('tweets', format('{"account_id": "%s"}', world.id('second'))), 8)))::jsonb -> 'items'),
    3, 'an account in the arguments is the run''s all the same');
select is(world.outcome('secret', world.run('import_page', format('{"run_id": "%s", "fence": 1, "page": {}}', world.id('second.run')))),
    'PT404 store.no_import', 'not another account of the same owner');
select is(world.outcome('secret', world.run('import_page', format('{"run_id": "%s", "fence": 1, "page": {}}', world.id('other.run')))),
    'PT404 store.no_import', 'not another owner''s');
select is(world.outcome('secret', world.run('renew_import', format('{"run_id": "%s", "fence": 1, "extend_ms": 1000}', world.id('owner.run')))),
    '1 rows', 'the account''s own import');
select is(world.outcome('secret', world.run(m)), 'PT403 run.not_allowed', m || ' was not allowed')
from unnest(array['save_profile', 'put_outbox', 'erase_account', 'start_job', 'open_account', 'accounts', 'audit_log', 'owned', 'sealed', '', 'x; drop']) m;
select is(world.outcome('secret', world.run('tweets', '{}', 2)), 'PT409 run.lease_lost', 'another fence');
select is(current_setting('role') || coalesce(current_setting('ghostwren.run_account', true), ''), 'none', 'the role is as before');

-- A lease that ran out is taken over, and the old worker is shut out.
update ghostwren.jobs set lease_until = now() - interval '1 second' where id = world.id('owner.job');
select is(world.outcome('secret', world.run('tweets')), 'PT409 run.lease_lost', 'the lease ran out');
select is((world.call('secret', $$ghostwren.run_claim('w2', 60000)$$))::jsonb ->> 'fence', '2', 'taken over with a larger fence');
select is(world.outcome('secret', world.run('tweets')), 'PT409 run.lease_lost', 'the old worker is shut out');
select results_eq(format('select action from ghostwren.audit_log l join ghostwren.accounts a on a.subject = l.subject
    where a.id = %L and action like ''run.%%'' order by key', world.id('owner.account')),
    array['run.delegated', 'run.claimed', 'run.taken_over'], 'each takeover is in the audit log');

select is((world.call('owner', format('ghostwren.cancel_job(%L)', world.id('owner.job'))))::jsonb ->> 'state', 'cancelled', 'taken back');
select is(world.outcome('secret', world.run('tweets', '{}', 2)), 'PT409 run.lease_lost', 'a cancelled run does nothing more');
select is(world.outcome('owner', format('update ghostwren.jobs set state = ''running'' where id = %L', world.id('owner.job'))), '0 rows',
    'an owner does not move a run on');

-- One run by its id: as long as it waits or its lease has run out, and not before its time or after its end.
create function world.take(job text) returns text language sql as
$$ select world.outcome('secret', format('select ghostwren.run_take(%L, ''w'', 60000)', world.id(job))) $$;
select is(world.take('owner.job'), 'PT409 run.ended', 'not a cancelled one');
select is(world.outcome('secret', $$select ghostwren.run_take(gen_random_uuid(), 'w', 60000)$$), 'PT404 store.no_job', 'not one that is not there');
insert into world.known select 'job', (world.call('owner', format('ghostwren.start_job(%L, ''publish'', ''{publish}'')',
    world.id('owner.account'))))::jsonb ->> 'id';
update ghostwren.jobs set run_after = now() + interval '1 hour' where id = world.id('job');
select is(world.take('job'), 'PT409 run.busy', 'not before its time');
update ghostwren.jobs set run_after = now() where id = world.id('job');
select is((world.call('secret', format('ghostwren.run_take(%L, ''w'', 60000)', world.id('job'))))::jsonb ->> 'fence', '1', 'taken');
select is(world.take('job'), 'PT409 run.busy', 'by one');
update ghostwren.jobs set lease_until = now() - interval '1 second' where id = world.id('job');
select is((world.call('secret', format('ghostwren.run_take(%L, ''w'', 60000)', world.id('job'))))::jsonb ->> 'fence', '2', 'taken over');
select is((select count(*)::integer from ghostwren.audit_log l join ghostwren.accounts a on a.subject = l.subject
    where a.id = world.id('owner.account') and l.facts ->> 'run' = world.id('job')::text and action in ('run.claimed', 'run.taken_over')),
    2, 'and both are in the audit log');

-- The login at Twitter, and nothing else that is sealed.
create function world.with_job(method text, args text, fence integer default 2) returns text language sql as
$$ select format('select ghostwren.run_call(%L, %s, %L, %L)', world.id('job'), fence, method, args) $$;
select is(world.call('secret', format('ghostwren.put_sealed(%L, %L, ''twitter'', ''{"key_id": "k", "sealed": "tokens"}'')::text',
    world.id('owner'), world.id('owner.account'))), '', 'a login');
select is((world.call('secret', substr(world.with_job('credential', '{"name": "twitter"}'), 8)))::jsonb #>> '{value,sealed}', 'tokens',
    'the account''s login');
select is((world.call('secret', substr(world.with_job('credential', format('{"name": "twitter", "owner": "%s", "account_id": "%s"}',
    world.id('other'), world.id('other.account'))), 8)))::jsonb #>> '{value,sealed}', 'tokens', 'whosever is asked for');
select is(world.outcome('secret', world.with_job('credential', '{"name": "token"}')), 'PT403 run.not_allowed', 'not another sealed value');
select is(world.outcome('secret', world.with_job('credential', '{}')), 'PT403 run.not_allowed', 'nor one without a name');
select is((world.call('secret', substr(world.with_job('begin_refresh', '{"name": "twitter", "lease_ms": 60000}'), 8)))::jsonb ->> 'step',
    'begun', 'it is refreshed');
select is(world.outcome('secret', world.with_job('end_refresh', '{"name": "twitter", "fence": 1, "outcome": {"outcome": "unchanged"}}')),
    '1 rows', 'and the refresh ends');
select is(world.outcome('secret', world.with_job(m, '{"name": "twitter"}')), 'PT403 run.not_allowed', m || ' is not for a run')
from unnest(array['sealed', 'put_sealed', 'replace_sealed', 'remove_sealed', 'take_login_state', 'sealed_names', 'run_call', 'run_finish']) m;
select is(world.outcome('secret', world.with_job('credential', '{"name": "twitter"}', 1)), 'PT409 run.lease_lost', 'not for the worker before');
select is(current_setting('role'), 'none', 'the role is as before');

-- An end whose answer was lost is told again; another end is not.
create function world.finish(state text, fence integer default 2) returns text language sql as
$$ select world.outcome('secret', format('select ghostwren.run_finish(%L, %s, %L)', world.id('job'), fence, state)) $$;
select is(world.finish('done', 1), 'PT409 run.lease_lost', 'not by the worker before');
select is((world.call('secret', format('ghostwren.run_finish(%L, 2, ''done'')', world.id('job'))))::jsonb ->> 'state', 'done', 'done');
select is(world.finish('done'), '1 rows', 'told again');
select is(world.finish('failed'), 'PT409 run.lease_lost', 'not with another end');
select is((select count(*)::integer from ghostwren.audit_log where facts ->> 'run' = world.id('job')::text and action = 'run.done'), 1,
    'it ended once');

select finish();
rollback;
