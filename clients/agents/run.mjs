// Lets real coding agents do a task through the built jar, headless: node run.mjs ROOT [--write FILE] [AGENT...]
// What each was told and what the stand-in was sent stays in ROOT/target/clients/runs/AGENT-SCENARIO. FILE gets the results of
// all runs of this jar, earlier ones too. JOBS runs go on at once.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed, newestNode } from '../lib/packages.mjs';
import { startStage } from '../lib/stage.mjs';
import { agents } from './agents.mjs';
import { matrix } from './matrix.mjs';
import { tap } from './tap.mjs';
import { effects, MARK, prepare, rules, SCENARIOS, TASK } from './task.mjs';
import { wireOf } from './wire.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [root, ...words] = process.argv.slice(2);
const writeAt = words.indexOf('--write');
const report = writeAt < 0 ? '' : words.splice(writeAt, 2)[1];
const target = join(root, 'target/clients');
const LIMIT = 400_000;
const JOBS = Number(process.env.JOBS ?? 1);
const build = createHash('sha256').update(readFileSync(process.env.JAR ?? join(root, 'target/qwen2api.jar'))).digest('hex');
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

const folderOf = (name, scenario) => `${name}-${scenario.replace(' ', '-')}`;

async function run(name, nodeFolder, scenario) {
  const agent = agents[name];
  const project = installed(here, join(target, 'agents'), agent.project, true);
  const [version] = Object.values(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).dependencies);
  const folder = join(target, 'runs', folderOf(name, scenario));
  rmSync(folder, { recursive: true, force: true });
  const [home, work] = ['home', 'work'].map((part) => join(folder, part));
  for (const each of [home, work]) mkdirSync(each, { recursive: true });
  prepare(work);
  writeFileSync(join(folder, 'rules.json'), JSON.stringify(rules(agent.tools, work)));
  const { stop, ...stage } = await startStage(
    root, join(folder, 'stage'), join(folder, 'rules.json'), '--alone',
    ...(scenario === 'flaky account' ? ['--flaky'] : []), ...(agent.settings ?? []));
  const { close, asked, base } = await tap(stage.base);
  const at = { ...stage, base, home, work };
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
    close();
    writeFileSync(join(folder, 'asked.jsonl'), asked.map((each) => JSON.stringify(each) + '\n').join(''));
    await stop();
  }
  const wire = wireOf(join(folder, 'stage/wire.jsonl'), MARK, asked);
  const checks = {
    'ended well': (ended.code === 0 && !ended.late) || (ended.late ? `not done after ${LIMIT / 1000} s` : `status ${ended.code}`),
    ...effects(work, wire, ended.out),
    'nothing refused': !wire.refused.length || `${wire.refused.length}: ${wire.refused[0]}`,
    ...Object.fromEntries(
      Object.entries(wire.inline).map(([check, lacking]) => [check, !lacking.length || `lacking: ${lacking.join('; ')}`]),
    ),
    'no document twice': !wire.twice || `${wire.twice} of ${wire.uploads} uploads had been uploaded before`,
  };
  return { name, version, scenario, checks, wire, seconds: Math.round((Date.now() - began) / 1000) };
}

const nodeFolder = dirname(newestNode(join(here, '..'), target));
const failures = ({ checks }) => Object.entries(checks).filter(([, ok]) => ok !== true);
const waiting = wanted.flatMap((name) => SCENARIOS.map((scenario) => [name, scenario]));
const results = [];
async function runNext() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, scenario] = next;
    const result = await run(name, nodeFolder, scenario).catch((error) => ({
      name, version: '', scenario, checks: { 'ended well': String(error.message ?? error) }, seconds: 0,
    }));
    results.push(result);
    const folder = join(target, 'runs', folderOf(name, scenario));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'result.json'), JSON.stringify({ ...result, build, day: new Date().toISOString().slice(0, 10) }));
    const failed = failures(result);
    console.error(`${name}, ${scenario}: ${failed.length ? failed.map((each) => each.join(': ')).join(', ') : 'ok'} (${result.seconds} s)`);
  }
}
await Promise.all(Array.from({ length: JOBS }, runNext));

if (report) {
  const kept = Object.keys(agents)
    .flatMap((name) => SCENARIOS.map((scenario) => join(target, 'runs', folderOf(name, scenario), 'result.json')))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')))
    .filter((result) => result.build === build);
  writeFileSync(report, matrix(kept));
}
process.exitCode = results.every((result) => !failures(result).length) ? 0 : 1;
