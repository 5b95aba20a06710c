// Calls of the gateway's own routes. The key lives in this tab alone, and never in an address.
let key = sessionStorage.getItem('key') ?? '';

/** The address of a route; the gateway may be served under a path of its own, such as /qwen/. */
export const address = (path) => new URL(`..${path}`, import.meta.url);

export const signedIn = () => key !== '';
export const currentKey = () => key;

export function remember(next) {
  key = next;
  if (next) sessionStorage.setItem('key', next);
  else sessionStorage.removeItem('key');
}

export class Refused extends Error {
  constructor(status, message, code) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What the gateway said went wrong, in whichever of its shapes. */
async function refusal(reply) {
  const body = await reply.json().catch(() => ({}));
  const words = body.error?.message ?? body.error ?? body.reason ?? body.message ?? `${reply.status}`;
  return new Refused(reply.status, words, body.code);
}

/** What a timer requests: the gateway neither logs it nor lists it as a running request. */
export const poll = (path) => call('GET', path, undefined, key, { 'X-Qwen2API-Poll': '1' });

export async function call(method, path, body, by = key, more = {}) {
  const headers = { Authorization: `Bearer ${by}`, ...more };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const reply = await fetch(address(path), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (!reply.ok) throw await refusal(reply);
  return reply.json();
}

/** Reads a chat as it streams: each event's JSON. */
export async function* stream(body, signal, by) {
  const headers = { Authorization: `Bearer ${by}`, 'Content-Type': 'application/json' };
  const reply = await fetch(address('/v1/chat/completions'), { method: 'POST', headers, body: JSON.stringify(body), signal });
  if (!reply.ok) throw await refusal(reply);
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (line.startsWith('data: {')) yield JSON.parse(line.slice(6));
    }
  }
}
