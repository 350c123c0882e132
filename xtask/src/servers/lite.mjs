// Runs the command line of @supabase/lite, and ends when its standard input does: no server outlives its test.
import { pathToFileURL } from 'node:url';

const [node, , cli, ...rest] = process.argv;
if (rest[0] === 'start') {
  process.stdin.resume();
  process.stdin.on('end', () => process.exit(0));
}
process.argv = [node, cli, ...rest];
await import(pathToFileURL(cli).href);
