// Drives the gateway with OpenAI's own client, the way its users do: node checks.mjs BASE_URL API_KEY
// Prints "ok NAME" or "not ok NAME: WHY" for each check, and "done" at the end. What is answered to which prompt is scripted
// by OpenAiNodeClientIT, which also looks at the upstream side of it all.
import assert from 'node:assert/strict';
import OpenAI, { toFile } from 'openai';

const [baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey, timeout: 20_000 });
const model = 'qwen-max';
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';

const user = (content) => ({ role: 'user', content });
const ask = (content, more = {}, options = {}) =>
  client.chat.completions.create({ model, messages: [user(content)], ...more }, options);

/** Reads a stream to its end: every delta in order, the text, the reasoning, the reasons to finish, the usages. */
async function collect(stream, seen = { deltas: [], text: '', reasoning: '', finishes: [], usages: [] }) {
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'chat.completion.chunk');
    assert.equal(chunk.model, model);
    if (chunk.usage) seen.usages.push(chunk.usage);
    for (const choice of chunk.choices) {
      seen.deltas.push(choice.delta);
      seen.text += choice.delta.content ?? '';
      seen.reasoning += choice.delta.reasoning_content ?? '';
      if (choice.finish_reason) seen.finishes.push(choice.finish_reason);
    }
  }
  return seen;
}

/** The error that a promise ends in; it must be of the class. */
async function refusal(promise, type) {
  const error = await promise.then(() => assert.fail('it was not refused'), (thrown) => thrown);
  assert.equal(error.constructor.name, type.name, error.message);
  return error;
}

const checks = {
  async 'models are listed'() {
    const ids = [];
    for await (const listed of client.models.list()) ids.push(listed.id);
    assert.ok(ids.includes('qwen-max') && ids.includes('qwen3.7-max'), ids.join());
    assert.ok(ids.some((id) => id.endsWith('-thinking')), ids.join());
    assert.equal(new Set(ids).size, ids.length);
  },

  async 'a model is read by its name'() {
    const found = await client.models.retrieve(model);
    assert.deepEqual([found.id, found.object, typeof found.created], [model, 'model', 'number']);
  },

  async 'a picture is sent along'() {
    const url = `data:image/png;base64,${PIXEL}`;
    const parts = [{ type: 'text', text: 'Please count what you see' }, { type: 'image_url', image_url: { url } }];
    const answer = await ask(parts);
    assert.ok(answer.choices[0].message.content.length > 0);
    const broken = [parts[0], { type: 'image_url', image_url: { url: 'data:image/png;base64,@@' } }];
    const error = await refusal(ask(broken), OpenAI.BadRequestError);
    assert.match(error.param, /^messages\[0\]\.content\[1\]/);
  },

  async 'pictures are generated and edited'() {
    const made = await client.images.generate({ model: 'qwen-max', prompt: 'Please draw a sea', n: 2 });
    assert.equal(made.data.length, 2);
    assert.match(made.data[0].url, /^http/);
    const image = await toFile(Buffer.from(PIXEL, 'base64'), 'pixel.png', { type: 'image/png' });
    const edited = await client.images.edit({ model: 'qwen-max', image, prompt: 'Please draw a sea, bluer' });
    assert.equal(edited.data.length, 1);
  },

  async 'a video is ordered and asked about'() {
    let video = await client.videos.create({ model: 'qwen-max', prompt: 'Please film a cat' });
    assert.ok(['queued', 'in_progress'].includes(video.status), video.status);
    const deadline = Date.now() + 20_000;
    while (video.status !== 'completed' && Date.now() < deadline) {
      await new Promise((later) => setTimeout(later, 100));
      video = await client.videos.retrieve(video.id);
    }
    assert.equal(video.status, 'completed');
    await client.videos.delete(video.id);
    await refusal(client.videos.retrieve(video.id), OpenAI.NotFoundError);
  },

  async 'a chat is answered in one piece'() {
    const answer = await ask('Please count for the first check');
    assert.equal(answer.object, 'chat.completion');
    assert.equal(answer.model, model);
    assert.deepEqual(
      [answer.choices[0].message.role, answer.choices[0].message.content, answer.choices[0].finish_reason],
      ['assistant', 'one two three', 'stop'],
    );
    assert.deepEqual(
      [answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens],
      [100, 30, 130],
    );
    assert.ok(answer._request_id, 'the client found no request id');
  },

  async 'a stream brings its text in pieces'() {
    const seen = await collect(await ask('Please count for the second check', { stream: true }));
    assert.equal(seen.deltas[0].role, 'assistant');
    assert.ok(seen.deltas.filter((delta) => delta.content).length >= 3, 'the text came in one piece');
    assert.equal(seen.text, 'one two three');
    assert.deepEqual(seen.finishes, ['stop']);
    assert.deepEqual(seen.usages, []);
  },

  async 'a stream brings its usage when asked'() {
    const seen = await collect(
      await ask('Please count for the third check', { stream: true, stream_options: { include_usage: true } }),
    );
    assert.equal(seen.usages.length, 1);
    assert.equal(seen.usages[0].total_tokens, 130);
  },

  async 'reasoning comes beside the answer'() {
    const seen = await collect(await ask('Please think', { stream: true, enable_thinking: true }));
    assert.match(seen.reasoning, /I weigh it/);
    assert.equal(seen.text, 'thought through');
    const firstText = seen.deltas.findIndex((delta) => delta.content);
    const lastReasoning = seen.deltas.findLastIndex((delta) => delta.reasoning_content);
    assert.ok(lastReasoning < firstText, 'reasoning came after the answer had begun');
  },

  async 'the stream helper puts a whole completion together'() {
    const runner = client.chat.completions.stream({
      model,
      messages: [user('Please count for the fourth check')],
      stream_options: { include_usage: true },
    });
    const answer = await runner.finalChatCompletion();
    assert.equal(answer.choices[0].message.content, 'one two three');
    assert.equal((await runner.totalUsage()).total_tokens, 130);
  },

  async 'earlier turns are remembered'() {
    const messages = [
      { role: 'system', content: 'You are brief.' },
      user('My name is Ada.'),
      { role: 'assistant', content: 'Noted.' },
      user('What is my name?'),
    ];
    const answer = await client.chat.completions.create({ model, messages });
    assert.equal(answer.choices[0].message.content, 'You are Ada.');
  },

  async 'every script survives both ways'() {
    const text = '你好，世界 👩‍🚀 — ñandú, Ω, עברית, \u{1F1E8}\u{1F1F3}';
    const whole = await ask(`echo: ${text}`);
    assert.equal(whole.choices[0].message.content, text);
    const seen = await collect(await ask(`echo: ${text}`, { stream: true }));
    assert.equal(seen.text, text);
  },

  async 'JSON mode takes the fence off'() {
    const answer = await ask('Please answer in JSON', { response_format: { type: 'json_object' } });
    assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: '北京', ok: true });
  },

  async 'JSON mode refuses what is no JSON'() {
    const refused = await refusal(
      ask('Please answer in prose', { response_format: { type: 'json_object' } }, { maxRetries: 0 }),
      OpenAI.InternalServerError,
    );
    assert.deepEqual([refused.status, refused.code], [502, 'upstream_error']);
  },

  async 'a stop text ends the answer before it'() {
    const whole = await ask('Please count for the fifth check', { stop: 'two' });
    assert.deepEqual([whole.choices[0].message.content, whole.choices[0].finish_reason], ['one ', 'stop']);
    const seen = await collect(await ask('Please count for the sixth check', { stop: ['nine', 'o th'], stream: true }));
    assert.deepEqual([seen.text, seen.finishes], ['one tw', ['stop']]);
  },

  async 'a token limit ends the answer with length'() {
    const answer = await ask('Please go on and on', { max_tokens: 20 });
    assert.equal(answer.choices[0].finish_reason, 'length');
    assert.match(answer.choices[0].message.content, /^(more )+/);
  },

  async 'a wrong key is an AuthenticationError'() {
    const stranger = new OpenAI({ baseURL: `${baseURL}/v1`, apiKey: 'sk-wrong' });
    const refused = await refusal(stranger.models.list(), OpenAI.AuthenticationError);
    assert.deepEqual([refused.status, refused.code], [401, 'invalid_api_key']);
  },

  async 'an unknown model is a NotFoundError'() {
    const refused = await refusal(ask('Hello', { model: 'qwen-maxx' }), OpenAI.NotFoundError);
    assert.deepEqual([refused.status, refused.code, refused.param], [404, 'model_not_found', 'model']);
    assert.match(refused.message, /qwen-max/);
    const unread = await refusal(client.models.retrieve('gpt-nothing'), OpenAI.NotFoundError);
    assert.equal(unread.code, 'model_not_found');
  },

  async 'a wrong field is a BadRequestError that names it'() {
    const hot = await refusal(ask('Hello', { temperature: 'hot' }), OpenAI.BadRequestError);
    assert.deepEqual([hot.status, hot.param], [400, 'temperature']);
    const nobody = await refusal(
      client.chat.completions.create({ model, messages: [{ role: 'nobody', content: 'Hello' }] }),
      OpenAI.BadRequestError,
    );
    assert.equal(nobody.param, 'messages[0].role');
    const many = await refusal(ask('Hello', { n: 2 }), OpenAI.BadRequestError);
    assert.equal(many.param, 'n');
  },

  async 'an error in mid-stream is thrown as an APIError'() {
    const seen = { deltas: [], text: '', reasoning: '', finishes: [], usages: [] };
    const stream = await ask('Please break off', { stream: true });
    const refused = await refusal(collect(stream, seen), OpenAI.APIError);
    assert.equal(refused.code, 'upstream_error');
    assert.equal(seen.text, 'one two ');
    assert.deepEqual(seen.finishes, []);
  },

  async 'a stream can be aborted'() {
    const stream = await ask('Please never end', { stream: true });
    let pieces = 0;
    for await (const chunk of stream) {
      if (chunk.choices[0]?.delta.content && ++pieces === 3) break;
    }
    stream.controller.abort();
    console.log(`aborted ${Date.now()}`);
    assert.equal(pieces, 3);
  },

  // the last one: it benches the account
  async 'a used-up quota is a RateLimitError that is not retried'() {
    const began = Date.now();
    const refused = await refusal(ask('Please exceed the quota'), OpenAI.RateLimitError);
    assert.deepEqual([refused.status, refused.code], [429, 'rate_limit_exceeded']);
    assert.equal(refused.headers.get('retry-after'), null);
    assert.equal(refused.headers.get('x-should-retry'), 'false');
    assert.ok(Date.now() - began < 5_000, 'the client slept and tried again');
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`not ok ${name}: ${String(error?.message ?? error).replaceAll('\n', ' ')}`);
  }
}
console.log('done');
