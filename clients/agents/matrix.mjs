// Writes what came of the runs as a page of Markdown.
import { agents } from './agents.mjs';

const HEAD = `# Agents: what works

Written by \`scripts/agents --write docs/agents-matrix.md [AGENT...]\`; the rows of agents that it does not run stay.

Each agent runs headless against the built jar, with nothing else to reach. A scripted stand-in plays the model; the task has eleven steps: a shell command,
reading, editing, a tool that does not exist, writing 12 KB (quotes, backslashes, code fences, \`</tool_call>\`, many scripts), a call that breaks off in the
middle, counting, reading and editing what was written, reading a file full of marks, copying. Files are compared byte for byte. With the *flaky account* there are two
accounts, of which one breaks off every fifth answer. *Inline* means: in the message itself, or in an earlier one of the same chat, in no document.
`;

/** The columns about what an agent sent, and what they are in `wire`. */
const WIRE = {
  tools: 'tools', requests: 'requests', answers: 'turns', 'in a reused chat': 'goneOn', documents: 'uploads', 'longest message, bytes': 'bytes',
};
const TRAFFIC = ['account', ...Object.keys(WIRE), 'seconds'];

const cell = (text) => String(text).replaceAll('|', '\\|').replace(/\s+/g, ' ').slice(0, 300);
const row = (texts) => `| ${texts.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const cells = (line) => line.split(/(?<!\\)\|/).slice(1, -1).map((text) => text.trim().replaceAll('\\|', '|'));
const rowsBelow = (page, first) => {
  const lines = page.split('\n');
  const at = lines.findIndex((line) => line.startsWith(first));
  const length = lines.slice(at).findIndex((line) => !line.startsWith('|'));
  const [head, , ...rows] = at < 0 ? [[], []] : lines.slice(at, at + length).map(cells);
  return rows.map((row) => Object.fromEntries(head.map((name, i) => [name, row[i]])));
};

/** The results that a page shows, to be written again beside newer ones. */
export function resultsOf(page) {
  const whys = Object.fromEntries([...page.matchAll(/^(\d+)\. (.*)$/gm)].map(([, number, why]) => [`failed (${number})`, why]));
  const traffic = rowsBelow(page, row(['agent', ...TRAFFIC]).slice(0, -2));
  return rowsBelow(page, row(['agent', 'version']).slice(0, -2)).map(({ agent, version, account, run = '', ...checks }) => {
    const sent = traffic.find((line) => line.agent === agent && line.account === account);
    return {
      name: agent, version, run, scenario: `${account} account`,
      checks: Object.fromEntries(
        Object.entries(checks).filter(([, text]) => text).map(([check, text]) => [check, text === 'ok' || (whys[text] ?? text)]),
      ),
      wire: sent && Object.fromEntries(Object.entries(WIRE).map(([column, key]) => [key, sent[column]])),
      seconds: sent?.seconds ?? 0,
    };
  });
}

/** The page for these results: {name, version, run, scenario, checks, wire, seconds}, `run` a date; `about` is a sentence about the run. */
export function matrix(results, about = '') {
  const notes = [];
  const note = (why) => (notes.includes(why) ? notes.indexOf(why) + 1 : notes.push(why));
  const verdict = (ok) => (ok === true ? 'ok' : ok ? `failed (${note(ok)})` : '');
  const columns = [...new Set(results.flatMap(({ checks }) => Object.keys(checks)))];
  const checks = table(
    ['agent', 'version', 'account', 'run', ...columns],
    results.map(({ name, version, run, scenario, checks: each }) => [
      name, version, scenario.split(' ')[0], run, ...columns.map((column) => verdict(each[column])),
    ]),
  );
  const traffic = table(
    ['agent', ...TRAFFIC],
    results.filter(({ wire }) => wire).map(({ name, scenario, wire: w, seconds }) => [
      name, scenario.split(' ')[0], ...Object.values(WIRE).map((key) => w[key]), seconds,
    ]),
  );
  const bad = results.filter(({ checks: each }) => Object.values(each).some((ok) => ok !== true));
  const limits = [...new Set(bad.map(({ name }) => name))].filter((name) => agents[name].cannot);
  return [
    HEAD,
    ...(about ? [`${about}\n`] : []),
    checks,
    ...(notes.length ? ['', ...notes.map((note, i) => `${i + 1}. ${cell(note)}`)] : []),
    ...(limits.length ? ['\n## What is the agent\'s own\n', ...limits.map((name) => `- ${name}: ${agents[name].cannot}.`)] : []),
    '\n## What they sent\n',
    traffic,
    '',
  ].join('\n');
}
