// Reads the log of what the stand-in was sent (wire.jsonl) and says what reached the model.
import { readFileSync } from 'node:fs';

/** What the requests of one run say; `mark` is in the user's words. */
export function wireOf(file, mark, toolNames) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => JSON.parse(line));
  const of = (route) => lines.filter((line) => line.route === route);
  const text = (line) => {
    const content = line.json.messages?.at(-1)?.content ?? '';
    return typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('\n');
  };
  const documents = new Map(of('OSS_PUT').map((line) => [line.path, line.text]));
  const document = (id) => [...documents].filter(([path]) => path.includes(id)).map(([, body]) => body).join('\n');
  const whole = (line) =>
    [...(line.json.messages?.at(-1)?.files ?? []).map((file) => document(file.id)), text(line)].join('\n');
  const turns = of('COMPLETIONS').filter((line) => whole(line).includes(mark) && whole(line).includes('[tool_call]'));
  const lacking = (wanted) => turns.filter((line) => !wanted.every((phrase) => text(line).includes(phrase))).length;
  const puts = of('OSS_PUT').map((line) => `${line.account} ${line.text}`);
  return {
    turns: turns.length,
    reached: (evidence) => turns.some((line) => whole(line).includes(evidence)),
    inline: {
      'rules inline': lacking(['[tool_call]']),
      'tool names inline': lacking(toolNames),
      "user's words inline": lacking([mark]),
    },
    uploads: puts.length,
    twice: puts.length - new Set(puts).size,
    parses: of('PARSE').length,
    calls: lines.filter((line) => !['MODELS', 'MODELS_V2', 'AUTHS', 'REFRESH', 'SETTINGS'].includes(line.route)).length,
    bytes: Math.max(0, ...turns.map((line) => Buffer.byteLength(text(line)))),
  };
}
