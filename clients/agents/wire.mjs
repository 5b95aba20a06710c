// Compares what the agent asked with the log of what the stand-in was sent (wire.jsonl): what reached the model.
import { readFileSync } from 'node:fs';
import { lastWordsOf, toolsOf } from './tap.mjs';

/** How long the gateway may use an uploaded document. */
const LIFE = 1_500_000;
const RULES = ['[tool_call]', '[/tool_call]', 'Rules:', '"arguments" is one valid JSON object'];

/** What the requests of one run say; `mark` is in the user's words, `asked` is what the agent sent to the gateway. */
export function wireOf(file, mark, asked) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const of = (route) => lines.filter((line) => line.route === route);
  const documents = new Map(of('OSS_PUT').map((line) => [line.path, line.text]));
  const chats = new Map();
  const answers = of('COMPLETIONS').map((line) => {
    const message = line.json.messages?.at(-1) ?? {};
    const chat = `${line.account} ${line.chat}`;
    const before = line.json.parent_id ? chats.get(chat) : undefined;
    const own = textOf(message.content);
    const files = (message.files ?? []).map(({ id }) => [...documents].find(([path]) => path.includes(id))?.[1] ?? '');
    // the model has the earlier messages of its chat, whether or not their documents have expired
    const inline = before ? `${before.inline}\n${own}` : own;
    const whole = [before?.whole ?? '', ...files, own].join('\n');
    chats.set(chat, { inline, whole });
    const ids = (message.files ?? []).map(({ id }) => id);
    return { at: Date.parse(line.at), ids, own, inline, whole, goesOn: Boolean(before) };
  });
  const turns = answers.filter(({ inline, whole }) => inline.includes('[tool_call]') && whole.includes(mark));
  const requests = asked
    .filter(({ body }) => toolsOf(body).length && JSON.stringify(body).includes(mark))
    .map((each) => ({
      ...each,
      answers: turns.filter(({ at }) => at >= each.began && at <= each.ended),
    }));
  const lacks = (wanted) => {
    const missing = requests.flatMap((each) =>
      each.answers.length
        ? each.answers.flatMap(({ inline }) => wanted(each.body).filter((one) => !one.in(inline)))
        : [{ what: `any message for a request (${each.status})` }],
    );
    return requests.length ? [...new Set(missing.map(({ what }) => what))] : ['any request with tools'];
  };
  const phrase = (what) => ({ what, in: (text) => text.includes(what) });
  const words = (body) => lastWordsOf(body).map((text) => text.trim()).filter(Boolean).map(phrase);
  const used = new Set(turns.flatMap(({ ids }) => ids));
  const puts = of('OSS_PUT')
    .filter(({ path }) => [...used].some((id) => path.includes(id)))
    // an upload has no cookie; its path has the folder of its user
    .map((line) => ({ at: Date.parse(line.at), what: `${line.path.slice(0, line.path.lastIndexOf('/'))} ${line.text}` }));
  return {
    requests: requests.length,
    refused: asked.filter(({ status, body }) => status >= 400 && toolsOf(body).length).map(({ status, path }) => `${status} ${path}`),
    turns: turns.length,
    goneOn: turns.filter(({ goesOn }) => goesOn).length,
    tools: Math.max(0, ...requests.map(({ body }) => toolsOf(body).length)),
    reached: (evidence) => turns.some(({ whole }) => whole.includes(evidence)),
    inline: {
      'rules inline': lacks(() => RULES.map(phrase)),
      'tools inline': lacks((body) => toolsOf(body).flatMap((tool) => toolPhrases(tool))),
      'last words inline': lacks(words),
    },
    uploads: puts.length,
    twice: puts.filter(({ at, what }, i) => puts.slice(0, i).some((put) => put.what === what && at - put.at < LIFE)).length,
    bytes: Math.max(0, ...turns.map(({ own }) => Buffer.byteLength(own))),
  };
}

function textOf(content = '') {
  return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
}

/** A line for the tool, as a signature or as JSON, that has each of its parameters. */
function toolPhrases({ name, parameters }) {
  const lineOf = (text) => {
    const at = [`\n${name}(`, `\n{"name":"${name}"`].map((start) => text.indexOf(start)).find((found) => found >= 0);
    return at === undefined ? '' : text.slice(at + 1).split('\n', 1)[0];
  };
  return [
    { what: name, in: (text) => lineOf(text) !== '' },
    ...parameters.map((parameter) => ({
      what: `${name}.${parameter}`,
      in: (text) => {
        const line = lineOf(text);
        return [`"${parameter}":`, `${parameter}: `, `${parameter}?: `].some((form) => line.includes(form));
      },
    })),
  ];
}
