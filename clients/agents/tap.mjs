// Stands between an agent and the gateway, passes everything on as it is, and keeps what the agent asked.
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import zlib from 'node:zlib';

const DECODERS = { gzip: zlib.gunzipSync, deflate: zlib.inflateSync, br: zlib.brotliDecompressSync, zstd: zlib.zstdDecompressSync };

/** Resolves to the address to use in place of `base`, to what was `asked`, and to `close`. */
export async function tap(base) {
  const asked = [];
  const server = createServer((from, to) => {
    const parts = [];
    const entry = { path: from.url, began: Date.now(), ended: Infinity, status: 0, body: {} };
    asked.push(entry);
    const on = request(base + from.url, { method: from.method, headers: from.headers }, (reply) => {
      entry.status = reply.statusCode;
      to.writeHead(reply.statusCode, reply.headers);
      to.flushHeaders();
      reply.pipe(to);
      reply.on('error', () => to.destroy());
    });
    on.on('error', () => to.destroy());
    from.on('data', (part) => parts.push(part));
    from.on('end', () => (entry.body = bodyOf(from.headers['content-encoding'], Buffer.concat(parts))));
    from.pipe(on);
    to.on('close', () => {
      entry.ended = Date.now();
      on.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { base: `http://127.0.0.1:${server.address().port}`, asked, close: () => server.closeAllConnections() ?? server.close() };
}

function bodyOf(encoding, bytes) {
  try {
    return JSON.parse(encoding ? DECODERS[encoding](bytes) : bytes);
  } catch {
    return {};
  }
}

/** The tools that a request offers in any of the formats, those of name spaces too: {name, parameters}. */
export function toolsOf(body) {
  const referred = (name) => JSON.stringify(body.messages ?? []).includes(`"tool_name":"${name}"`);
  return (body.tools ?? []).flatMap((tool) => {
    if (tool.type === 'namespace') return toolsOf(tool).map((inner) => ({ ...inner, name: `${tool.name}.${inner.name}` }));
    if (tool.functionDeclarations) return toolsOf({ tools: tool.functionDeclarations });
    if (tool.defer_loading && !referred(tool.name)) return [];
    const { name, parameters, input_schema, parametersJsonSchema } = tool.function ?? tool.custom ?? tool;
    const schema = parameters ?? input_schema ?? parametersJsonSchema;
    return name ? [{ name, parameters: Object.keys(schema?.properties ?? {}) }] : [];
  });
}

/** The texts of the last message of the user that has any. */
export function lastWordsOf(body) {
  const turns = body.contents?.map(({ role, parts }) => ({ role, content: parts }));
  const messages = turns ?? body.messages ?? (Array.isArray(body.input) ? body.input : [{ role: 'user', content: body.input ?? '' }]);
  return messages
    .filter((message) => message.role === 'user')
    .map(({ content }) => (typeof content === 'string' ? [content] : (content ?? []).map((part) => part.text).filter(Boolean)))
    .filter((texts) => texts.length)
    .at(-1) ?? [];
}
