// Lets Codex do a task, headless: node codex.mjs BASE_URL API_KEY HOME WORK MODEL TASK
// HOME becomes its CODEX_HOME, WORK the folder it works in. Prints what Codex prints; ends with its status.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [baseURL, apiKey, home, work, model, task] = process.argv.slice(2);
mkdirSync(home, { recursive: true });
writeFileSync(
  join(home, 'config.toml'),
  `model = "${model}"
model_provider = "gateway"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.gateway]
name = "gateway"
base_url = "${baseURL}/v1"
wire_api = "responses"
env_key = "GATEWAY_KEY"
request_max_retries = 0
stream_max_retries = 0
`,
);
const codex = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/@openai/codex/bin/codex.js');
// nothing but loopback is needed, and the work is done in a folder that is thrown away
const flags = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox'];
const run = spawnSync(process.execPath, [codex, ...flags, task], {
  cwd: work,
  env: { ...process.env, CODEX_HOME: home, GATEWAY_KEY: apiKey },
  stdio: ['ignore', 'inherit', 'inherit'],
  timeout: 50_000,
});
process.exit(run.status ?? 1);
