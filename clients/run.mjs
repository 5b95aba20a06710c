// Runs the checks of real clients against the built jar: node run.mjs ROOT [--write FILE] [CLIENT...]
// A client is a folder beside this file. Everything is installed and run in ROOT/target/clients.
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
const LIMIT = 300_000;

const known = readdirSync(here).filter((name) => existsSync(join(here, name, 'checks.mjs')));
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
    child.stdout.on('data', (piece) => (out += piece));
    child.stderr.on('data', (piece) => (err += piece));
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT);
    child.on('close', (code) => {
      clearTimeout(timer);
      const results = out.split('\n').filter((line) => line.startsWith('{"')).map((line) => JSON.parse(line));
      if (code !== 0) {
        const why = (err.split('\n').find((line) => /error|exception/i.test(line)) ?? err).trim().slice(0, 300);
        results.push({ client: name, version: '', check: 'start', ok: false, why: why || `ended with ${code}` });
      }
      resolve(results);
    });
  });
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
    return [{ client: name, version: '', check: 'build', ok: false, why: why.slice(0, 300) }];
  }
  writeFileSync(stamp, sources);
  const cp = `${join(out, 'classes')}:${readFileSync(file, 'utf8')}`;
  return checks(name, 'java', ['-cp', cp, 'clients.Main', name], { STAGE: JSON.stringify(stage) });
}

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('<', '&lt;');

function table(results) {
  const rows = results.map((r) => `| ${r.client} | ${r.version} | ${r.check} | ${r.ok ? 'ok' : 'failed'} | ${cell(r.why)} |`);
  return ['| client | version | check | result | why |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

mkdirSync(target, { recursive: true });
const node = newestNode(here, target);
const folder = join(target, 'stage');
rmSync(folder, { recursive: true, force: true });
const { stop, ...stage } = await startStage(root, folder, join(here, 'rules.json'));
const results = [];
try {
  for (const name of wanted) {
    if (javaClients.includes(name)) {
      results.push(...(await runJava(name, stage)));
    } else {
      const at = installed(here, target, name);
      cpSync(join(here, 'lib'), join(target, 'lib'), { recursive: true });
      const env = { STAGE: JSON.stringify(stage), CLIENT: name };
      results.push(...(await checks(name, node, [join(at, 'checks.mjs')], env)));
    }
    const mine = results.filter((result) => !result.ok).length;
    console.error(`${name}: done (${results.length} checks so far, ${mine} failed)`);
  }
} finally {
  await stop();
}

const text = table(results);
console.log(text);
const failed = results.filter((result) => !result.ok);
console.log(`\n${results.length - failed.length} of ${results.length} checks are ok`);
if (report) {
  const head = '# Clients: what works\n\nWritten by `scripts/clients --write docs/clients-matrix.md` on ';
  writeFileSync(report, `${head}${new Date().toISOString().slice(0, 10)}.\n\n${text}\n`);
}
process.exitCode = failed.length ? 1 : 0;
