// Lets real coding agents do a task through the built jar, headless: node run.mjs ROOT [--write FILE] [AGENT...]
// What each was told and what it asked stays in ROOT/target/clients/runs/SCENARIO/AGENT, what the stand-in was sent beside
// it. JOBS agents run at once. NOTE is a sentence for the page. SIGTERM begins no more runs; what has run is judged.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installed, newestNode } from '../lib/packages.mjs';
import { startStage } from '../lib/stage.mjs';
import { agents } from './agents.mjs';
import { matrix, resultsOf } from './matrix.mjs';
import { tap } from './tap.mjs';
import { DONE, effects, FALLBACK, markOf, prepare, rules, SCENARIOS, taskOf } from './task.mjs';
import { wireOf } from './wire.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const [root, ...words] = process.argv.slice(2);
const writeAt = words.indexOf('--write');
const report = writeAt < 0 ? '' : words.splice(writeAt, 2)[1];
const target = join(root, 'target/clients');
const LIMIT = Number(process.env.LIMIT_SECONDS ?? 180) * 1000;
const JOBS = Number(process.env.JOBS ?? 1);
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

const slug = (scenario) => scenario.replace(' ', '-');
const folderOf = (name, scenario) => join(target, 'runs', slug(scenario), name);
const nodeFolder = dirname(newestNode(join(here, '..'), target));

/** A stage whose model knows the tasks of all agents. */
async function stageFor(scenario) {
  const folder = join(target, 'runs', slug(scenario));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const all = wanted.flatMap((name) => rules(agents[name].tools, join(folder, name, 'work'), markOf(name, scenario)));
  writeFileSync(join(folder, 'rules.json'), JSON.stringify([...all, FALLBACK]));
  const settings = [...new Set(wanted.flatMap((name) => agents[name].settings ?? []))];
  const flaky = scenario === 'flaky account' ? ['--flaky'] : [];
  return startStage(root, folder, join(folder, 'rules.json'), ...flaky, ...settings);
}

/** Lets one agent do its task; resolves to a function that judges it when the log of the stage is there. */
async function run(name, scenario, stage) {
  const agent = agents[name];
  const project = installed(here, join(target, 'agents'), agent.project, true);
  const [version] = Object.values(JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')).dependencies);
  const folder = folderOf(name, scenario);
  const [home, work] = ['home', 'work'].map((part) => join(folder, part));
  for (const each of [home, work]) mkdirSync(each, { recursive: true });
  prepare(work);
  const { close, asked, base } = await tap(stage.base);
  const at = { ...stage, base, home, work };
  const mark = markOf(name, scenario);
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
    const inBin = ([first, ...rest]) => [join(bin, first), ...rest];
    if (agent.first) await act(inBin(agent.first(at)), { work, env, log: join(folder, 'first.log'), limit: LIMIT / 2 });
    ended = await act(inBin(agent.command(taskOf(mark), at)), { work, env, log: join(folder, 'agent.log'), limit: LIMIT });
  } finally {
    endLeftovers(home);
    close();
    writeFileSync(join(folder, 'asked.jsonl'), asked.map((each) => JSON.stringify(each) + '\n').join(''));
  }
  const seconds = Math.round((Date.now() - began) / 1000);
  const shown = ended.out.includes(DONE) ? 'the end' : 'no end';
  console.error(`${name}, ${scenario}: status ${ended.code}, ${asked.length} requests, ${shown}, ${seconds} s`);
  return () => {
    const wire = wireOf(join(target, 'runs', slug(scenario), 'wire.jsonl'), mark, asked);
    const checks = {
      'ended well': (ended.code === 0 && !ended.late) || (ended.late ? `not done after ${LIMIT / 1000} s` : `status ${ended.code}`),
      ...effects(work, wire, ended.out),
      'nothing refused': !wire.refused.length || `${wire.refused.length}: ${wire.refused[0]}`,
      ...Object.fromEntries(
        Object.entries(wire.inline).map(([check, lacking]) => [check, !lacking.length || `lacking: ${lacking.join('; ')}`]),
      ),
      'no document twice': !wire.twice || `${wire.twice} of ${wire.uploads} uploads had been uploaded before`,
    };
    return { name, version, scenario, checks, wire, seconds };
  };
}

const failed = (name, scenario, error) => () => ({
  name, version: '', scenario, checks: { 'ended well': String(error.message ?? error) }, seconds: 0,
});
const stages = Object.fromEntries(await Promise.all(SCENARIOS.map(async (scenario) => [scenario, await stageFor(scenario)])));
const waiting = SCENARIOS.flatMap((scenario) => wanted.map((name) => [name, scenario]));
process.on('SIGTERM', () => waiting.splice(0));
const judges = [];
await Promise.all(
  Array.from({ length: JOBS }, async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, scenario] = next;
      judges.push(await run(name, scenario, stages[scenario]).catch((error) => failed(name, scenario, error)));
    }
  }),
);
await Promise.all(Object.values(stages).map(({ stop }) => stop()));
const order = Object.keys(agents);
const date = new Date().toISOString().slice(0, 10);
const results = judges.map((judge) => ({ ...judge(), run: date }));
const place = ({ name, scenario }) => order.indexOf(name) * SCENARIOS.length + SCENARIOS.indexOf(scenario);
const isNew = ({ name, scenario }) => results.some((each) => each.name === name && each.scenario === scenario);
const former = report && existsSync(report) ? resultsOf(readFileSync(report, 'utf8')).filter((each) => agents[each.name] && !isNew(each)) : [];
const text = matrix([...former, ...results].sort((a, b) => place(a) - place(b)), process.env.NOTE);
console.log(text);
if (report) writeFileSync(report, text);
process.exitCode = results.every(({ checks }) => Object.values(checks).every((ok) => ok === true)) ? 0 : 1;
