// Installs the npm packages of a folder, as its lock file pins them, in a copy below target.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Copies a project and installs it, once per lock file; its folder. `scripts` lets packages run their install scripts.
 */
export function installed(source, target, name, scripts = false) {
  const to = join(target, name);
  cpSync(join(source, name), to, { recursive: true, filter: (path) => !path.includes('node_modules') });
  const lock = readFileSync(join(to, 'package-lock.json'), 'utf8');
  const mark = join(to, 'installed.json');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== lock) {
    // an installation that was interrupted leaves packages without all of their files
    rmSync(join(to, 'node_modules'), { recursive: true, force: true });
    const flags = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = spawnSync('npm', scripts ? flags : [...flags, '--ignore-scripts'], {
      cwd: to,
      encoding: 'utf8',
      timeout: 400_000,
    });
    if (npm.status !== 0) throw new Error(`npm install for ${name} failed: ${npm.stderr || npm.error}`);
    writeFileSync(mark, lock);
  }
  return to;
}

/** The binary of the Node that the newest packages need. */
export function newestNode(source, target) {
  return join(installed(source, target, 'node', true), 'node_modules/node/bin/node');
}
