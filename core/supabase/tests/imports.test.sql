-- What becomes of a tweet that a source gives again, threads, searches and money: the promises of the store, asked of the
-- functions alone.
begin;
\ir helpers/world.sql

insert into world.known values ('a', world.call('owner', $$ghostwren.open_account('imports')$$)::jsonb ->> 'id');
insert into world.known values ('r', world.call('owner', format('ghostwren.begin_import(%L, ''archive'', ''k'', 60000) #>> ''{run,id}''', world.id('a'))));

-- A tweet as a page holds it; the hash says what the source said.
create function world.tweet(id bigint, text text, more jsonb default '{}') returns jsonb language sql as $$
    select jsonb_build_object('id', id::text, 'hash', md5(id || text || more), 'created_at', timestamptz '2020-01-01' + make_interval(secs => id),
        'kind', 'original', 'source', 'archive', 'full_text', text, 'search_terms', lower(text)) || more
$$;
create function world.import(tweets jsonb, more jsonb default '{}') returns jsonb language sql as $$
    select world.call('owner', format('ghostwren.import_page(%L, 1, %L)', world.id('r'),
        jsonb_build_object('tweets', tweets, 'checkpoint', '{}', 'lease_ms', 60000) || more))::jsonb
$$;
create function world.counts(inserted int, updated int, unchanged int) returns jsonb language sql as $$
    select jsonb_build_object('inserted', inserted, 'updated', updated, 'unchanged', unchanged, 'malformed', 0)
$$;
create function world.stored(id text) returns ghostwren.tweets language sql as $$
    select t from ghostwren.tweets t where t.account_id = world.id('a') and t.id = stored.id
$$;

select plan(60);

-- Whose numbers win: those that were seen last, not those that were imported last.
create table world.sightings (place int, what text, day int, likes int, replies int, text text, counts jsonb, found text);
insert into world.sightings values
    (1, 'nobody knows when', null, 1, null, 'a', world.counts(1, 0, 0), '1,'),
    (2, 'again, nobody knows when', null, 2, null, 'a', world.counts(0, 1, 0), '2,'),
    (3, 'day 10', 10, 9, null, 'a', world.counts(0, 1, 0), '9,'),
    (4, 'nobody knows when, after day 10', null, 3, null, 'a', world.counts(0, 0, 1), '9,'),
    (5, 'day 5', 5, 4, null, 'a', world.counts(0, 0, 1), '9,'),
    (6, 'day 5, with a longer text', 5, 4, null, 'a, whole', world.counts(0, 1, 0), '9,'),
    (7, 'day 6, with a new number', 6, null, 7, 'a', world.counts(0, 1, 0), '9,7'),
    (8, 'day 9, after those', 9, 5, 8, 'a', world.counts(0, 0, 1), '9,7'),
    (9, 'day 10 once more', 10, 8, null, 'a', world.counts(0, 1, 0), '8,7'),
    (10, 'day 11: likes are taken back', 11, 6, null, 'a', world.counts(0, 1, 0), '6,7'),
    (11, 'the year 9000', 2550000, 5, null, 'a', world.counts(0, 1, 0), '5,7');
select is(world.import(jsonb_build_array(world.tweet(1, s.text, jsonb_build_object('likes', s.likes, 'replies', s.replies))),
        jsonb_build_object('observed_at', timestamptz '2020-01-01' + make_interval(days => s.day))) || jsonb_build_object(
            'found', coalesce((world.stored('1')).likes::text, '') || ',' || coalesce((world.stored('1')).replies::text, '')),
    s.counts || jsonb_build_object('found', s.found), s.what)
from (select * from world.sightings order by place) s;
select is((world.stored('1')).full_text, 'a, whole', 'the longest text');
select ok((world.stored('1')).observed_at <= clock_timestamp(), 'a date in the future is taken for now');

-- A whole text beats a longer preview; what only one side knows is kept; marks, the time and `deleted_at` stay.
select world.import(jsonb_build_array(world.tweet(10, 'the whole text', '{"likes": 1, "quotes": 4, "lang": "en", "in_reply_to_id": "5", "client": "Web",
    "entities": {"urls": [{"url": "u"}], "hashtags": ["h"]}, "media": [{"id": "m"}], "edit_history": ["9", "10"], "deleted_at": "2021-01-01T00:00:00Z",
    "labels": ["mine"], "excluded": true, "is_note": true, "kind": "reply"}')));
select is(world.import(jsonb_build_array(world.tweet(10, 'the beginning of a text, of which a preview shows more …', '{"likes": 99, "lang": "und",
    "is_truncated": true, "created_at": "2022-02-02T00:00:00Z", "entities": {"hashtags": ["other"]}, "edit_history": ["10"], "source": "api",
    "deleted_at": "2023-01-01T00:00:00Z", "labels": ["theirs"], "excluded": false}'))), world.counts(0, 1, 0), 'the merge');
select is(to_jsonb(world.stored('10')) - '{account_id,content_hash,created_at,observed_at,search_terms,retweets,replies,bookmarks,impressions,thread_id,thread_position,quoted_id,retweeted_id,conversation_id,in_reply_to_user_id}'::text[],
    '{"id": "10", "kind": "reply", "lang": "en", "is_note": true, "is_truncated": false, "in_reply_to_id": "5", "likes": 99, "quotes": 4,
      "source": "archive", "client": "Web", "deleted_at": "2021-01-01T00:00:00+00:00", "excluded": true, "labels": ["mine"],
      "edit_history": ["9", "10"], "entities": {"urls": [{"url": "u"}], "hashtags": ["h"]}, "media": [{"id": "m"}],
      "full_text": "the whole text"}'::jsonb, 'the merged tweet');
select is((world.stored('10')).created_at, timestamptz '2020-01-01 00:00:10+00', 'its time');
select is(world.import(jsonb_build_array(world.tweet(10, 'short'))), world.counts(0, 0, 1), 'a shorter text with no news');
select is(world.import(jsonb_build_array(world.tweet(10, 'the whole text, and then some'))), world.counts(0, 1, 0), 'a longer text');
select is((world.stored('10')).search_terms, 'the whole text, and then some', 'with its words');
select is(world.import(jsonb_build_array(world.tweet(10, 'the whole text, and then some'))), world.counts(0, 0, 1), 'once more');
select is(world.import('[]', '{"unchanged": 7, "malformed": 2}'), world.counts(0, 0, 7) || '{"malformed": 2}', 'what was left out, and what could not be read');
select is(world.call('owner', format('ghostwren.changed(%L, ''{10,11,1}'', array[md5(''x'')::uuid, md5(''y'')::uuid, %L::uuid])', world.id('a'), (world.stored('1')).content_hash)),
    '{1,2}', 'what is new or differs');

-- Another account's tweet with the same id is another tweet.
select is(world.call('owner', format('ghostwren.count_tweets(%L)', world.id('owner.account'))), '3', 'the other account');
select is(world.outcome('owner', format('select ghostwren.import_page(%L, 1, %L)', world.id('r'), jsonb_build_object('tweets',
    jsonb_build_array(world.tweet(60, 'good'), world.tweet(0, 'bad')), 'checkpoint', '{}', 'lease_ms', 1))), '23514', 'a bad id refuses the page');
select is(world.stored('60'), null, 'all of it');

-- Threads.
select world.import(jsonb_build_array(world.tweet(100, 'c', '{"in_reply_to_id": "109"}'), world.tweet(109, 'b', '{"in_reply_to_id": "90"}'),
    world.tweet(90, 'a'), world.tweet(80, 'alone'), world.tweet(120, 'd', '{"in_reply_to_id": "999"}'), world.tweet(121, 'e', '{"in_reply_to_id": "120"}'),
    world.tweet(130, 'self', '{"in_reply_to_id": "130"}'), world.tweet(131, 'x', '{"in_reply_to_id": "132"}'), world.tweet(132, 'y', '{"in_reply_to_id": "131"}')));
select is(world.call('owner', format('ghostwren.label_threads(%L)', world.id('a'))), 'true', 'labelled');
select is(world.call('owner', format('ghostwren.label_threads(%L)', world.id('a'))), 'false', 'and right then');
select is((world.stored(t.id)).thread_id || ' ' || (world.stored(t.id)).thread_position, t.place, 'thread of ' || t.id)
from (values ('90', '90 1'), ('109', '90 2'), ('100', null), ('80', null), ('120', '120 1'), ('121', '120 2'), ('130', null), ('131', '131 1'), ('132', '131 2')) t (id, place);
select world.import(jsonb_build_array(world.tweet(85, 'before'), world.tweet(90, 'a', '{"in_reply_to_id": "85"}')));
select world.call('owner', format('ghostwren.label_threads(%L)', world.id('a')));
select is((world.stored('109')).thread_id || ' ' || (world.stored('109')).thread_position, '85 3', 'an older part moves the thread');
select world.call('owner', format('ghostwren.erase_tweets(%L, ''{85}'')', world.id('a')));
select is((world.stored('109')).thread_id || ' ' || (world.stored('109')).thread_position, '90 2', 'and leaves it');
-- A page that is a thread as a whole needs no second look.
select world.import(jsonb_build_array(world.tweet(200, 'r', '{"thread_id": "200", "thread_position": 1}'),
    world.tweet(201, 's', '{"thread_id": "200", "thread_position": 2, "in_reply_to_id": "200"}'),
    world.tweet(122, 't', '{"thread_id": "120", "thread_position": 3, "in_reply_to_id": "121"}')));
select is((world.stored('201')).thread_position, 2, 'labelled with its row');
select is((world.stored('122')).thread_id, null, 'not where an older part was there before');

-- Searches.
select world.import(jsonb_build_array(
    world.tweet(301, 'x', '{"search_terms": "i love rust don t you #rust"}'), world.tweet(302, 'x', '{"search_terms": "rusty nails and the borrow checker"}'),
    world.tweet(303, 'x', '{"search_terms": "the checker borrows"}'), world.tweet(304, 'x', '{"search_terms": "黒猫 猫が が好 好き き 🦀"}'),
    world.tweet(305, 'x', '{"search_terms": "100% jane_doe @jane_doe"}')));
select is(world.call('owner', format('(select string_agg(t ->> ''id'', '','') from json_array_elements(ghostwren.tweets(%L, %L) -> ''items'') t)', world.id('a'),
    jsonb_build_object('search', s.search::jsonb))), s.found, s.search)
from (values ('[{"tokens": ["rust"], "prefix": false}]', '301'), ('[{"tokens": ["#rust"], "prefix": false}]', '301'),
    ('[{"tokens": ["rust"], "prefix": true}]', '302,301'), ('[{"tokens": ["borrow", "checker"], "prefix": false}]', '302'),
    ('[{"tokens": ["checker"], "prefix": false}, {"tokens": ["borrow"], "prefix": true}]', '303,302'), ('[{"tokens": ["don", "t"], "prefix": false}]', '301'),
    ('[{"tokens": ["猫"], "prefix": true}]', '304'), ('[{"tokens": ["黒猫", "猫が"], "prefix": false}]', '304'), ('[{"tokens": ["🦀"], "prefix": false}]', '304'),
    ('[{"tokens": ["jane_doe"], "prefix": false}]', '305'), ('[{"tokens": ["%"], "prefix": false}]', null), ('[{"tokens": ["jane%"], "prefix": true}]', null),
    ('[{"tokens": ["''; drop table tweets; --"], "prefix": false}]', null), ('[{"tokens": ["\\"], "prefix": true}]', null)) s (search, found);

-- What a page costs, and how far the source was seen.
insert into world.known values ('m', world.call('owner', format('ghostwren.reserve_spend(%L, ''twitter'', 500, 1000) ->> ''id''', world.id('a'))));
select world.import('[]', jsonb_build_object('cost_micros', 10, 'reservation', world.id('m'), 'watermark', '1000'));
select world.import('[]', jsonb_build_object('cost_micros', 10, 'reservation', world.id('m'), 'watermark', '999'));
select world.import('[]', '{"cost_micros": 5}');
select is(world.call('owner', format('ghostwren.spend(%L) #> ''{0,spent_micros}''', world.id('a'))), '15', 'a page that was given twice costs once');
select is(world.call('owner', format('ghostwren.imports(%L) #> ''{0,cost_micros}''', world.id('a'))), '15', 'and so does the run');
select is(world.call('owner', format('ghostwren.latest_watermark(%L, ''archive'', ''k'')', world.id('a'))), null, 'no watermark while it runs');
select is(world.call('owner', format('ghostwren.finish_import(%L, 1, ''{"end": "complete"}'') ->> ''watermark''', world.id('r'))), '1000', 'the newest');
select is(world.call('owner', format('ghostwren.latest_watermark(%L, ''archive'', ''k'')', world.id('a'))), '1000', 'for the next one');
select is(world.outcome('owner', format('select ghostwren.import_page(%L, 1, ''{}'')', world.id('r'))), 'PT409 import.lease_lost', 'an ended run takes nothing');

select finish();
rollback;
