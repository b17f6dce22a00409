"""Loads Forkscope's agent into a Python program, and then is as if it had never been there.

Python imports `sitecustomize` before a program begins; this folder is in front of PYTHONPATH. Once the agent is loaded, the folder leaves `sys.path`, and the
`sitecustomize` that this one hid runs in its place; where there is none, importing it fails as it would have. Nothing that goes wrong with the agent
reaches the program. Of this file, too, Python may keep no compiled form, so it is short.
"""

import marshal
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))


class _AgentFinder:
    """Finds and loads the package `_forkscope`: compiling takes longer than all else, so its code is kept in a folder of the user's own."""

    def __init__(self):
        self.cache = _cache_folder()

    def find_spec(self, name, path=None, target=None):
        if name.partition('.')[0] != '_forkscope':
            return None
        file = os.path.join(_HERE, name.replace('.', os.sep))
        is_package = name == '_forkscope'
        spec = type(__spec__)(name, self, origin=os.path.join(file, '__init__.py') if is_package else file + '.py', is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [file]
        return spec

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(self._code(module.__name__, module.__spec__.origin), module.__dict__)

    def _code(self, name, source):
        about = os.stat(source)
        kept = None
        if self.cache is not None:
            kept = os.path.join(self.cache, '%s-%s-%x-%x-%x.bin' % (name, sys.implementation.cache_tag, about.st_mtime_ns, about.st_size, about.st_ino))
            try:
                with open(kept, 'rb') as file:
                    if os.fstat(file.fileno()).st_uid == os.geteuid():
                        return marshal.loads(file.read())
            except (OSError, EOFError, ValueError, TypeError):
                pass
        with open(source, 'rb') as file:
            code = compile(file.read(), source, 'exec', dont_inherit=True, optimize=2)
        if kept is not None:
            try:
                made = '%s.%d' % (kept, os.getpid())
                with open(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'wb') as file:
                    file.write(marshal.dumps(code))
                os.rename(made, kept)
            except OSError:
                pass
        return code


def _cache_folder():
    """What lies there is run: it must be this user's, and nobody else's to write in."""
    folder = os.environ.get('FORKSCOPE_CACHE', '')
    try:
        about = os.lstat(folder)
    except OSError:
        return None
    return folder if about.st_uid == os.geteuid() and about.st_mode & 0o170077 == 0o040000 else None


def _load_agent():
    if not os.environ.get('FORKSCOPE_RUN') or sys.version_info < (3, 8) or sys.implementation.name != 'cpython':
        return
    finder = _AgentFinder()
    sys.meta_path.insert(0, finder)
    try:
        import _forkscope

        _forkscope.start(finder)
    except Exception:
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)


def _step_aside():
    sys.path[:] = [entry for entry in sys.path if entry == '' or os.path.abspath(entry) != _HERE]
    sys.path_importer_cache.pop(_HERE, None)
    sys.modules.pop('sitecustomize', None)
    import sitecustomize  # noqa: F401  The one that this one hid; where there is none, this fails as it would have without us.


_load_agent()
_step_aside()
