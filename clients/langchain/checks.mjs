// LangChain's chat models, and LangGraph's agent over each of them.
import assert from 'node:assert/strict';
import { ChatAnthropic } from '@langchain/anthropic';
import { HumanMessage } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { MessagesAnnotation, StateGraph } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { createAgent, tool } from 'langchain';
import { z } from 'zod';
import * as c from '../lib/checks.mjs';

const openai = (useResponsesApi) => (address, apiKey, model) =>
  new ChatOpenAI({ model, apiKey, useResponsesApi, configuration: { baseURL: c.v1(address) }, maxRetries: 2 });
const ways = {
  '@langchain/openai chat': openai(false),
  '@langchain/openai responses': openai(true),
  '@langchain/anthropic': (address, apiKey, model) =>
    new ChatAnthropic({ model, apiKey, anthropicApiUrl: address, maxTokens: 1024, maxRetries: 2 }),
};
const Person = z.object({ name: z.string(), age: z.number() });
const weather = (recorder) =>
  tool(recorder.work, {
    name: 'get_weather',
    description: 'Tells the weather of a city',
    schema: z.object({ city: z.string() }),
  });
const badPicture = { type: 'image_url', image_url: { url: c.privatePicture } };
const last = (result) => result.messages.at(-1).text;

for (const [name, way] of Object.entries(ways)) {
  const model = way(c.stage.base, c.stage.key, c.model);
  await c.run(name, [name.split(' ')[0]], {
    async chat() {
      assert.equal((await model.invoke(c.COUNT)).text, c.COUNTED);
    },
    async stream() {
      let text = '';
      for await (const piece of await model.stream(c.COUNT)) text += piece.text;
      assert.equal(text, c.COUNTED);
    },
    async tools() {
      const answer = await model.bindTools([weather(c.recordingTool())]).invoke(c.WEATHER);
      assert.deepEqual(
        answer.tool_calls.map((call) => [call.name, call.args]),
        [['get_weather', { city: c.CITY }]],
      );
    },
    async 'tools streamed'() {
      let whole;
      for await (const piece of await model.bindTools([weather(c.recordingTool())]).stream(c.WEATHER)) {
        whole = whole ? whole.concat(piece) : piece;
      }
      assert.deepEqual(
        whole.tool_calls.map((call) => [call.name, call.args]),
        [['get_weather', { city: c.CITY }]],
      );
    },
    async agent() {
      const recorder = c.recordingTool();
      const agent = createAgent({ model, tools: [weather(recorder)] });
      const result = await agent.invoke({ messages: [new HumanMessage(c.WEATHER)] });
      assert.deepEqual([last(result), recorder.asked], [c.SNOWS, [c.CITY]]);
    },
    async graph() {
      const recorder = c.recordingTool();
      const tools = [weather(recorder)];
      const bound = model.bindTools(tools);
      const graph = new StateGraph(MessagesAnnotation)
        .addNode('model', async ({ messages }) => ({ messages: [await bound.invoke(messages)] }))
        .addNode('tools', new ToolNode(tools))
        .addEdge('__start__', 'model')
        .addConditionalEdges('model', toolsCondition)
        .addEdge('tools', 'model')
        .compile();
      const result = await graph.invoke({ messages: [new HumanMessage(c.WEATHER)] });
      assert.deepEqual([last(result), recorder.asked], [c.SNOWS, [c.CITY]]);
    },
    async structured() {
      const method = name.includes('anthropic') ? {} : { method: 'jsonSchema' };
      const asked = name.includes('anthropic') ? 'Please answer by the tool' : c.JSON_PLEASE;
      assert.deepEqual(await model.withStructuredOutput(Person, { name: 'person', ...method }).invoke(asked), c.ANN);
    },
    async picture() {
      const content = [
        { type: 'text', text: c.PICTURE },
        { type: 'image', mimeType: 'image/png', data: c.png },
      ];
      const seeing = way(c.stage.base, c.stage.key, 'qwen3.7-plus');
      assert.equal((await seeing.invoke([new HumanMessage({ contentBlocks: content })])).text, c.RED_DOT);
    },
    async abort() {
      await c.aborted(async (signal, stop) => {
        for await (const _ of await model.stream(c.SLOWLY, { signal })) stop();
      });
    },
    'broken stream': name.endsWith('responses')
      ? 'it passes over response.failed'
      : () =>
          assert.rejects(async () => {
            for await (const _ of await model.stream(c.BREAK_OFF));
          }),
    'refused: 401': () => c.refusal(401, way(c.stage.base, 'sk-wrong', c.model).invoke('Hi')),
    'refused: 400': () => c.refusal(400, model.invoke([new HumanMessage({ content: [badPicture] })])),
    'refused: 404': () => c.refusal(404, way(c.stage.base, c.stage.key, 'unheard-of').invoke('Hi')),
    ...c.refusals((address) => way(address, c.stage.key, c.model).invoke('Hi')),
  });
}
c.end();
