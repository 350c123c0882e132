-- A new token outlives its lease, a draft's entry is found, and what is gone can be looked for.
begin;
\ir helpers/world.sql
select plan(26);

create function world.token(call text) returns text language sql as
$$ select world.call('secret', format('ghostwren.' || call, world.id('owner'), world.id('owner.account'))) $$;
create function world.put(text) returns text language sql as
$$ select world.token(format('put_sealed(%%L, %%L, ''token'', ''{"key_id": "k", "sealed": "%s"}'')', $1)) $$;
create function world.begin_refresh(lease_ms integer) returns bigint language sql as
$$ select (world.token(format('begin_refresh(%%L, %%L, ''token'', %s)', lease_ms))::jsonb ->> 'fence')::bigint $$;
-- How a refresh ends: nothing said when it was saved.
create function world.end_refresh(fence bigint, outcome jsonb) returns text language plpgsql as $$
begin
    perform world.token(format('end_refresh(%%L, %%L, ''token'', %s, %L)', fence, outcome));
    return null;
exception when others then
    perform world.become('');
    return sqlerrm;
end
$$;
create function world.rotated(before text, after text, key text default 'k') returns jsonb language sql as $$
    select jsonb_build_object('outcome', 'rotated', 'from', jsonb_build_object('key_id', key, 'sealed', before),
        'value', jsonb_build_object('key_id', 'k', 'sealed', after))
$$;
create function world.credential() returns ghostwren_private.credentials language sql as
$$ select c from ghostwren_private.credentials c where c.account_id = world.id('owner.account') and c.name = 'token' $$;

select world.put('one');
create temp table fences (name text primary key, fence bigint);
insert into fences values ('slow', world.begin_refresh(0));
insert into fences values ('second', world.begin_refresh(60000));
create function world.fence(text) returns bigint language sql as $$ select fence from fences where name = $1 $$;

select is(world.end_refresh(world.fence('slow'), world.rotated('one', 'two', 'other')), 'credential.lease_lost', 'made from a value under another key');
select is(world.end_refresh(world.fence('slow'), world.rotated('zero', 'two')), 'credential.lease_lost', 'made from another value');
select is(world.end_refresh(world.fence('slow'), world.rotated('one', 'two') - 'from'), 'credential.lease_lost', 'made from nobody knows what');
select is(world.end_refresh(world.fence('slow'), '{"outcome": "unchanged"}'), 'credential.lease_lost', 'no new token');
select is((world.credential()).sealed, 'one', 'nothing of it was saved');
select is((world.credential()).lease_until is null, false, 'and the lease is as it was');

select is(world.end_refresh(world.fence('slow'), world.rotated('one', 'two')), null, 'a new token outlives its lease');
select is((world.credential()).sealed, 'two', 'it is saved');
select is((world.credential()).unended::integer, 0, 'it has no past');
select is((world.credential()).lease_until, null, 'nobody holds a lease of it');
select is(world.end_refresh(world.fence('second'), '{"outcome": "dead", "reason": "refused"}'), 'credential.lease_lost', 'the one that took over and was refused');
select is(world.end_refresh(world.fence('second'), world.rotated('one', 'three')), 'credential.lease_lost', 'another token of the one that is gone');

insert into fences values ('third', world.begin_refresh(0)), ('fourth', world.begin_refresh(60000));
select is(world.end_refresh(world.fence('fourth'), '{"outcome": "dead", "reason": "refused"}'), null, 'refused, and said so');
select is((world.credential()).needs_login, 'refused', 'a login is needed');
select is(world.end_refresh(world.fence('third'), world.rotated('two', 'three')), null, 'until the new token comes');
select is((world.credential()).needs_login, null, 'no login is needed after all');
insert into fences values ('fifth', world.begin_refresh(60000));
select world.put('login');
select is(world.end_refresh(world.fence('fifth'), world.rotated('three', 'four')), 'credential.lease_lost', 'a login is newer than any of them');
select is((world.credential()).sealed, 'login', 'and it stays');

-- The entry of a draft.
create function world.entry(who text, draft uuid) returns text language sql as $$
    select world.call(who, format('ghostwren.outbox_of_draft(%L, %L) ->> ''id''', world.id(who || '.account'), draft))
$$;
select is(world.entry('owner', world.id('owner.draft')), world.id('owner.entry')::text, 'the entry of a draft');
select is(world.entry('owner', ghostwren.new_id()), null, 'of a draft that is not');
select is(world.entry('other', world.id('owner.draft')), null, 'of another owner''s draft');
update ghostwren.outbox set state = 'failed', error_code = 'x' where id = world.id('owner.entry');
select is(world.entry('owner', world.id('owner.draft')), null, 'a failure stands for nothing');
update ghostwren.outbox set posted_ids = '{10}' where id = world.id('owner.entry');
select is(world.entry('owner', world.id('owner.draft')), world.id('owner.entry')::text, 'of which something is on Twitter');
select is((select array_agg(action) from ghostwren_private.run_methods where method = 'outbox_of_draft'), '{publish}', 'a run that publishes may ask');

-- Sources of imports.
select is(world.outcome('owner', format('select ghostwren.begin_import(%L, ''reconcile'', ''12'', 1000)', world.id('owner.account'))), '1 rows',
    'looking for what is gone is an import');
select is(world.outcome('owner', format('select ghostwren.begin_import(%L, ''elsewhere'', ''12'', 1000)', world.id('owner.account'))), '23514',
    'and nothing else is');

select finish();
rollback;
