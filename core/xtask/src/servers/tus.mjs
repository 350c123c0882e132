// The resumable uploads of Supabase Storage by the server that it is built on: same path, files in a folder.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [, , packages, folder] = process.argv;
const require = createRequire(path.join(packages, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { Server } = await load('@tus/server');
const { FileStore } = await load('@tus/file-store');

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

const server = new Server({
  path: '/storage/v1/upload/resumable',
  datastore: new FileStore({ directory: folder }),
});
const listener = server.listen({ host: '127.0.0.1', port: 0 }, () => {
  console.log(`listening http://127.0.0.1:${listener.address().port}`);
});
