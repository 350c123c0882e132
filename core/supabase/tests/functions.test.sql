-- Who may call what, and that no function gives anything of somebody else.
begin;
\ir helpers/world.sql

-- Every function of the schema stands in one of these lists.
create table world.functions (name text primary key, who text);
insert into world.functions select unnest(string_to_array(
    'open_account account accounts bind_account begin_import renew_import changed import_page finish_import latest_watermark imports '
    'tweets count_tweets tweet_totals tweets_by_id context_tweets mark_tweets save_profile latest_profile save_generation generation '
    'generations drafts draft change_draft put_outbox begin_sending record_sending record_posted end_sending resolve_outbox outbox_entry outbox_of_draft outbox log_ai_run ai_runs '
    'reserve_spend settle_spend spend save_rate_windows rate_windows audit audit_log mark_deleted erase_tweets erase_account '
    'start_job job jobs cancel_job '
    -- What these are made of.
    'owned still_there touch account_record run_record leased_run insert_tweets merge_tweets put_context add_spend book_spend settle settle_page dollars page sized '
    'tweet_record tweet_conditions places few label_threads profile_record generation_record draft_record own_draft '
    'outbox_record own_entry is_free next_tweet withdraw leased_entry erase_derived erased_something job_record', ' ')), 'owner';
insert into world.functions select unnest(string_to_array(
    'owned_by put_login_state take_login_state put_sealed replace_sealed remove_sealed sealed sealed_names credential '
    'locked_credential begin_refresh end_refresh sealed_overview custody inspect run_claim run_take run_renew run_finish run_call', ' ')), 'secret';
insert into world.functions select unnest(string_to_array(
    'new_id now_ms run_account fail fail_until arg lease_end held micros schema_version self_check', ' ')), 'both';

create temp table calls (name text, sql text, other text) on commit drop;
grant select on calls to public;
-- Each function of the owner, called by another user with the owner's ids.
insert into calls select c.name, format('select ghostwren.' || c.sql, world.id('owner.account'), world.id('owner.run'),
    world.id('owner.draft'), world.id('owner.generation'), world.id('owner.entry'), world.id('owner.job')), c.other
from (values
    ('account', 'account(%1$L)', 'PT404 store.no_account'),
    ('bind_account', 'bind_account(%1$L, ''{"id": "1", "username": "x"}'')', 'PT404 store.no_account'),
    ('begin_import', 'begin_import(%1$L, ''archive'', ''key'', 1000)', 'PT404 store.no_account'),
    ('renew_import', 'renew_import(%2$L, 1, 1000)', 'PT404 store.no_import'),
    ('changed', 'changed(%1$L, ''{1}'', array[md5(''1'')::uuid])', 'PT404 store.no_account'),
    ('import_page', 'import_page(%2$L, 1, world.page(9))', 'PT404 store.no_import'),
    ('finish_import', 'finish_import(%2$L, 1, ''{"end": "complete"}'')', 'PT404 store.no_import'),
    ('latest_watermark', 'latest_watermark(%1$L, ''archive'', ''key'')', 'PT404 store.no_account'),
    ('imports', 'imports(%1$L)', 'PT404 store.no_account'),
    ('tweets', 'tweets(%1$L)', 'PT404 store.no_account'),
    ('tweets', 'tweets(%1$L, ''{"search": [{"tokens": ["tweet"], "prefix": true}]}'')', 'PT404 store.no_account'),
    ('count_tweets', 'count_tweets(%1$L)', 'PT404 store.no_account'),
    ('tweet_totals', 'tweet_totals(%1$L)', 'PT404 store.no_account'),
    ('tweets_by_id', 'tweets_by_id(%1$L, ''{1}'')', 'PT404 store.no_account'),
    ('context_tweets', 'context_tweets(%1$L, ''{77}'')', 'PT404 store.no_account'),
    ('mark_tweets', 'mark_tweets(%1$L, ''{1}'', ''{"excluded": true}'')', 'PT404 store.no_account'),
    ('save_profile', 'save_profile(%1$L, ''{"corpus_hash": "x", "fingerprint": "{}", "tweet_ids": []}'')', 'PT404 store.no_account'),
    ('latest_profile', 'latest_profile(%1$L)', 'PT404 store.no_account'),
    ('save_generation', 'save_generation(jsonb_build_object(''account_id'', %1$L), ''[]'')', 'PT404 store.no_account'),
    ('generation', 'generation(%4$L)', 'PT404 store.no_generation'),
    ('generations', 'generations(%1$L)', 'PT404 store.no_account'),
    ('drafts', 'drafts(%1$L)', 'PT404 store.no_account'),
    ('draft', 'draft(%3$L)', 'PT404 store.no_draft'),
    ('change_draft', 'change_draft(%3$L, ''{"from": ["approved"], "to": "rejected"}'')', 'PT404 store.no_draft'),
    ('put_outbox', 'put_outbox(jsonb_build_object(''account_id'', %1$L, ''id'', %5$L))', 'PT404 store.no_account'),
    ('begin_sending', 'begin_sending(%5$L, 1000)', 'PT404 store.no_outbox_entry'),
    ('record_sending', 'record_sending(%5$L, 0)', 'PT404 store.no_outbox_entry'),
    ('resolve_outbox', 'resolve_outbox(%5$L, ''{"resolution": "given_up"}'')', 'PT404 store.no_outbox_entry'),
    ('record_posted', 'record_posted(%5$L, 0, 0, ''1'')', 'PT404 store.no_outbox_entry'),
    ('end_sending', 'end_sending(%5$L, 0, ''{"outcome": "failed", "code": "x"}'')', 'PT404 store.no_outbox_entry'),
    ('outbox_entry', 'outbox_entry(%5$L)', 'PT404 store.no_outbox_entry'),
    ('outbox_of_draft', 'outbox_of_draft(%1$L, %3$L)', 'PT404 store.no_account'),
    ('outbox', 'outbox(%1$L)', 'PT404 store.no_account'),
    ('log_ai_run', 'log_ai_run(jsonb_build_object(''account_id'', %1$L))', 'PT404 store.no_account'),
    ('ai_runs', 'ai_runs(%1$L)', 'PT404 store.no_account'),
    ('reserve_spend', 'reserve_spend(%1$L, ''model'', 1)', 'PT404 store.no_account'),
    ('settle_spend', 'settle_spend(%1$L, %4$L, 1)', 'PT404 store.no_account'),
    ('spend', 'spend(%1$L)', 'PT404 store.no_account'),
    ('save_rate_windows', 'save_rate_windows(%1$L, ''[]'')', 'PT404 store.no_account'),
    ('rate_windows', 'rate_windows(%1$L)', 'PT404 store.no_account'),
    ('audit', 'audit(%1$L, ''x'', ''{}'')', 'PT404 store.no_account'),
    ('audit_log', 'audit_log(%1$L)', 'PT404 store.no_account'),
    ('mark_deleted', 'mark_deleted(%1$L, ''{1}'', now())', 'PT404 store.no_account'),
    ('erase_tweets', 'erase_tweets(%1$L, ''{1}'')', 'PT404 store.no_account'),
    ('erase_account', 'erase_account(%1$L)', 'PT404 store.no_account'),
    ('start_job', 'start_job(%1$L, ''import'', ''{import}'')', 'PT404 store.no_account'),
    ('job', 'job(%6$L)', 'PT404 store.no_job'),
    ('jobs', 'jobs(%1$L)', 'PT404 store.no_account'),
    ('cancel_job', 'cancel_job(%6$L)', 'PT404 store.no_job'),
    -- The parts, called on their own.
    ('owned', 'owned(%1$L)', 'PT404 store.no_account'),
    ('leased_run', 'leased_run(%2$L, 1)', 'PT404 store.no_import'),
    ('own_draft', 'own_draft(%3$L)', 'PT404 store.no_draft'),
    ('own_entry', 'own_entry(%5$L)', 'PT404 store.no_outbox_entry'),
    ('insert_tweets', 'insert_tweets(%1$L, world.page(9) -> ''tweets'', null)', '42501'),
    ('put_context', 'put_context(%1$L, ''[{"id": "9", "full_text": "x"}]'')', '42501')) c (name, sql, other);

create temp table secret_calls (name text, sql text) on commit drop;
insert into secret_calls select c.name, format('select ghostwren.' || c.sql, world.id('owner'), world.id('owner.account'), world.id('owner.job'))
from (values
    ('owned_by', 'owned_by(%1$L, %2$L)'),
    ('put_login_state', 'put_login_state(%1$L, ''{}'', 1)'),
    ('take_login_state', 'take_login_state(%1$L, repeat(''a'', 64), repeat(''b'', 64))'),
    ('put_sealed', 'put_sealed(%1$L, %2$L, ''token'', ''{"key_id": "k", "sealed": "x"}'')'),
    ('replace_sealed', 'replace_sealed(%1$L, %2$L, ''token'', ''{}'', ''{}'')'),
    ('remove_sealed', 'remove_sealed(%1$L, %2$L, ''token'')'),
    ('sealed', 'sealed(%1$L, %2$L, ''token'')'),
    ('sealed_names', 'sealed_names(%1$L)'),
    ('credential', 'credential(%1$L, %2$L, ''token'')'),
    ('locked_credential', 'locked_credential(%1$L, %2$L, ''token'')'),
    ('begin_refresh', 'begin_refresh(%1$L, %2$L, ''token'', 1)'),
    ('end_refresh', 'end_refresh(%1$L, %2$L, ''token'', 1, ''{}'')'),
    ('sealed_overview', 'sealed_overview()'),
    ('custody', 'custody(1)'),
    ('inspect', 'inspect()'),
    ('run_claim', 'run_claim(''w'', 1)'),
    ('run_take', 'run_take(%3$L, ''w'', 1)'),
    ('run_renew', 'run_renew(%3$L, 1, 1)'),
    ('run_finish', 'run_finish(%3$L, 1, ''done'')'),
    ('run_call', 'run_call(%3$L, 1, ''tweets'', ''{}'')')) c (name, sql);

select plan(
    (select count(*)::integer * 3 from calls) + (select count(*)::integer * 3 from secret_calls)
    + (select count(*)::integer from pg_proc where pronamespace = 'ghostwren'::regnamespace) + 33);

select results_eq($$select distinct proname::text collate "C" from pg_proc where pronamespace = 'ghostwren'::regnamespace order by 1$$,
    'select name collate "C" from world.functions order by 1', 'every function stands in a list');
select results_eq($$select name collate "C" from world.functions where who = 'secret' order by 1$$,
    'select distinct name collate "C" from secret_calls order by 1', 'every function of the secret key is tried');

-- Rights as the lists say, and a fixed search path.
select is(
    array[has_function_privilege('anon', p.oid, 'execute'), has_function_privilege('authenticated', p.oid, 'execute'),
        has_function_privilege('service_role', p.oid, 'execute'), 'search_path=""' = any (p.proconfig)],
    array[false, f.who <> 'secret', f.who <> 'owner', true], p.oid::regprocedure::text)
from pg_proc p left join world.functions f on f.name = p.proname
where p.pronamespace = 'ghostwren'::regnamespace;

select is(world.outcome('other', c.sql), c.other, 'another user: ' || c.name) from calls c;
select is(world.outcome('anon', c.sql), '42501', 'anonymous: ' || c.name) from calls c;
select is(world.outcome('secret', c.sql), '42501', 'the secret key: ' || c.name) from calls c;
select is(world.outcome(w.who, c.sql), '42501', w.who || ': ' || c.name)
from secret_calls c, (values ('owner'), ('other'), ('anon')) w (who);

-- A page is not longer than it may be, whoever asks.
select is(world.outcome('owner', format('select ghostwren.%s(%L, page_size => %s)', f.name, world.id('owner.account'), f.size)), 'PT400 store.bad_page',
    f.name || ' by ' || f.size)
from (values ('tweets', '1001'), ('drafts', '0'), ('outbox', '-1'), ('audit_log', 'null'), ('jobs', '2000000000')) f (name, size);

-- With the secret key, an owner's values are not another owner's.
select is(world.outcome('secret', format('select ghostwren.%s(%L, %L, %s)', f.name, world.id('other'), world.id('owner.account'), f.rest)),
    'PT404 store.no_account', f.name || ' of another owner')
from (values ('put_sealed', $$'token', '{"key_id": "k", "sealed": "x"}'$$), ('sealed', $$'token'$$), ('credential', $$'token'$$),
    ('begin_refresh', $$'token', 1000$$), ('end_refresh', $$'token', 1, '{"outcome": "unchanged"}'$$), ('remove_sealed', $$'token'$$),
    ('replace_sealed', $$'token', '{}', '{}'$$)) f (name, rest);
select is(world.call('secret', format('ghostwren.sealed(%L, %L, ''token'') ->> ''sealed''', world.id('owner'), world.id('owner.account'))),
    'owner-sealed-value', 'the secret key opens the owner''s');
select is(world.call('secret', format('jsonb_array_length(ghostwren.sealed_names(%L))', world.id('owner'))), '1', 'names of one owner');
select ok(world.call('secret', 'ghostwren.sealed_overview()') not like '%sealed-value%', 'the overview shows no value');

-- Whatever a user may read, joined and counted: nothing of a sealed value, nothing of the other's.
select is(world.outcome('other', $$select 1 from ghostwren.accounts a left join ghostwren.tweets t on t.account_id = a.id
    where a.owner <> auth.uid() or t.account_id <> a.id$$), '0 rows', 'a join shows no other''s row');
select is(world.call('other', '(select count(*) from ghostwren.tweets)'), '3', 'a count counts one''s own');
select is(world.call('other', format('(select count(*) from ghostwren.tweets where account_id = %L)', world.id('owner.account'))), '0',
    'a count of the other''s counts nothing');
select is(world.outcome('owner', format('select ghostwren_private.%s', f.call)), '42501', 'a user calls nothing private: ' || f.call)
from (values ('live_run(gen_random_uuid(), 1, '''')'),
    ('lease_run(null, ''w'', 1, now())'), ('count_sealed()')) f (call);
select is((select count(*)::integer from pg_proc p where p.pronamespace = 'ghostwren'::regnamespace and p.prosecdef
    and has_function_privilege('authenticated', p.oid, 'execute')), 0, 'nothing that a user may call has another''s rights');
-- What a user is told of the schema is no list of holes; what the secret key is told is, and a good schema has none.
select is(world.call('owner', '(select string_agg(k, '' '' order by k) from jsonb_object_keys(ghostwren.self_check()) k)'),
    'now role server_version statement_timeout version', 'a user learns what concerns the user');
select is(world.call('owner', 'ghostwren.self_check() ->> ''role'''), 'authenticated', 'the role that asks');
select is(world.call('secret', 'ghostwren.inspect() -> ''without_row_security'''), '[]', 'every table has its wall');
select is(world.call('secret', '(select count(*) from jsonb_array_elements_text(ghostwren.inspect() -> ''rights'') r
    where r like ''anon %'' or r like ''public %'' or (r like ''authenticated %'' and r like ''%ghostwren_private%''))'), '0',
    'nobody has a right that must not have one');
select is(world.call('secret', '(select count(*) from pg_class c where c.relnamespace = ''ghostwren''::regnamespace and c.relkind = ''r''
    and not exists (select 1 from jsonb_array_elements(ghostwren.inspect() -> ''policies'') p where p ->> ''table'' = format(''ghostwren.%I'', c.relname)))'),
    '0', 'every table has its policy, and is told of');
select ok(world.call('secret', 'ghostwren.custody(1000)') not like '%sealed-value%', 'custody shows no value');
select is(world.call('secret', 'jsonb_array_length(ghostwren.custody(1000) -> ''items'')'), '2', 'custody is of every owner');
select is(world.call('secret', 'jsonb_array_length(ghostwren.custody(1) -> ''items'') || '' '' || (ghostwren.custody(1) ->> ''more'')'),
    '1 true', 'custody comes in pages');
select is(world.call('secret', format('ghostwren.custody(1, %L, %L) #>> ''{items,0,account_id}''', least(world.id('owner.account'),
    world.id('other.account')), 'token')), greatest(world.id('owner.account'), world.id('other.account'))::text, 'the next page');

select finish();
rollback;
