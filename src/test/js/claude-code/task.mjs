// Has Claude Code do one task without anybody at the keyboard: node task.mjs BASE_URL API_KEY FOLDER PROMPT
// It works in FOLDER/work and lives in FOLDER/home. Prints what it prints, which is one line of JSON; ends as it ends.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [baseURL, apiKey, folder, prompt] = process.argv.slice(2);
const launcher = createRequire(import.meta.url).resolve('@anthropic-ai/claude-code/cli-wrapper.cjs');
const claude = spawn(
  process.execPath,
  [launcher, '-p', prompt, '--output-format', 'json', '--permission-mode', 'acceptEdits', '--max-turns', '8'],
  {
    cwd: join(folder, 'work'),
    env: {
      PATH: process.env.PATH,
      HOME: join(folder, 'home'),
      ANTHROPIC_BASE_URL: baseURL,
      ANTHROPIC_AUTH_TOKEN: apiKey,
      CLAUDE_CODE_MAX_CONTEXT_TOKENS: '128000',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_ERROR_REPORTING: '1',
      DISABLE_TELEMETRY: '1',
      // Nothing but the gateway can be reached.
      HTTP_PROXY: 'http://127.0.0.1:1',
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NO_PROXY: '127.0.0.1',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 50_000,
  },
);
claude.on('error', (error) => {
  console.error(error);
  process.exitCode = 1;
});
claude.on('exit', (code) => (process.exitCode = code ?? 1));
