// Starts the stage (dev.qwen2api.clients.ClientStage): gateways and the stand-in behind them, on free ports of
// 127.0.0.1.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';

/**
 * Resolves to the addresses {base or fresh, key} and `stop`, which waits until everything has ended. The processes end
 * with this one, however it ends.
 */
export async function startStage(root, folder, rules, ...words) {
  mkdirSync(folder, { recursive: true });
  const jar = process.env.JAR ?? join(root, 'target/qwen2api.jar');
  const tests = process.env.TEST_CLASSES ?? join(root, 'target/test-classes');
  const child = spawn(
    java,
    [
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      `-Djar=${jar}`,
      '-cp',
      `${tests}:${jar}`,
      'dev.qwen2api.clients.ClientStage',
      folder,
      rules,
      ...words,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error('the stage did not start'))),
  ]);
  const stop = async () => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), 40_000);
    await ended;
    clearTimeout(timer);
  };
  return { ...JSON.parse(line), stop };
}
