// The agents: how each is started without anybody at the keyboard, and how its tools are called.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MODEL = 'qwen-max';
const put = (file, content) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
};
const tool = (name, ...names) => (...values) => ({
  name,
  args: Object.fromEntries(names.map((key, i) => [key, values[i]])),
});

const claude = {
  shell: tool('Bash', 'command'),
  read: tool('Read', 'file_path'),
  write: tool('Write', 'file_path', 'content'),
  edit: tool('Edit', 'file_path', 'old_string', 'new_string'),
};
const opencode = {
  shell: (command) => ({ name: 'bash', args: { command, description: 'A step' } }),
  read: tool('read', 'filePath'),
  write: tool('write', 'filePath', 'content'),
  edit: tool('edit', 'filePath', 'oldString', 'newString'),
};

/** opencode and Kilo take the same settings; `npm` names the AI SDK's package, which is the protocol. */
const opencodeConfig = (npm) => ({ base, key }) => ({
  $schema: 'https://opencode.ai/config.json',
  autoupdate: false,
  share: 'disabled',
  provider: {
    gateway: {
      npm,
      name: 'gateway',
      options: { baseURL: `${base}/v1`, apiKey: key },
      models: { [MODEL]: { name: MODEL, limit: { context: 200000, output: 32000 } } },
    },
  },
});
const opencodeLike = (project, bin, folder, npm) => ({
  project,
  tools: opencode,
  prepare: (at) => put(join(at.home, '.config', folder, `${folder}.json`), opencodeConfig(npm)(at)),
  command: (task) => [bin, 'run', '--auto', '-m', `gateway/${MODEL}`, task],
  env: () => ({ OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' }),
});

export const agents = {
  'claude-code': {
    project: 'claude-code',
    tools: claude,
    settings: ['MODEL_MAP=claude-*=qwen-max'],
    command: (task) => ['claude', '-p', task, '--permission-mode', 'acceptEdits', '--allowedTools', 'Bash', 'Edit', 'Write', 'Read'],
    env: ({ base, key }) => ({
      ANTHROPIC_BASE_URL: base,
      ANTHROPIC_API_KEY: key,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
    }),
  },
  codex: {
    project: 'codex',
    tools: { shell: tool('exec_command', 'cmd') },
    prepare: ({ base, home }) =>
      put(
        join(home, '.codex/config.toml'),
        `model = "${MODEL}"\nmodel_provider = "gateway"\ncheck_for_update_on_startup = false\n[analytics]\nenabled = false\n` +
          `[model_providers.gateway]\nname = "gateway"\nbase_url = "${base}/v1"\nwire_api = "responses"\n` +
          'env_key = "GATEWAY_KEY"\n',
      ),
    command: (task) => ['codex', 'exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', task],
    env: ({ key }) => ({ GATEWAY_KEY: key }),
  },
  'qwen-code': {
    project: 'qwen-code',
    tools: {
      ...claude,
      shell: (command) => ({ name: 'run_shell_command', args: { command, is_background: false } }),
      read: tool('read_file', 'file_path'),
      write: tool('write_file', 'file_path', 'content'),
      edit: tool('edit', 'file_path', 'old_string', 'new_string'),
    },
    command: (task) => ['qwen', '--auth-type', 'openai', '--yolo', '-p', task],
    env: ({ base, key }) => ({
      OPENAI_BASE_URL: `${base}/v1`,
      OPENAI_API_KEY: key,
      OPENAI_MODEL: MODEL,
      QWEN_TELEMETRY_ENABLED: 'false',
    }),
  },
  gemini: {
    project: 'gemini',
    tools: {
      shell: tool('run_shell_command', 'command'),
      read: tool('read_file', 'file_path'),
      write: tool('write_file', 'file_path', 'content'),
      edit: (file_path, old_string, new_string) => ({
        name: 'replace',
        args: { file_path, old_string, new_string, instruction: 'A step' },
      }),
    },
    // it also asks smaller models of Google's by name
    settings: ['MODEL_MAP=gemini-*=qwen-max'],
    prepare: ({ home }) =>
      put(join(home, '.gemini/settings.json'), {
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
        security: { auth: { selectedType: 'gemini-api-key' } },
      }),
    command: (task) => ['gemini', '--approval-mode', 'yolo', '--skip-trust', '-m', MODEL, '-p', task],
    env: ({ base, key }) => ({ GOOGLE_GEMINI_BASE_URL: base, GEMINI_API_KEY: key, GEMINI_CLI_TRUST_WORKSPACE: 'true' }),
  },
  'opencode-chat': opencodeLike('opencode', 'opencode', 'opencode', '@ai-sdk/openai-compatible'),
  'opencode-responses': opencodeLike('opencode', 'opencode', 'opencode', '@ai-sdk/openai'),
  'opencode-messages': opencodeLike('opencode', 'opencode', 'opencode', '@ai-sdk/anthropic'),
  pi: {
    project: 'pi',
    tools: {
      shell: tool('bash', 'command'),
      read: tool('read', 'path'),
      write: tool('write', 'path', 'content'),
      edit: (path, oldText, newText) => ({ name: 'edit', args: { path, edits: [{ oldText, newText }] } }),
    },
    prepare: ({ base, key, home }) =>
      put(join(home, '.pi/agent/models.json'), {
        providers: {
          gateway: {
            baseUrl: `${base}/v1`,
            apiKey: key,
            api: 'openai-completions',
            models: [{ id: MODEL, name: MODEL, contextWindow: 200000, maxTokens: 32000 }],
          },
        },
      }),
    command: (task) => ['pi', '-p', '--no-session', '--provider', 'gateway', '--model', MODEL, task],
    env: () => ({ PI_OFFLINE: '1' }),
  },
  continue: {
    project: 'continue',
    tools: {
      shell: tool('Bash', 'command'),
      read: tool('Read', 'filepath'),
      write: tool('Write', 'filepath', 'content'),
      edit: (file_path, old_string, new_string) => ({
        name: 'MultiEdit',
        args: { file_path, edits: [{ old_string, new_string }] },
      }),
    },
    prepare: ({ base, key, home }) =>
      put(
        join(home, 'continue.yaml'),
        `name: gateway\nversion: 1.0.0\nschema: v1\nmodels:\n  - name: gateway\n    provider: openai\n    model: ${MODEL}\n` +
          `    apiBase: ${base}/v1\n    apiKey: ${key}\n    roles: [chat]\n    capabilities: [tool_use]\n`,
      ),
    command: (task, { home }) => ['cn', '-p', task, '--auto', '--config', join(home, 'continue.yaml')],
    env: () => ({ CONTINUE_TELEMETRY_ENABLED: '0', CONTINUE_CLI_ENABLE_TELEMETRY: '0' }),
  },
  cline: {
    project: 'cline',
    tools: {
      shell: (command) => ({ name: 'run_commands', args: { commands: [command] } }),
      read: (path) => ({ name: 'read_files', args: { files: [{ path }] } }),
      write: (path, text) => ({ name: 'editor', args: { path, new_text: text } }),
      // it refuses texts of more than 6,000 characters
      append: (path, text, insert_line) => ({
        name: 'editor',
        args: { path, new_text: text.replace(/\n$/, ''), insert_line },
      }),
      edit: (path, old_text, new_text) => ({ name: 'editor', args: { path, old_text, new_text } }),
    },
    first: ({ base, key }) => ['cline', 'auth', '-p', 'openai-compatible', '-k', key, '-m', MODEL, '-b', `${base}/v1`],
    command: (task) => ['cline', '-P', 'openai-compatible', '-m', MODEL, task],
    env: () => ({ CLINE_TELEMETRY_DISABLED: '1' }),
  },
  kilo: opencodeLike('kilo', 'kilo', 'kilo', '@ai-sdk/openai-compatible'),
};
