// Runs the command line of @supabase/lite, and ends when its standard input does: no server outlives its test.
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { fileURLToPath, pathToFileURL } from 'node:url';

const [node, , cli, ...rest] = process.argv;
if (rest[0] === 'start') {
  process.stdin.resume();
  const exit = process.exit.bind(process);
  process.stdin.on('end', () => exit(0));
  // When PostgreSQL goes away in the middle of a write, the driver (postgres 3.4.9) throws where nobody can catch it, and
  // the program ends itself. The real PostgREST goes on when the database is back.
  let lost = false;
  process.on('uncaughtException', (error) => {
    console.error(error);
    lost = true;
  });
  process.exit = (code) => {
    if (!lost) exit(code);
  };
}

// Before Node.js 24 the stream of a file gives `ArrayBuffer`s unless asked for bytes, which nothing writes to a socket: an
// object would be read as nothing (https://nodejs.org/api/fs.html#filehandlereadablewebstreamoptions).
const file = await open(fileURLToPath(import.meta.url));
Object.getPrototypeOf(file).readableWebStream = function () {
  return Readable.toWeb(this.createReadStream());
};
await file.close();

process.argv = [node, cli, ...rest];
await import(pathToFileURL(cli).href);
