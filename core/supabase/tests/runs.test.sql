-- A worker with the secret key does what the owner handed it, for that account, as long as its lease lives.
begin;
\ir helpers/world.sql
select plan(29);

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

select finish();
rollback;
