// Runs the checks of real clients against the built jar: node run.mjs ROOT [--write FILE] [CLIENT...]
// A client is a folder beside this file. Everything is installed and run in ROOT/target/clients. FILE gets the newest
// result of every client that was run there, also of those that are not named.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStage } from './lib/stage.mjs';
import { installed, newestNode } from './lib/packages.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [root, ...words] = process.argv.slice(2);
const writeAt = words.indexOf('--write');
const report = writeAt < 0 ? '' : words.splice(writeAt, 2)[1];
const target = join(root, 'target/clients');
const LIMIT = 900_000;

const known = readdirSync(here).filter((name) => name !== 'lib' && existsSync(join(here, name, 'checks.mjs')));
const javaClients = ['openai-java', 'anthropic-java', 'langchain4j', 'spring-ai'];
const wanted = words.length ? words : [...known, ...javaClients];
const strange = wanted.filter((name) => !known.includes(name) && !javaClients.includes(name));
if (strange.length) {
  console.error(`no such client: ${strange.join(', ')}; there are ${[...known, ...javaClients].join(', ')}`);
  process.exit(2);
}

/** Runs one client's checks and collects the lines that they print. */
function checks(name, command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (piece) => {
      out += piece;
      if (process.env.SHOW) process.stderr.write(piece);
    });
    child.stderr.on('data', (piece) => (err += piece));
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
    child.on('close', (code) => {
      clearTimeout(timer);
      const results = out
        .split('\n')
        .filter((line) => line.startsWith('{"'))
        .map((line) => JSON.parse(line));
      if (code !== 0) {
        const why = (err.split('\n').find((line) => /^\S*(Error|Exception)\b/.test(line)) ?? err).trim().slice(0, 300);
        results.push({
          client: name,
          version: '',
          check: 'start',
          outcome: 'failed',
          why: why || `ended with ${code}`,
        });
      }
      resolve(results);
    });
  });
}

function runNode(name, stage) {
  const at = installed(here, target, name);
  cpSync(join(here, 'lib'), join(target, 'lib'), { recursive: true });
  return checks(name, node, [join(at, 'checks.mjs')], { STAGE: JSON.stringify(stage), CLIENT: name });
}

function runJava(name, stage) {
  const pom = join(here, 'java/pom.xml');
  const profile = name === 'spring-ai' ? 'spring' : 'vendors';
  const out = join(target, `java-${profile}`);
  const file = join(out, 'classpath');
  mkdirSync(out, { recursive: true });
  const sources = readdirSync(join(here, 'java'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name), 'utf8'))
    .join('\n');
  const stamp = join(out, 'built-from');
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === sources;
  const goals = ['compile', 'dependency:build-classpath', `-Dmdep.outputFile=${file}`];
  const flags = ['-B', '-q', '-P', profile, '-f', pom, `-Dclients.target=${out}`];
  const options = { cwd: root, encoding: 'utf8', timeout: 400_000 };
  const built = fresh ? { status: 0 } : spawnSync(join(root, 'mvnw'), [...flags, ...goals], options);
  if (built.status !== 0) {
    const why = built.stdout.split('\n').find((line) => line.includes('ERROR')) ?? built.stderr;
    return [{ client: name, version: '', check: 'build', outcome: 'failed', why: why.slice(0, 300) }];
  }
  writeFileSync(stamp, sources);
  const cp = `${join(out, 'classes')}:${readFileSync(file, 'utf8')}`;
  return checks(name, 'java', ['-cp', cp, 'clients.Main', name], { STAGE: JSON.stringify(stage) });
}

/** The columns that every client has a word in; its other checks are named in the last one. */
const COLUMNS = [
  ['chat'],
  ['stream'],
  ['tools'],
  ['tools streamed'],
  ['structured', 'structured output'],
  ['picture'],
  ['abort'],
  ['broken stream'],
  ['refused: 400', '400'],
  ['refused: 401', '401'],
  ['refused: 404', '404'],
  ['refused: 429', '429'],
  ['refused: 503', '503'],
];

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('<', '&lt;');

/** A table with a row for each client, and below it why what is not ok is not. */
function table(results) {
  const clients = [...new Set(results.map((r) => r.client))];
  const notes = [];
  const word = (r) => (r.outcome === 'ok' ? 'ok' : `${r.outcome} [${notes.push(`${r.client}, ${r.check}: ${r.why}`)}]`);
  const rows = clients.map((client) => {
    const mine = results.filter((r) => r.client === client);
    const common = COLUMNS.map(([check]) => mine.find((r) => r.check === check)).map((r) => (r ? word(r) : '–'));
    const further = mine
      .filter((r) => !COLUMNS.some(([check]) => check === r.check))
      .map((r) => `${r.check}: ${word(r)}`);
    return [client, mine[0].version, mine[0].date, ...common, further.join(', ')].map(cell);
  });
  const head = ['client', 'version', 'date', ...COLUMNS.map(([check, title = check]) => title), 'further'];
  const lines = [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  return [...lines, ...(notes.length ? [''] : []), ...notes.map((note, i) => `- [${i + 1}] ${cell(note)}`)].join('\n');
}

mkdirSync(target, { recursive: true });
const node = newestNode(here, target);
mkdirSync(join(target, 'results'), { recursive: true });
const kept = (name) => join(target, 'results', `${name}.json`);
const today = () => new Date().toISOString().slice(0, 10);
const results = [];
const told = new Set();
const failures = () => results.filter((result) => result.outcome === 'failed');
const folder = join(target, `stage-${process.pid}`);
const { stop, ...addresses } = await startStage(root, folder, join(here, 'rules.json'), '--fresh');
for (const name of wanted) {
  const stage = { ...addresses, base: await (await fetch(`${addresses.fresh}/base`)).text() };
  const mine = (await (javaClients.includes(name) ? runJava(name, stage) : runNode(name, stage))).map((r) => ({
    ...r,
    date: today(),
  }));
  results.push(...mine);
  writeFileSync(kept(name), JSON.stringify(mine));
  for (const r of failures().filter((each) => !told.has(each))) {
    told.add(r);
    console.error(`  ${r.client}, ${r.check}: ${r.why}`);
  }
  console.error(`${name}: done (${results.length} checks so far, ${failures().length} failed)`);
}
await stop();
rmSync(folder, { recursive: true, force: true });

const sum = (all) => {
  const count = (outcome) => all.filter((result) => result.outcome === outcome).length;
  const parts = [`${count('ok')} of ${all.length} checks are ok`, `${count('failed')} failed`];
  return [...parts, `${count('cannot')} cannot be done by the client`].join(', ');
};
console.log(`${table(results)}\n\n${sum(results)}`);
if (report) {
  const names = [...known, ...javaClients];
  const all = names
    .filter((name) => existsSync(kept(name)))
    .flatMap((name) => JSON.parse(readFileSync(kept(name), 'utf8')));
  const missing = names.filter((name) => !existsSync(kept(name)));
  const gap = missing.length ? `\n**Not run: ${missing.join(', ')}.**` : '';
  const head = `# Clients: what works

Written by \`scripts/clients --write docs/clients-matrix.md\` against the classes of the built jar and
the stand-in for the service, with a gateway of its own for each client and each refusal.
${sum(all)}.${gap}

A streamed answer that breaks off has to end in an error, an aborted one within 10 s. The refusals are a wrong key
(401), a picture at an address that is not public (400), an unknown model (404), accounts without quota (429) and a
human check before the service (503); the client has to tell its caller the status within 30 s. "cannot" is a limit of
the client, explained below the table; "–" was not checked.
`;
  writeFileSync(report, `${head}\n${table(all)}\n`);
}
process.exitCode = failures().length ? 1 : 0;
