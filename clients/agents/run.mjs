// Lets real coding agents do a task through the built jar, headless: node run.mjs ROOT [--write FILE] [AGENT...]
// What each was told and what the stand-in was sent stays in ROOT/target/clients/runs/AGENT-SCENARIO.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed, newestNode } from '../lib/packages.mjs';
import { startStage } from '../lib/stage.mjs';
import { agents } from './agents.mjs';
import { effects, MARK, prepare, rules, SCENARIOS, TASK } from './task.mjs';
import { wireOf } from './wire.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [root, ...words] = process.argv.slice(2);
const writeAt = words.indexOf('--write');
const report = writeAt < 0 ? '' : words.splice(writeAt, 2)[1];
const target = join(root, 'target/clients');
const LIMIT = 180_000;
const wanted = words.length ? words : Object.keys(agents);
const strange = wanted.filter((name) => !agents[name]);
if (strange.length) {
  console.error(`no such agent: ${strange.join(', ')}; there are ${Object.keys(agents).join(', ')}`);
  process.exit(2);
}

/** Runs a command of the agent in a group of its own, which ends with it or at the limit; its output goes to a file. */
function act(command, { work, env, log, limit }) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), {
      cwd: work,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    const more = (piece) => (out += piece);
    child.stdout.on('data', more);
    child.stderr.on('data', more);
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // all of it has ended
      }
    };
    let late = false;
    const timer = setTimeout(() => ((late = true), end()), limit);
    child.on('error', (error) => (out += error));
    child.on('exit', (code) => {
      clearTimeout(timer);
      end();
      setTimeout(() => {
        writeFileSync(log, out);
        resolve({ code, late, out });
      }, 200);
    });
  });
}

/** Ends what an agent left running, which is what lives in its home (Linux). */
function endLeftovers(home) {
  if (!existsSync('/proc/self/environ')) return;
  for (const pid of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // it has ended, or is somebody else's
    }
  }
}

async function run(name, nodeFolder, scenario) {
  const agent = agents[name];
  const project = installed(here, join(target, 'agents'), agent.project, true);
  const packages = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).dependencies;
  const folder = join(target, 'runs', `${name}-${scenario.replace(' ', '-')}`);
  rmSync(folder, { recursive: true, force: true });
  const [home, work] = ['home', 'work'].map((part) => join(folder, part));
  for (const each of [home, work]) mkdirSync(each, { recursive: true });
  prepare(work);
  writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules(agent.tools, work, scenario)));
  const { stop, ...stage } = await startStage(
    root, join(folder, 'stage'), join(folder, 'rules.json'),
    ...(scenario === 'flaky account' ? ['--flaky'] : []), ...(agent.settings ?? []));
  const at = { ...stage, home, work };
  let ended;
  const began = Date.now();
  try {
    agent.prepare?.(at);
    const bin = join(project, 'node_modules/.bin');
    const env = {
      PATH: `${nodeFolder}:${process.env.PATH}`,
      HOME: home,
      NO_COLOR: '1',
      CI: '1',
      // nothing but the gateway can be reached
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NO_PROXY: '127.0.0.1,localhost',
      ...agent.env(at),
    };
    const with_bin = ([first, ...rest]) => [join(bin, first), ...rest];
    if (agent.first) await act(with_bin(agent.first(at)), { work, env, log: join(folder, 'first.log'), limit: 30_000 });
    ended = await act(with_bin(agent.command(TASK, at)), { work, env, log: join(folder, 'agent.log'), limit: LIMIT });
  } finally {
    endLeftovers(home);
    await stop();
  }
  const names = ['shell', 'read', 'write', 'edit'].filter((kind) => agent.tools[kind]).map((kind) => agent.tools[kind]('').name);
  const wire = wireOf(join(folder, 'stage/wire.jsonl'), MARK, [...new Set(names)]);
  const checks = {
    'ended well': (ended.code === 0 && !ended.late) || (ended.late ? `not done after ${LIMIT / 1000} s` : `status ${ended.code}`),
    ...effects(work, wire, scenario),
    ...Object.fromEntries(
      Object.entries(wire.inline).map(([check, lacking]) => [check, !lacking || `lacking in ${lacking} of ${wire.turns} messages`]),
    ),
    'no document twice': !wire.twice || `${wire.twice} of ${wire.uploads} uploads had been uploaded before`,
  };
  return { name: `${name}, ${scenario}`, version: Object.values(packages)[0], checks, wire, seconds: Math.round((Date.now() - began) / 1000) };
}

const nodeFolder = dirname(newestNode(join(here, '..'), target));
const results = [];
for (const [name, scenario] of wanted.flatMap((name) => SCENARIOS.map((scenario) => [name, scenario]))) {
  try {
    results.push(await run(name, nodeFolder, scenario));
  } catch (error) {
    results.push({ name: `${name}, ${scenario}`, version: '', checks: { start: String(error.message ?? error) }, seconds: 0 });
  }
  const { checks, seconds } = results.at(-1);
  console.error(`${results.at(-1).name}: ${Object.values(checks).filter((c) => c === true).length} of ${Object.keys(checks).length} in ${seconds} s`);
}

const cell = (text) => String(text).replaceAll('|', '\\|').replace(/\s+/g, ' ').slice(0, 200);
const rows = results.flatMap(({ name, version, checks }) =>
  Object.entries(checks).map(([check, ok]) => `| ${name} | ${version} | ${check} | ${ok === true ? 'ok |' : `failed | ${cell(ok)}`} |`),
);
const traffic = results
  .filter(({ wire }) => wire)
  .map(({ name, wire: w }) => `| ${name} | ${w.turns} | ${w.calls} | ${w.uploads} | ${w.parses} | ${w.bytes} |`);
const text = [
  '| agent | version | check | result | why |',
  '| --- | --- | --- | --- | --- |',
  ...rows,
  '',
  '| agent | turns | upstream calls | uploads | parses | longest message, bytes |',
  '| --- | --- | --- | --- | --- | --- |',
  ...traffic,
].join('\n');
console.log(text);
if (report) {
  const head = '# Agents: what works\n\nWritten by `scripts/agents --write docs/agents-matrix.md` on ';
  writeFileSync(report, `${head}${new Date().toISOString().slice(0, 10)}.\n\n${text}\n`);
}
process.exitCode = results.every(({ checks }) => Object.values(checks).every((ok) => ok === true)) ? 0 : 1;
