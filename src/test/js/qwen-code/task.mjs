// Gives the `qwen` command one task, without anybody at the keyboard: node task.mjs BASE_URL KEY FOLDER TASK [WORD...]
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [baseUrl, key, folder, task, ...words] = process.argv.slice(2);
const work = join(folder, "work");
const home = join(folder, "home");
mkdirSync(work, { recursive: true });
mkdirSync(home, { recursive: true });

const cli = fileURLToPath(import.meta.resolve("@qwen-code/qwen-code"));
const qwen = spawn(process.execPath, [cli, "--auth-type", "openai", "--yolo", "-p", task, ...words], {
  cwd: work,
  stdio: ["ignore", "inherit", "inherit"],
  env: {
    PATH: process.env.PATH,
    HOME: home,
    NO_COLOR: "1",
    NO_PROXY: "127.0.0.1",
    OPENAI_BASE_URL: baseUrl,
    OPENAI_API_KEY: key,
    OPENAI_MODEL: "coder-model",
    QWEN_TELEMETRY_ENABLED: "false",
  },
});
qwen.on("exit", (code) => process.exit(code ?? 1));
