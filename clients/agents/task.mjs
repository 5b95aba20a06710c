// The task that every agent does: eight steps, a wrong tool name and a call that breaks off among them, and what is left on
// the disk afterwards. The model of the stand-in plays it by rules; a step is done when its evidence is in the conversation.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MARK = 'task QW-7351';
export const TASK = `This is ${MARK}: look at notes.txt, make its colour green, write big.md, and copy the notes to copy.txt.`;
const DONE = 'QW9: all is done.';
const NOTES = 'bird: QW2-heron\ncolour: red\nend: here\n';
const GREEN = NOTES.replace('colour: red', 'colour: QW3-green');

const paragraph = (i) =>
  `## ${i} “quoted” and 'single', C:\\new\\table ${i}\n\n\`\`\`js\nconst s = "a \\"b\\" \${c} \\n";\n\`\`\`\n` +
  `A stray </tool_call> and <tag a="1">, {"name": "x", "arguments": {}}, 北京 👩‍🚀 ñandú עברית\n\n`;
const half = (from) => Array.from({ length: 31 }, (_, i) => paragraph(from + i)).join('');

/** 12 KB of what breaks parsers: quotes, backslashes, fences, marks of calls, scripts of all kinds; in two halves. */
const HALVES = [`# "Big" 'file'\n${half(0)}QW6-middle\n`, `${half(31)}QW6-end\n`];
const BIG = HALVES.join('');

const call = ({ name, args }) => `[tool_call]\n${JSON.stringify({ name, arguments: args })}\n[/tool_call]`;

/** What may happen in the middle: nothing, a tool that is not offered, half a call, an account that breaks answers off. */
export const SCENARIOS = ['plain', 'wrong tool', 'cut call', 'flaky account'];

/** The rules of the scripted model for an agent with these tools. */
export function rules(tools, work, scenario) {
  const path = (name) => join(work, name);
  const shell = (command) => call(tools.shell(command));
  const edit = tools.edit
    ? call(tools.edit(path('notes.txt'), 'colour: red', 'colour: QW3-green'))
    : shell("sed -i 's/colour: red/colour: QW3-green/' notes.txt");
  const write = tools.write
    ? call(tools.write(path('big.md'), BIG))
    : shell(`cat > big.md <<'QW_END'\n${BIG}QW_END`);
  const lines = HALVES[0].split('\n').length;
  const halves = tools.append && [
    ['QW6-middle', call(tools.write(path('big.md'), HALVES[0]))],
    ['QW6-end', call(tools.append(path('big.md'), HALVES[1], lines))],
  ];
  const cut = shell('echo QW5-cut > cut.txt; echo QW5-more');
  const disturbances = {
    'wrong tool': [
      ['QW4-lost', call({ name: 'write_to_the_file', args: { path: path('lost.txt'), content: 'QW4-lost' } }), 1],
    ],
    'cut call': [['QW5-never', cut.slice(0, cut.indexOf('; echo')), 1]],
  };
  const steps = [
    ['QW1-42', `I look around.\n${shell('echo QW1-$((40+2))')}`],
    ['QW2-heron', tools.read ? call(tools.read(path('notes.txt'))) : shell('cat notes.txt')],
    ['QW3-green', edit],
    ...(disturbances[scenario] ?? []),
    ...(tools.append ? halves : [['QW6-end', write]]),
    [`QW7-${Buffer.byteLength(BIG)}`, shell('echo QW7-$(wc -c < big.md)')],
    ['QW8-2', shell('cp notes.txt copy.txt && echo QW8-$((1+1))')],
  ];
  const asked = { contains: [MARK, '[tool_call]'] };
  return [
    ...steps.map(([evidence, text, times = 3]) => ({ ...asked, lacks: [evidence], times, text })),
    { ...asked, text: tools.end ? call(tools.end(DONE)) : DONE },
    { contains: [], text: 'A task' },
  ];
}

/** Lays the folder out. */
export function prepare(work) {
  writeFileSync(join(work, 'notes.txt'), NOTES);
}

/** What the run left behind, by check: true or why not. */
export function effects(work, wire, scenario) {
  const read = (name) => (existsSync(join(work, name)) ? readFileSync(join(work, name), 'utf8') : undefined);
  const same = (name, wanted) => {
    const got = read(name);
    return got === wanted || (got === undefined ? `no ${name}` : `${name} differs (${got.length} characters)`);
  };
  const all = {
    edit: same('notes.txt', GREEN),
    'write 12 KB': same('big.md', BIG),
    shell: same('copy.txt', GREEN),
    'end reached': wire.reached('QW8-2') || 'the last step was not done',
  };
  if (scenario === 'wrong tool') {
    all['call went on'] = wire.reached('QW4-lost') || 'no request after the wrong tool name';
  }
  if (scenario === 'cut call') {
    all['half not run'] = read('cut.txt') === undefined || `the half of the call was run: ${read('cut.txt')}`;
  }
  return all;
}

export { MARK };
