-- Publishing goes on only while its draft is approved; what is in doubt is resolved by its owner, never by a run.
begin;
\ir helpers/world.sql
select plan(19);

-- What comes of a call of the owner's: null where it went well.
create function world.tried(call text) returns text language plpgsql as $$
begin
    perform world.call('owner', 'ghostwren.' || call);
    return null;
exception when others then
    perform world.become('');
    return sqlerrm;
end
$$;
create function world.resolve(resolution jsonb) returns text language sql as
$$ select world.tried(format('resolve_outbox(%L, %L)', world.id('owner.entry'), resolution)) $$;
create function world.the_entry() returns ghostwren.outbox language sql as
$$ select o from ghostwren.outbox o where o.id = world.id('owner.entry') $$;
create function world.the_draft() returns text language sql as
$$ select d.state from ghostwren.drafts d where d.id = world.id('owner.draft') $$;

-- A thread of two, of which one is on Twitter, and which failed then.
update ghostwren.outbox set payload = '[{"text": "one"}, {"text": "two"}]', state = 'failed', error_code = 'x', posted_ids = '{10}',
    leased_at = null, lease_until = null where id = world.id('owner.entry');
update ghostwren.drafts set state = 'approved' where id = world.id('owner.draft');
select is(world.tried(format('change_draft(%L, ''{"from": ["approved"], "to": "rejected"}'')', world.id('owner.draft'))),
    'draft.publishing', 'half a thread holds its draft');
update ghostwren.drafts set state = 'rejected' where id = world.id('owner.draft');
select is(world.tried(format('begin_sending(%L, 1000)', world.id('owner.entry'))), 'draft.state', 'an earlier version let it be rejected');
update ghostwren.drafts set state = 'approved' where id = world.id('owner.draft');
select is(world.tried(format('begin_sending(%L, 60000)', world.id('owner.entry'))), null, 'approved, it goes on');
select is(world.resolve('{"resolution": "given_up"}'), 'outbox.sending', 'not while it is sent');
select is(world.tried(format('record_sending(%L, %s)', world.id('owner.entry'), (world.the_entry()).fence)), null, 'the second one is sent');
select is((world.the_entry()).sent_at is not null, true, 'which is written down');
select is(world.tried(format('end_sending(%L, %s, ''{"outcome": "unknown", "code": "x"}'')', world.id('owner.entry'), (world.the_entry()).fence)), null, 'in doubt');
select is((world.the_entry()).sent_at is not null, true, 'since then');
select is(world.resolve('{"resolution": "nonsense"}'), 'case not found', 'what is no resolution');
select is(world.resolve('{"resolution": "posted"}'), 'outbox.position', 'a tweet without an id');
select is(world.resolve('{"resolution": "not_posted"}'), null, 'it is not there');
select is(world.resolve('{"resolution": "posted", "tweet_id": "11"}'), 'outbox.not_in_doubt', 'and that is sure');
select is(world.resolve('{"resolution": "given_up"}'), null, 'given up');
select is((world.the_entry()).state, 'ended', 'it has ended');
select is((world.the_entry()).posted_ids, '{10}', 'and says what is on Twitter');
select is(world.the_draft(), 'draft', 'the draft is to be approved again');
select is(world.tried(format('begin_sending(%L, 1000)', world.id('owner.entry'))), 'outbox.ended', 'nothing more of it is sent');
select is(world.tried(format('change_draft(%L, ''{"from": ["draft"], "to": "rejected"}'')', world.id('owner.draft'))), null, 'the draft is free');
select is((select array_agg(method) from ghostwren_private.run_methods where method in ('record_sending', 'resolve_outbox')), '{record_sending}',
    'a run says what it sends, and not what became of it');

select finish();
rollback;
