-- Objects in Storage: an owner's own paths, below its own accounts.
begin;
\ir helpers/world.sql
select plan(22);

select results_eq($$select id, public from storage.buckets where id like 'ghostwren%' order by id$$,
    $$values ('ghostwren', false), ('ghostwren-public', true)$$, 'the buckets');
create function world.put(bucket text, path text) returns text language sql as
$$ select format('insert into storage.objects (bucket_id, name) values (%L, %L)', bucket, path) $$;

select is(world.outcome('owner', world.put(b, world.id('owner') || '/' || world.id('owner.account') || '/a.json')), '1 rows', 'writes its own in ' || b)
from unnest(array['ghostwren', 'ghostwren-public']) b;
select is(world.outcome(w.who, world.put('ghostwren', w.path)), '42501', w.what)
from (values ('owner', world.id('other') || '/' || world.id('other.account') || '/a', 'not below another owner'),
    ('owner', world.id('owner') || '/' || world.id('other.account') || '/a', 'not below another''s account'),
    ('owner', world.id('owner') || '/a', 'not beside the accounts'),
    ('owner', 'a', 'not at the top'),
    ('owner', '/' || world.id('owner') || '/' || world.id('owner.account') || '/a', 'not below nothing'),
    ('other', world.id('owner') || '/' || world.id('owner.account') || '/a', 'not another user'),
    ('anon', world.id('owner') || '/' || world.id('owner.account') || '/a', 'not anonymous')) w (who, path, what);

insert into storage.objects (bucket_id, name)
select b, world.id('owner') || '/' || world.id('owner.account') || '/' || n from unnest(array['ghostwren', 'ghostwren-public']) b, unnest(array['a', 'b']) n;
select is(world.outcome('owner', $$select 1 from storage.objects where bucket_id like 'ghostwren%'$$), '4 rows', 'lists its own');
select is(world.outcome('other', $$select 1 from storage.objects where bucket_id like 'ghostwren%'$$), '0 rows', 'lists nothing of another, public or not');
select is(world.outcome('anon', $$select 1 from storage.objects where bucket_id like 'ghostwren%'$$), '0 rows', 'anonymous lists nothing');
select is(world.outcome(w, $$update storage.objects set name = name || 'x' where bucket_id = 'ghostwren'$$), r, w || ' moves')
from (values ('owner', '2 rows'), ('other', '0 rows'), ('anon', '0 rows')) t (w, r);
select is(world.outcome('owner', format('update storage.objects set name = %L where bucket_id = ''ghostwren'' and name like ''%%/a''',
    world.id('other') || '/' || world.id('other.account') || '/a')), '42501', 'does not move it to another');
select is(world.outcome('owner', format('update storage.objects set name = %L where bucket_id = ''ghostwren'' and name like ''%%/a''',
    world.id('owner') || '/elsewhere/a')), '42501', 'nor beside its accounts');
-- An app's own bucket is the app's business.
insert into storage.buckets (id, name, public) values ('of-the-app', 'of-the-app', false);
insert into storage.objects (bucket_id, name) values ('of-the-app', world.id('owner') || '/' || world.id('owner.account') || '/a');
select is(world.outcome('owner', $$update storage.objects set name = name || 'x' where bucket_id = 'of-the-app'$$), '0 rows', 'our policies open no other bucket');
select is(world.outcome('owner', format('update storage.objects set bucket_id = ''of-the-app'' where name = %L',
    world.id('owner') || '/' || world.id('owner.account') || '/b')), '42501', 'and nothing is moved into one');
select is(world.outcome('other', $$delete from storage.objects where bucket_id like 'ghostwren%'$$), '0 rows', 'another removes nothing');
delete from ghostwren.accounts where id = world.id('owner.account');
select is(world.outcome('owner', $$delete from storage.objects where bucket_id like 'ghostwren%'$$), '4 rows', 'removes its own, also when the account is gone');

select finish();
rollback;
