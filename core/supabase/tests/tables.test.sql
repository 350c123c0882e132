-- Who may do what with each table: owner, another user, anonymous, the secret key × select, insert, update, delete.
begin;
\ir helpers/world.sql

create table world.statements (name text, command text, sql text, owner text, other text, anon text, secret text);
-- The other user has rows of its own: it is asked for those of the owner.
insert into world.statements
select t.name, c.command,
    case c.command
        when 'select' then format('select 1 from ghostwren.%I where %s', t.name, t.mine)
        when 'update' then format('update ghostwren.%I set %2$I = %2$I where %3$s', t.name, t.change, t.mine)
        when 'delete' then format('delete from ghostwren.%I where %s', t.name, t.mine)
        when 'insert' then format('insert into ghostwren.%I %s', t.name, t.new) end,
    -- An owner sees every row of its own; of some commands it has no right to any.
    -- A call of a model that has its end stays as it is.
    case when not c.command = any (t.may) then '42501' when c.command = 'insert' then '1 rows'
        when t.name = 'ai_runs' and c.command = 'update' then '0 rows' else t.n || ' rows' end,
    case when not c.command = any (t.may) or c.command = 'insert' then '42501' else '0 rows' end,
    '42501',
    case when t.name = 'accounts' and c.command = 'select' then '1 rows' else '42501' end
from (values
    ('accounts', $$owner = '00000001-0000-4000-8000-000000000000'$$, 1, 'name', '{select,insert,update,delete}'::text[],
        $$(owner, label) values ('00000001-0000-4000-8000-000000000000', 'second')$$),
    ('tweets', 'account_id = %1$L', 3, 'lang', '{select,insert,update,delete}',
        $$(account_id, id, content_hash, created_at, kind, source, full_text) values (%1$L, '9', md5('9')::uuid, now(), 'original', 'api', 'x')$$),
    ('context_tweets', 'account_id = %1$L', 1, 'full_text', '{select,insert,update,delete}',
        $$(account_id, id, full_text) values (%1$L, '9', 'x')$$),
    ('import_runs', 'account_id = %1$L', 1, 'watermark', '{select,insert,update}',
        $$(account_id, source, source_key) values (%1$L, 'archive', 'x')$$),
    ('style_profiles', 'account_id = %1$L', 1, 'corpus_hash', '{select,insert,delete}',
        $$(account_id, version, corpus_hash, fingerprint, tweet_ids) values (%1$L, 9, 'x', '{}', '{}')$$),
    ('generations', 'account_id = %1$L', 1, 'model', '{select,insert,update,delete}',
        $$(account_id, id, request, model, exemplars, rejected, created_at) values (%1$L, ghostwren.new_id(), '{}', 'm', '[]', '[]', now())$$),
    ('drafts', 'account_id = %1$L', 1, 'text', '{select,insert,update,delete}',
        $$(account_id, id, generation_id, text, weighted_length, score_style, score_topic, score_diversity, score_copied, score_total, state, created_at, updated_at)
          values (%1$L, ghostwren.new_id(), %2$L, 'x', 1, 0, 0, 0, 0, 0, 'draft', now(), now())$$),
    ('outbox', 'account_id = %1$L', 1, 'error_code', '{select,insert,update,delete}',
        $$(account_id, id, content_hash, payload) values (%1$L, ghostwren.new_id(), repeat('a', 64), '[{}]')$$),
    ('ai_runs', 'account_id = %1$L', 1, 'model', '{select,insert,update}',
        $$(account_id, id, purpose, provider, model, request_hash, input_tokens, cached_tokens, output_tokens, reasoning_tokens, latency_ms, attempts, outcome, created_at)
          values (%1$L, ghostwren.new_id(), 'p', 'o', 'm', 'h', 0, 0, 0, 0, 0, 1, '{}', now())$$),
    ('rate_windows', 'account_id = %1$L', 1, 'remaining', '{select,insert,update,delete}',
        $$(account_id, scope, endpoint, kind, allowed, remaining, resets_at, seen_at) values (%1$L, 'app', 'x', '24h', 1, 1, now(), now())$$),
    ('spend', 'subject = %3$L', 1, 'spent_micros', '{select,insert,update}',
        $$(subject, day, kind, spent_micros) values (%3$L, '2020-01-01', 'model', 1)$$),
    ('spend_reservations', 'subject = %3$L', 1, 'amount_micros', '{select,insert,delete}',
        $$(subject, day, kind, amount_micros, lapses_at) values (%3$L, '2020-01-01', 'model', 1, now())$$),
    -- The start of the job is the second event.
    ('audit_log', 'subject = %3$L', 2, 'action', '{select,insert}', $$(subject, action, facts) values (%3$L, 'x', '{}')$$),
    ('jobs', 'account_id = %1$L', 1, 'worker', '{select,insert}',
        $$(account_id, owner, kind, actions, delegated_until) values (%1$L, '00000001-0000-4000-8000-000000000000', 'import', '{import}', now())$$)
    ) as t (name, mine, n, change, may, new),
    (values ('select'), ('insert'), ('update'), ('delete')) as c (command);

update world.statements set sql = format(sql, world.id('owner.account'), world.id('owner.generation'),
    (select subject from ghostwren.accounts where id = world.id('owner.account')));

select plan((select count(*)::integer * 4 from world.statements) + 20);

select is(world.outcome(w.who, s.sql), w.wanted, format('%s: %s of %s', w.who, s.command, s.name))
from world.statements s, lateral (values ('owner', s.owner), ('other', s.other), ('anon', s.anon), ('secret', s.secret))
    as w (who, wanted)
order by s.name, s.command, w.who;

select results_eq('select name::text collate "C" from world.statements group by 1 order by 1',
    $$select relname::text collate "C" from pg_class where relnamespace = 'ghostwren'::regnamespace and relkind = 'r' order by 1$$,
    'every table stands in the matrix');

-- The private tables: nobody but the secret key.
select is(world.outcome(w.who, format('select 1 from ghostwren_private.%I', t.name)), w.wanted,
    format('%s: select of %s', w.who, t.name))
from (values ('credentials'), ('login_states'), ('run_methods')) t (name),
    (values ('owner', '42501'), ('other', '42501'), ('anon', '42501'), ('secret', '2 rows')) w (who, wanted)
where t.name <> 'run_methods' or w.who <> 'secret';
select is(world.outcome('secret', 'select 1 from ghostwren_private.run_methods'), '42501', 'what a run may do is not for the secret key either');

-- What cannot be chosen or changed.
select is(world.outcome('owner', format('update ghostwren.accounts set %I = gen_random_uuid()', c.name)), '42501', c.name || ' of an account stays')
from (values ('id'), ('owner'), ('subject')) c (name);
select is(world.outcome('owner', $$insert into ghostwren.accounts (owner, label, subject) values ('00000001-0000-4000-8000-000000000000', 'x', gen_random_uuid())$$),
    '42501', 'a subject is not chosen');
select is(world.outcome('owner', $$insert into ghostwren.accounts (owner, label) values ('00000002-0000-4000-8000-000000000000', 'x')$$),
    '42501', 'no account for somebody else');
select is(world.outcome('owner', 'update ghostwren.spend set spent_micros = 0'), '42501', 'what was spent is not taken back');
select is(world.outcome('owner', format('update ghostwren.tweets set account_id = %L', world.id('other.account'))), '42501',
    'a tweet is not moved to somebody else');

select finish();
rollback;
