// Writes what came of the runs as a page of Markdown.
import { agents } from './agents.mjs';

const HEAD = `# Agents: what works

Written by \`scripts/agents --write docs/agents-matrix.md\` on DATE.

Each agent runs headless against the built jar, with nothing else to reach. A scripted stand-in plays the model; the task has ten steps: a shell command,
reading, editing, a tool that does not exist, writing 12 KB (quotes, backslashes, code fences, \`</tool_call>\`, many scripts), a call that breaks off in the
middle, counting, editing what was written, reading a file full of marks, copying. Files are compared byte for byte. With the *flaky account* there are two
accounts, of which one breaks off every fifth answer. *Inline* means: in the message itself, or in an earlier one of the same chat, in no document.
`;

const cell = (text) => String(text).replaceAll('|', '\\|').replace(/\s+/g, ' ').slice(0, 300);
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** The page for these results: {name, version, scenario, checks, wire, seconds}; `about` is a sentence about the run. */
export function matrix(results, about = '') {
  const notes = [];
  const note = (why) => (notes.includes(why) ? notes.indexOf(why) + 1 : notes.push(why));
  const verdict = (ok) => (ok === true ? 'ok' : ok ? `failed (${note(ok)})` : '');
  const columns = [...new Set(results.flatMap(({ checks }) => Object.keys(checks)))];
  const checks = table(
    ['agent', 'version', 'account', ...columns],
    results.map(({ name, version, scenario, checks: each }) => [
      name, version, scenario.split(' ')[0], ...columns.map((column) => verdict(each[column])),
    ]),
  );
  const traffic = table(
    ['agent', 'account', 'tools', 'requests', 'answers', 'in a reused chat', 'documents', 'longest message, bytes', 'seconds'],
    results.filter(({ wire }) => wire).map(({ name, scenario, wire: w, seconds }) => [
      name, scenario.split(' ')[0], w.tools, w.requests, w.turns, w.goneOn, w.uploads, w.bytes, seconds,
    ]),
  );
  const limits = [...new Set(results.map(({ name }) => name))].filter((name) => agents[name].cannot);
  return [
    HEAD.replace('DATE', new Date().toISOString().slice(0, 10)),
    ...(about ? [`${about}\n`] : []),
    checks,
    ...(notes.length ? ['', ...notes.map((note, i) => `${i + 1}. ${cell(note)}`)] : []),
    ...(limits.length ? ['\n## What is the agent\'s own\n', ...limits.map((name) => `- ${name}: ${agents[name].cannot}.`)] : []),
    '\n## What they sent\n',
    traffic,
    '',
  ].join('\n');
}
