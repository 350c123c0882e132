-- Erasing takes everything with it; what stays has no name.
begin;
\ir helpers/world.sql
select plan(11);

insert into world.known select 'owner.subject', subject from ghostwren.accounts where id = world.id('owner.account');
select is(world.call('owner', format($$ghostwren.erase_tweets(%L, '{1, 77}')$$, world.id('owner.account')))::jsonb - 'sealed' - 'imports' - 'ai_runs' - 'marked',
    '{"tweets": 2, "profiles": 1, "drafts": 1, "generations": 1, "outbox": 1}'::jsonb, 'a tweet takes what came of it');
select is((select tweet_count from ghostwren.accounts where id = world.id('owner.account')), 2::bigint, 'the count');
select is((world.call('owner', format('ghostwren.erase_account(%L)', world.id('owner.account'))))::jsonb,
    '{"tweets": 2, "profiles": 0, "drafts": 0, "generations": 0, "sealed": 1, "imports": 1, "ai_runs": 1, "outbox": 0, "marked": 0}'::jsonb,
    'the account');
select is((select count(*) from ghostwren_private.credentials where owner = world.id('owner')), 0::bigint, 'no sealed value is left');
select is((select count(*) from ghostwren_private.login_states where owner = world.id('owner')), 0::bigint, 'nor a login that waits for it');
select is((select count(*) from ghostwren_private.credentials where owner = world.id('other')), 1::bigint, 'the other''s are');
select is((select count(*) from ghostwren.jobs where owner = world.id('owner')), 0::bigint, 'no job');
select is((select count(*) from ghostwren.spend_reservations where subject = world.id('owner.subject')), 0::bigint, 'no reservation');
select is((select sum(spent_micros) from ghostwren.spend where subject = world.id('owner.subject')), 105::numeric, 'what was spent stays, and what was set aside is spent');
select ok((select count(*) from ghostwren.audit_log where subject = world.id('owner.subject')) >= 4, 'the audit log stays');
select is(world.outcome('owner', format('select 1 from ghostwren.audit_log where subject = %L', world.id('owner.subject'))), '0 rows',
    'and is nobody''s any more');

select finish();
rollback;
