// Runs tools/<command>.ts under Node 26, whatever Node this is: plain JavaScript that Node 18 can run.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import './start/stop-with-parent.mjs';

const NODE_MAJOR = 26;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const tools = dirname(fileURLToPath(import.meta.url));
const root = dirname(tools);
const remembered = join(root, 'node_modules', '.cache', 'fairsplit', `node-${NODE_MAJOR}`);

let child;
let stopped = false;

const fail = (lines) => {
  process.stderr.write(`${lines}\n`);
  process.exit(1);
};

const stop = (signal) => {
  stopped = true;
  if (child) child.kill(signal);
};

const majorOf = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);

const recallNode = () => {
  try {
    const path = readFileSync(remembered, 'utf8').trim();
    if (!existsSync(path)) return undefined;
    const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
    return majorOf(stdout ?? '') >= NODE_MAJOR ? path : undefined;
  } catch {
    return undefined;
  }
};

const rememberNode = (path) => {
  try {
    mkdirSync(dirname(remembered), { recursive: true });
    writeFileSync(`${remembered}.${process.pid}`, `${path}\n`);
    renameSync(`${remembered}.${process.pid}`, remembered);
  } catch {
    // A checkout that cannot be written to asks npm again next time, which costs half a second.
  }
};

const spawned = (command, args, options) =>
  new Promise((resolve) => {
    child = spawn(command, args, options);
    let output = '';
    let complaint = '';
    child.stdout?.on('data', (bytes) => (output += bytes));
    child.stderr?.on('data', (bytes) => (complaint = `${complaint}${bytes}`.slice(-4096)));
    child.on('error', (error) => resolve({ code: 1, output, complaint: error.message }));
    child.on('close', (code, signal) => resolve({ code, signal, output, complaint }));
  });

const askNpm = async () => {
  process.stderr.write(`Node ${process.versions.node} is older than ${NODE_MAJOR}: asking npm for Node ${NODE_MAJOR} (kept in npm's own cache; the first time takes a while).\n`);
  const result = await spawned('npm', ['exec', '--yes', `--package=node@${NODE_MAJOR}`, '--', 'node', '-p', 'process.execPath'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  if (stopped) process.exit(130);
  const path = result.output.trim().split('\n').pop() ?? '';
  if (result.code === 0 && existsSync(path)) return path;
  const reason = result.complaint.split('\n').map((line) => line.trim()).filter((line) => line.startsWith('npm error') || !line.startsWith('npm')).filter(Boolean).slice(0, 4);
  return fail(
    [
      `Fairsplit needs Node ${NODE_MAJOR} or newer; this is ${process.versions.node}, and npm could not fetch node@${NODE_MAJOR}:`,
      ...reason.map((line) => `  ${line}`),
      `Without a network, install Node ${NODE_MAJOR} by hand and run the command again with it: path/to/node tools/run.mjs …`,
    ].join('\n'),
  );
};

const findNode = async () => {
  if (majorOf(process.version) >= NODE_MAJOR) return process.execPath;
  const known = recallNode();
  if (known) return known;
  const path = await askNpm();
  rememberNode(path);
  return path;
};

const [command = '', ...args] = process.argv.slice(2);
if (!/^[a-z][a-z-]*$/.test(command) || !existsSync(join(tools, `${command}.ts`))) {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  fail(`${command === '' ? 'Which command?' : `There is no command "${command}".`} Usage: node tools/run.mjs <command> [arguments]\nCommands: ${Object.keys(scripts).join(', ')}`);
}

for (const signal of SIGNALS) process.on(signal, () => stop(signal));
const node = await findNode();
if (stopped) process.exit(130);

const nodeArguments = [
  '--disable-warning=ExperimentalWarning',
  '--enable-experimental-regexp-engine-on-excessive-backtracks',
  '--import', new URL('./start/stop-with-parent.mjs', import.meta.url).href,
  join(tools, `${command}.ts`),
  ...args,
];

if (node === process.execPath && process.execve && process.platform !== 'win32') {
  // One process less, and every signal arrives where it is meant to.
  process.execve(node, [node, ...nodeArguments], process.env);
}
const { code, signal, complaint } = await spawned(node, nodeArguments, { stdio: 'inherit' });
if (complaint) process.stderr.write(`${complaint}\n`);
process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
