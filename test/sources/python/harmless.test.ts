/** Programs that do unusual things: each says and ends the same with the agent as without. Which Pythons, `FORKSCOPE_PYTHONS` says. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { chosenPythons, PythonRun } from './pythons.ts'

const pythons = chosenPythons()

const programs: Record<string, string> = {
  'looks at its paths and modules': `
import sys
print(sys.path)
print('sitecustomize' in sys.modules, [name for name in sys.modules if 'forkscope' in name])
try:
    import sitecustomize
except ImportError as error:
    print(type(error).__name__, error)`,
  'lists its descriptors and threads': `
import os, threading, mmap
print(sorted(os.listdir('/proc/self/fd')), len(os.listdir('/proc/self/task')), threading.active_count())
os.dup(1)
print(os.open('/dev/null', os.O_RDONLY))`,
  'closes all descriptors, and uses their numbers': `
import os, multiprocessing
os.closerange(3, 1_000)
files = [open('/dev/null') for _ in range(20)]
queue = multiprocessing.SimpleQueue()
process = multiprocessing.Process(target=queue.put, args=(1,))
process.start(); process.join()
print(queue.get(), process.exitcode, [os.fstat(file.fileno()).st_rdev for file in files] == [259] * 20)`,
  'replaces itself': `
import os, sys
if len(sys.argv) > 1: print('again', os.environ.get('PYTHONPATH') is None); sys.exit(3)
os.execv(sys.executable, [sys.executable, __file__, 'again'])`,
  'forks twice and ends at once': `
import os, sys
read, write = os.pipe()
if os.fork() == 0:
    if os.fork() == 0:
        os.write(write, b'grandchild')
    os._exit(5)
print(os.waitstatus_to_exitcode(os.wait()[1]) if hasattr(os, 'waitstatus_to_exitcode') else 5, os.read(read, 100))`,
  'starts one with an empty environment': `
import subprocess, sys
print(subprocess.run([sys.executable, '-c', 'import os; print(sorted(set(os.environ) - {"LC_CTYPE"}))'], env={}, stdout=subprocess.PIPE).stdout)`,
  'closes its output': `
import os, sys, multiprocessing
sys.stdout.flush(); os.close(1); os.close(2)
process = multiprocessing.Process(target=os._exit, args=(7,)); process.start(); process.join()
os._exit(process.exitcode)`,
  'makes warnings errors, and forks beside a thread': `
import warnings, multiprocessing, threading
warnings.simplefilter('error')
with multiprocessing.Pool(2) as pool: print(pool.map(abs, [-1, 2]))
queue = multiprocessing.Queue(); queue.put(1); print(queue.get())`,
  'keeps sleep as an attribute, and pickles it': `
import time, pickle, copy
class Napper: nap = time.sleep
Napper().nap(0)
print(pickle.loads(pickle.dumps(time.sleep)) is time.sleep, copy.deepcopy(time.sleep) is time.sleep, time.sleep, time.sleep.__name__)
try: time.sleep('x')
except TypeError as error: print(error)`,
  'has objects that object to being looked at': `
import multiprocessing, concurrent.futures
class Shy:
    def __repr__(self): print('repr'); return ''
    def __eq__(self, other): print('eq'); return False
    def __hash__(self): print('hash'); return 1
    def __getattr__(self, name):
        if not name.startswith('__'): print('getattr', name)
        raise AttributeError(name)
    def __len__(self): print('len'); return 1
    def __bool__(self): print('bool'); return True
    def __call__(self, *args): return None
class ShyError(Exception):
    def __str__(self): print('str'); return ''
    def __reduce__(self): return ShyError, ()
def work(*args): raise ShyError(Shy())
with concurrent.futures.ThreadPoolExecutor(1) as pool:
    print(type(pool.submit(work, Shy()).exception()), pool.submit(Shy(), Shy()).result())
queue = multiprocessing.SimpleQueue()
class Plain: pass
queue.put(Plain()); print(type(queue.get()))`,
  'is interrupted while it waits': `
import multiprocessing, signal, os, threading, queue
class Late(Exception): pass
def late(*_): raise Late
signal.signal(signal.SIGALRM, late)
lock = multiprocessing.Lock(); lock.acquire()
for wait in (lock.acquire, multiprocessing.Queue().get, multiprocessing.Event().wait, threading.Event().wait, queue.Queue().get):
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try: wait()
    except Late: print('late')
lock.release(); print(lock.acquire(timeout=1))`,
  'starts two hundred children': `
import multiprocessing
def child(number): raise SystemExit(number % 100)
processes = [multiprocessing.Process(target=child, args=(n,)) for n in range(200)]
for process in processes: process.start()
for process in processes: process.join()
print([process.exitcode for process in processes] == [n % 100 for n in range(200)])`,
  'has hundreds of queues and locks': `
import multiprocessing, threading
locks = [multiprocessing.Lock() for _ in range(500)]
for lock in locks:
    with lock: pass
queues = [multiprocessing.SimpleQueue() for _ in range(50)]
for queue in queues: queue.put(1)
print(sum(queue.get() for queue in queues))
threads = [threading.Thread(target=lambda: locks[0].acquire() and locks[0].release()) for _ in range(600)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(locks[0].acquire(False))`,
  'puts its own things in the place of some': `
import multiprocessing.pool
from unittest.mock import MagicMock
class Process:
    exitcode = None
    def __init__(self, **kwargs): self.name = 'own'
    def start(self): raise OSError('it does not start')
    def is_alive(self): return False
try: multiprocessing.pool.Pool(2, context=MagicMock(Process=Process))
except OSError as error: print(error)`,
  'is stopped by a signal in the middle of a hook': `
import multiprocessing, signal
class Late(Exception): pass
class Handler:
    def __call__(self, *_): raise Late
signal.signal(signal.SIGALRM, Handler())
lock, late = multiprocessing.Lock(), 0
while late < 100:
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.0005)
        while True:
            with lock: pass
    except Late: late += 1
    if not lock.acquire(False): pass
    lock.release()
print(late)`,
  'asks what functions look like': `
import inspect, pickle, multiprocessing.pool as pool, multiprocessing.queues as queues, concurrent.futures as futures, threading, subprocess
for what in (pool.worker, queues.Queue.put, queues.Queue.get, futures.Future.result, threading.Thread.join, subprocess.Popen.wait, pool.Pool.map):
    print(what.__module__, what.__qualname__, inspect.signature(what), what.__doc__)
print(pickle.loads(pickle.dumps(pool.worker)) is pool.worker)`,
}

const folder = mkdtempSync(join(tmpdir(), 'forkscope-harmless-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe.each(pythons)('Python $version', (python) => {
  test.each(Object.entries(programs))('a program that %s', async (name, text) => {
    const file = join(folder, `${name.replace(/\W/g, '-')}.py`)
    writeFileSync(file, text)
    const { PYTHONPATH: _, ...env } = process.env
    const without = spawnSync(python.command, [file], { env, encoding: 'utf8' })
    using run = new PythonRun(python, [file], { PYTHONPATH: undefined })
    const expected = [without.status, without.stdout, without.stderr]
    const same = text.includes("PYTHONPATH') is None") ? ['again True', 'again False'] : ['', '']
    expect([await run.ended, run.output, run.errors]).toEqual(
      expected.map((value) => (typeof value === 'string' ? value.replace(same[0] ?? '', same[1] ?? '') : value)),
    )
    const off = run.regions().flatMap(({ told }) => told.filter(({ e }) => e === 'off'))
    expect(off).toEqual([])
  })

  test("the program's own sitecustomize runs, and its PYTHONPATH stays", async () => {
    const own = join(folder, 'own')
    mkdirSync(own, { recursive: true })
    writeFileSync(join(own, 'sitecustomize.py'), "import sys; print('own', __name__, __file__)")
    using run = new PythonRun(
      python,
      ['-c', "import sys, sitecustomize; print(sys.path[1], sys.modules['sitecustomize'].__file__)"],
      {
        PYTHONPATH: own,
        PYTHONDONTWRITEBYTECODE: '1',
      },
    )
    expect([await run.ended, run.errors]).toEqual([0, ''])
    const file = join(own, 'sitecustomize.py')
    expect(run.output).toBe(`own sitecustomize ${file}\n${own} ${file}\n`)
  })

  test('where Python is not as the agent knows it, those hooks are left out, which is told, and the program is as ever', async () => {
    const program = `
import sys
class Loader:
    def find_spec(self, name, path=None, target=None):
        if name != 'multiprocessing.queues': return None
        from importlib.machinery import PathFinder
        spec = PathFinder.find_spec(name, path)
        run = spec.loader.exec_module
        def exec_module(module):
            run(module)
            plain = module.Queue.put
            def put(self, thing, block=True, timeout=None): return plain(self, thing, block, timeout)
            module.Queue.put = put
        spec.loader.exec_module = exec_module
        return spec
sys.meta_path.insert(1, Loader())
import multiprocessing
queue = multiprocessing.Queue(); queue.put(3); print(queue.get())
`
    const file = join(folder, 'odd.py')
    writeFileSync(file, program)
    using run = new PythonRun(python, [file])
    expect([await run.ended, run.output, run.errors]).toEqual([0, '3\n', ''])
    const told = run.regions().flatMap((region) => region.told)
    expect(told.filter(({ e }) => e === 'off')).toMatchObject([{ group: 'multiprocessing.queues' }])
  })

  test('without room for its region there is no agent, and nothing else is different', async () => {
    using run = new PythonRun(python, ['-c', 'import multiprocessing; print(multiprocessing.Queue().empty())'])
    rmSync(run.folder, { recursive: true })
    expect([await run.ended, run.output, run.errors]).toEqual([0, 'True\n', ''])
  })
})
